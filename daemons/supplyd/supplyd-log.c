// SPDX-License-Identifier: LGPL-2.1-or-later
#include "supplyd-log.h"

#include <stdio.h>
#include <string.h>

/* Alerts of GBCS. */
#define ALERT_NOT_ON 0x81bd
#define ALERT_LOCKED 0x81be
#define ALERT_FLOW 0x81bf
#define ALERT_NOT_OFF 0x81c0
#define ALERT_ABOVE_LIMIT 0x8f01
#define ALERT_ARMED 0x8f32
#define ALERT_LIMIT_ARMS 0x8f33
#define ALERT_LIMIT_ENABLES 0x8f34
#define ALERT_AUX_LIMIT 0x8f86
#define ALERT_AUX_LIMIT_ENDED 0x8f87

/* A reason, which is printable ASCII, inside a JSON string. */
static const char *quoted(const char *reason, char room[2 * SUPPLY_REASON_SIZE])
{
	size_t n = 0;

	for (; *reason; reason++) {
		if (*reason == '"' || *reason == '\\')
			room[n++] = '\\';
		room[n++] = *reason;
	}
	room[n] = 0;
	return room;
}

static bool same_holds(const struct supply *a, const struct supply *b)
{
	for (int n = 0; n < SUPPLY_OWNERS; n++)
		if (a->hold[n].state != b->hold[n].state)
			return false;
	return true;
}

static uint16_t state_code(const struct supply *after,
			   const struct supply_limit *limit, unsigned int told)
{
	enum supply_owner reason = supply_reason(after);

	switch (supply_state(after)) {
	case SUPPLY_ENABLED:
		return told & SUPPLY_TOLD_RESTORED ? ALERT_LIMIT_ENABLES : 0;
	case SUPPLY_ARMED:
		return ALERT_ARMED;
	default:
		if (reason == SUPPLY_TAMPER)
			return ALERT_LOCKED;
		return reason == SUPPLY_LOAD_LIMIT && limit->arms ?
			       ALERT_LIMIT_ARMS :
			       0;
	}
}

/* The state, and of each hold what it is: "-" enabled, "a" armed, "d". */
static int log_state(struct store *store, const char *meter,
		     const struct supply *before, const struct supply *after,
		     const struct supply_limit *limit, unsigned int told,
		     uint64_t at_us)
{
	bool changed = supply_state(before) != supply_state(after);
	enum supply_owner owner = supply_reason(after);
	const char *reason = owner == SUPPLY_OWNERS ? "" :
						      after->hold[owner].reason;
	char text[LOG_TEXT_MAX], detail[256], holds[SUPPLY_OWNERS + 1] = "";
	char room[2 * SUPPLY_REASON_SIZE];
	struct log_record record = {
		.meter = meter,
		.log = owner == SUPPLY_TAMPER ? LOG_SECURITY : LOG_EVENT,
		.at_us = at_us,
		.code = changed ? state_code(after, limit, told) : 0,
		.text = text,
		.detail = detail,
	};

	for (int n = 0; n < SUPPLY_OWNERS; n++)
		holds[n] = "-ad"[after->hold[n].state];
	snprintf(text, sizeof(text), "supply %s%s%s%s%s%s%s",
		 changed ? "" : "still ",
		 supply_state_text(supply_state(after)),
		 owner == SUPPLY_OWNERS ? "" : ": ",
		 owner == SUPPLY_OWNERS ? "" : supply_owner_text(owner),
		 *reason ? " (" : "", reason, *reason ? ")" : "");
	snprintf(detail, sizeof(detail),
		 "{\"state\":\"%s\",\"owner\":\"%s\",\"reason\":\"%s\","
		 "\"holds\":\"%s\"}",
		 supply_state_text(supply_state(after)),
		 supply_owner_text(owner), quoted(reason, room), holds);
	return outbox_add(store, &record);
}

static int log_event(struct store *store, const char *meter, uint16_t code,
		     const char *text, uint64_t at_us)
{
	struct log_record record = { .meter = meter,
				     .log = LOG_EVENT,
				     .at_us = at_us,
				     .code = code,
				     .text = text };

	return outbox_add(store, &record);
}

