// SPDX-License-Identifier: LGPL-2.1-or-later
/* uk.hearth.Tariff1, documented in dbus/uk.hearth.Tariff1.xml. */
#include "tariffd-bus.h"

#include <errno.h>
#include <string.h>

#define INTERFACE "uk.hearth.Tariff1"

const char *const tariffd_repeats[REPEAT_KINDS] = {
	"never",     "daily",	    "weekly", "monthly",
	"quarterly", "half-yearly", "yearly",
};

/* After a command: what it came to, for the caller and for the daemon. */
int tariffd_finish(struct tariffd_object *object, int r, const char *why,
		   sd_bus_error *error)
{
	if (r >= 0) {
		tariffd_bus_changed(object->tariffd);
		return 0;
	}
	if (r == -EBADMSG)
		(void)daemon_store_failed(object->tariffd->daemon, r);
	if (r == -EPERM && !why)
		why = "no register has been seen yet";
	return bus_fail(error, r, why);
}

int tariffd_append_sum(sd_bus_message *reply, const struct cost_sum *sum)
{
	return sd_bus_message_append(
		reply, "(tbbxx)",
		sum->first_day ?
			microseconds(london_midnight_s(sum->first_day)) :
			UINT64_C(0),
		(int)sum->known, (int)sum->whole,
		sum->known ? sum->wh : INT64_MIN,
		sum->known ? tariff_up_to_mp(sum->cost_up) : INT64_MIN);
}

/* --- properties */

static void look(const struct tariffd_meter *meter, struct tariffd_view *ret)
{
	const struct tariffd_state *live = &meter->live;
	int64_t left;

	memset(ret, 0, sizeof(*ret));
	ret->price_mp = INT32_MIN;
	if (!live->begun)
		return;
	ret->price_mp = tariff_price_mp(&live->first);
	ret->action =
		calendar_action(&live->first.calendar, live->first.upto_s);
	if (ret->action >= ACTION_BLOCK)
		ret->block =
			(uint8_t)(1 + tariff_block(&live->first,
						   ret->action - ACTION_BLOCK,
						   &left));
	for (int kind = 0; kind < COST_KINDS; kind++)
		(void)cost_get(&live->cost, (enum london_period)kind, 0,
			       &ret->sum[kind]);
}

#define PROPERTY(_name)                                                        \
	static int _name(sd_bus *bus, const char *path, const char *interface, \
			 const char *property, sd_bus_message *reply,          \
			 void *userdata, sd_bus_error *error)

PROPERTY(get_time)
{
	const struct tariffd_object *object = userdata;

	(void)bus, (void)path, (void)interface, (void)property, (void)error;
	return sd_bus_message_append(
		reply, "t", microseconds(object->meter->live.first.upto_s));
}

PROPERTY(get_active)
{
	const struct tariffd_object *object = userdata;
	struct tariffd_view view;

	(void)bus, (void)path, (void)interface, (void)error;
	look(object->meter, &view);
	if (!strcmp(property, "ActivePrice"))
		return sd_bus_message_append(reply, "i", view.price_mp);
	return sd_bus_message_append(reply, "(yy)", view.action, view.block);
}

PROPERTY(get_sum)
{
	static const char *const names[COST_KINDS] = { "CostToday",
						       "CostThisWeek",
						       "CostThisMonth" };
	const struct tariffd_object *object = userdata;
	struct tariffd_view view;
	int kind = 0;

	(void)bus, (void)path, (void)interface, (void)error;
	look(object->meter, &view);
	while (strcmp(names[kind], property) != 0)
		kind++;
	return tariffd_append_sum(reply, &view.sum[kind]);
}

PROPERTY(get_standing)
{
	const struct tariffd_object *object = userdata;
	const struct tariffd_state *live = &object->meter->live;

	(void)bus, (void)path, (void)interface, (void)property, (void)error;
	return sd_bus_message_append(
		reply, "i",
		live->begun ? live->first.prices.standing_mp : INT32_MIN);
}

PROPERTY(get_period)
{
	const struct tariffd_object *object = userdata;
	const struct tariff *t = &object->meter->live.first;
	const struct tariff_period *period =
		!strcmp(property, "BillingCalendar") ? &t->billing : &t->reset;

	(void)bus, (void)path, (void)interface, (void)error;
	return sd_bus_message_append(reply, "(ts)",
				     microseconds(period->anchor_s),
				     tariffd_repeats[period->repeat]);
}

PROPERTY(get_dynamic)
{
	const struct tariffd_object *object = userdata;

	(void)bus, (void)path, (void)interface, (void)property, (void)error;
	return sd_bus_message_append(reply, "b",
				     (int)object->meter->live.first.dynamic);
}

PROPERTY(get_gas)
{
	const struct tariffd_object *object = userdata;
	const struct gas_energy *gas = &object->meter->live.gas;

	(void)bus, (void)path, (void)interface, (void)property, (void)error;
	return sd_bus_message_append(reply, "(uu)", gas->cv_10kj,
				     gas->factor_1e5);
}

#define LIVE(_name, _type, _get)               \
	SD_BUS_PROPERTY(_name, _type, _get, 0, \
			SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE)

#define TABLE_ARGS                                                            \
	"aa(qy)", days, "a(yyyyyyy)", weeks, "a(qyyyy)", seasons, "a(qyyyy)", \
		special_days
#define PRICE_ARGS "n", scale, "ai", tou, "aai", blocks, "i", standing

