// SPDX-License-Identifier: LGPL-2.1-or-later
/* Auxiliary load control (S-4). */
#include <errno.h>
#include <string.h>
#include <time.h>

#include "../supplyd/aux.h"
#include "test.h"

#define T INT64_C(1750000000) /* Sunday, 15 June 2025, 15:06:40 */
#define DAY 86400
#define OFFSET 600
#define MONDAY (T + 32000 + OFFSET) /* midnight, and the offset */

enum {
	SWITCH,
	CHARGER,
	HEATER,
	NOTHING
};

static struct aux_settings usual(void)
{
	return (struct aux_settings){
		.controller = {
			[SWITCH] = { AUX_SWITCH, 0, true, "Immersion heater" },
			[CHARGER] = { AUX_PROPORTIONAL, 40, true, "EV" },
			[HEATER] = { AUX_PROPORTIONAL, 10, false, "" },
		},
		.offset_s = OFFSET,
	};
}

static struct aux start(const struct aux_settings *set)
{
	struct aux aux;

	assert_int_equal(aux_init(&aux, set, T), 0);
	return aux;
}

static unsigned int go(struct aux *aux, const struct aux_settings *set,
		       unsigned int n, int64_t at_s)
{
	unsigned int told[AUX_CONTROLLERS];

	assert_int_equal(aux_advance(aux, set, at_s, told), 0);
	assert_int_equal(aux_check(aux, set, NULL), 0);
	return told[n];
}

/* --- precedence: everything there can be, against the rules in words */

enum when {
	NEVER,
	LATER,
	NOW,
	OVER,
	WHENS
};

static void give(struct aux_command *command, enum when when, uint8_t pct)
{
	static const int64_t from[] = { 0, 100, -100, -9000 };

	if (when == NEVER)
		return;
	/* What is now or over by the offset, not by the clock alone. */
	command->set = true;
	command->pct = pct;
	command->start_s = T - OFFSET + from[when];
	command->end_s = command->start_s + 1000;
}

struct expected {
	uint8_t pct;
	enum aux_cause cause;
	bool limited;
	unsigned int ended;
};

static struct expected by_the_rules(int boost, enum when command,
				    enum when limit, bool scheduled)
{
	struct expected e = { 40, AUX_IDLE, false, 0 };

	if (scheduled)
		e = (struct expected){ 70, AUX_SCHEDULE, false, 0 };
	if (command == NOW)
		e = (struct expected){ 80, AUX_COMMAND, false, 0 };
	if (boost == 2)
		e = (struct expected){ 100, AUX_BOOST, false, 0 };
	if (limit == NOW && e.pct > 50) {
		e.pct = 50;
		e.limited = true;
	}
	e.ended = (command == OVER ? AUX_TOLD_COMMAND_ENDED : 0) |
		  (limit == OVER ? AUX_TOLD_LIMIT_ENDED : 0) |
		  (boost == 1 ? AUX_TOLD_BOOST_ENDED : 0);
	return e;
}

static void check_precedence(int boost, enum when command, enum when limit,
			     bool scheduled)
{
	struct expected e = by_the_rules(boost, command, limit, scheduled);
	struct aux_settings set = usual();
	struct aux_state *s, was;
	unsigned int told;
	struct aux aux;

	if (scheduled) {
		set.switches = 1;
		set.at[0] = (struct aux_switch){ .controller = CHARGER,
						 .pct = 70,
						 .weekdays = 0x7f };
	}
	aux = start(&set);
	s = &aux.controller[CHARGER];
	was = *s;
	give(&s->command, command, 80);
	give(&s->limit, limit, 50);
	s->boost_end_s = boost == 0 ? 0 : boost == 1 ? T : T + 1;
	told = go(&aux, &set, CHARGER, T);
	assert_int_equal(s->pct, e.pct);
	assert_int_equal(s->cause, e.cause);
	assert_int_equal(s->limited, e.limited);
	assert_int_equal(told & ~3u, e.ended);
	assert_int_equal(told & 1, s->pct != was.pct);
	assert_int_equal(told >> 1 & 1, s->cause != was.cause || s->limited);
	assert_int_equal(s->command.set, command == LATER || command == NOW);
	assert_int_equal(s->limit.set, limit == LATER || limit == NOW);
	assert_int_equal(s->boost_end_s != 0, boost == 2);
	/* Nothing more at the same instant. */
	assert_int_equal(go(&aux, &set, CHARGER, T), 0);
}

