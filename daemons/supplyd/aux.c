// SPDX-License-Identifier: LGPL-2.1-or-later
#include "aux.h"

#include <errno.h>
#include <string.h>

static const char *const kind_text[AUX_KINDS] = {
	[AUX_NONE] = "none",
	[AUX_SWITCH] = "switch",
	[AUX_PROPORTIONAL] = "proportional",
};

const char *aux_kind_text(enum aux_kind kind)
{
	return (unsigned int)kind < AUX_KINDS ? kind_text[kind] : "unknown";
}

const char *aux_cause_text(enum aux_cause cause)
{
	static const char *const text[AUX_CAUSES] = {
		[AUX_IDLE] = "idle",
		[AUX_SCHEDULE] = "schedule",
		[AUX_COMMAND] = "command",
		[AUX_BOOST] = "boost",
	};

	return (unsigned int)cause < AUX_CAUSES ? text[cause] : "unknown";
}

int aux_kind_of(const char *text)
{
	for (int n = 0; n < AUX_KINDS; n++)
		if (!strcmp(text, kind_text[n]))
			return n;
	return -EINVAL;
}

static bool level_ok(enum aux_kind kind, uint8_t pct)
{
	return kind == AUX_PROPORTIONAL ? pct <= 100 : pct == 0 || pct == 100;
}

static bool label_ok(const char *label)
{
	size_t len = strnlen(label, AUX_LABEL_SIZE);

	for (size_t n = 0; n < len; n++)
		if (label[n] < ' ' || label[n] > '~')
			return false;
	return len < AUX_LABEL_SIZE;
}

static bool month_day_ok(unsigned int month, unsigned int day)
{
	static const uint8_t days[] = { 31, 29, 31, 30, 31, 30,
					31, 31, 30, 31, 30, 31 };

	return month >= 1 && month <= 12 && day >= 1 && day <= days[month - 1];
}

static bool season_ok(const struct aux_switch *at)
{
	if (!at->begin_month && !at->end_month)
		return !at->begin_day && !at->end_day;
	return month_day_ok(at->begin_month, at->begin_day) &&
	       month_day_ok(at->end_month, at->end_day);
}

static const char *switch_fault(const struct aux_settings *set,
				const struct aux_switch *at)
{
	enum aux_kind kind;

	if (at->controller >= AUX_CONTROLLERS)
		return "a switching time of no controller";
	kind = set->controller[at->controller].kind;
	if (kind == AUX_NONE)
		return "a switching time of no controller";
	if (!level_ok(kind, at->pct))
		return "a level its controller does not have";
	if (at->minute >= 24 * 60)
		return "a switching time not in the day";
	if (at->weekdays >> 7 || at->special_days >> AUX_SPECIAL_DAYS ||
	    at->special_days >> set->special_days)
		return "a day there is not";
	return season_ok(at) ? NULL : "a season that is no dates";
}

static const char *settings_fault(const struct aux_settings *set)
{
	if (set->offset_s > AUX_OFFSET_MAX_S)
		return "randomised offset";
	for (int n = 0; n < AUX_CONTROLLERS; n++) {
		const struct aux_controller *c = &set->controller[n];

		if ((unsigned int)c->kind >= AUX_KINDS)
			return "no such kind of controller";
		if (!level_ok(c->kind, c->idle_pct))
			return "an idle level its controller does not have";
		if (!label_ok(c->label))
			return "a label";
	}
	if (set->switches > AUX_SWITCHES ||
	    set->special_days > AUX_SPECIAL_DAYS)
		return "more than there is room for";
	for (int n = 0; n < set->special_days; n++)
		if (!month_day_ok(set->special[n].month, set->special[n].day) ||
		    set->special[n].year > 9999)
			return "a special day that is no date";
	for (int n = 0; n < set->switches; n++) {
		const char *why = switch_fault(set, &set->at[n]);

		if (why)
			return why;
	}
	return NULL;
}

int aux_settings_check(const struct aux_settings *set, const char **ret_why)
{
	const char *why = settings_fault(set);

	if (why && ret_why)
		*ret_why = why;
	return why ? -EINVAL : 0;
}

static bool time_ok(int64_t time_s)
{
	return time_s >= 0 && time_s < AUX_TIME_MAX_S;
}

static bool command_ok(const struct aux_command *command, enum aux_kind kind)
{
	if (!command->set)
		return true;
	return level_ok(kind, command->pct) && time_ok(command->start_s) &&
	       time_ok(command->end_s) && command->start_s < command->end_s;
}

