// SPDX-License-Identifier: LGPL-2.1-or-later
#include "supply-codec.h"

#include <errno.h>

#define VERSION 1

static void write_time(struct wbuf *w, int64_t value)
{
	write_be(w, (uint64_t)value, 8);
}

static int64_t read_time(struct reader *r)
{
	return (int64_t)read_be(r, 8);
}

static bool read_bool(struct reader *r)
{
	uint8_t value = read_u8(r);

	r->bad |= value > 1;
	return value == 1;
}

static void write_text(struct wbuf *w, const char *text)
{
	size_t len = strlen(text);

	write_u8(w, (uint8_t)len);
	write_bytes(w, text, len);
}

/* into has room for its end, and is zero. */
static void read_text(struct reader *r, char *into, size_t room)
{
	struct span text = read_bytes(r, read_u8(r));

	if (text.len >= room || (text.len && memchr(text.p, 0, text.len))) {
		r->bad = true;
		return;
	}
	if (text.len)
		memcpy(into, text.p, text.len);
}

static struct reader begin(struct span from)
{
	struct reader r = reader_of(from);

	if (read_u8(&r) != VERSION)
		r.bad = true;
	return r;
}

void supply_encode(const struct supply *s, struct wbuf *w)
{
	write_u8(w, VERSION);
	write_u8(w, (uint8_t)s->fuel);
	write_time(w, s->at_s);
	for (int n = 0; n < SUPPLY_OWNERS; n++) {
		write_u8(w, (uint8_t)s->hold[n].state);
		write_time(w, s->hold[n].since_s);
		write_text(w, s->hold[n].reason);
	}
	write_u8(w, s->counted);
	write_be(w, s->limited, 4);
	write_time(w, s->hold[SUPPLY_LOAD_LIMIT].state == SUPPLY_DISABLED ?
			      s->restore_s :
			      0);
	write_u8(w, s->mismatch);
	write_u8(w, s->based);
	write_time(w, s->based ? s->base_dm3 : 0);
	write_u8(w, s->flow);
}

int supply_decode(struct span from, struct supply *ret)
{
	struct reader r = begin(from);
	struct supply s = { 0 };

	s.fuel = read_u8(&r);
	s.at_s = read_time(&r);
	for (int n = 0; n < SUPPLY_OWNERS; n++) {
		s.hold[n].state = read_u8(&r);
		s.hold[n].since_s = read_time(&r);
		read_text(&r, s.hold[n].reason, sizeof(s.hold[n].reason));
	}
	s.counted = read_bool(&r);
	s.limited = read_be32(&r);
	s.restore_s = read_time(&r);
	s.mismatch = read_bool(&r);
	s.based = read_bool(&r);
	s.base_dm3 = read_time(&r);
	s.flow = read_bool(&r);
	/* What only a restart makes of it. */
	if (reader_done(&r) || (!s.based && s.base_dm3) ||
	    ((unsigned int)s.hold[SUPPLY_LOAD_LIMIT].state != SUPPLY_DISABLED &&
	     s.restore_s))
		return -EBADMSG;
	supply_restart(&s);
	if (supply_check(&s, NULL))
		return -EBADMSG;
	*ret = s;
	return 0;
}

void supply_limit_encode(const struct supply_limit *limit, struct wbuf *w)
{
	write_u8(w, VERSION);
	write_u8(w, limit->active);
	write_time(w, limit->threshold_mw);
	write_be(w, (uint64_t)limit->period_s, 4);
	write_u8(w, limit->disables);
	write_be(w, (uint64_t)limit->restoration_s, 4);
	write_u8(w, limit->arms);
}

int supply_limit_decode(struct span from, struct supply_limit *ret)
{
	struct reader r = begin(from);
	struct supply_limit limit = { 0 };

	limit.active = read_bool(&r);
	limit.threshold_mw = read_time(&r);
	limit.period_s = read_be32(&r);
	limit.disables = read_bool(&r);
	limit.restoration_s = read_be32(&r);
	limit.arms = read_bool(&r);
	if (reader_done(&r) || supply_limit_check(&limit, NULL))
		return -EBADMSG;
	*ret = limit;
	return 0;
}

