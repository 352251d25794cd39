// SPDX-License-Identifier: LGPL-2.1-or-later
/* What numbers mean: ZCL, ZigBee Smart Energy and GBCS 8. */
#include <errno.h>

#include "zcl-table.h"

static const struct zcl_name status[] = {
	{ 0x00, "success" },
	{ 0x01, "failure" },
	{ 0x7e, "not-authorized" },
	{ 0x7f, "reserved-field-not-zero" },
	{ 0x80, "malformed-command" },
	{ 0x81, "unsup-cluster-command" },
	{ 0x82, "unsup-general-command" },
	{ 0x83, "unsup-manuf-cluster-command" },
	{ 0x84, "unsup-manuf-general-command" },
	{ 0x85, "invalid-field" },
	{ 0x86, "unsupported-attribute" },
	{ 0x87, "invalid-value" },
	{ 0x88, "read-only" },
	{ 0x89, "insufficient-space" },
	{ 0x8a, "duplicate-exists" },
	{ 0x8b, "not-found" },
	{ 0x8c, "unreportable-attribute" },
	{ 0x8d, "invalid-data-type" },
	{ 0x8e, "invalid-selector" },
	{ 0x8f, "write-only" },
	{ 0x90, "inconsistent-startup-state" },
	{ 0x91, "defined-out-of-band" },
	{ 0x94, "timeout" },
	{ 0xc0, "hardware-failure" },
	{ 0xc1, "software-failure" },
	{ 0xc2, "calibration-error" },
};

/* ISO 4217. */
static const struct zcl_name currency[] = {
	{ 826, "GBP" },
	{ 978, "EUR" },
};

static const struct zcl_name unit[] = {
	{ 0x00, "kWh" },
	{ 0x01, "m3" },
};

static const struct zcl_name calorific_unit[] = {
	{ 0x01, "MJ/m3" },
	{ 0x02, "MJ/kg" },
};

static const struct zcl_name tariff[] = {
	{ 0x00, "delivered" },
	{ 0x01, "received" },
	{ 0x02, "delivered-and-received" },
};

/* What is charged in the low four bits, how in the high ones. */
static const struct zcl_name tariff_scheme[] = {
	{ 0x00, "delivered-tou" },
	{ 0x10, "delivered-block" },
};

static const struct zcl_name resolution[] = {
	{ 0x00, "not-defined" },
	{ 0x01, "block-period" },
	{ 0x02, "one-day" },
};

static const struct zcl_name calendar[] = {
	{ 0x00, "delivered" },
	{ 0x01, "received" },
	{ 0x02, "delivered-and-received" },
	{ 0x03, "friendly-credit" },
	{ 0x04, "auxiliary-load-switch" },
};

static const struct zcl_name supply[] = {
	{ 0x00, "off" },
	{ 0x01, "armed" },
	{ 0x02, "on" },
};

static const struct zcl_name supply_state[] = {
	{ 0x00, "off" },
	{ 0x01, "armed" },
	{ 0x02, "on" },
	{ 0x03, "unchanged" },
};

static const struct zcl_name sample[] = {
	{ 0x00, "consumption-delivered" },
};

static const struct zcl_name snapshot[] = {
	{ 0x00, "tou-delivered" },
	{ 0x01, "tou-received" },
	{ 0x02, "block-tier-delivered" },
	{ 0x03, "block-tier-received" },
	{ 0x04, "tou-delivered-no-billing" },
	{ 0x05, "tou-received-no-billing" },
	{ 0x06, "block-tier-delivered-no-billing" },
	{ 0x07, "block-tier-received-no-billing" },
	{ 0x80, "data-unavailable" },
};

static const struct zcl_name prepay_snapshot[] = {
	{ 0x00, "debt-credit-status" },
};

static const struct zcl_name origin[] = {
	{ 0x00, "energy-service-interface" },
	{ 0x01, "meter" },
	{ 0x02, "in-home-display" },
};

static const struct zcl_name top_up[] = {
	{ 0x00, "accepted" },
	{ 0x01, "rejected-invalid" },
	{ 0x02, "rejected-duplicate" },
	{ 0x03, "rejected-error" },
	{ 0x04, "rejected-max-credit-reached" },
	{ 0x05, "rejected-keypad-lock" },
	{ 0x06, "rejected-value-too-large" },
	{ 0x10, "accepted-supply-enabled" },
	{ 0x11, "accepted-supply-disabled" },
	{ 0x12, "accepted-supply-armed" },
};

/* 2 and 3 are of the bill, in credit mode (GBCS 8.5). */
static const struct zcl_name adjustment[] = {
	{ 0x00, "credit-incremental" },
	{ 0x01, "credit-absolute" },
	{ 0x02, "bill-absolute" },
	{ 0x03, "bill-incremental" },
};

static const struct zcl_name debt_method[] = {
	{ 0x00, "time-based" },
	{ 0x01, "payment-based" },
	{ 0x02, "catch-up" },
};