int supplyd_log_supply(struct store *store, const char *meter,
		       const struct supply *before, const struct supply *after,
		       const struct supply_limit *limit, unsigned int told,
		       uint64_t at_us)
{
	static const struct {
		unsigned int told;
		uint16_t code;
		const char *text;
	} events[] = {
		{ SUPPLY_TOLD_LIMITED, ALERT_ABOVE_LIMIT,
		  "power above the load limit for its period" },
		{ SUPPLY_TOLD_NOT_ON, ALERT_NOT_ON,
		  "the switch did not turn supply on" },
		{ SUPPLY_TOLD_NOT_OFF, ALERT_NOT_OFF,
		  "the switch did not turn supply off" },
		{ SUPPLY_TOLD_AGREES, 0, "the switch is as commanded again" },
		{ SUPPLY_TOLD_FLOW, ALERT_FLOW,
		  "gas flows although the valve is shut" },
		{ SUPPLY_TOLD_FLOW_ENDED, 0,
		  "gas no longer flows through the shut valve" },
	};
	int r = 0;

	for (size_t n = 0; !r && n < ARRAY_SIZE(events); n++)
		if (told & events[n].told)
			r = log_event(store, meter, events[n].code,
				      events[n].text, at_us);
	if (!r && !same_holds(before, after))
		r = log_state(store, meter, before, after, limit, told, at_us);
	return r;
}

int supplyd_log_limit(struct store *store, const char *meter,
		      const struct supply_limit *limit, uint64_t at_us)
{
	char text[LOG_TEXT_MAX];

	if (limit->active)
		snprintf(text, sizeof(text),
			 "load limit set: %lld mW for %lld s%s",
			 (long long)limit->threshold_mw,
			 (long long)limit->period_s,
			 limit->disables ? ", disables supply" : "");
	else
		snprintf(text, sizeof(text), "load limit ended");
	return log_event(store, meter, 0, text, at_us);
}

int supplyd_log_aux(struct store *store, const char *meter,
		    const struct aux_settings *set, const struct aux *aux,
		    unsigned int n, unsigned int told, uint64_t at_us)
{
	const struct aux_state *s = &aux->controller[n];
	char text[LOG_TEXT_MAX], detail[128];
	struct log_record record = {
		.meter = meter,
		.log = LOG_AUXILIARY,
		.at_us = at_us,
		.code = told & AUX_TOLD_LIMIT_ENDED ? ALERT_AUX_LIMIT_ENDED : 0,
		.text = text,
		.detail = detail,
	};
	const char *label = set->controller[n].label;

	snprintf(text, sizeof(text), "controller %u%s%s: %u %% by %s%s", n + 1,
		 *label ? " " : "", label, s->pct, aux_cause_text(s->cause),
		 s->limited ? ", limited" : "");
	snprintf(detail, sizeof(detail),
		 "{\"controller\":%u,\"level\":%u,\"cause\":\"%s\","
		 "\"limited\":%s}",
		 n + 1, s->pct, aux_cause_text(s->cause),
		 s->limited ? "true" : "false");
	return outbox_add(store, &record);
}

int supplyd_log_aux_command(struct store *store, const char *meter,
			    unsigned int n, const char *what, unsigned int pct,
			    int64_t start_s, int64_t end_s, uint64_t at_us)
{
	char text[LOG_TEXT_MAX], detail[128];
	struct log_record record = {
		.meter = meter,
		.log = LOG_AUXILIARY,
		.at_us = at_us,
		.code = strcmp(what, "limit") ? 0 : ALERT_AUX_LIMIT,
		.text = text,
		.detail = detail,
	};

	snprintf(text, sizeof(text), "controller %u: command %s", n + 1, what);
	snprintf(detail, sizeof(detail),
		 "{\"controller\":%u,\"command\":\"%s\",\"level\":%u,"
		 "\"start\":%lld,\"end\":%lld}",
		 n + 1, what, pct, (long long)start_s, (long long)end_s);
	return outbox_add(store, &record);
}

int supplyd_log_aux_settings(struct store *store, const char *meter,
			     const char *text, uint64_t at_us)
{
	struct log_record record = { .meter = meter,
				     .log = LOG_AUXILIARY,
				     .at_us = at_us,
				     .text = text };

	return outbox_add(store, &record);
}