static const sd_bus_vtable vtable[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_PROPERTY("Time", "t", get_time, 0, 0),
	LIVE("ActivePrice", "i", get_active),
	LIVE("ActiveRegister", "(yy)", get_active),
	LIVE("CostToday", "(tbbxx)", get_sum),
	LIVE("CostThisWeek", "(tbbxx)", get_sum),
	LIVE("CostThisMonth", "(tbbxx)", get_sum),
	SD_BUS_PROPERTY("StandingCharge", "i", get_standing, 0, 0),
	SD_BUS_PROPERTY("BillingCalendar", "(ts)", get_period, 0, 0),
	SD_BUS_PROPERTY("BlockReset", "(ts)", get_period, 0, 0),
	SD_BUS_PROPERTY("HalfHourlyPrices", "b", get_dynamic, 0, 0),
	SD_BUS_PROPERTY("GasValues", "(uu)", get_gas, 0, 0),
	SD_BUS_METHOD_WITH_ARGS("GetCharges",
				SD_BUS_ARGS("t", after, "u", limit),
				SD_BUS_RESULT("u", epoch, "a(txxt)", points),
				on_get_charges, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS("CompleteEntry",
				SD_BUS_ARGS("t", entry, "x", balance, "x",
					    emergency, "ax", debts),
				SD_BUS_NO_RESULT, on_complete_entry,
				SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS("GetRegisters", SD_BUS_ARGS("y", element),
				SD_BUS_RESULT("t", time, "t", total, "at", tou,
					      "aat", blocks, "aat", counters,
					      "t", estimated, "t", fallback),
				on_get_registers, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS(
		"GetSwitchingTable", SD_BUS_ARGS("y", element, "b", pending),
		SD_BUS_RESULT("t", at, TABLE_ARGS), on_get_switching_table,
		SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS("GetThresholds",
				SD_BUS_ARGS("y", element, "b", pending),
				SD_BUS_RESULT("t", at, "aat", thresholds),
				on_get_thresholds, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS(
		"GetPrices", SD_BUS_ARGS("y", element, "b", pending),
		SD_BUS_RESULT("t", at, "ai", tou, "aai", blocks, "i", standing),
		on_get_prices, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS("GetHalfHourlyPrices", SD_BUS_NO_ARGS,
				SD_BUS_RESULT("a(ti)", prices),
				on_get_half_hours, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS("GetHistory", SD_BUS_ARGS("s", period),
				SD_BUS_RESULT("a(tbbxx)", sums), on_get_history,
				SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS("SetTariff",
				SD_BUS_ARGS("y", element, "t", at, TABLE_ARGS,
					    "aat", thresholds, PRICE_ARGS),
				SD_BUS_NO_RESULT, on_set_tariff,
				SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS("SetSwitchingTable",
				SD_BUS_ARGS("y", element, "t", at, TABLE_ARGS),
				SD_BUS_NO_RESULT, on_set_switching_table,
				SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS("SetThresholds",
				SD_BUS_ARGS("y", element, "t", at, "aat",
					    thresholds),
				SD_BUS_NO_RESULT, on_set_thresholds,
				SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS(
		"SetPrices", SD_BUS_ARGS("y", element, "t", at, PRICE_ARGS),
		SD_BUS_NO_RESULT, on_set_prices, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS("Cancel",
				SD_BUS_ARGS("y", element, "as", parts),
				SD_BUS_RESULT("as", cancelled), on_cancel,
				SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS("SetHalfHourlyPrices",
				SD_BUS_ARGS("t", from, "n", scale, "ai",
					    prices),
				SD_BUS_NO_RESULT, on_set_half_hours,
				SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS("UseHalfHourlyPrices", SD_BUS_ARGS("b", on),
				SD_BUS_NO_RESULT, on_use_half_hours,
				SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS(
		"SetBillingCalendar", SD_BUS_ARGS("t", anchor, "s", repeat),
		SD_BUS_NO_RESULT, on_set_billing, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS(
		"SetBlockReset", SD_BUS_ARGS("t", anchor, "s", repeat),
		SD_BUS_NO_RESULT, on_set_reset, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS("ResetBlocks", SD_BUS_NO_ARGS, SD_BUS_NO_RESULT,
				on_reset_blocks, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS("CloseBillingEntry", SD_BUS_NO_ARGS,
				SD_BUS_NO_RESULT, on_close_entry,
				SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS("SetGasValues",
				SD_BUS_ARGS("u", calorific_value, "u", factor),
				SD_BUS_NO_RESULT, on_set_gas_values,
				SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_VTABLE_END
};

int tariffd_bus_add(struct tariffd *tariffd)
{
	sd_bus *bus = tariffd->daemon->bus;
	int r = sd_bus_add_object_manager(bus, NULL, METER_ROOT);

	for (unsigned int n = 0; n < TARIFFD_METERS && r >= 0; n++) {
		struct tariffd_object *object = &tariffd->object[n];
		char path[80];

		object->tariffd = tariffd;
		object->meter = &tariffd->service.meter[n];
		look(object->meter, &object->told);
		snprintf(path, sizeof(path), METER_ROOT "/%s",
			 object->meter->name);
		r = sd_bus_add_object_vtable(bus, NULL, path, INTERFACE, vtable,
					     object);
	}
	return r;
}

void tariffd_bus_changed(struct tariffd *tariffd)
{
	for (unsigned int n = 0; n < TARIFFD_METERS; n++) {
		struct tariffd_object *object = &tariffd->object[n];
		struct tariffd_view now;
		char path[80];
		int r;

		look(object->meter, &now);
		if (!memcmp(&now, &object->told, sizeof(now)))
			continue;
		object->told = now;
		snprintf(path, sizeof(path), METER_ROOT "/%s",
			 object->meter->name);
		r = sd_bus_emit_properties_changed(tariffd->daemon->bus, path,
						   INTERFACE, "ActivePrice",
						   "ActiveRegister",
						   "CostToday", "CostThisWeek",
						   "CostThisMonth", NULL);
		if (r < 0)
			log_warning("cannot emit a change: %s", strerror(-r));
	}
}
