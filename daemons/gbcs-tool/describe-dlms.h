/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Descriptions: values of DLMS to text and back. */
#ifndef HEARTH_DESCRIBE_DLMS_H
#define HEARTH_DESCRIBE_DLMS_H

#include <stdlib.h>

#include "../proto/dlms-access.h"
#include "describe.h"

/* More than fit into GBCS_MESSAGE_MAX octets: an item has at least 10. */
#define DLMS_TEXT_ITEMS (GBCS_MESSAGE_MAX / 8)

/* 0, or -ENOMEM. */
int describe_value(const struct dlms_data *data, struct text_out *out);
/* A selector and its parameters; those of a range as two times. */
int describe_selection(const struct dlms_spec *spec, struct text_out *out);
/* 12 octets, as a time where that loses nothing. */
void describe_time(struct span octets, struct text_out *out);

/* Does a value begin here? */
bool undescribe_begins(const struct text *t);
/* Append one value to w; ret_raw is where it lies. False: t->error. */
bool undescribe_value(struct text *t, struct wbuf *w, struct span *ret_raw);
bool undescribe_selection(struct text *t, struct wbuf *w,
			  struct dlms_spec *ret);
bool undescribe_time(struct text *t, struct span *ret);

#endif /* HEARTH_DESCRIBE_DLMS_H */
