// SPDX-License-Identifier: LGPL-2.1-or-later
#include "profile-values.h"

#define LENGTHS 65 /* of a value in bits: 0 to 64 */
#define SEEN_MAX 63
#define EVEN 0x8000 /* probability of a bit nothing is known of, of 0x10000 */

struct bit_model {
	uint16_t one; /* probability of a 1, of 0x10000 */
	uint16_t seen;
};

struct model {
	struct bit_model length[LENGTHS][LENGTHS];
	struct bit_model high[LENGTHS][4];
	uint32_t rate[SEEN_MAX + 1]; /* of 0x10000 */
};

static void model_init(struct model *model)
{
	struct bit_model even = { EVEN, 0 };

	for (size_t n = 0; n < LENGTHS; n++) {
		for (size_t at = 0; at < LENGTHS; at++)
			model->length[n][at] = even;
		for (size_t at = 0; at < 4; at++)
			model->high[n][at] = even;
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
};

static void put_bit(struct encoder *e, uint32_t one, bool bit)
{
	uint32_t mid = middle(e->low, e->high, one);

	if (bit)
		e->high = mid;
	else
		e->low = mid + 1;
	while (!((e->low ^ e->high) >> 24)) {
		write_u8(&e->out, (uint8_t)(e->high >> 24));
		e->low <<= 8;
		e->high = e->high << 8 | 0xff;
	}
}

static void put_learnt(struct encoder *e, struct bit_model *model, bool bit)
{
	put_bit(e, model->one, bit);
	learn(&e->model, model, bit);
}

static unsigned int length_of(uint64_t value)
{
	return value ? 64 - (unsigned int)__builtin_clzll(value) : 0;
}

static void put_value(struct encoder *e, uint64_t value, unsigned int before)
{
	unsigned int length = length_of(value), node = 1;

	for (unsigned int at = 0; at < length; at++)
		put_learnt(e, &e->model.length[before][at], true);
	if (length < LENGTHS - 1)
		put_learnt(e, &e->model.length[before][length], false);
	for (unsigned int left = length; left > 1; left--) {
		bool bit = value >> (left - 2) & 1;

		if (node < 4) {
			put_learnt(e, &e->model.high[length][node], bit);
			node = 2 * node + bit;
		} else {
			put_bit(e, EVEN, bit);
		}
	}
}

size_t values_encode(const uint64_t *values, size_t n, uint8_t *out,
		     size_t room)
{
	struct encoder e = { .out = wbuf_of(out, room), .high = UINT32_MAX };
	unsigned int before = 0;

	model_init(&e.model);
	for (size_t at = 0; at < n && !e.out.bad; at++) {
		put_value(&e, values[at], before);
		before = length_of(values[at]);
	}
	/* Between low and high, if noughts are taken to follow. */
	write_u8(&e.out, (uint8_t)((e.low >> 24) + 1));
	return e.out.bad ? 0 : e.out.len;
}

/* --- reading */

/* What a reader has in hand beyond the last octet written. */
#define BEYOND 3

struct decoder {
	struct model model;
	struct reader in;
	size_t beyond; /* octets taken after the end */
	uint32_t low, high, value;
};

static void take_octet(struct decoder *d)
{
	uint32_t octet = 0;

	if (reader_left(&d->in))
		octet = read_u8(&d->in);
	else
		d->beyond++;
	d->value = d->value << 8 | octet;
}

static bool get_bit(struct decoder *d, uint32_t one)
{
	uint32_t mid = middle(d->low, d->high, one);
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
	return bit;
}

static bool get_learnt(struct decoder *d, struct bit_model *model)
{
	bool bit = get_bit(d, model->one);

	learn(&d->model, model, bit);
	return bit;
}

static uint64_t get_value(struct decoder *d, unsigned int *before)
{
	unsigned int length = 0, node = 1;
	uint64_t value;

	while (length < LENGTHS - 1 &&
	       get_learnt(d, &d->model.length[*before][length]))
		length++;
	*before = length;
	value = length > 0;
	for (; length > 1; length--) {
		bool bit;

		if (node < 4) {
			bit = get_learnt(d, &d->model.high[*before][node]);
			node = 2 * node + bit;
		} else {
			bit = get_bit(d, EVEN);
		}
		value = value << 1 | bit;
	}
	return value;
}

bool values_decode(struct span in, uint64_t *values, size_t n)
{
	struct decoder d = { .in = reader_of(in), .high = UINT32_MAX };
	unsigned int before = 0;

	model_init(&d.model);
	for (int octet = 0; octet < 4; octet++)
		take_octet(&d);
	for (size_t at = 0; at < n && d.beyond <= BEYOND; at++)
		values[at] = get_value(&d, &before);
	return d.beyond == BEYOND;
}