static void who_decides(void **state)
{
	(void)state;
	for (int boost = 0; boost < 3; boost++)
		for (int command = NEVER; command < WHENS; command++)
			for (int limit = NEVER; limit < WHENS; limit++) {
				check_precedence(boost, command, limit, false);
				check_precedence(boost, command, limit, true);
			}
}

/* --- every call on every kind of controller in every state */

enum call {
	SET,
	LIMIT,
	RESET,
	BOOST,
	UNBOOST,
	CALLS
};

static int make(struct aux *aux, const struct aux_settings *set, unsigned int n,
		enum call call)
{
	switch (call) {
	case SET:
		return aux_set(aux, set, n, 100, T, T + 900, T);
	case LIMIT:
		return aux_limit(aux, set, n, 100, T, T + 900, T);
	case RESET:
		return aux_reset(aux, set, n, T);
	case BOOST:
		return aux_boost(aux, set, n, 1800, T);
	default:
		return aux_boost(aux, set, n, 0, T);
	}
}

/* Rows: of a switch, the charger, the heater that has no button, nothing, and
 * no controller; columns: set, limit, reset, boost, end of boost. "o" done,
 * "=" nothing to cancel, "-" not allowed, "?" no such; the row "pending" is
 * with a command and, where there can be, limit and boost.
 */
static const char *const calls[2][5] = {
	{ "o-=o=", "oo=o=", "oo=--", "?????", "?????" },
	{ "o-ooo", "ooooo", "ooo--", "?????", "?????" },
};

static void check_calls(unsigned int n, bool pending, enum call call)
{
	struct aux_settings set = usual();
	struct aux aux = start(&set), was;
	unsigned int place = n < AUX_CONTROLLERS ? n : 0;
	struct aux_state *s = &aux.controller[place];
	char c = calls[pending][n > NOTHING ? 4 : n][call];
	int want = c == 'o' ? 0 :
		   c == '=' ? -EALREADY :
		   c == '-' ? -EPERM :
			      -ENOENT;

	if (pending && n < NOTHING) {
		s->command = (struct aux_command){ true, 0, T - 9, T + 9 };
		if (n != SWITCH)
			s->limit = s->command;
		if (n != HEATER)
			s->boost_end_s = T + 9;
	}
	was = aux;
	assert_int_equal(make(&aux, &set, n, call), want);
	if (want) {
		assert_memory_equal(&aux, &was, sizeof(aux));
		return;
	}
	assert_int_equal(aux_check(&aux, &set, NULL), 0);
	if (call != SET && call != RESET)
		assert_memory_equal(&s->command, &was.controller[place].command,
				    sizeof(s->command));
	if (call != LIMIT && call != RESET)
		assert_memory_equal(&s->limit, &was.controller[place].limit,
				    sizeof(s->limit));
	if (call == SET)
		assert_int_equal(s->command.end_s, T + 900);
	if (call == LIMIT)
		assert_int_equal(s->limit.end_s, T + 900);
	if (call == RESET)
		assert_false(s->command.set || s->limit.set);
	assert_int_equal(s->boost_end_s,
			 call == BOOST	 ? T + 1800 :
			 call == UNBOOST ? 0 :
					   was.controller[place].boost_end_s);
}

static void every_call_on_every_controller(void **state)
{
	(void)state;
	for (unsigned int n = 0; n < AUX_CONTROLLERS + 2; n++)
		for (int call = 0; call < CALLS; call++) {
			check_calls(n, false, call);
			check_calls(n, true, call);
		}
}

