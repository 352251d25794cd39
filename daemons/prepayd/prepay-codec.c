// SPDX-License-Identifier: LGPL-2.1-or-later
#include "prepay-codec.h"

#include <errno.h>

#define STATE_VERSION 1
#define SETTINGS_VERSION 1

/*
 * A list of members serves both ways: what is written is what is read. One of
 * the two is there.
 */
struct coder {
	struct reader *r;
	struct wbuf *w;
};

static uint64_t code(struct coder *c, uint64_t value, size_t octets)
{
	if (c->r)
		return read_be(c->r, octets);
	write_be(c->w, value, octets);
	return value;
}

static void refuse(struct coder *c)
{
	if (c->r)
		c->r->bad = true;
	else
		c->w->bad = true;
}

static void code_i64(struct coder *c, int64_t *value)
{
	*value = (int64_t)code(c, (uint64_t)*value, 8);
}

static void code_i32(struct coder *c, int32_t *value)
{
	*value = (int32_t)(uint32_t)code(c, (uint32_t)*value, 4);
}

static void code_u32(struct coder *c, uint32_t *value)
{
	*value = (uint32_t)code(c, *value, 4);
}

static void code_u8(struct coder *c, uint8_t *value)
{
	*value = (uint8_t)code(c, *value, 1);
}

static void code_bool(struct coder *c, bool *value)
{
	uint64_t octet = code(c, *value, 1);

	if (octet > 1)
		refuse(c);
	*value = octet;
}

static void code_counter(struct coder *c, struct prepay_counter *counter)
{
	code_i64(c, &counter->up);
	code_i32(c, &counter->rest_up);
}

static void code_tokens(struct coder *c, struct prepay *p)
{
	uint8_t n = (uint8_t)p->n_used;

	code_u32(c, &p->floor);
	code_u32(c, &p->highest);
	code_u8(c, &n);
	if (n > PREPAY_TOKENS) {
		refuse(c);
		return;
	}
	p->n_used = n;
	for (int i = 0; i < n; i++)
		code_u32(c, &p->used[i]);
	code_i32(c, &p->wrong);
	code_i64(c, &p->locked_until_s);
}

static void code_state(struct coder *c, struct prepay *p)
{
	uint8_t state = (uint8_t)p->state;

	code_u8(c, &state);
	p->state = (enum prepay_state)state;
	code_i64(c, &p->now_s);
	code_i64(c, &p->at_s);
	code_bool(c, &p->behind);
	code_bool(c, &p->based);
	code_u32(c, &p->epoch);
	code_counter(c, &p->cost);
	code_counter(c, &p->standing);
	code_i64(c, &p->balance_mp);
	code_bool(c, &p->emergency);
	code_i64(c, &p->granted_mp);
	code_i64(c, &p->emergency_mp);
	for (int n = 0; n < PREPAY_DEBTS; n++)
		code_i64(c, &p->debt_mp[n]);
	code_i64(c, &p->week);
	code_i64(c, &p->week_recovered_mp);
	code_bool(c, &p->low);
	code_bool(c, &p->spent);
	code_i64(c, &p->opening_mp);
	code_i64(c, &p->credited_mp);
	code_i64(c, &p->consumed_mp);
	code_i64(c, &p->standing_mp);
	code_i64(c, &p->adjusted_mp);
	code_tokens(c, p);
}

static void code_calendar(struct coder *c, struct prepay_calendar *calendar)
{
	for (int n = 0; n < PREPAY_PROFILES; n++) {
		struct prepay_profile *profile = &calendar->profile[n];

		code_u8(c, &profile->n);
		if (profile->n > PREPAY_WINDOWS) {
			c->r->bad = true;
			return;
		}
		for (int i = 0; i < profile->n; i++) {
			code_i32(c, &profile->window[i].from_s);
			code_i32(c, &profile->window[i].to_s);
		}
	}
	for (int n = 0; n < 7; n++)
		code_u8(c, &calendar->week[n]);
	code_u8(c, &calendar->n_special);
	if (calendar->n_special > PREPAY_SPECIAL_DAYS) {
		refuse(c);
		return;
	}
	for (int n = 0; n < calendar->n_special; n++) {
		code_i32(c, &calendar->special[n].day);
		code_u8(c, &calendar->special[n].profile);
	}
}

static void code_settings(struct coder *c, struct prepay_settings *s)
{
	code_i64(c, &s->emergency_limit_mp);
	code_i64(c, &s->emergency_threshold_mp);
	code_i64(c, &s->disablement_threshold_mp);
	code_i64(c, &s->low_credit_threshold_mp);
	code_i64(c, &s->max_credit_mp);
	code_i64(c, &s->max_balance_mp);
	for (int n = 0; n < 2; n++) {
		code_i64(c, &s->recovery[n].rate_mp);
		code_bool(c, &s->recovery[n].daily);
	}
	code_i32(c, &s->share);
	code_i64(c, &s->cap_mp);
	code_bool(c, &s->suspend_disabled);
	code_bool(c, &s->suspend_emergency);
	code_bool(c, &s->vulnerable);
	code_i32(c, &s->lockout_tries);
	code_i64(c, &s->lockout_s);
	code_calendar(c, &s->calendar);
}

void prepay_write_state(struct wbuf *w, const struct prepay *p)
{
	struct coder c = { .w = w };
	struct prepay copy = *p;

	write_u8(w, STATE_VERSION);
	code_state(&c, &copy);
}

void prepay_write_settings(struct wbuf *w,
			   const struct prepay_settings *settings)
{
	struct prepay_settings copy = *settings;
	struct coder c = { .w = w };

	write_u8(w, SETTINGS_VERSION);
	code_settings(&c, &copy);
}

static int read_version(struct reader *r, uint8_t known)
{
	uint8_t version = read_u8(r);

	if (r->bad)
		return -EBADMSG;
	return version == known ? 0 : -ENOTSUP;
}

int prepay_read_state(struct span from, struct prepay *ret)
{
	struct reader r = reader_of(from);
	struct coder c = { .r = &r };
	struct prepay p;
	int error;

	error = read_version(&r, STATE_VERSION);
	if (error)
		return error;
	memset(&p, 0, sizeof(p));
	code_state(&c, &p);
	if (reader_done(&r) || prepay_check(&p, NULL))
		return -EBADMSG;
	*ret = p;
	return 0;
}

int prepay_read_settings(struct span from, struct prepay_settings *ret)
{
	struct reader r = reader_of(from);
	struct coder c = { .r = &r };
	struct prepay_settings settings;
	int error;

	error = read_version(&r, SETTINGS_VERSION);
	if (error)
		return error;
	memset(&settings, 0, sizeof(settings));
	code_settings(&c, &settings);
	if (reader_done(&r) || prepay_settings_check(&settings, NULL))
		return -EBADMSG;
	*ret = settings;
	return 0;
}
