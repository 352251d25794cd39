/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * States and settings as octets, to be stored. Each begins with its version;
 * each has one encoding; what is read has passed the check of its kind.
 *
 * Decoding: 0, or -EBADMSG (not of this form, or not possible) with *ret
 * unchanged. A state of supply is read as after a restart: see
 * supply_restart().
 */
#ifndef HEARTH_SUPPLY_CODEC_H
#define HEARTH_SUPPLY_CODEC_H

#include "../proto/span.h"
#include "aux.h"
#include "supply.h"

/* None is longer. */
#define SUPPLY_OCTETS_MAX 512
#define SUPPLY_LIMIT_OCTETS_MAX 32
#define AUX_OCTETS_MAX 320
#define AUX_SETTINGS_OCTETS_MAX 2048

void supply_encode(const struct supply *s, struct wbuf *w);
int supply_decode(struct span from, struct supply *ret);

void supply_limit_encode(const struct supply_limit *limit, struct wbuf *w);
int supply_limit_decode(struct span from, struct supply_limit *ret);

void aux_settings_encode(const struct aux_settings *set, struct wbuf *w);
int aux_settings_decode(struct span from, struct aux_settings *ret);

void aux_encode(const struct aux *aux, struct wbuf *w);
int aux_decode(struct span from, const struct aux_settings *set,
	       struct aux *ret);

#endif /* HEARTH_SUPPLY_CODEC_H */