static void commands_out_of_bounds_are_refused(void **state)
{
	struct aux_settings set = usual();
	struct aux aux = start(&set), was = aux;

	(void)state;
	assert_int_equal(aux_set(&aux, &set, CHARGER, 101, T, T + 1, T),
			 -EINVAL);
	assert_int_equal(aux_set(&aux, &set, SWITCH, 50, T, T + 1, T), -EINVAL);
	assert_int_equal(aux_set(&aux, &set, CHARGER, 50, T, T, T), -EINVAL);
	assert_int_equal(aux_set(&aux, &set, CHARGER, 50, -1, T, T), -EINVAL);
	assert_int_equal(aux_set(&aux, &set, CHARGER, 50, T, INT64_MAX, T),
			 -EINVAL);
	assert_int_equal(aux_limit(&aux, &set, CHARGER, 50, T + 2, T + 1, T),
			 -EINVAL);
	assert_int_equal(aux_boost(&aux, &set, CHARGER, -1, T), -EINVAL);
	assert_int_equal(aux_boost(&aux, &set, CHARGER, AUX_BOOST_MAX_S + 1, T),
			 -EINVAL);
	assert_int_equal(aux_boost(&aux, &set, CHARGER, 1, -1), -EINVAL);
	assert_int_equal(aux_reset(&aux, &set, CHARGER, AUX_TIME_MAX_S),
			 -EINVAL);
	assert_int_equal(aux_advance(&aux, &set, INT64_MIN, NULL), -EINVAL);
	/* Over already, with the offset. */
	assert_int_equal(aux_set(&aux, &set, CHARGER, 50, 0, T - OFFSET, T),
			 -ESTALE);
	assert_int_equal(aux_limit(&aux, &set, CHARGER, 50, 0, T - OFFSET, T),
			 -ESTALE);
	assert_memory_equal(&aux, &was, sizeof(aux));
	assert_int_equal(aux_set(&aux, &set, CHARGER, 50, 0, T - OFFSET + 1, T),
			 0);
}

static void a_command_is_from_its_start_to_its_end(void **state)
{
	struct aux_settings set = usual();
	struct aux aux = start(&set);
	struct aux_state *s = &aux.controller[SWITCH];

	(void)state;
	assert_int_equal(aux_set(&aux, &set, SWITCH, 100, T, T + 60, T), 0);
	assert_int_equal(go(&aux, &set, SWITCH, T + OFFSET - 1), 0);
	assert_int_equal(go(&aux, &set, SWITCH, T + OFFSET),
			 AUX_TOLD_LEVEL | AUX_TOLD_CAUSE);
	assert_int_equal(s->pct, 100);
	assert_int_equal(go(&aux, &set, SWITCH, T + OFFSET + 59), 0);
	assert_int_equal(go(&aux, &set, SWITCH, T + OFFSET + 60),
			 AUX_TOLD_LEVEL | AUX_TOLD_CAUSE |
				 AUX_TOLD_COMMAND_ENDED);
	assert_int_equal(s->pct, 0);
}

static void a_limit_that_is_not_felt_is_none(void **state)
{
	struct aux_settings set = usual();
	struct aux aux = start(&set);

	(void)state;
	/* As much as it is on anyhow. */
	aux_limit(&aux, &set, CHARGER, 40, T - OFFSET, T, T);
	assert_int_equal(go(&aux, &set, CHARGER, T), 0);
	assert_false(aux.controller[CHARGER].limited);
	aux_limit(&aux, &set, CHARGER, 39, T - OFFSET, T, T);
	assert_int_equal(go(&aux, &set, CHARGER, T),
			 AUX_TOLD_LEVEL | AUX_TOLD_CAUSE);
	assert_true(aux.controller[CHARGER].limited);
}

static void a_boost_resets_by_itself_whatever_the_clock_does(void **state)
{
	struct aux_settings set = usual();
	struct aux aux = start(&set);

	(void)state;
	assert_int_equal(aux_boost(&aux, &set, SWITCH, 900, T), 0);
	assert_int_equal(go(&aux, &set, SWITCH, T),
			 AUX_TOLD_LEVEL | AUX_TOLD_CAUSE);
	assert_int_equal(go(&aux, &set, SWITCH, T + 300), 0);
	/* A day back: 600 s are left. */
	assert_int_equal(go(&aux, &set, SWITCH, T - DAY), 0);
	assert_int_equal(go(&aux, &set, SWITCH, T - DAY + 599), 0);
	assert_int_equal(go(&aux, &set, SWITCH, T - DAY + 600),
			 AUX_TOLD_LEVEL | AUX_TOLD_CAUSE |
				 AUX_TOLD_BOOST_ENDED);
	/* Forward: over. */
	aux_boost(&aux, &set, SWITCH, 900, T);
	go(&aux, &set, SWITCH, T);
	assert_true(go(&aux, &set, SWITCH, T + DAY) & AUX_TOLD_BOOST_ENDED);
	/* Pressed again: from now. */
	aux_boost(&aux, &set, SWITCH, 900, T + DAY);
	aux_boost(&aux, &set, SWITCH, 600, T + DAY + 60);
	assert_int_equal(aux.controller[SWITCH].boost_end_s, T + DAY + 660);
}

