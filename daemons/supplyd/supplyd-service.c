// SPDX-License-Identifier: LGPL-2.1-or-later
#include "supplyd-service.h"

#include <errno.h>
#include <string.h>

#include "../common/util.h"
#include "supply-codec.h"
#include "supplyd-internal.h"
#include "supplyd-log.h"

int64_t supplyd_now_s(uint64_t now_us, int64_t last_s)
{
	return now_us ? (int64_t)(now_us / USEC_PER_SEC) : last_s;
}

uint64_t supplyd_at_us(int64_t at_s)
{
	return (uint64_t)at_s * USEC_PER_SEC;
}

/* --- the switch */

/* Said once. */
static void note(const struct supplyd_meter *m, const char *what, int *error,
		 int r)
{
	if (r && r != *error)
		log_warning("%s the switch of %s: %s", what, m->name,
			    switchgear_error_text(r));
	*error = r;
}

static void read_gear(struct supplyd *d, struct supplyd_meter *m)
{
	struct switch_state state;
	int r = d->gear->ops->read(d->gear->gear, m->name, &state);

	note(m, "cannot read", &m->gear_error, r);
	if (r) {
		m->gear.sensed = SUPPLY_SENSED_UNKNOWN;
		return;
	}
	m->gear = state;
	m->gear_known = true;
}

static int command(struct supplyd *d, struct supplyd_meter *m, bool on)
{
	int r = d->gear->ops->command(d->gear->gear, m->name, on);

	note(m, "cannot command", &m->command_error, r);
	if (r)
		return r;
	m->gear.commanded = on ? SUPPLY_SENSED_ON : SUPPLY_SENSED_OFF;
	m->again = false;
	return 0;
}

/* --- the store */

static const char *key_of(const char *kind, const struct supplyd_meter *m,
			  char room[64])
{
	snprintf(room, 64, "%s/%s", kind, m->name);
	return room;
}

static int put_supply(struct supplyd *d, const struct supplyd_meter *m,
		      const struct supply *s)
{
	uint8_t octets[SUPPLY_OCTETS_MAX];
	struct wbuf w = wbuf_of(octets, sizeof(octets));
	char key[64];

	supply_encode(s, &w);
	return store_put(d->store, key_of("supply", m, key), octets, w.len);
}

static int put_limit(struct supplyd *d, const struct supplyd_meter *m,
		     const struct supply_limit *limit)
{
	uint8_t octets[SUPPLY_LIMIT_OCTETS_MAX];
	struct wbuf w = wbuf_of(octets, sizeof(octets));
	char key[64];

	supply_limit_encode(limit, &w);
	return store_put(d->store, key_of("limit", m, key), octets, w.len);
}

int supplyd_begin(struct supplyd *d)
{
	int r = store_begin(d->store);

	if (r)
		d->store_error = r;
	return r;
}

int supplyd_finish(struct supplyd *d, int r)
{
	if (!r)
		r = store_commit(d->store);
	if (r)
		store_rollback(d->store);
	else
		d->posted = true;
	d->store_error = r;
	return r;
}

static int write_next(struct supplyd *d, struct supplyd_meter *m,
		      const struct supply *next, unsigned int told,
		      const struct supply_limit *limit)
{
	int r = supplyd_begin(d);

	if (r)
		return r;
	r = put_supply(d, m, next);
	if (!r)
		r = supplyd_log_supply(d->store, m->name, &m->supply, next,
				       limit ? limit : &m->limit, told,
				       supplyd_at_us(next->at_s));
	if (!r && limit) {
		r = put_limit(d, m, limit);
		if (!r)
			r = supplyd_log_limit(d->store, m->name, limit,
					      supplyd_at_us(next->at_s));
	}
	return supplyd_finish(d, r);
}

/* The next state takes the place of this one, on disk first if that matters. */
static int adopt(struct supplyd *d, struct supplyd_meter *m,
		 const struct supply *next, unsigned int told,
		 const struct supply_limit *limit)
{
	int r;

	if (limit || m->unsaved_off || (told & ~SUPPLY_TOLD_STATE) ||
	    supply_to_store(next, &m->stored)) {
		r = write_next(d, m, next, told, limit);
		if (r)
			return r;
		m->stored = *next;
		m->unsaved_off = false;
		m->lost &= !m->gear_known;
	}
	m->supply = *next;
	if (limit)
		m->limit = *limit;
	return 0;
}

/* Shut, although nobody holds, and not for us to open: armed (local). */
static int arm_here(struct supplyd *d, struct supplyd_meter *m,
		    const char *reason)
{
	struct supply next = m->supply;
	unsigned int told = 0;
	int r = supply_request(&next, SUPPLY_LOCAL, SUPPLY_DISABLE, reason,
			       next.at_s, &told);

	return r ? r : adopt(d, m, &next, told, NULL);
}

