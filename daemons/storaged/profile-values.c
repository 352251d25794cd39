// SPDX-License-Identifier: LGPL-2.1-or-later
#include "profile-values.h"

#define LENGTH_MAX 64 /* of a value, in bits */
#define SEEN_MAX 63
#define EVEN 0x8000  /* probability of a bit nothing is known of, of 0x10000 */
#define LEN_OCTETS 2 /* of the coded part, in front of it */

struct bit_model {
	uint16_t one; /* probability of a 1, of 0x10000 */
	uint16_t seen;
};

/* By the length before: as long? longer? yet another bit longer, or shorter? */
struct length_model {
	struct bit_model same, longer;
	struct bit_model more[2][LENGTH_MAX + 1];
};

struct model {
	struct length_model length[LENGTH_MAX + 1];
	struct bit_model second[LENGTH_MAX + 1]; /* bit, by the length */
	uint32_t rate[SEEN_MAX + 1];		 /* of 0x10000 */
};

static void model_init(struct model *model)
{
	const struct bit_model even = { EVEN, 0 };

	for (size_t n = 0; n <= LENGTH_MAX; n++) {
		model->length[n].same = model->length[n].longer = even;
		model->second[n] = even;
		for (size_t at = 0; at <= LENGTH_MAX; at++)
			model->length[n].more[0][at] =
				model->length[n].more[1][at] = even;
	}
	/* Fast at first: 1 / (seen + 1.5). */
	for (uint32_t n = 0; n <= SEEN_MAX; n++)
		model->rate[n] = 0x20000 / (2 * n + 3);
}

static void learn(const struct model *model, struct bit_model *bit, bool one)
{
	uint32_t rate = model->rate[bit->seen];

	if (one)
		bit->one += (uint16_t)((0xffff - bit->one) * rate >> 16);
	else
		bit->one -= (uint16_t)(bit->one * rate >> 16);
	if (bit->seen < SEEN_MAX)
		bit->seen++;
}

/*
 * The interval from low to high is divided in the ratio of the probabilities,
 * and the part of the bit that comes is the next interval: the lower for a 1.
 * Octets in which low and high agree are out. Neither part is ever empty.
 */
static uint32_t middle(uint32_t low, uint32_t high, uint32_t one)
{
	uint32_t range = high - low;

	return low + (range >> 16) * one + (((range & 0xffff) * one) >> 16);
}

/* --- writing */

struct encoder {
	struct model model;
	struct wbuf out;
	uint32_t low, high;
	struct wbuf rest; /* bits that are not coded, lowest first */
	uint32_t bits;
	unsigned int n_bits;
};

static void put_bit(struct encoder *e, struct bit_model *model, bool bit)
{
	uint32_t mid = middle(e->low, e->high, model->one);

	if (bit)
		e->high = mid;
	else
		e->low = mid + 1;
	while (!((e->low ^ e->high) >> 24)) {
		write_u8(&e->out, (uint8_t)(e->high >> 24));
		e->low <<= 8;
		e->high = e->high << 8 | 0xff;
	}
	learn(&e->model, model, bit);
}

/* The lowest n, up to 62. */
static void put_rest(struct encoder *e, uint64_t value, unsigned int n)
{
	for (; n; n--, value >>= 1) {
		e->bits |= (uint32_t)(value & 1) << e->n_bits++;
		if (e->n_bits == 8) {
			write_u8(&e->rest, (uint8_t)e->bits);
			e->bits = e->n_bits = 0;
		}
	}
}

static unsigned int length_of(uint64_t value)
{
	return value ? 64 - (unsigned int)__builtin_clzll(value) : 0;
}

static void put_length(struct encoder *e, unsigned int length,
		       unsigned int before)
{
	struct length_model *model = &e->model.length[before];
	bool longer = length > before;
	unsigned int end = longer ? LENGTH_MAX : 0, at = before;

	put_bit(e, &model->same, length == before);
	if (length == before)
		return;
	put_bit(e, &model->longer, longer);
	at += longer ? 1 : -1;
	while (at != end) {
		put_bit(e, &model->more[longer][at], at != length);
		if (at == length)
			return;
		at += longer ? 1 : -1;
	}
}

