// SPDX-License-Identifier: LGPL-2.1-or-later
/* A meter's half hours: gaps, and octets without loss. */
#include <errno.h>
#include <string.h>

#include "../storaged/profile-codec.h"
#include "../storaged/profile-values.h"
#include "household.h"
#include "test.h"

static uint64_t seed;

static uint64_t random_of(uint64_t n)
{
	seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (seed >> 20) % n;
}

static struct profile profile, again;
static uint8_t octets[PROFILE_OCTETS_MAX(PROFILE_LATCHES, PROFILE_CHANNELS)];

static void assert_same(const struct profile *a, const struct profile *b)
{
	assert_int_equal(a->channels, b->channels);
	assert_int_equal(a->n, b->n);
	for (size_t n = 0; n < a->n; n++) {
		const struct profile_latch *x = &a->latch[n], *y = &b->latch[n];

		assert_int_equal(x->slot, y->slot);
		assert_int_equal(x->flags, y->flags);
		assert_int_equal(x->reason, y->reason);
		for (unsigned int c = 0; c < a->channels; c++)
			assert_int_equal(x->registers[c], y->registers[c]);
	}
}

/* In memory of exactly its size, for the sanitizer. */
static size_t round_trip(void)
{
	size_t len = profile_encode(&profile, octets, sizeof(octets));
	uint8_t *copy = malloc(len + !len);

	assert_true(len > 0);
	assert_true(len <= PROFILE_OCTETS_MAX(profile.n, profile.channels));
	assert_non_null(copy);
	memcpy(copy, octets, len);
	memset(&again, 0xa5, sizeof(again));
	assert_int_equal(profile_decode(SPAN(copy, len), PROFILE_ALL, &again),
			 0);
	assert_same(&profile, &again);
	free(copy);
	return len;
}

static void add(const struct profile_latch *latch, enum profile_reason why)
{
	struct profile_latch *to = &profile.latch[profile.n];

	*to = *latch;
	to->reason = PROFILE_EXACT;
	if (profile.n) {
		to->reason = (uint8_t)profile_reason_of(to - 1, to,
							profile.channels, why);
		assert_true(profile_follows(to - 1, to, profile.channels));
	}
	profile.n++;
}

/* --- values */

static void values_of_all_lengths(void **state)
{
	uint64_t values[66 * 66], back[66 * 66];
	uint8_t coded[sizeof(values) * 4];
	size_t n = 0, len;

	(void)state;
	/* Each length after each, the lowest and the highest of it. */
	for (int a = 0; a < 65; a++)
		for (int b = 0; b < 65; b++)
			values[n++] = b == 64 ? UINT64_MAX :
				      a & 1   ? UINT64_C(1) << b :
						(UINT64_C(1) << b) - 1;
	len = values_encode(values, n, coded, sizeof(coded));
	assert_true(len > 0);
	assert_true(values_decode(SPAN(coded, len), back, n));
	assert_memory_equal(values, back, n * sizeof(*values));
	/* Not a value more or less, nor an octet. */
	assert_int_equal(values_encode(values, n, coded, len), len);
	assert_int_equal(values_encode(values, n, coded, len - 1), 0);
	(void)values_encode(values, n, coded, len);
	assert_false(values_decode(SPAN(coded, len - 9), back, n));
	assert_false(values_decode(SPAN(coded, len + 1), back, n));
	assert_false(values_decode(SPAN(coded, len), back, n / 2));
}

