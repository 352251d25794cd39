// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>

#include "../tariffd/tariff-codec.h"
#include "tariff-oracle.h"

#define STATES 400

struct parts {
	uint8_t hot[TARIFF_HOT_MAX], cold[TARIFF_COLD_MAX],
		slots[TARIFF_SLOTS_MAX];
	size_t hot_len, cold_len, slots_len;
};

static void write_parts(const struct tariff *t, struct parts *p)
{
	struct wbuf hot = wbuf_of(p->hot, sizeof(p->hot));
	struct wbuf cold = wbuf_of(p->cold, sizeof(p->cold));
	struct wbuf slots = wbuf_of(p->slots, sizeof(p->slots));

	tariff_put_hot(&hot, t);
	tariff_put_cold(&cold, t);
	tariff_put_slots(&slots, t);
	assert_false(hot.bad || cold.bad || slots.bad);
	p->hot_len = hot.len;
	p->cold_len = cold.len;
	p->slots_len = slots.len;
}

static int read_parts(const struct parts *p, struct tariff *t)
{
	return tariff_get(SPAN(p->hot, p->hot_len), SPAN(p->cold, p->cold_len),
			  SPAN(p->slots, p->slots_len), t, NULL);
}

static void forget_idle(struct tariff *t)
{
	struct tariff_pending *p = &t->pending;

	if (!p->calendar_at_s)
		memset(&p->calendar, 0, sizeof(p->calendar));
	if (!p->thresholds_at_s)
		memset(&p->thresholds, 0, sizeof(p->thresholds));
	if (!p->prices_at_s)
		memset(&p->prices, 0, sizeof(p->prices));
	tariff_refresh(t);
}

static void any_state(uint64_t *seed, struct tariff *t)
{
	static struct tariff_period period; /* padding and all */
	struct tariff_calendar c;
	struct tariff_thresholds x;
	struct tariff_prices p;
	struct tariff_step step;
	int64_t at_s = MARCH_4 + draw(seed, 9999999), total = 5;

	period.anchor_s = MARCH_4;
	period.repeat = (uint8_t)draw(seed, REPEAT_KINDS);
	memset(t, 0, sizeof(*t));
	any_calendar(seed, &c);
	any_thresholds(seed, &x);
	any_prices(seed, &p);
	assert_int_equal(tariff_start(t, at_s, total, &c, &x, &p, NULL), 0);
	assert_int_equal(tariff_set_reset(t, &period, NULL), 0);
	assert_int_equal(tariff_set_billing(t, &period, NULL), 0);
	for (unsigned int n = draw(seed, 20); n--;) {
		total += draw(seed, 5000);
		at_s += draw(seed, 50000);
		assert_int_equal(tariff_advance(t, at_s, total, &step), 0);
	}
	if (draw(seed, 2)) {
		any_calendar(seed, &c);
		tariff_pend_calendar(t, at_s + 5, &c, NULL);
	}
	if (draw(seed, 2))
		tariff_pend_thresholds(t, at_s + 6, &x, NULL);
	if (draw(seed, 2))
		tariff_pend_prices(t, at_s + 7, &p, NULL);
	tariff_use_dynamic(t, draw(seed, 2));
	at_s = at_s / 1800 * 1800;
	for (unsigned int n = draw(seed, 250); n--;)
		tariff_set_dynamic(t, at_s += 1800, (int32_t)draw(seed, 999));
}

static void states_come_back(void **state)
{
	static struct tariff t, back;
	static struct parts p, again;
	uint64_t seed = 5;

	(void)state;
	for (int n = 0; n < STATES; n++) {
		any_state(&seed, &t);
		write_parts(&t, &p);
		assert_int_equal(read_parts(&p, &back), 0);
		write_parts(&back, &again);
		assert_memory_equal(&p, &again, sizeof(p));
		forget_idle(&t);
		assert_memory_equal(&t, &back, sizeof(t));
	}
}