/* A state that was lost says nothing of one that is off. */
static int drive_lost(struct supplyd *d, struct supplyd_meter *m)
{
	const struct switch_state *gear = &m->gear;

	if (gear->commanded == SUPPLY_SENSED_UNKNOWN &&
	    gear->sensed == SUPPLY_SENSED_UNKNOWN)
		return 0;
	if (gear->commanded == SUPPLY_SENSED_OFF ||
	    (gear->commanded == SUPPLY_SENSED_UNKNOWN &&
	     gear->sensed == SUPPLY_SENSED_OFF))
		return arm_here(d, m, "found off");
	m->lost = false;
	return 0;
}

/* Tell the switch what the state is, if it does not know. */
static int drive(struct supplyd *d, struct supplyd_meter *m, bool consent)
{
	bool on = supply_state(&m->supply) == SUPPLY_ENABLED;
	enum supply_sensed want = on ? SUPPLY_SENSED_ON : SUPPLY_SENSED_OFF;

	if (m->gear_error == -ENODEV)
		return 0;
	if (on && m->lost)
		return drive_lost(d, m);
	if (!m->again && (m->gear.commanded == want ||
			  (m->gear.commanded == SUPPLY_SENSED_UNKNOWN &&
			   m->gear.sensed == want)))
		return 0;
	if (!on)
		return command(d, m, false);
	if (m->supply.fuel == SUPPLY_ELECTRICITY || consent)
		return command(d, m, true);
	/* One that does not do as it was told is armed by the rules. */
	return m->gear.commanded == SUPPLY_SENSED_OFF ?
		       arm_here(d, m, "found off") :
		       0;
}

/* What is found here, and could not be stored: off is safe. */
static int fall_back(struct supplyd *d, struct supplyd_meter *m,
		     const struct supply *next, int r)
{
	if (supply_state(next) == SUPPLY_ENABLED)
		return r;
	if (!m->unsaved_off)
		log_error("%s is turned off although that cannot be stored: %s",
			  m->name, store_error_text(r));
	m->unsaved_off = true;
	if (m->gear.commanded != SUPPLY_SENSED_OFF)
		(void)command(d, m, false);
	return r;
}

/* --- commands */

int supplyd_request(struct supplyd *d, enum supplyd_which which,
		    enum supply_owner owner, enum supply_request request,
		    uint64_t now_us)
{
	static const char *const reasons[SUPPLY_OWNERS] = {
		[SUPPLY_TAMPER] = "locked",
		[SUPPLY_SUPPLIER] = "command",
		[SUPPLY_LOCAL] = "turned off on site",
	};
	struct supplyd_meter *m = &d->meter[which];
	struct supply next = m->supply;
	unsigned int told = 0;
	int r;

	read_gear(d, m);
	if (m->gear_error == -ENODEV)
		return -ENODEV;
	r = supply_request(
		&next, owner, request,
		(unsigned int)owner < SUPPLY_OWNERS ? reasons[owner] : NULL,
		supplyd_now_s(now_us, next.at_s), &told);
	if (r == -EALREADY)
		return 0;
	if (!r)
		r = adopt(d, m, &next, told, NULL);
	if (!r)
		(void)drive(d, m, false);
	return r;
}

int supplyd_consent(struct supplyd *d, enum supplyd_which which,
		    uint64_t now_us)
{
	struct supplyd_meter *m = &d->meter[which];
	struct supply next = m->supply;
	unsigned int told = 0;
	int r;

	read_gear(d, m);
	if (m->gear_error == -ENODEV)
		return -ENODEV;
	r = supply_consent(&next, supplyd_now_s(now_us, next.at_s), &told);
	if (!r)
		r = adopt(d, m, &next, told, NULL);
	if (!r)
		(void)drive(d, m, true);
	return r;
}

int supplyd_follow(struct supplyd *d, enum supplyd_which which,
		   enum supply_state want, const char *reason, uint64_t now_us)
{
	struct supplyd_meter *m = &d->meter[which];
	struct supply next = m->supply;
	unsigned int told = 0;
	int r = supply_follow(&next, want, reason,
			      supplyd_now_s(now_us, next.at_s), &told);

	if (r)
		return r;
	r = adopt(d, m, &next, told, NULL);
	if (r)
		return fall_back(d, m, &next, r);
	(void)drive(d, m, false);
	return 0;
}

int supplyd_set_limit(struct supplyd *d, const struct supply_limit *limit,
		      uint64_t now_us)
{
	struct supplyd_meter *m = &d->meter[SUPPLYD_ELECTRICITY];
	struct supply next = m->supply;
	int r = supply_limit_check(limit, NULL);

	if (r)
		return r;
	if (supplyd_now_s(now_us, 0) > next.at_s)
		next.at_s = supplyd_now_s(now_us, 0);
	supply_limit_changed(&next);
	return adopt(d, m, &next, 0, limit);
}