static void no_values(void **state)
{
	uint64_t value = 1;
	uint8_t coded[8];

	(void)state;
	assert_int_equal(values_encode(&value, 0, coded, sizeof(coded)), 3);
	assert_true(values_decode(SPAN(coded, 3), &value, 0));
	assert_false(values_decode(SPAN(coded, 2), &value, 0));
	assert_false(values_decode(SPAN(coded, 0), &value, 0));
	assert_int_equal(values_encode(&value, 0, coded, 2), 0);
	assert_int_equal(values_encode(&value, 0, coded, 1), 0);
	/* An octet too many in what is coded, an octet too few. */
	assert_int_equal(values_encode(&value, 1, coded, sizeof(coded)), 3);
	coded[0] = 2;
	coded[3] = 0;
	assert_false(values_decode(SPAN(coded, 4), &value, 1));
	coded[0] = 0;
	assert_false(values_decode(SPAN(coded, 2), &value, 1));
	/* Bits that no value has. */
	value = 9;
	assert_int_equal(values_encode(&value, 1, coded, sizeof(coded)), 4);
	assert_true(values_decode(SPAN(coded, 4), &value, 1));
	assert_int_equal(value, 9);
	coded[3] |= 0x80;
	assert_false(values_decode(SPAN(coded, 4), &value, 1));
}

/* --- what becomes of latches */

static const struct {
	const char *what;
	uint32_t slots, flags;
	int64_t grown;
	enum profile_reason why, expected;
} steps[] = {
	{ "a half hour", 1, PROFILE_BY_HUB, 100, PROFILE_SILENT,
	  PROFILE_EXACT },
	{ "nothing flowed", 1, 0, 0, PROFILE_HUB_OFF, PROFILE_EXACT },
	{ "a boundary missing", 2, 0, 250, PROFILE_SILENT, PROFILE_SILENT },
	{ "a week off", 336, 0, 9000, PROFILE_HUB_OFF, PROFILE_HUB_OFF },
	{ "clock put back", 1, 0, 400, PROFILE_CLOCK, PROFILE_CLOCK },
	{ "clock put forward", 5, 0, 10, PROFILE_CLOCK, PROFILE_CLOCK },
	{ "back", 1, 0, -1, PROFILE_SILENT, PROFILE_BACK },
	{ "back while off", 9, 0, -1000, PROFILE_HUB_OFF, PROFILE_BACK },
	{ "another meter", 3, PROFILE_OTHER_METER, 77, PROFILE_HUB_OFF,
	  PROFILE_REPLACED },
};

static void reasons(void **state)
{
	struct profile_latch latch = { .slot = 900000 };

	(void)state;
	profile.n = 0;
	profile.channels = 2;
	latch.registers[0] = latch.registers[1] = 50000;
	add(&latch, PROFILE_SILENT);
	for (size_t n = 0; n < ARRAY_SIZE(steps); n++) {
		struct profile_interval interval;
		uint32_t from = latch.slot;

		latch.slot += steps[n].slots;
		latch.flags = steps[n].flags;
		latch.registers[1] += (uint64_t)steps[n].grown;
		add(&latch, steps[n].why);
		interval = profile_interval_of(&profile.latch[profile.n - 2],
					       &profile.latch[profile.n - 1],
					       1);
		if (interval.reason != steps[n].expected)
			fail_msg("%s: %s", steps[n].what,
				 profile_reason_name(interval.reason));
		assert_int_equal(interval.slot, from);
		assert_int_equal(interval.slots, steps[n].slots);
		assert_int_equal(interval.flags, steps[n].flags);
		assert_int_equal(interval.at_end, latch.registers[1]);
		assert_int_equal(
			interval.amount,
			profile_is_break(interval.reason) ? 0 : steps[n].grown);
	}
	(void)round_trip();
}

static void what_cannot_follow(void **state)
{
	const struct profile_latch from = { .slot = 10, .registers = { 5, 5 } };
	static const struct {
		uint32_t slot;
		uint64_t second;
		uint8_t reason;
	} wrong[] = {
		{ 10, 5, PROFILE_EXACT },   { 9, 5, PROFILE_SILENT },
		{ 12, 5, PROFILE_EXACT },   { 11, 4, PROFILE_EXACT },
		{ 12, 4, PROFILE_HUB_OFF }, { 11, 5, PROFILE_SILENT },
		{ 11, 5, PROFILE_REASONS }, { 10, 5, PROFILE_BACK },
	};

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(wrong); n++) {
		struct profile_latch to = {
			.slot = wrong[n].slot,
			.registers = { 5, wrong[n].second },
			.reason = wrong[n].reason,
		};

		assert_false(profile_follows(&from, &to, 2));
		profile = (struct profile){ .channels = 2, .n = 2 };
		profile.latch[0] = from;
		profile.latch[1] = to;
		assert_int_equal(
			profile_encode(&profile, octets, sizeof(octets)), 0);
	}
}

