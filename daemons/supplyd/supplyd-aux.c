// SPDX-License-Identifier: LGPL-2.1-or-later
/* Auxiliary load control: aux.h in transactions. */
#include <errno.h>
#include <string.h>

#include "../common/util.h"
#include "supply-codec.h"
#include "supplyd-internal.h"
#include "supplyd-log.h"

#define METER "electricity0"

/* A command on its way: the next state, and what the log gets of it. */
struct step {
	struct aux aux;
	struct aux_settings settings;
	int64_t now_s;
	uint16_t offset_limit_s;
	bool new_settings;
	const char *settings_text; /* of them, for the log; or NULL */
	unsigned int n;
	const char *what; /* NULL: only time passed */
	uint8_t pct;
	int64_t start_s, end_s;
};

static struct step begin(const struct supplyd *d, uint64_t now_us)
{
	return (struct step){ .aux = d->aux,
			      .settings = d->aux_settings,
			      .now_s = supplyd_now_s(now_us, d->aux.at_s),
			      .offset_limit_s = d->offset_limit_s };
}

static uint16_t offset_of(uint16_t random, uint16_t limit_s)
{
	return (uint16_t)((uint32_t)random * (limit_s + 1u) >> 16);
}

static int put_settings(struct supplyd *d, const struct step *step)
{
	uint8_t octets[AUX_SETTINGS_OCTETS_MAX];
	struct wbuf w = wbuf_of(octets, sizeof(octets));
	int r;

	aux_settings_encode(&step->settings, &w);
	r = store_put(d->store, "aux-settings", octets, w.len);
	if (r)
		return r;
	w = wbuf_of(octets, sizeof(octets));
	write_be(&w, d->random, 2);
	write_be(&w, step->offset_limit_s, 2);
	return store_put(d->store, "aux-offset", octets, w.len);
}

static int put_aux(struct supplyd *d, const struct step *step)
{
	uint8_t octets[AUX_OCTETS_MAX];
	struct wbuf w = wbuf_of(octets, sizeof(octets));

	aux_encode(&step->aux, &w);
	return store_put(d->store, "aux", octets, w.len);
}

static int put_logs(struct supplyd *d, const struct step *step,
		    const unsigned int told[AUX_CONTROLLERS])
{
	uint64_t at_us = supplyd_at_us(step->aux.at_s);
	int r = 0;

	if (step->what)
		r = supplyd_log_aux_command(d->store, METER, step->n,
					    step->what, step->pct,
					    step->start_s, step->end_s, at_us);
	if (!r && step->settings_text)
		r = supplyd_log_aux_settings(d->store, METER,
					     step->settings_text, at_us);
	for (unsigned int n = 0; !r && n < AUX_CONTROLLERS; n++)
		if (told[n])
			r = supplyd_log_aux(d->store, METER, &step->settings,
					    &step->aux, n, told[n], at_us);
	return r;
}

/* Levels follow at once; then it is stored, and then it is so. */
static int finish(struct supplyd *d, struct step *step)
{
	unsigned int told[AUX_CONTROLLERS], any = 0;
	int r;

	r = aux_advance(&step->aux, &step->settings, step->now_s, told);
	if (r)
		return r;
	for (int n = 0; n < AUX_CONTROLLERS; n++)
		any |= told[n];
	if (any || step->what || step->new_settings) {
		r = supplyd_begin(d);
		if (r)
			return r;
		r = put_aux(d, step);
		if (!r && step->new_settings)
			r = put_settings(d, step);
		if (!r)
			r = put_logs(d, step, told);
		r = supplyd_finish(d, r);
		if (r)
			return r;
	}
	d->aux = step->aux;
	d->aux_settings = step->settings;
	d->offset_limit_s = step->offset_limit_s;
	return 0;
}

/* --- settings */

static int change_settings(struct supplyd *d, struct step *step,
			   const char *text)
{
	int r = aux_settings_changed(&step->aux, &step->settings, step->now_s);

	step->new_settings = true;
	step->settings_text = text;
	return r ? r : finish(d, step);
}

int supplyd_aux_controller(struct supplyd *d, unsigned int n,
			   const struct aux_controller *controller,
			   uint64_t now_us)
{
	struct step step = begin(d, now_us);

	if (n >= AUX_CONTROLLERS)
		return -ENOENT;
	step.settings.controller[n] = *controller;
	return change_settings(d, &step, "a controller set");
}

int supplyd_aux_schedule(struct supplyd *d, const struct aux_settings *set,
			 uint64_t now_us)
{
	struct step step = begin(d, now_us);

	step.settings.switches = set->switches;
	step.settings.special_days = set->special_days;
	memcpy(step.settings.at, set->at, sizeof(set->at));
	memcpy(step.settings.special, set->special, sizeof(set->special));
	return change_settings(d, &step, "schedule set");
}