static void other_settings_drop_what_does_not_fit(void **state)
{
	struct aux_settings set = usual();
	struct aux aux = start(&set);

	(void)state;
	aux_set(&aux, &set, CHARGER, 50, T, T + 9000, T);
	aux_limit(&aux, &set, CHARGER, 30, T, T + 9000, T);
	aux_boost(&aux, &set, CHARGER, 900, T);
	go(&aux, &set, CHARGER, T + OFFSET);
	set.controller[CHARGER].kind = AUX_SWITCH;
	set.controller[CHARGER].idle_pct = 0;
	set.controller[CHARGER].boostable = false;
	assert_int_equal(aux_check(&aux, &set, NULL), -EINVAL);
	assert_int_equal(aux_settings_changed(&aux, &set, T + OFFSET), 0);
	assert_int_equal(aux_check(&aux, &set, NULL), 0);
	assert_false(aux.controller[CHARGER].command.set);
	assert_false(aux.controller[CHARGER].limit.set);
	assert_int_equal(aux.controller[CHARGER].boost_end_s, 0);
	assert_int_equal(aux.controller[CHARGER].pct, 0);
	/* What fits stays. */
	aux_set(&aux, &set, CHARGER, 100, T, T + 9000, T + OFFSET);
	set.offset_s = 0;
	assert_int_equal(aux_settings_changed(&aux, &set, T + OFFSET), 0);
	assert_true(aux.controller[CHARGER].command.set);
	set.offset_s = AUX_OFFSET_MAX_S + 1;
	assert_int_equal(aux_settings_changed(&aux, &set, T), -EINVAL);
}

/* --- the schedule against a slow oracle: each minute of each day looked at */

static bool oracle_season(const struct aux_switch *at, const struct tm *tm)
{
	/* Walk the year from the begin until the end or today. */
	int month = at->begin_month, day = at->begin_day;

	if (!month)
		return true;
	for (int n = 0; n < 12 * 31; n++) {
		if (month == tm->tm_mon + 1 && day == tm->tm_mday)
			return true;
		if (month == at->end_month && day == at->end_day)
			return false;
		if (++day > 31) {
			day = 1;
			month = month % 12 + 1;
		}
	}
	return false;
}

static bool oracle_due(const struct aux_settings *set,
		       const struct aux_switch *at, const struct tm *tm)
{
	int special = -1;

	for (int n = set->special_days - 1; n >= 0; n--)
		if (set->special[n].day == tm->tm_mday &&
		    set->special[n].month == tm->tm_mon + 1 &&
		    (set->special[n].year == 0 ||
		     set->special[n].year == tm->tm_year + 1900))
			special = n;
	if (at->minute != tm->tm_hour * 60 + tm->tm_min ||
	    !oracle_season(at, tm))
		return false;
	if (special >= 0)
		return at->special_days & 1u << special;
	return at->weekdays & 1 << (tm->tm_wday + 6) % 7;
}

/* Levels at the minute boundaries from..to, from the look back before them. */
static void oracle(const struct aux_settings *set, unsigned int n,
		   int64_t from_s, int minutes, int *ret)
{
	int64_t first = from_s / 60 - 40 * 1440;
	int level = -1;

	for (int64_t m = first; m < from_s / 60 + minutes; m++) {
		time_t t = m * 60;
		struct tm tm;

		gmtime_r(&t, &tm);
		for (int e = 0; e < set->switches; e++)
			if (set->at[e].controller == n &&
			    oracle_due(set, &set->at[e], &tm))
				level = set->at[e].pct;
		if (m >= from_s / 60)
			ret[m - from_s / 60] = level;
	}
}

static uint32_t rng = 12345;

static unsigned int any(unsigned int n)
{
	rng = rng * 1664525 + 1013904223;
	return (rng >> 8) % n;
}

static struct aux_settings any_calendar(void)
{
	struct aux_settings set = usual();