static const struct zcl_name debt_amount[] = {
	{ 0x00, "debt-1-absolute" }, { 0x01, "debt-1-incremental" },
	{ 0x02, "debt-2-absolute" }, { 0x03, "debt-2-incremental" },
	{ 0x04, "debt-3-absolute" }, { 0x05, "debt-3-incremental" },
};

static const struct zcl_name debt_frequency[] = {
	{ 0x00, "hourly" },  { 0x01, "daily" },	    { 0x02, "weekly" },
	{ 0x03, "monthly" }, { 0x04, "quarterly" },
};

static const struct zcl_name debt[] = {
	{ 0x00, "debt-1" },
	{ 0x01, "debt-2" },
	{ 0x02, "debt-3" },
};

static const struct zcl_name password[] = {
	{ 0x01, "service-menu" },
	{ 0x02, "consumer-menu" },
	{ 0x03, "maintenance-menu" },
	{ 0x04, "firmware-distribution" },
};

/* The log in the low four bits; 1 in the high ones: all of its data. */
static const struct zcl_name event_control[] = {
	{ 0x04, "security" },
	{ 0x07, "gsme-proxy-security" },
	{ 0x13, "general-full" },
	{ 0x16, "gsme-proxy-general-full" },
};

static const struct zcl_name event_log[] = {
	{ 0x01, "tamper" },
	{ 0x02, "fault" },
	{ 0x03, "general" },
	{ 0x04, "security" },
	{ 0x05, "network" },
	{ 0x06, "gsme-proxy-general" },
	{ 0x07, "gsme-proxy-security" },
};

static const struct zcl_name integrity[] = {
	{ 0, "other" },
	{ 1, "nv-memory" },
	{ 2, "program-execution" },
	{ 3, "program-storage" },
	{ 4, "ram" },
	{ 5, "unexpected-reset" },
	{ 6, "watchdog" },
	{ 7, "metrology-verification" },
	{ 8, "measurement" },
	{ 9, "unspecified" },
};

static const struct zcl_name user_interface[] = {
	{ 0x01, "boost" },	   { 0x02, "emergency-credit" },
	{ 0x05, "add-credit" },	   { 0x08, "user-interface-access" },
	{ 0x0a, "cancel-boost" },  { 0x0b, "check-han" },
	{ 0x0c, "disable-pin" },   { 0x0e, "enable-supply" },
	{ 0x0f, "extend-boost" },  { 0x12, "set-pin" },
	{ 0x13, "test-alcs-1" },   { 0x14, "test-alcs-2" },
	{ 0x15, "test-alcs-3" },   { 0x16, "test-alcs-4" },
	{ 0x17, "test-alcs-5" },   { 0x18, "test-valve" },
	{ 0x19, "reset-battery" }, { 0x1a, "join-han" },
};

static const struct zcl_name snapshot_cause[] = {
	{ 0, "general" },
	{ 1, "end-of-billing-period" },
	{ 2, "end-of-block-period" },
	{ 3, "change-of-tariff" },
	{ 4, "change-of-price-matrix" },
	{ 5, "change-of-block-thresholds" },
	{ 6, "change-of-calorific-value" },
	{ 7, "change-of-conversion-factor" },
	{ 8, "change-of-calendar" },
	{ 9, "critical-peak-pricing" },
	{ 10, "asked-for-by-client" },
	{ 11, "end-of-resolve-period" },
	{ 12, "change-of-tenancy" },
	{ 13, "change-of-supplier" },
	{ 14, "change-of-mode" },
	{ 15, "debt-payment" },
	{ 16, "scheduled" },
	{ 17, "firmware-download" },
};

static const struct zcl_name payment_control[] = {
	{ 0, "disconnection" },
	{ 1, "prepayment" },
	{ 2, "credit-management" },
	{ 4, "credit-display" },
	{ 6, "account-base" },
	{ 7, "contactor" },
	{ 8, "standing-charge" },
	{ 9, "emergency-standing-charge" },
	{ 10, "debt" },
	{ 11, "emergency-debt" },
};

static const struct zcl_name cleared_logs[] = {
	{ 1, "tamper" },   { 2, "fault" },   { 3, "general" },
	{ 4, "security" }, { 5, "network" },
};

#define NAMES(table)                                        \
	{                                                   \
		(table), sizeof(table) / sizeof((table)[0]) \
	}

