// SPDX-License-Identifier: LGPL-2.1-or-later
/* What is in a value: of dlms-data.h, all that does not read it. */
#include <errno.h>

#include "dlms-data.h"

struct span dlms_data_head(const struct dlms_data *data)
{
	if (data->tag == DLMS_COMPACT_ARRAY)
		return SPAN(data->raw.p, 1);
	if (!data->raw.len)
		return data->raw;
	return SPAN(data->raw.p, (size_t)(data->body.p - data->raw.p));
}

uint64_t dlms_number(const struct dlms_data *data)
{
	const struct dlms_type *t = dlms_type(data->tag);
	struct span body = data->body;
	uint64_t value = 0;

	for (size_t at = 0; at < body.len; at++)
		value = value << 8 | body.p[at];
	if (t->form == DLMS_FORM_BOOLEAN)
		return value ? 1 : 0;
	if (t->form == DLMS_FORM_INT && body.len && body.len < 8 &&
	    body.p[0] & 0x80)
		value |= UINT64_MAX << (8 * body.len);
	return value;
}

int dlms_get_uint(const struct dlms_data *data, uint64_t *ret)
{
	if (dlms_type(data->tag)->form != DLMS_FORM_UINT)
		return -EBADMSG;
	*ret = dlms_number(data);
	return 0;
}

int dlms_get_int(const struct dlms_data *data, int64_t *ret)
{
	uint8_t form = dlms_type(data->tag)->form;
	uint64_t value;

	if (form != DLMS_FORM_UINT && form != DLMS_FORM_INT)
		return -EBADMSG;
	value = dlms_number(data);
	if (form == DLMS_FORM_UINT && value > INT64_MAX)
		return -EBADMSG;
	*ret = (int64_t)value;
	return 0;
}

int dlms_get_bool(const struct dlms_data *data, bool *ret)
{
	if (data->tag != DLMS_BOOLEAN)
		return -EBADMSG;
	*ret = dlms_number(data);
	return 0;
}

int dlms_get_float(const struct dlms_data *data, double *ret)
{
	uint64_t bits;
	uint32_t half;
	float single;

	_Static_assert(sizeof(float) == 4 && sizeof(double) == 8, "IEEE 754");
	if (dlms_type(data->tag)->form != DLMS_FORM_FLOAT)
		return -EBADMSG;
	bits = dlms_number(data);
	if (data->tag == DLMS_FLOAT64) {
		memcpy(ret, &bits, sizeof(*ret));
		return 0;
	}
	half = (uint32_t)bits;
	memcpy(&single, &half, sizeof(single));
	*ret = (double)single;
	return 0;
}

int dlms_get_bytes(const struct dlms_data *data, struct span *ret)
{
	uint8_t form = dlms_type(data->tag)->form;

	if (form != DLMS_FORM_BYTES && form != DLMS_FORM_FIXED)
		return -EBADMSG;
	*ret = data->body;
	return 0;
}

bool dlms_get_bit(const struct dlms_data *data, uint32_t n)
{
	return data->tag == DLMS_BIT_STRING && n < data->count &&
	       data->body.p[n / 8] >> (7 - n % 8) & 1;
}

/* --- the next element */

/* As dlms_next(), but one of this type has to be there. */
static bool next_tagged(struct dlms_iter *it, uint8_t tag,
			struct dlms_data *ret)
{
	if (!dlms_next(it, ret) || ret->tag != tag)
		it->bad = true;
	return !it->bad;
}

uint64_t dlms_next_uint(struct dlms_iter *it, uint8_t tag)
{
	struct dlms_data data;
	uint64_t value = 0;

	if (next_tagged(it, tag, &data) && dlms_get_uint(&data, &value))
		it->bad = true;
	return value;
}

int64_t dlms_next_int(struct dlms_iter *it, uint8_t tag)
{
	struct dlms_data data;
	int64_t value = 0;

	if (next_tagged(it, tag, &data) && dlms_get_int(&data, &value))
		it->bad = true;
	return value;
}

bool dlms_next_bool(struct dlms_iter *it)
{
	struct dlms_data data;

	return next_tagged(it, DLMS_BOOLEAN, &data) && dlms_number(&data);
}

struct span dlms_next_bytes(struct dlms_iter *it, uint8_t tag, uint32_t len)
{
	struct span bytes = { NULL, 0 };
	struct dlms_data data;

	if (next_tagged(it, tag, &data) &&
	    (dlms_get_bytes(&data, &bytes) ||
	     (len != DLMS_ANY && bytes.len != len))) {
		it->bad = true;
		bytes = SPAN(NULL, 0);
	}
	return bytes;
}

struct dlms_iter dlms_next_list(struct dlms_iter *it, uint8_t tag,
				uint32_t count)
{
	struct dlms_iter inside = { .bad = true };
	struct dlms_data data;

	if (!next_tagged(it, tag, &data))
		return inside;
	if (count == DLMS_ANY || data.count == count)
		inside = dlms_iter_of(&data);
	it->bad |= inside.bad;
	return inside;
}

int dlms_iter_done(const struct dlms_iter *it)
{
	return it->bad || it->left ? -EBADMSG : 0;
}