static void write_switch(struct wbuf *w, const struct aux_switch *at)
{
	write_u8(w, at->controller);
	write_u8(w, at->pct);
	write_be(w, at->minute, 2);
	write_u8(w, at->weekdays);
	write_be(w, at->special_days, 4);
	write_u8(w, at->begin_month);
	write_u8(w, at->begin_day);
	write_u8(w, at->end_month);
	write_u8(w, at->end_day);
}

static struct aux_switch read_switch(struct reader *r)
{
	struct aux_switch at = { 0 };

	at.controller = read_u8(r);
	at.pct = read_u8(r);
	at.minute = read_be16(r);
	at.weekdays = read_u8(r);
	at.special_days = read_be32(r);
	at.begin_month = read_u8(r);
	at.begin_day = read_u8(r);
	at.end_month = read_u8(r);
	at.end_day = read_u8(r);
	return at;
}

void aux_settings_encode(const struct aux_settings *set, struct wbuf *w)
{
	write_u8(w, VERSION);
	for (int n = 0; n < AUX_CONTROLLERS; n++) {
		write_u8(w, (uint8_t)set->controller[n].kind);
		write_u8(w, set->controller[n].idle_pct);
		write_u8(w, set->controller[n].boostable);
		write_text(w, set->controller[n].label);
	}
	write_be(w, set->offset_s, 2);
	write_u8(w, set->switches);
	for (int n = 0; n < set->switches; n++)
		write_switch(w, &set->at[n]);
	write_u8(w, set->special_days);
	for (int n = 0; n < set->special_days; n++) {
		write_be(w, set->special[n].year, 2);
		write_u8(w, set->special[n].month);
		write_u8(w, set->special[n].day);
	}
}

int aux_settings_decode(struct span from, struct aux_settings *ret)
{
	struct reader r = begin(from);
	struct aux_settings set = { 0 };

	for (int n = 0; n < AUX_CONTROLLERS; n++) {
		set.controller[n].kind = read_u8(&r);
		set.controller[n].idle_pct = read_u8(&r);
		set.controller[n].boostable = read_bool(&r);
		read_text(&r, set.controller[n].label,
			  sizeof(set.controller[n].label));
	}
	set.offset_s = read_be16(&r);
	set.switches = read_u8(&r);
	for (int n = 0; n < set.switches && n < AUX_SWITCHES; n++)
		set.at[n] = read_switch(&r);
	set.special_days = read_u8(&r);
	for (int n = 0; n < set.special_days && n < AUX_SPECIAL_DAYS; n++) {
		set.special[n].year = read_be16(&r);
		set.special[n].month = read_u8(&r);
		set.special[n].day = read_u8(&r);
	}
	if (reader_done(&r) || aux_settings_check(&set, NULL))
		return -EBADMSG;
	*ret = set;
	return 0;
}

static void write_command(struct wbuf *w, const struct aux_command *command)
{
	write_u8(w, command->set);
	if (!command->set)
		return;
	write_u8(w, command->pct);
	write_time(w, command->start_s);
	write_time(w, command->end_s);
}

static struct aux_command read_command(struct reader *r)
{
	struct aux_command command = { 0 };

	command.set = read_bool(r);
	if (!command.set)
		return command;
	command.pct = read_u8(r);
	command.start_s = read_time(r);
	command.end_s = read_time(r);
	return command;
}

void aux_encode(const struct aux *aux, struct wbuf *w)
{
	write_u8(w, VERSION);
	write_time(w, aux->at_s);
	for (int n = 0; n < AUX_CONTROLLERS; n++) {
		const struct aux_state *s = &aux->controller[n];

		write_u8(w, s->pct);
		write_u8(w, (uint8_t)s->cause);
		write_u8(w, s->limited);
		write_command(w, &s->command);
		write_command(w, &s->limit);
		write_time(w, s->boost_end_s);
	}
}

int aux_decode(struct span from, const struct aux_settings *set,
	       struct aux *ret)
{
	struct reader r = begin(from);
	struct aux aux = { 0 };

	aux.at_s = read_time(&r);
	for (int n = 0; n < AUX_CONTROLLERS; n++) {
		struct aux_state *s = &aux.controller[n];

		s->pct = read_u8(&r);
		s->cause = read_u8(&r);
		s->limited = read_bool(&r);
		s->command = read_command(&r);
		s->limit = read_command(&r);
		s->boost_end_s = read_time(&r);
	}
	if (reader_done(&r) || aux_check(&aux, set, NULL))
		return -EBADMSG;
	*ret = aux;
	return 0;
}