/*
 * Whatever comes: between breaks the sum of half hours and gaps is the growth
 * of the register, before and after the octets.
 */
static uint64_t sum_of(const struct profile *p, unsigned int channel)
{
	uint64_t sum = 0, base = p->latch[0].registers[channel];

	for (size_t n = 1; n < p->n; n++) {
		struct profile_interval interval = profile_interval_of(
			&p->latch[n - 1], &p->latch[n], channel);

		assert_int_equal(interval.slot + interval.slots,
				 p->latch[n].slot);
		if (profile_is_break(interval.reason))
			base += interval.at_end -
				p->latch[n - 1].registers[channel];
		sum += interval.amount;
		assert_int_equal(base + sum, interval.at_end);
	}
	return sum;
}

static void random_history(unsigned int channels, size_t latches)
{
	struct profile_latch latch = { 0 };

	profile.n = 0;
	profile.channels = channels;
	latch.slot = (uint32_t)random_of(2000000);
	latch.flags = (uint32_t)random_of(2);
	while (profile.n < latches) {
		uint64_t kind = random_of(100);

		add(&latch, random_of(30) ? PROFILE_SILENT + random_of(2) :
					    PROFILE_CLOCK);
		latch.slot += kind < 3 ? 1 + (uint32_t)random_of(2000) : 1;
		if (kind > 95)
			latch.flags = (uint32_t)random_of(2);
		latch.flags &= 1;
		if (kind == 50)
			latch.flags |= PROFILE_OTHER_METER;
		for (unsigned int c = 0; c < channels; c++) {
			uint64_t most = UINT64_C(1) << random_of(4 + 8 * c);

			if (kind == 51)
				latch.registers[c] = random_of(most);
			else
				latch.registers[c] += random_of(most);
		}
	}
}

static void random_round_trips(void **state)
{
	(void)state;
	for (seed = 1; seed < 400; seed++) {
		uint64_t from = seed;
		unsigned int channels = 1 + (unsigned int)random_of(4);

		random_history(channels, 1 + random_of(300));
		(void)round_trip();
		for (unsigned int c = 0; c < channels; c++) {
			uint64_t all = sum_of(&profile, c);

			assert_int_equal(sum_of(&again, c), all);
			/* One alone is as with the others. */
			assert_int_equal(
				profile_decode(
					SPAN(octets,
					     profile_encode(&profile, octets,
							    sizeof(octets))),
					1u << c, &again),
				0);
			assert_int_equal(sum_of(&again, c), all);
			assert_int_equal(
				again.latch[again.n - 1].registers[c],
				profile.latch[profile.n - 1].registers[c]);
			(void)round_trip();
		}
		seed = from;
	}
}

/* The bound holds where nothing can be foreseen and all is an exception. */
static void worst_case(void **state)
{
	(void)state;
	profile.n = 0;
	profile.channels = PROFILE_CHANNELS;
	for (size_t n = 0; n < PROFILE_LATCHES; n++) {
		struct profile_latch latch = {
			.slot = (uint32_t)n * UINT32_C(1300000),
			.flags = n & 1 ? UINT32_MAX & ~2u : UINT32_MAX,
		};

		for (int c = 0; c < PROFILE_CHANNELS; c++)
			latch.registers[c] = UINT64_MAX - (n & 1);
		add(&latch, PROFILE_SILENT);
	}
	assert_true(round_trip() > PROFILE_LATCHES * 40);
	/* Values of no pattern, that would be longer coded than plain. */
	profile.n = 0;
	profile.channels = 1;
	seed = 3;
	for (size_t n = 0; n < PROFILE_LATCHES; n++) {
		struct profile_latch latch = { .slot = 5 + (uint32_t)n };

		if (n)
			latch.registers[0] =
				profile.latch[n - 1].registers[0] +
				(random_of(2) ? UINT64_C(1) << random_of(50) :
						0);
		add(&latch, PROFILE_SILENT);
	}
	(void)round_trip();
	profile.latch[1].reason = PROFILE_CLOCK;
	assert_int_equal(profile_encode(&profile, octets, 100), 0);
}