static const struct {
	const struct zcl_name *names;
	size_t count;
} tables[ZCL_MEANINGS] = {
	[ZCL_AS_STATUS] = NAMES(status),
	[ZCL_AS_CURRENCY] = NAMES(currency),
	[ZCL_AS_UNIT] = NAMES(unit),
	[ZCL_AS_CALORIFIC_UNIT] = NAMES(calorific_unit),
	[ZCL_AS_TARIFF] = NAMES(tariff),
	[ZCL_AS_TARIFF_SCHEME] = NAMES(tariff_scheme),
	[ZCL_AS_RESOLUTION] = NAMES(resolution),
	[ZCL_AS_CALENDAR] = NAMES(calendar),
	[ZCL_AS_SUPPLY] = NAMES(supply),
	[ZCL_AS_SUPPLY_STATE] = NAMES(supply_state),
	[ZCL_AS_SAMPLE] = NAMES(sample),
	[ZCL_AS_SNAPSHOT] = NAMES(snapshot),
	[ZCL_AS_PREPAY_SNAPSHOT] = NAMES(prepay_snapshot),
	[ZCL_AS_ORIGIN] = NAMES(origin),
	[ZCL_AS_TOP_UP] = NAMES(top_up),
	[ZCL_AS_ADJUSTMENT] = NAMES(adjustment),
	[ZCL_AS_DEBT_METHOD] = NAMES(debt_method),
	[ZCL_AS_DEBT_AMOUNT] = NAMES(debt_amount),
	[ZCL_AS_DEBT_FREQUENCY] = NAMES(debt_frequency),
	[ZCL_AS_DEBT] = NAMES(debt),
	[ZCL_AS_PASSWORD] = NAMES(password),
	[ZCL_AS_EVENT_CONTROL] = NAMES(event_control),
	[ZCL_AS_LOG] = NAMES(event_log),
	[ZCL_AS_INTEGRITY] = NAMES(integrity),
	[ZCL_AS_USER_INTERFACE] = NAMES(user_interface),
	[ZCL_AS_SNAPSHOT_CAUSE] = NAMES(snapshot_cause),
	[ZCL_AS_PAYMENT_CONTROL] = NAMES(payment_control),
	[ZCL_AS_CLEARED_LOGS] = NAMES(cleared_logs),
};

const struct zcl_name *zcl_meaning_names(enum zcl_meaning meaning, size_t *ret)
{
	if (meaning >= ZCL_MEANINGS)
		return NULL;
	*ret = tables[meaning].count;
	return tables[meaning].names;
}

const char *zcl_meaning_name(enum zcl_meaning meaning, uint32_t number)
{
	const struct zcl_name *names;
	size_t count;

	names = zcl_meaning_names(meaning, &count);
	for (size_t n = 0; names && n < count; n++)
		if (names[n].number == number)
			return names[n].name;
	return NULL;
}

/* --- compared */

/* The next character that counts. */
static const char *skipped(const char *text)
{
	return text + strspn(text, " -");
}

bool zcl_same_name(const char *a, const char *b)
{
	a = skipped(a);
	b = skipped(b);
	while (*a && zcl_folded(*a) == zcl_folded(*b)) {
		a = skipped(a + 1);
		b = skipped(b + 1);
	}
	return !*a && !*b;
}

/* An answer goes the other way than the command. */
static const struct zcl_command *answered(struct zcl_about about, uint8_t id)
{
	uint8_t direction = ~about.frame_control & ZCL_FROM_SERVER;

	return zcl_command_find(about.cluster, direction | ZCL_CLUSTER, id);
}

const char *zcl_name_of(struct zcl_about about, uint64_t number)
{
	const struct zcl_attribute *attribute;
	const struct zcl_command *command;

	if (number > UINT32_MAX)
		return NULL;
	switch (about.meaning) {
	case ZCL_AS_TYPE:
		if (number > UINT8_MAX ||
		    zcl_type((uint8_t)number)->form == ZCL_FORM_REST)
			return NULL;
		return zcl_type((uint8_t)number)->name;
	case ZCL_AS_ATTRIBUTE:
		attribute = number > UINT16_MAX ?
				    NULL :
				    zcl_attribute_find(about.cluster,
						       (uint16_t)number);
		return attribute ? attribute->name : NULL;
	case ZCL_AS_COMMAND:
		command = number > UINT8_MAX ? NULL :
					       answered(about, (uint8_t)number);
		return command ? command->name : NULL;
	default:
		return zcl_meaning_name(about.meaning, (uint32_t)number);
	}
}

int zcl_number_of_name(struct zcl_about about, const char *text, uint64_t *ret)
{
	const struct zcl_attribute *attribute;
	const struct zcl_command *command;
	const struct zcl_name *names;
	uint8_t type;
	size_t count;

	if (about.meaning == ZCL_AS_TYPE) {
		if (zcl_type_by_name(text, &type))
			return -EINVAL;
		*ret = type;
		return 0;
	}
	if (about.meaning == ZCL_AS_ATTRIBUTE) {
		attribute = zcl_attribute_by_name(about.cluster, text);
		if (attribute)
			*ret = attribute->id;
		return attribute ? 0 : -EINVAL;
	}
	if (about.meaning == ZCL_AS_COMMAND) {
		command = zcl_command_by_name(about.cluster, text);
		if (command)
			*ret = command->id;
		return command ? 0 : -EINVAL;
	}
	names = zcl_meaning_names(about.meaning, &count);
	for (size_t n = 0; names && n < count; n++) {
		if (zcl_same_name(names[n].name, text)) {
			*ret = names[n].number;
			return 0;
		}
	}
	return -EINVAL;
}
