// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * uk.hearth.Metrology1 as metrologyd has it, of the simulated home; the gas
 * meter has its register, Volume, in dm3.
 */
#include <errno.h>
#include <string.h>

#include "sim.h"

#define INTERFACE "uk.hearth.Metrology1"
#define SUPPLY_MV 230000
#define FREQUENCY_MHZ 50000
#define LATCHED_BY_HUB 1u

const char *const sim_meter_name[SIM_METERS] = { "electricity0", "gas0" };

static const char *const paths[SIM_METERS] = {
	METER_ROOT "/electricity0",
	METER_ROOT "/gas0",
};

static enum sim_meter_kind kind_of(const char *path)
{
	return strcmp(path, paths[SIM_GAS]) ? SIM_ELECTRICITY : SIM_GAS;
}

static int append_registers(sd_bus_message *m, enum sim_meter_kind kind,
			    const struct sim_latch *latch)
{
	size_t n = kind == SIM_GAS ? 1 : SIM_REGISTERS;
	int r;

	r = sd_bus_message_open_container(m, 'r', "tatu");
	if (r >= 0)
		r = sd_bus_message_append(m, "t",
					  (uint64_t)latch->at_s * USEC_PER_SEC);
	if (r >= 0)
		r = sd_bus_message_append_array(m, 't', latch->reg,
						n * sizeof(latch->reg[0]));
	if (r >= 0)
		r = sd_bus_message_append(m, "u",
					  latch->by_hub ? LATCHED_BY_HUB : 0u);
	if (r >= 0)
		r = sd_bus_message_close_container(m);
	return r;
}

static int get_latches(sd_bus_message *message, void *userdata,
		       sd_bus_error *error)
{
	struct sim *sim = userdata;
	enum sim_meter_kind kind = kind_of(sd_bus_message_get_path(message));
	const struct sim_meter *meter = &sim->home.meter[kind];
	CLEANUP(cleanup_message) sd_bus_message *reply = NULL;
	uint64_t after;
	uint32_t limit, given = 0;
	int r;

	(void)error;
	r = sd_bus_message_read(message, "tu", &after, &limit);
	if (r < 0)
		return r;
	r = sd_bus_message_new_method_return(message, &reply);
	if (r >= 0)
		r = sd_bus_message_open_container(reply, 'a', "(tatu)");
	for (size_t n = 0; n < meter->n_latches && r >= 0; n++) {
		const struct sim_latch *latch = &meter->latch[n];

		if ((uint64_t)latch->at_s * USEC_PER_SEC <= after)
			continue;
		if (limit && given++ == limit)
			break;
		r = append_registers(reply, kind, latch);
	}
	if (r >= 0)
		r = sd_bus_message_close_container(reply);
	return r < 0 ? r : sd_bus_send(NULL, reply, NULL);
}

static int get_registers(sd_bus_message *message, void *userdata,
			 sd_bus_error *error)
{
	struct sim *sim = userdata;
	enum sim_meter_kind kind = kind_of(sd_bus_message_get_path(message));
	struct sim_latch now = sim_home_registers(&sim->home, kind);
	CLEANUP(cleanup_message) sd_bus_message *reply = NULL;
	int r;

	if (!sim->home.mains)
		return sd_bus_error_set_const(error, ERROR_UNAVAILABLE,
					      "the meter has no power");
	r = sd_bus_message_new_method_return(message, &reply);
	if (r >= 0)
		r = append_registers(reply, kind, &now);
	return r < 0 ? r : sd_bus_send(NULL, reply, NULL);
}

/* What a property is, of the home as it is now. */
static int64_t reading(const struct sim *sim, enum sim_meter_kind kind,
		       const char *property)
{
	static const char *const registers[] = { "ActiveImport", "ActiveExport",
						 "ReactiveImport",
						 "ReactiveExport" };
	int64_t mw = sim_home_flow(&sim->home, kind);

	if (!strcmp(property, "ActivePower"))
		return mw;
	if (!strcmp(property, "ReactivePower"))
		return mw / 5;
	if (!strcmp(property, "Voltage"))
		return sim->home.mains ? SUPPLY_MV : 0;
	if (!strcmp(property, "Frequency"))
		return FREQUENCY_MHZ;
	if (!strcmp(property, "Volume"))
		return (int64_t)sim_home_registers(&sim->home, kind).reg[0];
	for (size_t n = 0; n < ARRAY_SIZE(registers); n++)
		if (!strcmp(property, registers[n]))
			return (int64_t)sim_home_registers(&sim->home, kind)
				.reg[n];
	/* CurrentLive, CurrentNeutral: uA */
	return (mw < 0 ? -mw : mw) * 1000000 / SUPPLY_MV;
}

