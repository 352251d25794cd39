/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * State and settings of prepayment as octets, for the disk. What changes every
 * half hour (the state) is apart from what hardly ever does (the settings, with
 * the calendar). A version octet comes first; there is one encoding of each.
 */
#ifndef HEARTH_PREPAY_CODEC_H
#define HEARTH_PREPAY_CODEC_H

#include "../proto/span.h"
#include "prepay.h"

/* Room for either. */
#define PREPAY_OCTETS_MAX 1024

/* Both are in order; w->bad: there was no room. */
void prepay_write_state(struct wbuf *w, const struct prepay *p);
void prepay_write_settings(struct wbuf *w,
			   const struct prepay_settings *settings);

/*
 * 0, or *ret unchanged and: -ENOTSUP, a version not known; -EBADMSG, not what
 * was written, or prepay_check() or prepay_settings_check() refuse it.
 */
int prepay_read_state(struct span from, struct prepay *ret);
int prepay_read_settings(struct span from, struct prepay_settings *ret);

#endif /* HEARTH_PREPAY_CODEC_H */
