// SPDX-License-Identifier: LGPL-2.1-or-later
#include "zcl-value.h"

#include <errno.h>

#define SIZES(base, name, form)                                                \
	[base] = { name "8", form, 1 }, [(base) + 1] = { name "16", form, 2 }, \
	[(base) + 2] = { name "24", form, 3 },                                 \
	[(base) + 3] = { name "32", form, 4 },                                 \
	[(base) + 4] = { name "40", form, 5 },                                 \
	[(base) + 5] = { name "48", form, 6 },                                 \
	[(base) + 6] = { name "56", form, 7 },                                 \
	[(base) + 7] = { name "64", form, 8 }

/*
 * Types of ZCL with a size of their own. Arrays, structures, sets and bags are
 * not among them: GBCS has none.
 */
static const struct zcl_type types[] = {
	[ZCL_NODATA] = { "no-data", ZCL_FORM_BITS, 0 },
	SIZES(0x08, "data", ZCL_FORM_BITS),
	[ZCL_BOOLEAN] = { "boolean", ZCL_FORM_BOOLEAN, 1 },
	SIZES(ZCL_BITMAP8, "bitmap", ZCL_FORM_BITS),
	SIZES(ZCL_UINT8, "uint", ZCL_FORM_UINT),
	SIZES(ZCL_INT8, "int", ZCL_FORM_INT),
	[ZCL_ENUM8] = { "enum8", ZCL_FORM_ENUM, 1 },
	[ZCL_ENUM16] = { "enum16", ZCL_FORM_ENUM, 2 },
	[0x38] = { "float16", ZCL_FORM_BITS, 2 },
	[0x39] = { "float32", ZCL_FORM_BITS, 4 },
	[0x3a] = { "float64", ZCL_FORM_BITS, 8 },
	[ZCL_OCTET_STRING] = { "octet-string", ZCL_FORM_STRING, 1 },
	[ZCL_CHARACTER_STRING] = { "character-string", ZCL_FORM_STRING, 1 },
	[ZCL_LONG_OCTET_STRING] = { "long-octet-string", ZCL_FORM_STRING, 2 },
	[ZCL_LONG_CHARACTER_STRING] = { "long-character-string",
					ZCL_FORM_STRING, 2 },
	[ZCL_TIME_OF_DAY] = { "time-of-day", ZCL_FORM_CLOCK, 4 },
	[ZCL_DATE] = { "date", ZCL_FORM_DATE, 4 },
	[ZCL_UTC_TIME] = { "utc-time", ZCL_FORM_UTC, 4 },
	[0xe8] = { "cluster-id", ZCL_FORM_BITS, 2 },
	[0xe9] = { "attribute-id", ZCL_FORM_BITS, 2 },
	[0xea] = { "bacnet-oid", ZCL_FORM_BITS, 4 },
	[ZCL_EUI64] = { "eui64", ZCL_FORM_BITS, 8 },
	[ZCL_KEY128] = { "key128", ZCL_FORM_BYTES, 16 },
};

const struct zcl_type *zcl_type(uint8_t id)
{
	static const struct zcl_type rest = { "unknown", ZCL_FORM_REST, 0 };

	if (id >= sizeof(types) / sizeof(types[0]) || !types[id].name)
		return &rest;
	return &types[id];
}

int zcl_type_by_name(const char *name, uint8_t *ret)
{
	for (size_t id = 0; id < sizeof(types) / sizeof(types[0]); id++) {
		if (types[id].name && zcl_same_name(types[id].name, name)) {
			*ret = (uint8_t)id;
			return 0;
		}
	}
	return -EINVAL;
}

static uint64_t sign_extended(uint64_t number, unsigned int size)
{
	uint64_t sign = UINT64_C(1) << (8 * size - 1);

	return (number ^ sign) - sign;
}

/* All ones of the size: what ZCL calls invalid; 0 of none. */
static uint64_t ones(unsigned int size)
{
	return size ? UINT64_MAX >> (64 - 8 * size) : 0;
}

bool zcl_in_range(uint8_t type, uint64_t number)
{
	const struct zcl_type *t = zcl_type(type);

	if (t->form == ZCL_FORM_INT)
		return sign_extended(number & ones(t->size), t->size) == number;
	return number <= ones(t->size);
}

void zcl_value_read(struct reader *r, uint8_t type, struct zcl_value *ret)
{
	const struct zcl_type *t = zcl_type(type);
	struct zcl_value v = { .type = type };
	size_t len;

	switch ((enum zcl_form)t->form) {
	case ZCL_FORM_REST:
		v.bytes = read_rest(r);
		break;
	case ZCL_FORM_BYTES:
		v.bytes = read_bytes(r, t->size);
		break;
	case ZCL_FORM_STRING:
		len = (size_t)read_le(r, t->size);
		v.invalid = len == ones(t->size);
		v.bytes = read_bytes(r, v.invalid ? 0 : len);
		break;
	case ZCL_FORM_INT:
		v.number = sign_extended(read_le(r, t->size), t->size);
		break;
	default:
		v.number = read_le(r, t->size);
		break;
	}
	*ret = v;
}

void zcl_value_put(struct wbuf *w, const struct zcl_value *v)
{
	const struct zcl_type *t = zcl_type(v->type);
	size_t len = v->bytes.len;

	switch ((enum zcl_form)t->form) {
	case ZCL_FORM_REST:
		break;
	case ZCL_FORM_BYTES:
		w->bad |= len != t->size;
		break;
	case ZCL_FORM_STRING:
		w->bad |= v->invalid ? len != 0 : len >= ones(t->size);
		write_le(w, v->invalid ? ones(t->size) : len, t->size);
		break;
	default:
		w->bad |= !zcl_in_range(v->type, v->number);
		write_le(w, v->number, t->size);
		return;
	}
	write_span(w, v->bytes);
}