/* As large as parts get. */
static void all_states_have_room(void **state)
{
	static struct tariff t, back;
	static struct parts p;
	static uint8_t big[TARIFF_ENTRY_MAX];
	struct wbuf w = wbuf_of(big, sizeof(big));
	struct tariff_entry entry, entry_back;
	uint64_t seed = 1;

	(void)state;
	do {
		any_state(&seed, &t);
	} while (!t.pending.prices_at_s || !t.pending.thresholds_at_s ||
		 !t.pending.calendar_at_s);
	t.calendar.days = t.pending.calendar.days = CALENDAR_DAYS;
	memset(t.calendar.action, 7, sizeof(t.calendar.action));
	memset(t.pending.calendar.action, 7, sizeof(t.calendar.action));
	t.calendar.seasons = t.pending.calendar.seasons = CALENDAR_SEASONS;
	t.calendar.weeks = t.pending.calendar.weeks = CALENDAR_WEEKS;
	t.calendar.specials = t.pending.calendar.specials = CALENDAR_SPECIALS;
	for (unsigned int n = 0; n < CALENDAR_SPECIALS; n++)
		t.calendar.special[n] = t.pending.calendar.special[n] =
			(struct calendar_date){ 2099, 12, 31, DATE_ANY };
	for (unsigned int n = 0; n < CALENDAR_SEASONS; n++)
		t.calendar.season_start[n] =
			t.pending.calendar.season_start[n] =
				t.calendar.special[0];
	for (unsigned int n = 0; n < TARIFF_CELLS; n++) {
		t.cell_wh[n] = TARIFF_WH_MAX / 81;
		t.prices.cell_mp[n] = t.pending.prices.cell_mp[n] = INT32_MIN;
	}
	for (unsigned int row = 0; row < TARIFF_ROWS; row++)
		for (unsigned int n = 0; n < TARIFF_BLOCKS; n++) {
			t.counter_wh[row][n] = TARIFF_WH_MAX / 81;
			if (n < TARIFF_BLOCKS - 1)
				t.thresholds.wh[row][n] =
					t.pending.thresholds.wh[row][n] =
						TARIFF_WH_MAX - 3 + n;
		}
	t.start_wh = 1;
	t.upto_wh = 1 + TARIFF_WH_MAX / 81 * 80;
	t.cost_up = t.standing_up = INT64_MIN;
	t.estimated_wh = t.fallback_wh = t.upto_wh - 1;
	for (int64_t n = 0; n < TARIFF_DYNAMIC_SLOTS; n++) {
		int64_t slot = (CIVIL_END_S - 1) / 1800 / 256 * 256 - 256 + n;

		t.slot[n].start_s = slot * 1800;
		t.slot[n].price_mp = INT32_MIN;
	}
	write_parts(&t, &p);
	assert_int_equal(read_parts(&p, &back), 0);
	print_message("at most: registers %zu, tables %zu, half hours %zu "
		      "octets\n",
		      p.hot_len, p.cold_len, p.slots_len);
	tariff_close(&t, TARIFF_COMMAND, &entry);
	tariff_put_entry(&w, &entry);
	assert_false(w.bad);
	assert_int_equal(tariff_get_entry(SPAN(big, w.len), &entry_back, NULL),
			 0);
	assert_memory_equal(&entry, &entry_back, sizeof(entry));
	/* In a cell: they no longer add up. */
	big[100] ^= 2;
	assert_int_equal(tariff_get_entry(SPAN(big, w.len), &entry_back, NULL),
			 -EBADMSG);
}

