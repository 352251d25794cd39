// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <string.h>

#include "../supplyd/supply-codec.h"
#include "test.h"

#define T INT64_C(1750000000)

static uint8_t octets[AUX_SETTINGS_OCTETS_MAX];

static struct supply full_supply(enum supply_fuel fuel)
{
	struct supply s;

	assert_int_equal(supply_init(&s, fuel, T - 500), 0);
	s.at_s = T;
	for (int n = 0; n < SUPPLY_OWNERS; n++) {
		s.hold[n].state = n % 2 ? SUPPLY_DISABLED : SUPPLY_ARMED;
		s.hold[n].since_s = T - n;
		memset(s.hold[n].reason, '!' + n, SUPPLY_REASON_SIZE - 1);
	}
	s.mismatch = true;
	s.differs = true;
	s.differs_since_s = T - 100;
	s.sensed = SUPPLY_SENSED_ON;
	if (fuel == SUPPLY_ELECTRICITY) {
		s.counted = true;
		s.over = true;
		s.over_since_s = T - 90;
		s.over_at_s = T - 1;
		s.limited = UINT32_MAX;
		s.restore_s = T + SUPPLY_PERIOD_MAX_S;
		return s;
	}
	s.hold[SUPPLY_LOAD_LIMIT].state = SUPPLY_ENABLED;
	s.shut = true;
	s.shut_since_s = T - 80;
	s.based = true;
	s.base_dm3 = SUPPLY_VOLUME_MAX_DM3 - 50;
	s.last_dm3 = SUPPLY_VOLUME_MAX_DM3;
	s.grown_s = T - 3;
	s.flow = true;
	return s;
}

/* As after a restart, not as before it. */
static void a_state_comes_back(void **state)
{
	(void)state;
	for (int f = 0; f < SUPPLY_FUELS; f++) {
		struct supply s = full_supply(f), back;
		struct wbuf w = wbuf_of(octets, SUPPLY_OCTETS_MAX);

		memset(&back, 0xff, sizeof(back));
		assert_int_equal(supply_check(&s, NULL), 0);
		supply_encode(&s, &w);
		assert_false(w.bad);
		assert_int_equal(supply_decode(SPAN(octets, w.len), &back), 0);
		assert_false(supply_to_store(&back, &s));
		supply_restart(&s);
		assert_memory_equal(&s, &back, sizeof(s));
	}
}

/* Where one octet is changed it is refused, or means something else. */
static void check_damage(struct span whole, int (*read)(struct span))
{
	uint8_t copy[AUX_SETTINGS_OCTETS_MAX + 1];

	memcpy(copy, whole.p, whole.len);
	copy[whole.len] = 0;
	assert_int_equal(read(SPAN(copy, whole.len)), 0);
	assert_int_equal(read(SPAN(copy, whole.len + 1)), -EBADMSG);
	for (size_t n = 0; n < whole.len; n++)
		assert_int_equal(read(SPAN(copy, n)), -EBADMSG);
	copy[0]++;
	assert_int_equal(read(SPAN(copy, whole.len)), -EBADMSG);
	copy[0]--;
	for (size_t n = 0; n < whole.len * 8; n++) {
		copy[n / 8] ^= 1 << n % 8;
		(void)read(SPAN(copy, whole.len));
		copy[n / 8] ^= 1 << n % 8;
	}
}

static int read_supply(struct span from)
{
	struct supply s, was;
	uint8_t again[SUPPLY_OCTETS_MAX];
	struct wbuf w = wbuf_of(again, sizeof(again));
	int r;

	memset(&s, 0x55, sizeof(s));
	was = s;
	r = supply_decode(from, &s);
	if (r) {
		assert_memory_equal(&s, &was, sizeof(s));
		return r;
	}
	supply_encode(&s, &w);
	assert_int_equal(w.len, from.len);
	assert_memory_equal(again, from.p, w.len);
	return 0;
}

static void a_damaged_state_is_refused(void **state)
{
	(void)state;
	for (int f = 0; f < SUPPLY_FUELS; f++) {
		struct supply s = full_supply(f);
		struct wbuf w = wbuf_of(octets, sizeof(octets));

		supply_encode(&s, &w);
		check_damage(SPAN(octets, w.len), read_supply);
	}
}

static int read_limit(struct span from)
{
	struct supply_limit limit;
	uint8_t again[SUPPLY_LIMIT_OCTETS_MAX];
	struct wbuf w = wbuf_of(again, sizeof(again));

	if (supply_limit_decode(from, &limit))
		return -EBADMSG;
	supply_limit_encode(&limit, &w);
	assert_int_equal(w.len, from.len);
	assert_memory_equal(again, from.p, w.len);
	return 0;
}

static void a_limit_comes_back(void **state)
{
	struct supply_limit limit, back;
	struct wbuf w = wbuf_of(octets, SUPPLY_LIMIT_OCTETS_MAX);

	(void)state;
	memset(&limit, 0, sizeof(limit));
	limit.active = true;
	limit.threshold_mw = SUPPLY_POWER_MAX_MW;
	limit.period_s = SUPPLY_PERIOD_MAX_S;
	limit.restoration_s = 12345;
	limit.arms = true;
	memset(&back, 0, sizeof(back));
	supply_limit_encode(&limit, &w);
	assert_false(w.bad);
	assert_int_equal(supply_limit_decode(SPAN(octets, w.len), &back), 0);
	assert_memory_equal(&limit, &back, sizeof(limit));
	check_damage(SPAN(octets, w.len), read_limit);
}