int supplyd_reset_limited(struct supplyd *d)
{
	struct supplyd_meter *m = &d->meter[SUPPLYD_ELECTRICITY];
	struct supply next = m->supply;

	next.limited = 0;
	return adopt(d, m, &next, 0, NULL);
}

int supplyd_advance(struct supplyd *d, enum supplyd_which which,
		    const struct supply_reading *reading, uint64_t now_us)
{
	struct supplyd_meter *m = &d->meter[which];
	struct supply_reading all = *reading;
	struct supply next = m->supply;
	unsigned int told = 0;
	int r;

	read_gear(d, m);
	all.sensed = m->gear.sensed;
	r = supply_advance(&next, &m->limit, supplyd_now_s(now_us, next.at_s),
			   &all, &told);
	if (r)
		return r;
	/* Once more, in case it has not heard; a valve is armed instead. */
	if (told & (SUPPLY_TOLD_NOT_OFF | SUPPLY_TOLD_NOT_ON))
		m->again = supply_state(&next) == supply_state(&m->supply);
	r = adopt(d, m, &next, told, NULL);
	if (r)
		return fall_back(d, m, &next, r);
	(void)drive(d, m, false);
	return 0;
}

/* --- opening */

static int load_supply(struct supplyd *d, struct supplyd_meter *m,
		       enum supply_fuel fuel, int64_t now_s)
{
	uint8_t octets[SUPPLY_OCTETS_MAX];
	char key[64];
	size_t len;
	int r = store_get(d->store, key_of("supply", m, key), octets,
			  sizeof(octets), &len);

	if (!r) {
		r = supply_decode(SPAN(octets, len), &m->supply);
		if (!r && m->supply.fuel != fuel)
			r = -EBADMSG;
	}
	if (r && r != -ENOENT && r != -EBADMSG && r != -EMSGSIZE)
		return r;
	if (r) {
		if (r != -ENOENT)
			log_error("the stored state of %s makes no sense",
				  m->name);
		m->lost = true;
		r = supply_init(&m->supply, fuel, now_s);
	}
	m->stored = m->supply;
	return r;
}

static int load_limit(struct supplyd *d, struct supplyd_meter *m)
{
	uint8_t octets[SUPPLY_LIMIT_OCTETS_MAX];
	char key[64];
	size_t len;
	int r = store_get(d->store, key_of("limit", m, key), octets,
			  sizeof(octets), &len);

	if (!r)
		r = supply_limit_decode(SPAN(octets, len), &m->limit);
	if (r == -EBADMSG || r == -EMSGSIZE)
		log_error("the stored load limit of %s makes no sense",
			  m->name);
	return r == -ENOENT || r == -EBADMSG || r == -EMSGSIZE ? 0 : r;
}

int supplyd_open(struct supplyd *d, struct store *store,
		 const struct switchgear *gear, uint16_t random,
		 uint64_t now_us)
{
	static const char *const names[SUPPLYD_METERS] = { "electricity0",
							   "gas0" };
	int r = 0;

	*d = (struct supplyd){ .store = store, .gear = gear, .posted = true };
	for (int n = 0; !r && n < SUPPLYD_METERS; n++) {
		struct supplyd_meter *m = &d->meter[n];

		m->name = names[n];
		r = load_supply(d, m,
				n == SUPPLYD_GAS ? SUPPLY_GAS :
						   SUPPLY_ELECTRICITY,
				supplyd_now_s(now_us, 0));
		if (!r)
			r = load_limit(d, m);
	}
	if (!r)
		r = supplyd_aux_open(d, random, now_us);
	if (r)
		return r;
	for (int n = 0; n < SUPPLYD_METERS; n++) {
		struct supplyd_meter *m = &d->meter[n];
		bool on = supply_state(&m->supply) == SUPPLY_ENABLED;

		read_gear(d, m);
		/* It may have missed the last command. */
		m->again = m->gear.sensed != SUPPLY_SENSED_UNKNOWN &&
			   (m->gear.sensed == SUPPLY_SENSED_ON) != on;
		(void)drive(d, m, false);
	}
	return 0;
}

int supplyd_lost(struct supplyd *d, uint64_t now_us)
{
	struct log_record record = {
		.meter = d->meter[SUPPLYD_ELECTRICITY].name,
		.log = LOG_EVENT,
		.at_us = now_us,
		.text = "supply: the database was damaged and begun anew",
	};
	int r = supplyd_begin(d);

	return r ? r : supplyd_finish(d, outbox_add(d->store, &record));
}