static const char *fault(const struct aux *aux, const struct aux_settings *set)
{
	const char *why = settings_fault(set);

	if (why)
		return why;
	if (!time_ok(aux->at_s))
		return "time out of bounds";
	for (int n = 0; n < AUX_CONTROLLERS; n++) {
		const struct aux_state *s = &aux->controller[n];
		const struct aux_controller *c = &set->controller[n];

		if (!level_ok(c->kind, s->pct) ||
		    (unsigned int)s->cause >= AUX_CAUSES)
			return "a level its controller does not have";
		if ((s->limit.set || s->limited) && c->kind != AUX_PROPORTIONAL)
			return "a limit of what has none";
		if (!command_ok(&s->command, c->kind) ||
		    !command_ok(&s->limit, c->kind))
			return "a command that cannot be";
		if (s->boost_end_s < 0 ||
		    s->boost_end_s > aux->at_s + AUX_BOOST_MAX_S)
			return "a boost without an end";
		if (s->boost_end_s && !c->boostable)
			return "a boost of what has none";
		if (c->kind == AUX_NONE && (s->pct || s->command.set))
			return "a state of no controller";
	}
	return NULL;
}

int aux_check(const struct aux *aux, const struct aux_settings *set,
	      const char **ret_why)
{
	const char *why = fault(aux, set);

	if (why && ret_why)
		*ret_why = why;
	return why ? -EINVAL : 0;
}

int aux_init(struct aux *aux, const struct aux_settings *set, int64_t now_s)
{
	struct aux next = { .at_s = now_s };

	for (int n = 0; n < AUX_CONTROLLERS; n++)
		next.controller[n].pct = set->controller[n].idle_pct;
	if (aux_check(&next, set, NULL))
		return -EINVAL;
	*aux = next;
	return 0;
}

/* A boost lasts as long as was left. */
static void move_to(struct aux *aux, int64_t now_s)
{
	int64_t back_s = aux->at_s - now_s;

	for (int n = 0; back_s > 0 && n < AUX_CONTROLLERS; n++) {
		struct aux_state *s = &aux->controller[n];

		if (s->boost_end_s > back_s)
			s->boost_end_s -= back_s;
		else
			s->boost_end_s = 0;
	}
	aux->at_s = now_s;
}

static int begin(const struct aux *aux, const struct aux_settings *set,
		 int64_t now_s, struct aux *next)
{
	if (aux_check(aux, set, NULL) || !time_ok(now_s))
		return -EINVAL;
	*next = *aux;
	move_to(next, now_s);
	return 0;
}

int aux_settings_changed(struct aux *aux, const struct aux_settings *set,
			 int64_t now_s)
{
	struct aux next = *aux;

	if (settings_fault(set) || !time_ok(aux->at_s) || !time_ok(now_s))
		return -EINVAL;
	move_to(&next, now_s);
	for (int n = 0; n < AUX_CONTROLLERS; n++) {
		const struct aux_controller *c = &set->controller[n];
		struct aux_state *s = &next.controller[n];

		if (!level_ok(c->kind, s->pct) || c->kind == AUX_NONE)
			s->pct = c->idle_pct;
		if (c->kind == AUX_NONE || !command_ok(&s->command, c->kind))
			s->command = (struct aux_command){ 0 };
		if (c->kind != AUX_PROPORTIONAL) {
			s->limit = (struct aux_command){ 0 };
			s->limited = false;
		}
		if (!c->boostable)
			s->boost_end_s = 0;
	}
	if (aux_check(&next, set, NULL))
		return -EINVAL;
	*aux = next;
	return 0;
}

/* A remote command, for the state it goes to. */
static int command(struct aux *aux, const struct aux_settings *set,
		   unsigned int n, struct aux_command *to,
		   const struct aux_command *command)
{
	if (n >= AUX_CONTROLLERS || set->controller[n].kind == AUX_NONE)
		return -ENOENT;
	if (!command_ok(command, set->controller[n].kind))
		return -EINVAL;
	if (command->end_s + set->offset_s <= aux->at_s)
		return -ESTALE;
	*to = *command;
	return 0;
}

int aux_set(struct aux *aux, const struct aux_settings *set, unsigned int n,
	    uint8_t pct, int64_t start_s, int64_t end_s, int64_t now_s)
{
	struct aux_command c = { true, pct, start_s, end_s };
	struct aux next;
	int r;

	if (begin(aux, set, now_s, &next))
		return -EINVAL;
	r = command(&next, set, n,
		    &next.controller[n < AUX_CONTROLLERS ? n : 0].command, &c);
	if (!r)
		*aux = next;
	return r;
}