int supplyd_aux_offset(struct supplyd *d, uint16_t limit_s, uint64_t now_us)
{
	struct step step = begin(d, now_us);

	if (limit_s > AUX_OFFSET_MAX_S)
		return -EINVAL;
	step.offset_limit_s = limit_s;
	step.settings.offset_s = offset_of(d->random, limit_s);
	return change_settings(d, &step, "randomised offset set");
}

/* --- commands */

int supplyd_aux_set(struct supplyd *d, unsigned int n, uint8_t pct,
		    int64_t start_s, int64_t end_s, uint64_t now_us)
{
	struct step step = begin(d, now_us);
	int r = aux_set(&step.aux, &step.settings, n, pct, start_s, end_s,
			step.now_s);

	step.n = n;
	step.what = "set";
	step.pct = pct;
	step.start_s = start_s;
	step.end_s = end_s;
	return r ? r : finish(d, &step);
}

int supplyd_aux_limit(struct supplyd *d, unsigned int n, uint8_t pct,
		      int64_t start_s, int64_t end_s, uint64_t now_us)
{
	struct step step = begin(d, now_us);
	int r = aux_limit(&step.aux, &step.settings, n, pct, start_s, end_s,
			  step.now_s);

	step.n = n;
	step.what = "limit";
	step.pct = pct;
	step.start_s = start_s;
	step.end_s = end_s;
	return r ? r : finish(d, &step);
}

int supplyd_aux_reset(struct supplyd *d, unsigned int n, uint64_t now_us)
{
	struct step step = begin(d, now_us);
	int r = aux_reset(&step.aux, &step.settings, n, step.now_s);

	step.n = n;
	step.what = "reset";
	return r == -EALREADY ? 0 : r ? r : finish(d, &step);
}

int supplyd_aux_boost(struct supplyd *d, unsigned int n, int64_t duration_s,
		      uint64_t now_us)
{
	struct step step = begin(d, now_us);
	int r = aux_boost(&step.aux, &step.settings, n, duration_s, step.now_s);

	step.n = n;
	step.what = "boost";
	step.pct = 100;
	step.start_s = step.now_s;
	step.end_s = step.now_s + duration_s;
	return r == -EALREADY ? 0 : r ? r : finish(d, &step);
}

int supplyd_aux_advance(struct supplyd *d, uint64_t now_us)
{
	struct step step = begin(d, now_us);

	return finish(d, &step);
}

/* --- opening */

static int load_offset(struct supplyd *d, uint16_t random)
{
	uint8_t octets[4];
	struct reader r;
	size_t len;
	int e = store_get(d->store, "aux-offset", octets, sizeof(octets), &len);

	d->random = random;
	if (e)
		return e == -EMSGSIZE ? -ENOENT : e;
	r = reader_of(SPAN(octets, len));
	d->random = read_be16(&r);
	d->offset_limit_s = read_be16(&r);
	if (!reader_done(&r) && d->offset_limit_s <= AUX_OFFSET_MAX_S)
		return 0;
	d->random = random;
	d->offset_limit_s = 0;
	return -ENOENT;
}

static int load(struct supplyd *d, uint16_t random, int64_t now_s)
{
	uint8_t octets[AUX_SETTINGS_OCTETS_MAX];
	size_t len;
	int r = load_offset(d, random);

	if (r)
		return r;
	r = store_get(d->store, "aux-settings", octets, sizeof(octets), &len);
	if (!r)
		r = aux_settings_decode(SPAN(octets, len), &d->aux_settings);
	if (r)
		return r;
	r = store_get(d->store, "aux", octets, sizeof(octets), &len);
	if (!r)
		r = aux_decode(SPAN(octets, len), &d->aux_settings, &d->aux);
	/* Not where it could not be read: a command would be forgotten. */
	if (r == -ENOENT || r == -EBADMSG || r == -EMSGSIZE)
		r = aux_init(&d->aux, &d->aux_settings, now_s);
	return r;
}

/* Without settings, or with what makes no sense, there are no controllers. The
 * random part of the offset has to be the same tomorrow.
 */
int supplyd_aux_open(struct supplyd *d, uint16_t random, uint64_t now_us)
{
	int64_t now_s = supplyd_now_s(now_us, 0);
	struct step step;
	int r = load(d, random, now_s);

	if (!r)
		return 0;
	if (r != -ENOENT && r != -EBADMSG && r != -EMSGSIZE)
		return r;
	if (r != -ENOENT)
		log_error("the stored auxiliary controllers make no sense");
	d->aux_settings = (struct aux_settings){
		.offset_s = offset_of(d->random, d->offset_limit_s),
	};
	r = aux_init(&d->aux, &d->aux_settings, now_s);
	if (r)
		return r;
	step = begin(d, now_us);
	step.new_settings = true;
	return finish(d, &step);
}
