// SPDX-License-Identifier: LGPL-2.1-or-later
/* Auxiliary load control on the bus; controllers are numbered from 1 there. */
#include "supplyd.h"

#include <errno.h>
#include <string.h>

#define SWITCH "(yyqyuyyyy)"
#define SPECIAL "(qyy)"

/* End of a method: answer, and tell the others. */
static int done(struct supplyd_manager *manager, sd_bus_message *message, int r,
		const char *why, sd_bus_error *error)
{
	supplyd_bus_changed(manager);
	if (r < 0)
		return bus_fail(error, r, why);
	return sd_bus_reply_method_return(message, NULL);
}

static int64_t seconds(uint64_t us)
{
	return us / USEC_PER_SEC > AUX_TIME_MAX_S ?
		       AUX_TIME_MAX_S :
		       (int64_t)(us / USEC_PER_SEC);
}

int supplyd_set_controller(sd_bus_message *message, void *userdata,
			   sd_bus_error *error)
{
	struct supplyd_object *object = userdata;
	struct supplyd_manager *manager = object->manager;
	struct aux_settings all = manager->supplyd.aux_settings;
	struct aux_controller controller = { .kind = AUX_NONE };
	const char *kind, *label, *why = NULL;
	int boostable, r;
	uint8_t n, idle;

	r = bus_require(message, BUS_SUPPLIER, error);
	if (r < 0)
		return r;
	r = sd_bus_message_read(message, "yssyb", &n, &kind, &label, &idle,
				&boostable);
	if (r < 0)
		return r;
	r = aux_kind_of(kind);
	if (r < 0)
		return bus_fail(error, -EINVAL,
				"kind: none, switch or proportional");
	if (strlen(label) >= AUX_LABEL_SIZE)
		return bus_fail(error, -EINVAL, "label: too long");
	controller.kind = (enum aux_kind)r;
	controller.idle_pct = idle;
	controller.boostable = boostable;
	strcpy(controller.label, label);
	if (n >= 1 && n <= AUX_CONTROLLERS)
		all.controller[n - 1] = controller;
	r = aux_settings_check(&all, &why);
	if (!r)
		r = supplyd_aux_controller(&manager->supplyd, n - 1u,
					   &controller,
					   supplyd_now_us(manager));
	return done(manager, message, r, why, error);
}

static int read_switches(sd_bus_message *message, struct aux_settings *set)
{
	struct aux_switch at = { 0 };
	int r = sd_bus_message_enter_container(message, 'a', SWITCH);

	if (r < 0)
		return r;
	while ((r = sd_bus_message_read(
			message, SWITCH, &at.controller, &at.pct, &at.minute,
			&at.weekdays, &at.special_days, &at.begin_month,
			&at.begin_day, &at.end_month, &at.end_day)) > 0) {
		if (set->switches == AUX_SWITCHES)
			return -ERANGE;
		at.controller--;
		set->at[set->switches++] = at;
	}
	return r < 0 ? r : sd_bus_message_exit_container(message);
}

static int read_special_days(sd_bus_message *message, struct aux_settings *set)
{
	struct aux_date date = { 0 };
	int r = sd_bus_message_enter_container(message, 'a', SPECIAL);

	if (r < 0)
		return r;
	while ((r = sd_bus_message_read(message, SPECIAL, &date.year,
					&date.month, &date.day)) > 0) {
		if (set->special_days == AUX_SPECIAL_DAYS)
			return -ERANGE;
		set->special[set->special_days++] = date;
	}
	return r < 0 ? r : sd_bus_message_exit_container(message);
}