static int get_reading(sd_bus *bus, const char *path, const char *interface,
		       const char *property, sd_bus_message *reply,
		       void *userdata, sd_bus_error *error)
{
	const struct sim *sim = userdata;

	(void)bus, (void)interface, (void)error;
	return sd_bus_message_append(
		reply, "(xuts)", reading(sim, kind_of(path), property), 0u,
		(uint64_t)sim_home_hub_s(&sim->home) * USEC_PER_SEC, "valid");
}

static int get_source(sd_bus *bus, const char *path, const char *interface,
		      const char *property, sd_bus_message *reply,
		      void *userdata, sd_bus_error *error)
{
	(void)bus, (void)path, (void)interface, (void)property;
	(void)userdata, (void)error;
	return sd_bus_message_append(reply, "s", "ok");
}

#define READING(name)                                   \
	SD_BUS_PROPERTY(name, "(xuts)", get_reading, 0, \
			SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE)
#define SOURCE                                             \
	SD_BUS_PROPERTY("SourceState", "s", get_source, 0, \
			SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE)
#define METHODS                                                             \
	SD_BUS_METHOD_WITH_ARGS("GetLatches",                               \
				SD_BUS_ARGS("t", after, "u", limit),        \
				SD_BUS_RESULT("a(tatu)", latches),          \
				get_latches, SD_BUS_VTABLE_UNPRIVILEGED),   \
		SD_BUS_METHOD_WITH_ARGS("GetRegisters", SD_BUS_NO_ARGS,     \
					SD_BUS_RESULT("(tatu)", registers), \
					get_registers,                      \
					SD_BUS_VTABLE_UNPRIVILEGED)

static const sd_bus_vtable electricity[] = {
	SD_BUS_VTABLE_START(0),
	READING("ActivePower"),
	READING("ReactivePower"),
	READING("Voltage"),
	READING("CurrentLive"),
	READING("CurrentNeutral"),
	READING("Frequency"),
	READING("ActiveImport"),
	READING("ActiveExport"),
	READING("ReactiveImport"),
	READING("ReactiveExport"),
	SOURCE,
	METHODS,
	SD_BUS_VTABLE_END,
};

static const sd_bus_vtable gas[] = {
	SD_BUS_VTABLE_START(0), READING("Volume"), SOURCE, METHODS,
	SD_BUS_VTABLE_END,
};

int sim_metrology_add(struct sim *sim)
{
	int r = sd_bus_add_object_manager(sim->bus, NULL, METER_ROOT);

	if (r >= 0)
		r = sd_bus_add_object_vtable(sim->bus, NULL,
					     paths[SIM_ELECTRICITY], INTERFACE,
					     electricity, sim);
	if (r >= 0)
		r = sd_bus_add_object_vtable(sim->bus, NULL, paths[SIM_GAS],
					     INTERFACE, gas, sim);
	if (r >= 0)
		r = sd_bus_request_name(sim->bus, INTERFACE, 0);
	return r < 0 ? r : 0;
}

void sim_metrology_changed(struct sim *sim)
{
	(void)sd_bus_emit_properties_changed(
		sim->bus, paths[SIM_ELECTRICITY], INTERFACE, "ActivePower",
		"ReactivePower", "Voltage", "CurrentLive", "CurrentNeutral",
		"Frequency", "ActiveImport", "ActiveExport", "ReactiveImport",
		"ReactiveExport", NULL);
	(void)sd_bus_emit_properties_changed(sim->bus, paths[SIM_GAS],
					     INTERFACE, "Volume", NULL);
}