	set.offset_s = (uint16_t)(any(2) ? 0 : any(AUX_OFFSET_MAX_S + 1));
	set.special_days = (uint8_t)any(5);
	for (int n = 0; n < set.special_days; n++)
		set.special[n] = (struct aux_date){
			.year = any(2) ? 0 : (uint16_t)(2025 + any(2)),
			.month = (uint8_t)(any(2) ? 12 : 6),
			.day = (uint8_t)(any(2) ? 13 + any(6) : 31 - any(2)),
		};
	for (int n = 0; n < set.special_days; n++)
		if (set.special[n].month == 6 && set.special[n].day == 31)
			set.special[n].day = 30;
	set.switches = (uint8_t)any(12);
	for (int n = 0; n < set.switches; n++) {
		struct aux_switch *at = &set.at[n];

		*at = (struct aux_switch){
			.controller = (uint8_t)any(2),
			.minute = (uint16_t)(any(3) ? any(1440) : any(4) * 360),
			.weekdays = (uint8_t)any(128),
			.special_days = any(1u << set.special_days),
		};
		at->pct = (uint8_t)(at->controller == SWITCH ? any(2) * 100 :
							       any(101));
		if (any(3))
			continue;
		at->begin_month = (uint8_t)(any(12) + 1);
		at->begin_day = (uint8_t)(any(28) + 1);
		at->end_month = (uint8_t)(any(12) + 1);
		at->end_day = (uint8_t)(any(28) + 1);
	}
	return set;
}

#define MINUTES (3 * 1440)

/* The last switching before the oracle's look back may decide; it is not
 * compared until the oracle has seen one.
 */
static int compare(const struct aux_settings *set, unsigned int n, int64_t from)
{
	static int expected[MINUTES];
	int compared = 0;

	oracle(set, n, from, MINUTES, expected);
	for (int m = 0; m < MINUTES; m += 1 + (int)any(7)) {
		int64_t t = from + m * 60;

		if (expected[m] < 0)
			continue;
		compared++;
		assert_int_equal(aux_scheduled(set, n,
					       t + set->offset_s + any(60)),
				 expected[m]);
	}
	return compared;
}

static void the_schedule_is_as_looked_up_by_hand(void **state)
{
	static const int64_t from[] = {
		INT64_C(1749859200), /* 14 June 2025 */
		INT64_C(1767052800), /* 30 December 2025 */
		INT64_C(1709078400), /* 28 February 2024 */
	};
	int compared = 0;

	(void)state;
	for (int n = 0; n < 60; n++) {
		struct aux_settings set = any_calendar();

		assert_int_equal(aux_settings_check(&set, NULL), 0);
		compared += compare(&set, any(2), from[n % 3]);
	}
	assert_true(compared > 20000);
}

static void the_schedule_by_example(void **state)
{
	struct aux_settings set = usual();

	(void)state;
	/* Nothing scheduled, or of another controller only. */
	assert_int_equal(aux_scheduled(&set, CHARGER, T), -1);
	set.switches = 3;
	set.special_days = 1;
	set.special[0] = (struct aux_date){ 0, 6, 16 };
	/* Off on weekdays at 7, on at night; on Monday, a special day, 55. */
	set.at[0] = (struct aux_switch){ .controller = CHARGER,
					 .pct = 0,
					 .minute = 7 * 60,
					 .weekdays = 0x1f };
	set.at[1] = (struct aux_switch){ .controller = CHARGER,
					 .pct = 100,
					 .minute = 23 * 60,
					 .weekdays = 0x7f };
	set.at[2] = (struct aux_switch){ .controller = CHARGER,
					 .pct = 55,
					 .minute = 8 * 60,
					 .special_days = 1 };
	assert_int_equal(aux_scheduled(&set, HEATER, T), -1);
	assert_int_equal(aux_scheduled(&set, CHARGER, T), 100);
	/* The offset moves the times. */
	assert_int_equal(aux_scheduled(&set, CHARGER, MONDAY + 8 * 3600 - 1),
			 100);
	assert_int_equal(aux_scheduled(&set, CHARGER, MONDAY + 8 * 3600), 55);
	/* It holds over the night: the special day has no 23 o'clock. */
	assert_int_equal(aux_scheduled(&set, CHARGER, MONDAY + 31 * 3600 - 1),
			 55);
	assert_int_equal(aux_scheduled(&set, CHARGER, MONDAY + 31 * 3600), 0);
	/* Before there was time. */
	assert_int_equal(aux_scheduled(&set, CHARGER, 0), -1);
	assert_int_equal(aux_scheduled(&set, CHARGER, OFFSET), -1);
	/* A year and a day later an entry of one day is forgotten. */
	set.switches = 1;
	set.special_days = 0;
	set.at[0] = (struct aux_switch){ .controller = CHARGER,
					 .pct = 5,
					 .weekdays = 0x7f,
					 .begin_month = 2,
					 .begin_day = 29,
					 .end_month = 2,
					 .end_day = 29 };
	assert_int_equal(aux_scheduled(&set, CHARGER, 1709164800 + OFFSET), 5);
	assert_int_equal(aux_scheduled(&set, CHARGER,
				       1709164800 + OFFSET + 366 * DAY),
			 5);
	assert_int_equal(aux_scheduled(&set, CHARGER,
				       1709164800 + OFFSET + 367 * DAY),
			 -1);
}