int aux_limit(struct aux *aux, const struct aux_settings *set, unsigned int n,
	      uint8_t pct, int64_t start_s, int64_t end_s, int64_t now_s)
{
	struct aux_command c = { true, pct, start_s, end_s };
	struct aux next;
	int r;

	if (begin(aux, set, now_s, &next))
		return -EINVAL;
	if (n < AUX_CONTROLLERS && set->controller[n].kind == AUX_SWITCH)
		return -EPERM;
	r = command(&next, set, n,
		    &next.controller[n < AUX_CONTROLLERS ? n : 0].limit, &c);
	if (!r)
		*aux = next;
	return r;
}

int aux_reset(struct aux *aux, const struct aux_settings *set, unsigned int n,
	      int64_t now_s)
{
	struct aux next;

	if (begin(aux, set, now_s, &next))
		return -EINVAL;
	if (n >= AUX_CONTROLLERS || set->controller[n].kind == AUX_NONE)
		return -ENOENT;
	if (!next.controller[n].command.set && !next.controller[n].limit.set)
		return -EALREADY;
	next.controller[n].command = (struct aux_command){ 0 };
	next.controller[n].limit = (struct aux_command){ 0 };
	*aux = next;
	return 0;
}

int aux_boost(struct aux *aux, const struct aux_settings *set, unsigned int n,
	      int64_t duration_s, int64_t now_s)
{
	struct aux next;

	if (begin(aux, set, now_s, &next))
		return -EINVAL;
	if (n >= AUX_CONTROLLERS || set->controller[n].kind == AUX_NONE)
		return -ENOENT;
	if (duration_s < 0 || duration_s > AUX_BOOST_MAX_S)
		return -EINVAL;
	if (!set->controller[n].boostable)
		return -EPERM;
	if (!duration_s && !next.controller[n].boost_end_s)
		return -EALREADY;
	next.controller[n].boost_end_s = duration_s ? now_s + duration_s : 0;
	*aux = next;
	return 0;
}

static bool active(const struct aux *aux, const struct aux_settings *set,
		   const struct aux_command *command)
{
	return command->set && aux->at_s >= command->start_s + set->offset_s;
}

/* Drop a command whose time is over. */
static bool drop(const struct aux *aux, const struct aux_settings *set,
		 struct aux_command *command)
{
	if (!command->set || aux->at_s < command->end_s + set->offset_s)
		return false;
	*command = (struct aux_command){ 0 };
	return true;
}

static unsigned int advance_one(struct aux *aux, const struct aux_settings *set,
				unsigned int n)
{
	struct aux_state *s = &aux->controller[n], was = *s;
	unsigned int told = 0;
	int scheduled;

	if (drop(aux, set, &s->command))
		told |= AUX_TOLD_COMMAND_ENDED;
	if (drop(aux, set, &s->limit))
		told |= AUX_TOLD_LIMIT_ENDED;
	if (s->boost_end_s && aux->at_s >= s->boost_end_s) {
		s->boost_end_s = 0;
		told |= AUX_TOLD_BOOST_ENDED;
	}
	scheduled = aux_scheduled(set, n, aux->at_s);
	if (s->boost_end_s) {
		s->cause = AUX_BOOST;
		s->pct = 100;
	} else if (active(aux, set, &s->command)) {
		s->cause = AUX_COMMAND;
		s->pct = s->command.pct;
	} else if (scheduled >= 0) {
		s->cause = AUX_SCHEDULE;
		s->pct = (uint8_t)scheduled;
	} else {
		s->cause = AUX_IDLE;
		s->pct = set->controller[n].idle_pct;
	}
	s->limited = active(aux, set, &s->limit) && s->limit.pct < s->pct;
	if (s->limited)
		s->pct = s->limit.pct;
	if (s->pct != was.pct)
		told |= AUX_TOLD_LEVEL;
	if (s->cause != was.cause || s->limited != was.limited)
		told |= AUX_TOLD_CAUSE;
	return told;
}

int aux_advance(struct aux *aux, const struct aux_settings *set, int64_t now_s,
		unsigned int ret_told[AUX_CONTROLLERS])
{
	struct aux next;

	if (begin(aux, set, now_s, &next))
		return -EINVAL;
	for (unsigned int n = 0; n < AUX_CONTROLLERS; n++) {
		unsigned int told = 0;

		if (set->controller[n].kind != AUX_NONE)
			told = advance_one(&next, set, n);
		if (ret_told)
			ret_told[n] = told;
	}
	*aux = next;
	return 0;
}