static struct aux_settings full_settings(void)
{
	struct aux_settings set = { .offset_s = AUX_OFFSET_MAX_S,
				    .switches = AUX_SWITCHES,
				    .special_days = AUX_SPECIAL_DAYS };

	for (int n = 0; n < AUX_CONTROLLERS; n++) {
		set.controller[n] = (struct aux_controller){
			.kind = AUX_PROPORTIONAL,
			.idle_pct = (uint8_t)(n * 7),
			.boostable = n % 2,
		};
		memset(set.controller[n].label, 'a' + n, AUX_LABEL_SIZE - 1);
	}
	for (int n = 0; n < AUX_SWITCHES; n++)
		set.at[n] = (struct aux_switch){
			.controller = (uint8_t)(n % AUX_CONTROLLERS),
			.pct = (uint8_t)(n % 101),
			.minute = (uint16_t)(n * 11),
			.weekdays = (uint8_t)n,
			.special_days = 0xfffffu >> n % 20,
			.begin_month = 2,
			.begin_day = (uint8_t)(n % 28 + 1),
			.end_month = 12,
			.end_day = 31,
		};
	for (int n = 0; n < AUX_SPECIAL_DAYS; n++)
		set.special[n] = (struct aux_date){ (uint16_t)(n * 100), 3,
						    (uint8_t)(n + 1) };
	return set;
}

static int read_settings(struct span from)
{
	struct aux_settings set;
	uint8_t again[AUX_SETTINGS_OCTETS_MAX];
	struct wbuf w = wbuf_of(again, sizeof(again));

	if (aux_settings_decode(from, &set))
		return -EBADMSG;
	aux_settings_encode(&set, &w);
	assert_int_equal(w.len, from.len);
	assert_memory_equal(again, from.p, w.len);
	return 0;
}

static void settings_of_controllers_come_back(void **state)
{
	struct aux_settings set = full_settings(), back;
	struct wbuf w = wbuf_of(octets, AUX_SETTINGS_OCTETS_MAX);

	(void)state;
	assert_int_equal(aux_settings_check(&set, NULL), 0);
	aux_settings_encode(&set, &w);
	assert_false(w.bad);
	memset(&back, 0, sizeof(back));
	assert_int_equal(aux_settings_decode(SPAN(octets, w.len), &back), 0);
	assert_memory_equal(&set, &back, sizeof(set));
	check_damage(SPAN(octets, w.len), read_settings);
	/* None at all. */
	memset(&set, 0, sizeof(set));
	w = wbuf_of(octets, AUX_SETTINGS_OCTETS_MAX);
	aux_settings_encode(&set, &w);
	assert_int_equal(aux_settings_decode(SPAN(octets, w.len), &back), 0);
	assert_memory_equal(&set, &back, sizeof(set));
}

static int read_aux(struct span from)
{
	struct aux_settings set = full_settings();
	uint8_t again[AUX_OCTETS_MAX];
	struct wbuf w = wbuf_of(again, sizeof(again));
	struct aux aux;

	if (aux_decode(from, &set, &aux))
		return -EBADMSG;
	aux_encode(&aux, &w);
	assert_int_equal(w.len, from.len);
	assert_memory_equal(again, from.p, w.len);
	return 0;
}

static void same_command(const struct aux_command *a,
			 const struct aux_command *b)
{
	assert_int_equal(a->set, b->set);
	assert_int_equal(a->pct, b->pct);
	assert_int_equal(a->start_s, b->start_s);
	assert_int_equal(a->end_s, b->end_s);
}

static void same_state(const struct aux_state *a, const struct aux_state *b)
{
	assert_int_equal(a->pct, b->pct);
	assert_int_equal(a->cause, b->cause);
	assert_int_equal(a->limited, b->limited);
	assert_int_equal(a->boost_end_s, b->boost_end_s);
	same_command(&a->command, &b->command);
	same_command(&a->limit, &b->limit);
}

static void a_state_of_controllers_comes_back(void **state)
{
	struct aux_settings set = full_settings();
	struct wbuf w = wbuf_of(octets, AUX_OCTETS_MAX);
	struct aux aux, back;

	(void)state;
	assert_int_equal(aux_init(&aux, &set, T), 0);
	for (unsigned int n = 0; n < AUX_CONTROLLERS; n++) {
		assert_int_equal(aux_set(&aux, &set, n, 50, T, T + 90, T), 0);
		assert_int_equal(aux_limit(&aux, &set, n, 9, T, T + 90, T), 0);
		if (n % 2)
			assert_int_equal(aux_boost(&aux, &set, n, 3600, T), 0);
	}
	assert_int_equal(aux_advance(&aux, &set, T + 1800, NULL), 0);
	aux_encode(&aux, &w);
	assert_false(w.bad);
	assert_int_equal(aux_decode(SPAN(octets, w.len), &set, &back), 0);
	assert_int_equal(back.at_s, aux.at_s);
	for (int n = 0; n < AUX_CONTROLLERS; n++)
		same_state(&aux.controller[n], &back.controller[n]);
	check_damage(SPAN(octets, w.len), read_aux);
	/* The settings have to be its own. */
	set.controller[1].boostable = false;
	assert_int_equal(aux_decode(SPAN(octets, w.len), &set, &back),
			 -EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_state_comes_back),
		cmocka_unit_test(a_damaged_state_is_refused),
		cmocka_unit_test(a_limit_comes_back),
		cmocka_unit_test(settings_of_controllers_come_back),
		cmocka_unit_test(a_state_of_controllers_comes_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