size_t values_encode(const uint64_t *values, size_t n, uint8_t *out,
		     size_t room)
{
	struct encoder e = { .high = UINT32_MAX };
	unsigned int before = 0;
	uint8_t rest[VALUES_MAX * sizeof(*values)];
	struct wbuf head = wbuf_of(out, room);

	if (n > VALUES_MAX || room < LEN_OCTETS)
		return 0;
	e.out = wbuf_of(out + LEN_OCTETS, room - LEN_OCTETS);
	e.rest = wbuf_of(rest, sizeof(rest));
	model_init(&e.model);
	for (size_t at = 0; at < n && !e.out.bad; at++) {
		unsigned int length = length_of(values[at]);

		put_length(&e, length, before);
		if (length > 1)
			put_bit(&e, &e.model.second[length],
				values[at] >> (length - 2) & 1);
		if (length > 2)
			put_rest(&e, values[at], length - 2);
		before = length;
	}
	/* Between low and high, if noughts are taken to follow. */
	write_u8(&e.out, (uint8_t)((e.low >> 24) + 1));
	write_le(&head, e.out.len, LEN_OCTETS);
	if (e.n_bits)
		write_u8(&e.rest, (uint8_t)e.bits);
	if (e.out.len > UINT16_MAX)
		return 0;
	write_bytes(&e.out, rest, e.rest.len);
	return e.out.bad ? 0 : LEN_OCTETS + e.out.len;
}

/* --- reading */

/* What a reader has in hand beyond the last octet written. */
#define BEYOND 3

struct decoder {
	struct model model;
	struct reader in;
	size_t beyond; /* octets taken after the end */
	uint32_t low, high, value;
	struct reader rest;
	uint64_t bits;
	unsigned int n_bits;
};

static void take_octet(struct decoder *d)
{
	uint32_t octet = 0;

	if (d->in.p < d->in.end)
		octet = *d->in.p++;
	else
		d->beyond++;
	d->value = d->value << 8 | octet;
}

static bool get_bit(struct decoder *d, struct bit_model *model)
{
	uint32_t mid = middle(d->low, d->high, model->one);
	bool bit = d->value <= mid;

	if (bit)
		d->high = mid;
	else
		d->low = mid + 1;
	while (!((d->low ^ d->high) >> 24)) {
		d->low <<= 8;
		d->high = d->high << 8 | 0xff;
		take_octet(d);
	}
	learn(&d->model, model, bit);
	return bit;
}

/* Up to 32. */
static uint64_t get_rest(struct decoder *d, unsigned int n)
{
	uint64_t value;

	for (; d->n_bits < n; d->n_bits += 8)
		d->bits |= (uint64_t)read_u8(&d->rest) << d->n_bits;
	value = d->bits & ((UINT64_C(1) << n) - 1);
	d->bits >>= n;
	d->n_bits -= n;
	return value;
}

static unsigned int get_length(struct decoder *d, unsigned int before)
{
	struct length_model *model = &d->model.length[before];
	unsigned int at = before;
	bool longer;

	if (get_bit(d, &model->same))
		return before;
	longer = get_bit(d, &model->longer);
	/* Longer than the longest, shorter than nothing: no encoder does it. */
	if (at == (longer ? LENGTH_MAX : 0)) {
		d->rest.bad = true;
		return 0;
	}
	if (longer)
		for (at++; at < LENGTH_MAX; at++) {
			if (!get_bit(d, &model->more[1][at]))
				break;
		}
	else
		for (at--; at > 0; at--)
			if (!get_bit(d, &model->more[0][at]))
				break;
	return at;
}

static uint64_t get_value(struct decoder *d, unsigned int length)
{
	uint64_t value, low;

	if (length < 2)
		return length;
	value = 2 + get_bit(d, &d->model.second[length]);
	length -= 2;
	if (length <= 32)
		return value << length | get_rest(d, length);
	low = get_rest(d, 32);
	return value << length | get_rest(d, length - 32) << 32 | low;
}

bool values_decode(struct span in, uint64_t *values, size_t n)
{
	struct decoder d = { .rest = reader_of(in), .high = UINT32_MAX };
	unsigned int length = 0;

	d.in = reader_of(read_bytes(&d.rest, read_le16(&d.rest)));
	model_init(&d.model);
	for (int octet = 0; octet < 4; octet++)
		take_octet(&d);
	for (size_t at = 0; at < n && d.beyond <= BEYOND && !d.rest.bad; at++) {
		length = get_length(&d, length);
		values[at] = get_value(&d, length);
	}
	return d.beyond == BEYOND && !d.bits && !reader_done(&d.rest);
}