int supplyd_set_schedule(sd_bus_message *message, void *userdata,
			 sd_bus_error *error)
{
	struct supplyd_object *object = userdata;
	struct supplyd_manager *manager = object->manager;
	struct aux_settings set = { 0 }, all = manager->supplyd.aux_settings;
	const char *why = NULL;
	int r;

	r = bus_require(message, BUS_SUPPLIER, error);
	if (r < 0)
		return r;
	r = read_switches(message, &set);
	if (r >= 0)
		r = read_special_days(message, &set);
	if (r == -ERANGE)
		return bus_fail(error, r, "more than there is room for");
	if (r < 0)
		return r;
	all.switches = set.switches;
	all.special_days = set.special_days;
	memcpy(all.at, set.at, sizeof(set.at));
	memcpy(all.special, set.special, sizeof(set.special));
	r = aux_settings_check(&all, &why);
	if (!r)
		r = supplyd_aux_schedule(&manager->supplyd, &set,
					 supplyd_now_us(manager));
	return done(manager, message, r, why, error);
}

int supplyd_set_offset(sd_bus_message *message, void *userdata,
		       sd_bus_error *error)
{
	struct supplyd_object *object = userdata;
	struct supplyd_manager *manager = object->manager;
	uint16_t limit_s;
	int r;

	r = bus_require(message, BUS_SUPPLIER, error);
	if (r < 0)
		return r;
	r = sd_bus_message_read(message, "q", &limit_s);
	if (r < 0)
		return r;
	r = supplyd_aux_offset(&manager->supplyd, limit_s,
			       supplyd_now_us(manager));
	return done(manager, message, r, "0 to 1799 seconds", error);
}

int supplyd_command_auxiliary(sd_bus_message *message, void *userdata,
			      sd_bus_error *error)
{
	struct supplyd_object *object = userdata;
	struct supplyd_manager *manager = object->manager;
	uint64_t now_us = supplyd_now_us(manager), start_us, end_us;
	const char *what;
	uint8_t n, pct;
	int r;

	r = bus_require(message, BUS_SUPPLIER, error);
	if (r < 0)
		return r;
	r = sd_bus_message_read(message, "ysytt", &n, &what, &pct, &start_us,
				&end_us);
	if (r < 0)
		return r;
	if (!start_us)
		start_us = now_us;
	if (!strcmp(what, "set"))
		r = supplyd_aux_set(&manager->supplyd, n - 1u, pct,
				    seconds(start_us), seconds(end_us), now_us);
	else if (!strcmp(what, "limit"))
		r = supplyd_aux_limit(&manager->supplyd, n - 1u, pct,
				      seconds(start_us), seconds(end_us),
				      now_us);
	else
		return bus_fail(error, -EINVAL, "set or limit");
	return done(manager, message, r,
		    r == -EPERM ? "a switch has no limit" : NULL, error);
}

int supplyd_reset_auxiliary(sd_bus_message *message, void *userdata,
			    sd_bus_error *error)
{
	struct supplyd_object *object = userdata;
	struct supplyd_manager *manager = object->manager;
	uint8_t n;
	int r;

	r = bus_require(message, BUS_SUPPLIER, error);
	if (r < 0)
		return r;
	r = sd_bus_message_read(message, "y", &n);
	if (r < 0)
		return r;
	r = supplyd_aux_reset(&manager->supplyd, n - 1u,
			      supplyd_now_us(manager));
	return done(manager, message, r, NULL, error);
}

int supplyd_boost_auxiliary(sd_bus_message *message, void *userdata,
			    sd_bus_error *error)
{
	struct supplyd_object *object = userdata;
	struct supplyd_manager *manager = object->manager;
	uint32_t duration_s;
	uint8_t n;
	int r;

	r = bus_require(message, BUS_LOCAL, error);
	if (r < 0)
		return r;
	r = sd_bus_message_read(message, "yu", &n, &duration_s);
	if (r < 0)
		return r;
	r = supplyd_aux_boost(&manager->supplyd, n - 1u, duration_s,
			      supplyd_now_us(manager));
	return done(manager, message, r,
		    r == -EPERM ? "the button does not act on it" : NULL,
		    error);
}

