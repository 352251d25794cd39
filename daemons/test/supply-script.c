// SPDX-License-Identifier: LGPL-2.1-or-later
/* The supply's rules, by a script of events on standard input: see
 * supply_oracle.py, which says the same of the same script.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../common/util.h"
#include "../supplyd/supply.h"

static struct supply supply;
static struct supply_limit limit;

static int64_t number(const char *word)
{
	int64_t value = 0;

	if (parse_int(word, INT64_MIN, INT64_MAX, &value)) {
		fprintf(stderr, "not a number: %s\n", word);
		exit(2);
	}
	return value;
}

static int follow(const char *want, int64_t t, unsigned int *told)
{
	enum supply_state state = !strcmp(want, "on")  ? SUPPLY_ENABLED :
				  !strcmp(want, "arm") ? SUPPLY_ARMED :
							 SUPPLY_DISABLED;

	return supply_follow(&supply, state, want, t, told);
}

static int read_meter(char **word, int64_t t, unsigned int *told)
{
	struct supply_reading reading = {
		.power_known = strcmp(word[2], "-") != 0,
		.volume_known = strcmp(word[3], "-") != 0,
		.sensed = !strcmp(word[4], "on")  ? SUPPLY_SENSED_ON :
			  !strcmp(word[4], "off") ? SUPPLY_SENSED_OFF :
						    SUPPLY_SENSED_UNKNOWN,
	};

	if (reading.power_known)
		reading.power_mw = number(word[2]);
	if (reading.volume_known)
		reading.volume_dm3 = number(word[3]);
	return supply_advance(&supply, &limit, t, &reading, told);
}

/* An event of n words. */
static int event(char **word, int n, unsigned int *told)
{
	int64_t t = number(word[0]);
	const char *kind = word[1];

	if (!strcmp(kind, "request") && n == 4)
		return supply_request(&supply, supply_owner_of(word[2]),
				      supply_request_of(word[3]), NULL, t,
				      told);
	if (!strcmp(kind, "follow") && n == 3)
		return follow(word[2], t, told);
	if (!strcmp(kind, "consent") && n == 2)
		return supply_consent(&supply, t, told);
	if (!strcmp(kind, "reading") && n == 5)
		return read_meter(word, t, told);
	if (!strcmp(kind, "limit") && n == 8) {
		limit = (struct supply_limit){
			.active = number(word[2]),
			.threshold_mw = number(word[3]),
			.period_s = number(word[4]),
			.disables = number(word[5]),
			.restoration_s = number(word[6]),
			.arms = number(word[7]),
		};
		supply_limit_changed(&supply);
		return supply_limit_check(&limit, NULL);
	}
	if (!strcmp(kind, "restart") && n == 2) {
		supply_restart(&supply);
		return 0;
	}
	fprintf(stderr, "no such event: %s\n", kind);
	exit(2);
}

static const char *result_text(int r)
{
	return !r	      ? "ok" :
	       r == -EALREADY ? "already" :
	       r == -EPERM    ? "not allowed" :
	       r == -EBUSY    ? "busy" :
				"invalid";
}

static void print(int r, unsigned int told)
{
	/* In the order of the alphabet. */
	static const struct {
		unsigned int bit;
		const char *name;
	} names[] = {
		{ SUPPLY_TOLD_AGREES, "agrees" },
		{ SUPPLY_TOLD_FLOW, "flow" },
		{ SUPPLY_TOLD_FLOW_ENDED, "flow-ended" },
		{ SUPPLY_TOLD_LIMITED, "limited" },
		{ SUPPLY_TOLD_NOT_OFF, "not-off" },
		{ SUPPLY_TOLD_NOT_ON, "not-on" },
		{ SUPPLY_TOLD_RESTORED, "restored" },
		{ SUPPLY_TOLD_STATE, "state" },
	};
	const char *comma = "";

	printf("%s: %s by %s [", result_text(r),
	       supply_state_text(supply_state(&supply)),
	       supply_owner_text(supply_reason(&supply)));
	for (int n = 0; n < SUPPLY_OWNERS; n++)
		printf("%s%s@%lld", n ? " " : "",
		       supply_state_text(supply.hold[n].state),
		       (long long)supply.hold[n].since_s);
	printf("] limited %u mismatch %d flow %d told ", supply.limited,
	       supply.mismatch, supply.flow);
	for (size_t n = 0; n < ARRAY_SIZE(names); n++) {
		if (!(told & names[n].bit))
			continue;
		printf("%s%s", comma, names[n].name);
		comma = ",";
	}
	putchar('\n');
}

static int split(char *line, char **word, int room)
{
	int n = 0;

	for (char *w = strtok(line, " \n"); w && n < room;
	     w = strtok(NULL, " \n"))
		word[n++] = w;
	return n;
}

int main(void)
{
	char line[256], *word[9];

	while (fgets(line, sizeof(line), stdin)) {
		unsigned int told = 0;
		int n = split(line, word, ARRAY_SIZE(word)), r;

		if (n == 3 && !strcmp(word[0], "start")) {
			limit = (struct supply_limit){ 0 };
			r = supply_init(&supply,
					strcmp(word[1], "gas") ?
						SUPPLY_ELECTRICITY :
						SUPPLY_GAS,
					number(word[2]));
			if (r)
				return 2;
			continue;
		}
		if (n < 2)
			return 2;
		r = event(word, n, &told);
		print(r, told);
		if (supply_check(&supply, NULL))
			return 1;
	}
	return 0;
}