#define BAD_SET(line)                                                      \
	do {                                                               \
		struct aux_settings set = usual();                         \
		const char *why = NULL;                                    \
		set.switches = 1;                                          \
		set.at[0].controller = CHARGER;                            \
		assert_int_equal(aux_settings_check(&set, NULL), 0);       \
		line;                                                      \
		assert_int_equal(aux_settings_check(&set, &why), -EINVAL); \
		assert_non_null(why);                                      \
	} while (0)
#define BAD(line)                                                            \
	do {                                                                 \
		struct aux_settings set = usual();                           \
		struct aux aux = start(&set);                                \
		const char *why = NULL;                                      \
		line;                                                        \
		assert_int_equal(aux_check(&aux, &set, &why), -EINVAL);      \
		assert_non_null(why);                                        \
		assert_int_equal(aux_advance(&aux, &set, T, NULL), -EINVAL); \
	} while (0)

static void what_cannot_be_is_refused(void **state)
{
	(void)state;
	BAD_SET(set.offset_s = 1800);
	BAD_SET(set.controller[0].kind = AUX_KINDS);
	BAD_SET(set.controller[SWITCH].idle_pct = 50);
	BAD_SET(set.controller[CHARGER].idle_pct = 101);
	BAD_SET(memset(set.controller[0].label, 'x', AUX_LABEL_SIZE));
	BAD_SET(set.controller[0].label[0] = '\n');
	BAD_SET(set.switches = AUX_SWITCHES + 1);
	BAD_SET(set.special_days = AUX_SPECIAL_DAYS + 1);
	BAD_SET(set.special_days = 1);
	BAD_SET(set.special_days = 1;
		set.special[0] = ((struct aux_date){ 0, 2, 30 }));
	BAD_SET(set.at[0].controller = AUX_CONTROLLERS);
	BAD_SET(set.at[0].controller = NOTHING);
	BAD_SET(set.at[0].pct = 101);
	BAD_SET(set.at[0].controller = SWITCH; set.at[0].pct = 99);
	BAD_SET(set.at[0].minute = 1440);
	BAD_SET(set.at[0].weekdays = 0x80);
	BAD_SET(set.at[0].special_days = 1);
	BAD_SET(set.at[0].begin_month = 1);
	BAD_SET(set.at[0].begin_day = 1);
	BAD_SET(set.at[0].begin_month = 13; set.at[0].begin_day = 1;
		set.at[0].end_month = 1; set.at[0].end_day = 1);
	BAD(aux.at_s = AUX_TIME_MAX_S);
	BAD(aux.controller[0].pct = 1);
	BAD(aux.controller[0].cause = AUX_CAUSES);
	BAD(aux.controller[SWITCH].limited = true);
	BAD(aux.controller[CHARGER].command.set = true);
	BAD(aux.controller[CHARGER].boost_end_s = T + AUX_BOOST_MAX_S + 1);
	BAD(aux.controller[CHARGER].boost_end_s = -1);
	BAD(aux.controller[HEATER].boost_end_s = T);
	BAD(aux.controller[NOTHING].pct = 100);
	BAD(set.offset_s = 1800);
}

static void words_lead_back(void **state)
{
	(void)state;
	for (int n = 0; n < AUX_KINDS; n++)
		assert_int_equal(aux_kind_of(aux_kind_text(n)), n);
	assert_int_equal(aux_kind_of(""), -EINVAL);
	assert_string_equal(aux_cause_text(AUX_BOOST), "boost");
	assert_string_equal(aux_cause_text(AUX_CAUSES), "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_decides),
		cmocka_unit_test(every_call_on_every_controller),
		cmocka_unit_test(commands_out_of_bounds_are_refused),
		cmocka_unit_test(a_limit_that_is_not_felt_is_none),
		cmocka_unit_test(a_command_is_from_its_start_to_its_end),
		cmocka_unit_test(
			a_boost_resets_by_itself_whatever_the_clock_does),
		cmocka_unit_test(other_settings_drop_what_does_not_fit),
		cmocka_unit_test(the_schedule_is_as_looked_up_by_hand),
		cmocka_unit_test(the_schedule_by_example),
		cmocka_unit_test(what_cannot_be_is_refused),
		cmocka_unit_test(words_lead_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