int supplyd_get_controllers(sd_bus *bus, const char *path,
			    const char *interface, const char *property,
			    sd_bus_message *reply, void *userdata,
			    sd_bus_error *error)
{
	const struct supplyd_object *object = userdata;
	const struct supplyd *d = &object->manager->supplyd;
	int r = sd_bus_message_open_container(reply, 'a', "(yssybysbt)");

	(void)bus, (void)path, (void)interface, (void)property, (void)error;
	for (unsigned int n = 0; r >= 0 && n < AUX_CONTROLLERS; n++) {
		const struct aux_controller *c = &d->aux_settings.controller[n];
		const struct aux_state *s = &d->aux.controller[n];

		if (c->kind == AUX_NONE)
			continue;
		r = sd_bus_message_append(
			reply, "(yssybysbt)", n + 1, aux_kind_text(c->kind),
			c->label, c->idle_pct, (int)c->boostable, s->pct,
			aux_cause_text(s->cause), (int)s->limited,
			(uint64_t)s->boost_end_s * USEC_PER_SEC);
	}
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int append_command(sd_bus_message *reply, unsigned int n,
			  const char *what, const struct aux_command *command)
{
	if (!command->set)
		return 0;
	return sd_bus_message_append(reply, "(ysytt)", n + 1, what,
				     command->pct,
				     (uint64_t)command->start_s * USEC_PER_SEC,
				     (uint64_t)command->end_s * USEC_PER_SEC);
}

int supplyd_get_commands(sd_bus *bus, const char *path, const char *interface,
			 const char *property, sd_bus_message *reply,
			 void *userdata, sd_bus_error *error)
{
	const struct supplyd_object *object = userdata;
	const struct aux *aux = &object->manager->supplyd.aux;
	int r = sd_bus_message_open_container(reply, 'a', "(ysytt)");

	(void)bus, (void)path, (void)interface, (void)property, (void)error;
	for (unsigned int n = 0; r >= 0 && n < AUX_CONTROLLERS; n++) {
		r = append_command(reply, n, "set",
				   &aux->controller[n].command);
		if (r >= 0)
			r = append_command(reply, n, "limit",
					   &aux->controller[n].limit);
	}
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

int supplyd_get_schedule(sd_bus *bus, const char *path, const char *interface,
			 const char *property, sd_bus_message *reply,
			 void *userdata, sd_bus_error *error)
{
	const struct supplyd_object *object = userdata;
	const struct aux_settings *set = &object->manager->supplyd.aux_settings;
	int r;

	(void)bus, (void)path, (void)interface, (void)property, (void)error;
	r = sd_bus_message_open_container(reply, 'r', "a" SWITCH "a" SPECIAL);
	if (r >= 0)
		r = sd_bus_message_open_container(reply, 'a', SWITCH);
	for (unsigned int n = 0; r >= 0 && n < set->switches; n++) {
		const struct aux_switch *at = &set->at[n];

		r = sd_bus_message_append(reply, SWITCH, at->controller + 1,
					  at->pct, at->minute, at->weekdays,
					  at->special_days, at->begin_month,
					  at->begin_day, at->end_month,
					  at->end_day);
	}
	if (r >= 0)
		r = sd_bus_message_close_container(reply);
	if (r >= 0)
		r = sd_bus_message_open_container(reply, 'a', SPECIAL);
	for (unsigned int n = 0; r >= 0 && n < set->special_days; n++)
		r = sd_bus_message_append(reply, SPECIAL, set->special[n].year,
					  set->special[n].month,
					  set->special[n].day);
	if (r >= 0)
		r = sd_bus_message_close_container(reply);
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

int supplyd_get_offset(sd_bus *bus, const char *path, const char *interface,
		       const char *property, sd_bus_message *reply,
		       void *userdata, sd_bus_error *error)
{
	const struct supplyd_object *object = userdata;
	const struct supplyd *d = &object->manager->supplyd;

	(void)bus, (void)path, (void)interface, (void)property, (void)error;
	return sd_bus_message_append(reply, "(qq)", d->offset_limit_s,
				     d->aux_settings.offset_s);
}