/* Cut anywhere, longer by one, or of another version: refused. */
static void what_is_torn_is_refused(void **state)
{
	static struct tariff t, back;
	static struct parts p, q;
	uint64_t seed = 11;

	(void)state;
	any_state(&seed, &t);
	write_parts(&t, &p);
	q = p;
	for (q.hot_len = 0; q.hot_len < p.hot_len; q.hot_len++)
		assert_int_equal(read_parts(&q, &back), -EBADMSG);
	for (q.cold_len = 0; q.cold_len < p.cold_len; q.cold_len++)
		assert_int_equal(read_parts(&q, &back), -EBADMSG);
	q.hot[q.hot_len++] = 0;
	assert_int_equal(read_parts(&q, &back), -EBADMSG);
	q = p;
	q.slots_len = 0;
	assert_int_equal(read_parts(&q, &back), -EBADMSG);
	q = p;
	q.cold[0]++;
	assert_int_equal(read_parts(&q, &back), -EBADMSG);
	/* A Wh more in a cell: what does not add up is refused. */
	t.cell_wh[17]++;
	write_parts(&t, &q);
	assert_int_equal(read_parts(&q, &back), -EBADMSG);
}

/* Whatever an octet is changed to, it is refused or written the same. */
static void no_state_has_two_forms(void **state)
{
	static struct tariff t, back;
	static struct parts p, q;
	uint64_t seed = 12;
	int read = 0;

	(void)state;
	any_state(&seed, &t);
	write_parts(&t, &p);
	for (int n = 0; n < 20000; n++) {
		struct parts changed = p;

		changed.hot[draw(&seed, (uint32_t)p.hot_len)] =
			(uint8_t)draw(&seed, 256);
		changed.cold[draw(&seed, (uint32_t)p.cold_len)] =
			(uint8_t)draw(&seed, 256);
		if (read_parts(&changed, &back))
			continue;
		read++;
		memset(&q, 0, sizeof(q));
		write_parts(&back, &q);
		assert_int_equal(q.cold_len, changed.cold_len);
		assert_memory_equal(q.cold, changed.cold, q.cold_len);
		assert_memory_equal(q.hot, changed.hot, q.hot_len);
	}
	assert_true(read > 50);
}

static void histories_come_back(void **state)
{
	uint8_t hot[COST_HOT_MAX], past[COST_PAST_MAX];
	struct tariff_cost c = { 0 }, back;
	int64_t wh = 0, up = 0, at_s = MARCH_4;
	uint64_t seed = 3;

	(void)state;
	for (int n = 0; n < 3000; n++) {
		struct wbuf h = wbuf_of(hot, sizeof(hot));
		struct wbuf p = wbuf_of(past, sizeof(past));

		cost_put_hot(&h, &c);
		cost_put_past(&p, &c);
		assert_false(h.bad || p.bad);
		assert_int_equal(cost_read(SPAN(hot, h.len), SPAN(past, p.len),
					   &back, NULL),
				 0);
		assert_memory_equal(&c, &back, sizeof(c));
		assert_int_equal(cost_read(SPAN(hot, h.len),
					   SPAN(past, p.len - 1), &back, NULL),
				 -EBADMSG);
		if (n > 2000) {
			wh += draw(&seed, 0x7fffffff) * INT64_C(1000);
			up -= draw(&seed, 0x7fffffff) * INT64_C(1000000);
		}
		at_s += draw(&seed, 50000);
		assert_int_equal(cost_update(&c, at_s, wh, up), 0);
	}
}

static void gas_comes_back(void **state)
{
	uint8_t octets[GAS_MAX];
	struct wbuf w = wbuf_of(octets, sizeof(octets));
	struct gas_energy g, back;

	(void)state;
	assert_int_equal(gas_begin(&g, GAS_VOLUME_MAX), 0);
	g.wh = INT64_C(1000000000000000);
	g.rest = GAS_PARTS_A_WH - 1;
	assert_int_equal(gas_set_values(&g, 9999, 199999), 0);
	gas_put(&w, &g);
	assert_false(w.bad);
	assert_int_equal(gas_get(SPAN(octets, w.len), &back, NULL), 0);
	assert_memory_equal(&g, &back, sizeof(g));
	assert_int_equal(gas_get(SPAN(octets, w.len - 1), &back, NULL),
			 -EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(states_come_back),
		cmocka_unit_test(all_states_have_room),
		cmocka_unit_test(what_is_torn_is_refused),
		cmocka_unit_test(no_state_has_two_forms),
		cmocka_unit_test(histories_come_back),
		cmocka_unit_test(gas_comes_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
