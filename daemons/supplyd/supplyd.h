/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HEARTH_SUPPLYD_H
#define HEARTH_SUPPLYD_H

#include "../common/daemon.h"
#include "supply-codec.h"
#include "supplyd-service.h"

#define SUPPLY_BUS_NAME "uk.hearth.Supply1"
#define SUPPLY_INTERFACE "uk.hearth.Supply1"

/* Of each property what was said last: what differs has changed. Filled with
 * zeros first, so that it compares as octets.
 */
struct supply_shown {
	const char *state, *reason, *commanded, *sensed;
	char detail[SUPPLY_REASON_SIZE];
	uint64_t since_us, until_us;
	bool mismatch, flow;
	uint32_t limited;
	uint8_t limit_octets[SUPPLY_LIMIT_OCTETS_MAX];
	uint8_t controller_octets[AUX_CONTROLLERS * (16 + AUX_LABEL_SIZE)];
	uint8_t command_octets[AUX_OCTETS_MAX];
	uint8_t schedule_octets[AUX_SETTINGS_OCTETS_MAX];
	uint16_t offset_s;
};

struct supplyd_manager;

/* One meter on the bus. */
struct supplyd_object {
	struct supplyd_manager *manager;
	enum supplyd_which which;
	char path[64];
	sd_bus_slot *slot;
	struct supply_shown shown;
};

struct supplyd_manager {
	struct daemon *daemon;
	struct supplyd supplyd;
	struct switchgear gear;
	struct supplyd_object object[SUPPLYD_METERS];
	sd_bus_slot *prepayment; /* its changes are listened to */
	int store_error;	 /* as it was said last */
	unsigned int pause;	 /* cycles until power is asked for again */
};

/* Publish the meters; 0 or negative errno. */
int supplyd_bus_add(struct supplyd_manager *manager);
void supplyd_bus_remove(struct supplyd_manager *manager);
/* The properties as they are. */
void supplyd_show(const struct supplyd_object *object,
		  struct supply_shown *shown);
/* Tell listeners what is different from what they have been told; and the log,
 * of the store.
 */
void supplyd_bus_changed(struct supplyd_manager *manager);

/* The time, us of UTC, or 0. */
static inline uint64_t supplyd_now_us(const struct supplyd_manager *manager)
{
	return clock_utc_us(manager->daemon->clock);
}

/* --- supplyd-bus-aux.c: members of auxiliary load control */

int supplyd_set_controller(sd_bus_message *message, void *userdata,
			   sd_bus_error *error);
int supplyd_set_schedule(sd_bus_message *message, void *userdata,
			 sd_bus_error *error);
int supplyd_set_offset(sd_bus_message *message, void *userdata,
		       sd_bus_error *error);
int supplyd_command_auxiliary(sd_bus_message *message, void *userdata,
			      sd_bus_error *error);
int supplyd_reset_auxiliary(sd_bus_message *message, void *userdata,
			    sd_bus_error *error);
int supplyd_boost_auxiliary(sd_bus_message *message, void *userdata,
			    sd_bus_error *error);
int supplyd_get_controllers(sd_bus *bus, const char *path,
			    const char *interface, const char *property,
			    sd_bus_message *reply, void *userdata,
			    sd_bus_error *error);
int supplyd_get_commands(sd_bus *bus, const char *path, const char *interface,
			 const char *property, sd_bus_message *reply,
			 void *userdata, sd_bus_error *error);
int supplyd_get_schedule(sd_bus *bus, const char *path, const char *interface,
			 const char *property, sd_bus_message *reply,
			 void *userdata, sd_bus_error *error);
int supplyd_get_offset(sd_bus *bus, const char *path, const char *interface,
		       const char *property, sd_bus_message *reply,
		       void *userdata, sd_bus_error *error);

/* --- supplyd-upstream.c: calls to the daemons before this one. 0 or negative
 * errno: -EHOSTUNREACH if it is not there, -ENODATA if it does not know.
 */

/* What prepayment wants of a meter, and why. */
int supplyd_ask_prepayment(sd_bus *bus, const char *path,
			   enum supply_state *ret_want,
			   char ret_reason[SUPPLY_REASON_SIZE]);
/* Prepayment lifts its own hold, for a person on site. */
int supplyd_prepayment_consent(sd_bus *bus, const char *path,
			       sd_bus_error *error);
/* mW; import is positive. */
int supplyd_ask_power(sd_bus *bus, int64_t *ret_mw);
int supplyd_ask_volume(sd_bus *bus, int64_t *ret_dm3);

#endif /* HEARTH_SUPPLYD_H */