/* Every octet changed, every length: an error, or what was there. */
static void damaged(void **state)
{
	size_t len;

	(void)state;
	seed = 77;
	random_history(2, 120);
	len = profile_encode(&profile, octets, sizeof(octets));
	for (size_t at = 0; at < len; at++) {
		assert_int_equal(profile_decode(SPAN(octets, at), PROFILE_ALL,
						&again),
				 -EBADMSG);
		octets[at] ^= (uint8_t)(1 + random_of(255));
		assert_int_equal(profile_decode(SPAN(octets, len), PROFILE_ALL,
						&again),
				 -EBADMSG);
		(void)profile_encode(&profile, octets, sizeof(octets));
	}
	assert_int_equal(profile_decode(SPAN(octets, len), PROFILE_ALL, &again),
			 0);
}

/* A real home, 64 days a piece: at most 1.1 octets a half hour, all included. */
static void household(void **state)
{
	static unsigned int wh[60000];
	size_t n = household_read(wh, ARRAY_SIZE(wh)), len = 0, pieces = 0;
	struct profile_latch latch = { .slot = 886427, .flags = 1 };
	uint64_t sum = 0, read = 0;

	(void)state;
	if (!n) {
		print_message("skipped: no %s (HEARTH_HOUSEHOLD)\n",
			      household_path());
		skip();
	}
	for (size_t at = 0; at < n;) {
		profile.channels = 1;
		profile.n = 0;
		add(&latch, PROFILE_SILENT);
		while (profile.n < PROFILE_LATCHES && at < n) {
			sum += wh[at];
			latch.registers[0] += wh[at++];
			latch.slot++;
			add(&latch, PROFILE_SILENT);
		}
		len += round_trip();
		read += sum_of(&again, 0);
		pieces++;
	}
	assert_int_equal(sum, 8133250); /* Wh, as its description says */
	assert_int_equal(read, sum);
	print_message("%zu half hours in %zu pieces: %.3f octets each\n", n,
		      pieces, (double)len / (double)n);
	assert_true(len * 100 < n * 95);
}

/* A channel on which nothing happens costs next to nothing. */
static void nothing(void **state)
{
	size_t one, two;

	(void)state;
	for (unsigned int channels = 1; channels <= 2; channels++) {
		profile.n = 0;
		profile.channels = channels;
		for (uint32_t n = 0; n < PROFILE_LATCHES; n++) {
			struct profile_latch latch = {
				.slot = n, .registers = { n / 3, 12345 }
			};

			add(&latch, PROFILE_SILENT);
		}
		*(channels == 1 ? &one : &two) = round_trip();
	}
	assert_true(two - one < PROFILE_LATCHES / 25);
}

static void when_seen(void **state)
{
	(void)state;
	assert_true(profile_seen(0, 0));
	assert_true(profile_seen(1000, 1000));
	assert_false(profile_seen(999, 1000));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_of_all_lengths),
		cmocka_unit_test(no_values),
		cmocka_unit_test(reasons),
		cmocka_unit_test(what_cannot_follow),
		cmocka_unit_test(random_round_trips),
		cmocka_unit_test(worst_case),
		cmocka_unit_test(damaged),
		cmocka_unit_test(household),
		cmocka_unit_test(nothing),
		cmocka_unit_test(when_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
