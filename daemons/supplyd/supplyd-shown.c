// SPDX-License-Identifier: LGPL-2.1-or-later
/* The properties, and who is told that they changed. */
#include "supplyd.h"

#include <stddef.h>
#include <string.h>

static void show_controller(const struct aux_controller *c,
			    const struct aux_state *s, struct wbuf *w)
{
	write_u8(w, (uint8_t)c->kind);
	write_u8(w, c->idle_pct);
	write_u8(w, c->boostable);
	write_bytes(w, c->label, sizeof(c->label));
	write_u8(w, s->pct);
	write_u8(w, (uint8_t)s->cause);
	write_u8(w, s->limited);
	write_be(w, (uint64_t)s->boost_end_s, 8);
}

static void show_command(const struct aux_command *command, struct wbuf *w)
{
	write_u8(w, command->set);
	write_u8(w, command->pct);
	write_be(w, (uint64_t)command->start_s, 8);
	write_be(w, (uint64_t)command->end_s, 8);
}

static void show_auxiliary(const struct supplyd *d, struct supply_shown *shown)
{
	struct wbuf controllers = wbuf_of(shown->controller_octets,
					  sizeof(shown->controller_octets));
	struct wbuf commands =
		wbuf_of(shown->command_octets, sizeof(shown->command_octets));
	struct wbuf schedule =
		wbuf_of(shown->schedule_octets, sizeof(shown->schedule_octets));

	for (int n = 0; n < AUX_CONTROLLERS; n++) {
		const struct aux_state *s = &d->aux.controller[n];

		show_controller(&d->aux_settings.controller[n], s,
				&controllers);
		show_command(&s->command, &commands);
		show_command(&s->limit, &commands);
	}
	aux_settings_encode(&d->aux_settings, &schedule);
	shown->offset_s = d->offset_limit_s;
}

void supplyd_show(const struct supplyd_object *object,
		  struct supply_shown *shown)
{
	const struct supplyd_meter *m =
		&object->manager->supplyd.meter[object->which];
	enum supply_owner owner = supply_reason(&m->supply);
	const struct supply_hold *hold = &m->supply.hold[owner];
	struct wbuf limit =
		wbuf_of(shown->limit_octets, sizeof(shown->limit_octets));

	memset(shown, 0, sizeof(*shown));
	shown->state = supply_state_text(supply_state(&m->supply));
	shown->reason = supply_owner_text(owner);
	if (owner != SUPPLY_OWNERS) {
		memcpy(shown->detail, hold->reason, sizeof(hold->reason));
		shown->since_us = (uint64_t)hold->since_s * USEC_PER_SEC;
	}
	shown->commanded = supply_sensed_text(m->gear.commanded);
	shown->sensed = supply_sensed_text(m->gear.sensed);
	shown->mismatch = m->supply.mismatch;
	shown->flow = m->supply.flow;
	shown->limited = m->supply.limited;
	if (m->supply.hold[SUPPLY_LOAD_LIMIT].state == SUPPLY_DISABLED)
		shown->until_us = (uint64_t)m->supply.restore_s * USEC_PER_SEC;
	supply_limit_encode(&m->limit, &limit);
	if (object->which == SUPPLYD_ELECTRICITY)
		show_auxiliary(&object->manager->supplyd, shown);
}

#define FIELD(name, field)                                                  \
	{                                                                   \
		name, offsetof(struct supply_shown, field),                 \
			sizeof(((struct supply_shown *)NULL)->field), false \
	}
#define AUX_FIELD(name, field)                                             \
	{                                                                  \
		name, offsetof(struct supply_shown, field),                \
			sizeof(((struct supply_shown *)NULL)->field), true \
	}

static const struct {
	const char *name;
	size_t offset, size;
	bool electricity;
} fields[] = {
	FIELD("State", state),
	FIELD("Reason", reason),
	FIELD("Detail", detail),
	FIELD("Since", since_us),
	FIELD("Commanded", commanded),
	FIELD("Sensed", sensed),
	FIELD("Mismatch", mismatch),
	FIELD("UncontrolledFlow", flow),
	AUX_FIELD("LoadLimit", limit_octets),
	AUX_FIELD("LoadLimitCount", limited),
	AUX_FIELD("LoadLimitUntil", until_us),
	AUX_FIELD("Auxiliaries", controller_octets),
	AUX_FIELD("AuxiliaryCommands", command_octets),
	AUX_FIELD("AuxiliarySchedule", schedule_octets),
	AUX_FIELD("RandomisedOffset", offset_s),
};

static void tell(struct supplyd_object *object)
{
	char *changed[ARRAY_SIZE(fields) + 1] = { NULL };
	struct supply_shown shown;
	size_t count = 0;
	int r;

	supplyd_show(object, &shown);
	for (size_t n = 0; n < ARRAY_SIZE(fields); n++)
		if ((!fields[n].electricity ||
		     object->which == SUPPLYD_ELECTRICITY) &&
		    memcmp((const char *)&shown + fields[n].offset,
			   (const char *)&object->shown + fields[n].offset,
			   fields[n].size) != 0)
			changed[count++] = (char *)fields[n].name;
	object->shown = shown;
	if (!count)
		return;
	r = sd_bus_emit_properties_changed_strv(object->manager->daemon->bus,
						object->path, SUPPLY_INTERFACE,
						changed);
	if (r < 0)
		log_warning("cannot tell of a change: %s", strerror(-r));
}

/* Said once, and when it is over. */
static void tell_store(struct supplyd_manager *manager)
{
	int r = manager->supplyd.store_error;

	if (r == manager->store_error)
		return;
	manager->store_error = r;
	if (r < 0)
		(void)daemon_store_failed(manager->daemon, r);
	else
		log_info("the store takes what is written again");
}

void supplyd_bus_changed(struct supplyd_manager *manager)
{
	for (int n = 0; n < SUPPLYD_METERS; n++)
		tell(&manager->object[n]);
	tell_store(manager);
}
