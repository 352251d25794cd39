// SPDX-License-Identifier: LGPL-2.1-or-later
#include "zcl-table.h"

#include <errno.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* --- fields, in the order of the payload (GBCS 8.5) */

#define PLAIN(_name, _type)                      \
	{                                        \
		.name = (_name), .type = (_type) \
	}
#define VALUE(_name, _type, _as)                                          \
	{                                                                 \
		.name = (_name), .type = (_type), .meaning = ZCL_AS_##_as \
	}
#define KEPT(_name, _type, _as, _slot)                                     \
	{                                                                  \
		.name = (_name), .type = (_type), .meaning = ZCL_AS_##_as, \
		.slot = (_slot)                                            \
	}
#define OPTIONAL(_name, _type, _as)                                        \
	{                                                                  \
		.name = (_name), .type = (_type), .meaning = ZCL_AS_##_as, \
		.rule = ZCL_OPTIONAL                                       \
	}
#define TIMES(_name, _slot, _members)                                \
	{                                                            \
		.name = (_name), .rule = ZCL_TIMES, .slot = (_slot), \
		.members = (_members)                                \
	}
#define TIMES_LOW4(_name, _slot, _members)                                \
	{                                                                 \
		.name = (_name), .rule = ZCL_TIMES_LOW4, .slot = (_slot), \
		.members = (_members)                                     \
	}
#define TO_END(_name, _members)                                            \
	{                                                                  \
		.name = (_name), .rule = ZCL_TO_END, .members = (_members) \
	}
#define WHEN(_slot, _values, _members)                                  \
	{                                                               \
		.rule = ZCL_WHEN, .slot = (_slot), .values = (_values), \
		.members = (_members)                                   \
	}

static const struct zcl_field read_attributes[] = {
	TO_END("attribute", 1),
	VALUE("attrId", ZCL_UINT16, ATTRIBUTE),
};

static const struct zcl_field read_attributes_response[] = {
	TO_END("attribute", 5),
	KEPT("attrId", ZCL_UINT16, ATTRIBUTE, ZCL_SLOT_ATTRIBUTE),
	KEPT("status", ZCL_UINT8, STATUS, 1),
	WHEN(1, 0x01, 2),
	KEPT("type", ZCL_UINT8, TYPE, 2),
	{ .name = "value", .type = ZCL_VARIES, .slot = 2 },
};

static const struct zcl_field default_response[] = {
	VALUE("commandId", ZCL_UINT8, COMMAND),
	VALUE("status", ZCL_UINT8, STATUS),
};

static const struct zcl_field get_current_price[] = {
	PLAIN("options", ZCL_UINT8),
};

static const struct zcl_field get_billing_period[] = {
	VALUE("earliestStart", ZCL_UTC_TIME, TIME),
	PLAIN("minIssuerEventId", ZCL_UINT32),
	PLAIN("numberOfCommands", ZCL_UINT8),
	VALUE("tariffType", ZCL_BITMAP8, TARIFF),
};

static const struct zcl_field publish_price[] = {
	PLAIN("providerId", ZCL_UINT32),
	PLAIN("rateLabel", ZCL_OCTET_STRING),
	VALUE("issuerEventId", ZCL_UINT32, TIME),
	VALUE("currentTime", ZCL_UTC_TIME, TIME),
	VALUE("unitOfMeasure", ZCL_ENUM8, UNIT),
	VALUE("currency", ZCL_UINT16, CURRENCY),
	PLAIN("priceTrailingDigit_tier", ZCL_BITMAP8),
	PLAIN("numPriceTiers_registerTier", ZCL_BITMAP8),
	VALUE("startTime", ZCL_UTC_TIME, START),
	PLAIN("durationMin", ZCL_UINT16),
	PLAIN("price", ZCL_UINT32),
	OPTIONAL("rest", ZCL_REST, NUMBER),
};

static const struct zcl_field publish_block_period[] = {
	PLAIN("providerId", ZCL_UINT32),
	VALUE("issuerEventId", ZCL_UINT32, TIME),
	VALUE("blockPeriodStart", ZCL_UTC_TIME, TIME),
	PLAIN("blockPeriodDuration", ZCL_UINT24),
	PLAIN("blockPeriodControl", ZCL_BITMAP8),
	PLAIN("blockPeriodDurationType", ZCL_BITMAP8),
	VALUE("tariffType", ZCL_BITMAP8, TARIFF),
	VALUE("tariffResolutionPeriod", ZCL_ENUM8, RESOLUTION),
};

static const struct zcl_field publish_conversion_factor[] = {
	VALUE("issuerEventId", ZCL_UINT32, TIME),
	VALUE("startTime", ZCL_UTC_TIME, START),
	PLAIN("conversionFactor", ZCL_UINT32),
	PLAIN("trailingDigit", ZCL_BITMAP8),
};

static const struct zcl_field publish_calorific_value[] = {
	VALUE("issuerEventId", ZCL_UINT32, TIME),
	VALUE("startTime", ZCL_UTC_TIME, START),
	PLAIN("calorificValue", ZCL_UINT32),
	VALUE("unit", ZCL_ENUM8, CALORIFIC_UNIT),
	PLAIN("trailingDigit", ZCL_BITMAP8),
};

static const struct zcl_field publish_tariff_information[] = {
	PLAIN("providerId", ZCL_UINT32),
	VALUE("issuerEventId", ZCL_UINT32, TIME),
	PLAIN("issuerTariffId", ZCL_UINT32),
	VALUE("startTime", ZCL_UTC_TIME, START_FF),
	VALUE("tariffType_chargingScheme", ZCL_BITMAP8, TARIFF_SCHEME),
	PLAIN("tariffLabel", ZCL_OCTET_STRING),
	PLAIN("numPriceTiers", ZCL_UINT8),
	PLAIN("numBlockThresholds", ZCL_UINT8),
	VALUE("unitOfMeasure", ZCL_ENUM8, UNIT),
	VALUE("currency", ZCL_UINT16, CURRENCY),
	PLAIN("priceTrailingDigit", ZCL_BITMAP8),
	PLAIN("standingCharge", ZCL_UINT32),
	PLAIN("tierBlockMode", ZCL_UINT8),
	PLAIN("blockThresholdMultiplier", ZCL_UINT24),
	PLAIN("blockThresholdDivisor", ZCL_UINT24),
};

static const struct zcl_field publish_price_matrix[] = {
	PLAIN("providerId", ZCL_UINT32),
	VALUE("issuerEventId", ZCL_UINT32, TIME),
	VALUE("startTime", ZCL_UTC_TIME, START_FE),
	PLAIN("issuerTariffId", ZCL_UINT32),
	PLAIN("commandIndex", ZCL_UINT8),
	PLAIN("totalCommands", ZCL_UINT8),
	PLAIN("subPayloadControl", ZCL_BITMAP8),
	TO_END("price", 2),
	PLAIN("tierBlockId", ZCL_UINT8),
	PLAIN("price", ZCL_UINT32),
};

static const struct zcl_field publish_block_thresholds[] = {
	PLAIN("providerId", ZCL_UINT32),
	VALUE("issuerEventId", ZCL_UINT32, TIME),
	VALUE("startTime", ZCL_UTC_TIME, START_FE),
	PLAIN("issuerTariffId", ZCL_UINT32),
	PLAIN("commandIndex", ZCL_UINT8),
	PLAIN("totalCommands", ZCL_UINT8),
	PLAIN("subPayloadControl", ZCL_BITMAP8),
	TO_END("tier", 3),
	KEPT("tier_numThresholds", ZCL_UINT8, NUMBER, 1),
	TIMES_LOW4("threshold", 1, 1),
	PLAIN("threshold", ZCL_UINT48),
};

static const struct zcl_field publish_billing_period[] = {
	PLAIN("providerId", ZCL_UINT32),
	VALUE("issuerEventId", ZCL_UINT32, TIME),
	VALUE("billingPeriodStart", ZCL_UTC_TIME, TIME),
	PLAIN("billingPeriodDuration", ZCL_UINT24),
	PLAIN("billingPeriodDurationType", ZCL_UINT8),
	VALUE("tariffType", ZCL_UINT8, TARIFF),
};

static const struct zcl_field get_snapshot[] = {
	VALUE("earliestStart", ZCL_UTC_TIME, TIME),
	VALUE("latestEnd", ZCL_UTC_TIME, TIME),
	PLAIN("snapshotOffset", ZCL_UINT8),
	VALUE("snapshotCause", ZCL_BITMAP32, SNAPSHOT_CAUSE),
};

static const struct zcl_field start_sampling[] = {
	VALUE("issuerEventId", ZCL_UINT32, TIME),
	VALUE("startTime", ZCL_UTC_TIME, START),
	VALUE("sampleType", ZCL_ENUM8, SAMPLE),
	PLAIN("requestInterval", ZCL_UINT16),
	PLAIN("maxSamples", ZCL_UINT16),
};

static const struct zcl_field get_sampled_data[] = {
	PLAIN("sampleId", ZCL_UINT16),
	VALUE("earliestSampleTime", ZCL_UTC_TIME, TIME),
	VALUE("sampleType", ZCL_ENUM8, SAMPLE),
	PLAIN("numberOfSamples", ZCL_UINT16),
};

static const struct zcl_field change_supply[] = {
	PLAIN("providerId", ZCL_UINT32),
	VALUE("issuerEventId", ZCL_UINT32, TIME),
	VALUE("requestDateTime", ZCL_UTC_TIME, START),
	VALUE("implementationDateTime", ZCL_UTC_TIME, START),
	VALUE("proposedSupplyStatus", ZCL_ENUM8, SUPPLY),
	PLAIN("supplyControlBits", ZCL_BITMAP8),
};

static const struct zcl_field set_supply_status[] = {
	VALUE("issuerEventId", ZCL_UINT32, TIME),
	VALUE("supplyTamperState", ZCL_ENUM8, SUPPLY_STATE),
	VALUE("supplyDepletionState", ZCL_ENUM8, SUPPLY_STATE),
	VALUE("supplyUncontrolledFlowState", ZCL_ENUM8, SUPPLY_STATE),
	VALUE("loadLimitSupplyState", ZCL_ENUM8, SUPPLY_STATE),
};

static const struct zcl_field set_uncontrolled_flow_threshold[] = {
	PLAIN("providerId", ZCL_UINT32),
	VALUE("issuerEventId", ZCL_UINT32, TIME),
	PLAIN("uncontrolledFlowThreshold", ZCL_UINT16),
	VALUE("unitOfMeasure", ZCL_ENUM8, UNIT),
	PLAIN("multiplier", ZCL_UINT16),
	PLAIN("divisor", ZCL_UINT16),
	PLAIN("stabilisationPeriod", ZCL_UINT8),
	PLAIN("measurementPeriod", ZCL_UINT16),
};

static const struct zcl_field publish_snapshot[] = {
	PLAIN("snapshotId", ZCL_UINT32),
	VALUE("snapshotTime", ZCL_UTC_TIME, TIME),
	PLAIN("totalSnapshotsFound", ZCL_UINT8),
	PLAIN("commandIndex", ZCL_UINT8),
	PLAIN("totalCommands", ZCL_UINT8),
	VALUE("snapshotCause", ZCL_BITMAP32, SNAPSHOT_CAUSE),
	KEPT("snapshotPayloadType", ZCL_ENUM8, SNAPSHOT, 1),
	/* Types below 4 have amounts of money in between (ZSE). */
	WHEN(1, 0xf0, 4),
	PLAIN("currentSummationDelivered", ZCL_UINT48),
	KEPT("numTiersInUse", ZCL_UINT8, NUMBER, 2),
	TIMES("tierSummation", 2, 1),
	PLAIN("tierSummation", ZCL_UINT48),
	WHEN(1, 0xc0, 3),
	OPTIONAL("numTiersBlockThresholds", ZCL_BITMAP8, NUMBER),
	TO_END("tierBlockSummation", 1),
	PLAIN("tierBlockSummation", ZCL_UINT48),
};

static const struct zcl_field get_sampled_data_response[] = {
	PLAIN("sampleId", ZCL_UINT16),
	VALUE("sampleStartTime", ZCL_UTC_TIME, TIME),
	VALUE("sampleType", ZCL_ENUM8, SAMPLE),
	PLAIN("requestInterval", ZCL_UINT16),
	KEPT("numberOfSamples", ZCL_UINT16, NUMBER, 1),
	TIMES("sample", 1, 1),
	PLAIN("sample", ZCL_UINT24),
};

static const struct zcl_field supply_status_response[] = {
	PLAIN("providerId", ZCL_UINT32),
	VALUE("issuerEventId", ZCL_UINT32, TIME),
	VALUE("implementationDateTime", ZCL_UTC_TIME, START),
	VALUE("supplyStatus", ZCL_ENUM8, SUPPLY),
};

static const struct zcl_field start_sampling_response[] = {
	PLAIN("sampleId", ZCL_UINT16),
};

static const struct zcl_field display_message[] = {
	PLAIN("messageId", ZCL_UINT32),
	PLAIN("messageControl", ZCL_BITMAP8),
	VALUE("startTime", ZCL_UTC_TIME, START),
	PLAIN("durationMin", ZCL_UINT16),
	PLAIN("message", ZCL_CHARACTER_STRING),
	OPTIONAL("extendedMessageControl", ZCL_BITMAP8, NUMBER),
};

static const struct zcl_field select_available_emergency_credit[] = {
	VALUE("commandIssueDateTime", ZCL_UTC_TIME, START),
	VALUE("originatingDevice", ZCL_ENUM8, ORIGIN),
};

static const struct zcl_field change_debt[] = {
	VALUE("issuerEventId", ZCL_UINT32, TIME),
	PLAIN("debtLabel", ZCL_OCTET_STRING),
	PLAIN("debtAmount", ZCL_INT32),
	VALUE("debtRecoveryMethod", ZCL_ENUM8, DEBT_METHOD),
	VALUE("debtAmountType", ZCL_ENUM8, DEBT_AMOUNT),
	VALUE("debtRecoveryStartTime", ZCL_UTC_TIME, START),
	PLAIN("debtRecoveryCollectionTime", ZCL_UINT16),
	VALUE("debtRecoveryFrequency", ZCL_ENUM8, DEBT_FREQUENCY),
	PLAIN("debtRecoveryAmount", ZCL_INT32),
	PLAIN("debtRecoveryBalancePercentage", ZCL_UINT16),
};

static const struct zcl_field emergency_credit_setup[] = {
	VALUE("issuerEventId", ZCL_UINT32, TIME),
	VALUE("startTime", ZCL_UTC_TIME, START_FF),
	PLAIN("emergencyCreditLimit", ZCL_UINT32),
	PLAIN("emergencyCreditThreshold", ZCL_UINT32),
};

static const struct zcl_field consumer_top_up[] = {
	VALUE("originatingDevice", ZCL_ENUM8, ORIGIN),
	PLAIN("topUpCode", ZCL_OCTET_STRING),
};

static const struct zcl_field credit_adjustment[] = {
	VALUE("issuerEventId", ZCL_UINT32, TIME),
	VALUE("startTime", ZCL_UTC_TIME, START),
	VALUE("creditAdjustmentType", ZCL_ENUM8, ADJUSTMENT),
	PLAIN("creditAdjustmentValue", ZCL_INT32),
};

static const struct zcl_field change_payment_mode[] = {
	PLAIN("providerId", ZCL_UINT32),
	VALUE("issuerEventId", ZCL_UINT32, TIME),
	VALUE("implementationDateTime", ZCL_UTC_TIME, START_FF),
	VALUE("proposedPaymentControlConfiguration", ZCL_BITMAP16,
	      PAYMENT_CONTROL),
	PLAIN("cutOffValue", ZCL_INT32),
};

static const struct zcl_field get_top_up_log[] = {
	VALUE("latestEnd", ZCL_UTC_TIME, TIME),
	PLAIN("numberOfRecords", ZCL_UINT8),
};

static const struct zcl_field set_low_credit_warning_level[] = {
	PLAIN("lowCreditWarningLevel", ZCL_UINT32),
};

static const struct zcl_field get_debt_repayment_log[] = {
	VALUE("latestEnd", ZCL_UTC_TIME, TIME),
	PLAIN("numberOfDebts", ZCL_UINT8),
	VALUE("debtType", ZCL_ENUM8, DEBT),
};

static const struct zcl_field set_maximum_credit_limit[] = {
	PLAIN("providerId", ZCL_UINT32),
	VALUE("issuerEventId", ZCL_UINT32, TIME),
	VALUE("implementationDateTime", ZCL_UTC_TIME, START_FF),
	PLAIN("maximumCreditLevel", ZCL_UINT32),
	PLAIN("maximumCreditPerTopUp", ZCL_UINT32),
};

static const struct zcl_field set_overall_debt_cap[] = {
	PLAIN("providerId", ZCL_UINT32),
	VALUE("issuerEventId", ZCL_UINT32, TIME),
	VALUE("implementationDateTime", ZCL_UTC_TIME, START_FF),
	PLAIN("overallDebtCap", ZCL_INT32),
};

static const struct zcl_field publish_prepay_snapshot[] = {
	PLAIN("snapshotId", ZCL_UINT32),
	VALUE("snapshotTime", ZCL_UTC_TIME, TIME),
	PLAIN("totalSnapshotsFound", ZCL_UINT8),
	PLAIN("commandIndex", ZCL_UINT8),
	PLAIN("totalCommands", ZCL_UINT8),
	VALUE("snapshotCause", ZCL_BITMAP32, SNAPSHOT_CAUSE),
	KEPT("snapshotPayloadType", ZCL_ENUM8, PREPAY_SNAPSHOT, 1),
	WHEN(1, 0x01, 6),
	PLAIN("accumulatedDebt", ZCL_INT32),
	PLAIN("type1DebtRemaining", ZCL_UINT32),
	PLAIN("type2DebtRemaining", ZCL_UINT32),
	PLAIN("type3DebtRemaining", ZCL_UINT32),
	PLAIN("emergencyCreditRemaining", ZCL_INT32),
	PLAIN("creditRemaining", ZCL_INT32),
};

static const struct zcl_field change_payment_mode_response[] = {
	PLAIN("friendlyCredit", ZCL_BITMAP8),
	PLAIN("friendlyCreditCalendarId", ZCL_UINT32),
	PLAIN("emergencyCreditLimit", ZCL_UINT32),
	PLAIN("emergencyCreditThreshold", ZCL_UINT32),
};

static const struct zcl_field consumer_top_up_response[] = {
	VALUE("resultType", ZCL_ENUM8, TOP_UP),
	PLAIN("topUpValue", ZCL_INT32),
	VALUE("sourceOfTopUp", ZCL_ENUM8, ORIGIN),
	PLAIN("creditRemaining", ZCL_INT32),
};

static const struct zcl_field publish_top_up_log[] = {
	PLAIN("commandIndex", ZCL_UINT8),
	PLAIN("totalCommands", ZCL_UINT8),
	TO_END("top-up", 3),
	PLAIN("topUpCode", ZCL_OCTET_STRING),
	PLAIN("topUpAmount", ZCL_INT32),
	VALUE("topUpTime", ZCL_UTC_TIME, TIME),
};

static const struct zcl_field publish_debt_log[] = {
	PLAIN("commandIndex", ZCL_UINT8),
	PLAIN("totalCommands", ZCL_UINT8),
	TO_END("payment", 4),
	VALUE("collectionTime", ZCL_UTC_TIME, TIME),
	PLAIN("amountCollected", ZCL_UINT32),
	VALUE("debtType", ZCL_ENUM8, DEBT),
	PLAIN("outstandingDebt", ZCL_UINT32),
};

static const struct zcl_field get_day_profiles[] = {
	PLAIN("providerId", ZCL_UINT32),
	PLAIN("issuerCalendarId", ZCL_UINT32),
	PLAIN("startDayId", ZCL_UINT8),
	PLAIN("numberOfDays", ZCL_UINT8),
};

static const struct zcl_field get_week_profiles[] = {
	PLAIN("providerId", ZCL_UINT32),
	PLAIN("issuerCalendarId", ZCL_UINT32),
	PLAIN("startWeekId", ZCL_UINT8),
	PLAIN("numberOfWeeks", ZCL_UINT8),
};

static const struct zcl_field get_seasons[] = {
	PLAIN("providerId", ZCL_UINT32),
	PLAIN("issuerCalendarId", ZCL_UINT32),
};

static const struct zcl_field get_special_days[] = {
	VALUE("startTime", ZCL_UTC_TIME, TIME),
	PLAIN("numberOfEvents", ZCL_UINT8),
	VALUE("calendarType", ZCL_UINT8, CALENDAR),
	PLAIN("providerId", ZCL_UINT32),
	PLAIN("issuerCalendarId", ZCL_UINT32),
};

static const struct zcl_field publish_calendar[] = {
	PLAIN("providerId", ZCL_UINT32),
	VALUE("issuerEventId", ZCL_UINT32, TIME),
	PLAIN("issuerCalendarId", ZCL_UINT32),
	VALUE("startTime", ZCL_UTC_TIME, START_FE),
	VALUE("calendarType", ZCL_ENUM8, CALENDAR),
	PLAIN("calendarTimeReference", ZCL_UINT8),
	PLAIN("calendarName", ZCL_OCTET_STRING),
	PLAIN("numberOfSeasons", ZCL_UINT8),
	PLAIN("numberOfWeekProfiles", ZCL_UINT8),
	PLAIN("numberOfDayProfiles", ZCL_UINT8),
};

static const struct zcl_field publish_day_profile[] = {
	PLAIN("providerId", ZCL_UINT32),
	VALUE("issuerEventId", ZCL_UINT32, TIME),
	PLAIN("issuerCalendarId", ZCL_UINT32),
	PLAIN("dayId", ZCL_UINT8),
	KEPT("totalScheduleEntries", ZCL_UINT8, NUMBER, 1),
	PLAIN("commandIndex", ZCL_UINT8),
	PLAIN("totalCommands", ZCL_UINT8),
	VALUE("calendarType", ZCL_UINT8, CALENDAR),
	TIMES("entry", 1, 2),
	VALUE("startTimeMinutes", ZCL_UINT16, MINUTES),
	PLAIN("tierOrEnable", ZCL_UINT8),
};

static const struct zcl_field publish_week_profile[] = {
	PLAIN("providerId", ZCL_UINT32),
	VALUE("issuerEventId", ZCL_UINT32, TIME),
	PLAIN("issuerCalendarId", ZCL_UINT32),
	PLAIN("weekId", ZCL_UINT8),
	PLAIN("mon", ZCL_UINT8),
	PLAIN("tue", ZCL_UINT8),
	PLAIN("wed", ZCL_UINT8),
	PLAIN("thu", ZCL_UINT8),
	PLAIN("fri", ZCL_UINT8),
	PLAIN("sat", ZCL_UINT8),
	PLAIN("sun", ZCL_UINT8),
};

static const struct zcl_field publish_seasons[] = {
	PLAIN("providerId", ZCL_UINT32),
	VALUE("issuerEventId", ZCL_UINT32, TIME),
	PLAIN("issuerCalendarId", ZCL_UINT32),
	PLAIN("commandIndex", ZCL_UINT8),
	PLAIN("totalCommands", ZCL_UINT8),
	TO_END("season", 2),
	PLAIN("seasonStart", ZCL_DATE),
	PLAIN("weekIdRef", ZCL_UINT8),
};

static const struct zcl_field publish_special_days[] = {
	PLAIN("providerId", ZCL_UINT32),
	VALUE("issuerEventId", ZCL_UINT32, TIME),
	PLAIN("issuerCalendarId", ZCL_UINT32),
	VALUE("startTime", ZCL_UTC_TIME, START_FE),
	VALUE("calendarType", ZCL_UINT8, CALENDAR),
	PLAIN("totalSpecialDays", ZCL_UINT8),
	PLAIN("commandIndex", ZCL_UINT8),
	PLAIN("totalCommands", ZCL_UINT8),
	TO_END("day", 2),
	PLAIN("specialDayDate", ZCL_DATE),
	PLAIN("dayIdRef", ZCL_UINT8),
};

static const struct zcl_field report_event_configuration[] = {
	PLAIN("commandIndex", ZCL_UINT8),
	PLAIN("totalCommands", ZCL_UINT8),
	TO_END("event", 2),
	VALUE("eventId", ZCL_UINT16, HEX),
	PLAIN("eventConfiguration", ZCL_BITMAP8),
};

static const struct zcl_field publish_change_of_tenancy[] = {
	PLAIN("providerId", ZCL_UINT32),
	VALUE("issuerEventId", ZCL_UINT32, TIME),
	VALUE("tariffType", ZCL_BITMAP8, TARIFF),
	VALUE("implementationDateTime", ZCL_UTC_TIME, START),
	PLAIN("proposedTenancyChangeControl", ZCL_BITMAP32),
};

static const struct zcl_field publish_change_of_supplier[] = {
	PLAIN("currentProviderId", ZCL_UINT32),
	VALUE("issuerEventId", ZCL_UINT32, TIME),
	VALUE("tariffType", ZCL_BITMAP8, TARIFF),
	PLAIN("proposedProviderId", ZCL_UINT32),
	VALUE("providerChangeImplementationTime", ZCL_UTC_TIME, START),
	PLAIN("providerChangeControl", ZCL_BITMAP32),
	PLAIN("proposedProviderName", ZCL_OCTET_STRING),
	PLAIN("proposedProviderContactDetails", ZCL_OCTET_STRING),
};

static const struct zcl_field request_new_password_response[] = {
	VALUE("issuerEventId", ZCL_UINT32, TIME),
	VALUE("implementationDateTime", ZCL_UTC_TIME, START),
	PLAIN("durationMin", ZCL_UINT16),
	VALUE("passwordType", ZCL_ENUM8, PASSWORD),
	PLAIN("password", ZCL_OCTET_STRING),
};

static const struct zcl_field update_site_id[] = {
	VALUE("issuerEventId", ZCL_UINT32, TIME),
	VALUE("siteIdTime", ZCL_UTC_TIME, START),
	PLAIN("providerId", ZCL_UINT32),
	PLAIN("siteId", ZCL_OCTET_STRING),
};

static const struct zcl_field set_event_configuration[] = {
	VALUE("issuerEventId", ZCL_UINT32, TIME),
	VALUE("startDateTime", ZCL_UTC_TIME, START),
	PLAIN("eventConfiguration", ZCL_BITMAP8),
	PLAIN("configurationControl", ZCL_ENUM8),
	KEPT("numberOfEvents", ZCL_UINT8, NUMBER, 1),
	TIMES("eventId", 1, 1),
	VALUE("eventId", ZCL_UINT16, HEX),
};

static const struct zcl_field get_event_configuration[] = {
	VALUE("eventId", ZCL_UINT16, HEX),
};

static const struct zcl_field update_cin[] = {
	VALUE("issuerEventId", ZCL_UINT32, TIME),
	VALUE("cinImplementationTime", ZCL_UTC_TIME, START),
	PLAIN("providerId", ZCL_UINT32),
	PLAIN("customerIdNumber", ZCL_OCTET_STRING),
};

static const struct zcl_field get_event_log[] = {
	VALUE("eventControl_logId", ZCL_BITMAP8, EVENT_CONTROL),
	VALUE("eventId", ZCL_UINT16, HEX),
	VALUE("startTime", ZCL_UTC_TIME, TIME),
	VALUE("endTime", ZCL_UTC_TIME, TIME),
	PLAIN("numberOfEvents", ZCL_UINT8),
	PLAIN("eventOffset", ZCL_UINT16),
};

static const struct zcl_field clear_event_log_request[] = {
	VALUE("logId", ZCL_BITMAP8, LOG),
};

static const struct zcl_field publish_event_log[] = {
	PLAIN("totalEvents", ZCL_UINT16),
	PLAIN("commandIndex", ZCL_UINT8),
	PLAIN("totalCommands", ZCL_UINT8),
	PLAIN("logPayloadControl", ZCL_BITMAP8),
	TO_END("event", 4),
	VALUE("logId", ZCL_BITMAP8, LOG),
	VALUE("eventId", ZCL_UINT16, HEX),
	VALUE("eventTime", ZCL_UTC_TIME, TIME),
	PLAIN("eventData", ZCL_OCTET_STRING),
};

static const struct zcl_field clear_event_log_response[] = {
	VALUE("clearedEventLogs", ZCL_BITMAP8, CLEARED_LOGS),
};

/* --- commands, in the order of key_of() */

#define GENERAL(_id, _name, _fields)                                      \
	{                                                                 \
		0, ZCL_GENERAL, (_id), (_name), (_fields), COUNT(_fields) \
	}
#define TO_SERVER(_cluster, _id, _name, _fields)                    \
	{                                                           \
		(_cluster), ZCL_CLUSTER, (_id), (_name), (_fields), \
			COUNT(_fields)                              \
	}
#define TO_CLIENT(_cluster, _id, _name, _fields)                           \
	{                                                                  \
		(_cluster), ZCL_CLUSTER | ZCL_FROM_SERVER, (_id), (_name), \
			(_fields), COUNT(_fields)                          \
	}

const struct zcl_command zcl_commands[] = {
	GENERAL(0x00, "ReadAttributes", read_attributes),
	GENERAL(0x01, "ReadAttributesResponse", read_attributes_response),
	GENERAL(0x0b, "DefaultResponse", default_response),

	TO_SERVER(ZCL_PRICE, 0x00, "GetCurrentPrice", get_current_price),
	TO_SERVER(ZCL_PRICE, 0x0b, "GetBillingPeriod", get_billing_period),
	TO_CLIENT(ZCL_PRICE, 0x00, "PublishPrice", publish_price),
	TO_CLIENT(ZCL_PRICE, 0x01, "PublishBlockPeriod", publish_block_period),
	TO_CLIENT(ZCL_PRICE, 0x02, "PublishConversionFactor",
		  publish_conversion_factor),
	TO_CLIENT(ZCL_PRICE, 0x03, "PublishCalorificValue",
		  publish_calorific_value),
	TO_CLIENT(ZCL_PRICE, 0x04, "PublishTariffInformation",
		  publish_tariff_information),
	TO_CLIENT(ZCL_PRICE, 0x05, "PublishPriceMatrix", publish_price_matrix),
	TO_CLIENT(ZCL_PRICE, 0x06, "PublishBlockThresholds",
		  publish_block_thresholds),
	TO_CLIENT(ZCL_PRICE, 0x09, "PublishBillingPeriod",
		  publish_billing_period),
	TO_SERVER(ZCL_METERING, 0x06, "GetSnapshot", get_snapshot),
	TO_SERVER(ZCL_METERING, 0x07, "StartSampling", start_sampling),
	TO_SERVER(ZCL_METERING, 0x08, "GetSampledData", get_sampled_data),
	TO_SERVER(ZCL_METERING, 0x0b, "ChangeSupply", change_supply),
	TO_SERVER(ZCL_METERING, 0x0d, "SetSupplyStatus", set_supply_status),
	TO_SERVER(ZCL_METERING, 0x0e, "SetUncontrolledFlowThreshold",
		  set_uncontrolled_flow_threshold),
	TO_CLIENT(ZCL_METERING, 0x06, "PublishSnapshot", publish_snapshot),
	TO_CLIENT(ZCL_METERING, 0x07, "GetSampledDataResponse",
		  get_sampled_data_response),
	TO_CLIENT(ZCL_METERING, 0x0c, "SupplyStatusResponse",
		  supply_status_response),
	TO_CLIENT(ZCL_METERING, 0x0d, "StartSamplingResponse",
		  start_sampling_response),
	TO_CLIENT(ZCL_MESSAGING, 0x00, "DisplayMessage", display_message),
	TO_SERVER(ZCL_PREPAYMENT, 0x00, "SelectAvailableEmergencyCredit",
		  select_available_emergency_credit),
	TO_SERVER(ZCL_PREPAYMENT, 0x02, "ChangeDebt", change_debt),
	TO_SERVER(ZCL_PREPAYMENT, 0x03, "EmergencyCreditSetup",
		  emergency_credit_setup),
	TO_SERVER(ZCL_PREPAYMENT, 0x04, "ConsumerTopUp", consumer_top_up),
	TO_SERVER(ZCL_PREPAYMENT, 0x05, "CreditAdjustment", credit_adjustment),
	TO_SERVER(ZCL_PREPAYMENT, 0x06, "ChangePaymentMode",
		  change_payment_mode),
	TO_SERVER(ZCL_PREPAYMENT, 0x07, "GetPrepaySnapshot", get_snapshot),
	TO_SERVER(ZCL_PREPAYMENT, 0x08, "GetTopUpLog", get_top_up_log),
	TO_SERVER(ZCL_PREPAYMENT, 0x09, "SetLowCreditWarningLevel",
		  set_low_credit_warning_level),
	TO_SERVER(ZCL_PREPAYMENT, 0x0a, "GetDebtRepaymentLog",
		  get_debt_repayment_log),
	TO_SERVER(ZCL_PREPAYMENT, 0x0b, "SetMaximumCreditLimit",
		  set_maximum_credit_limit),
	TO_SERVER(ZCL_PREPAYMENT, 0x0c, "SetOverallDebtCap",
		  set_overall_debt_cap),
	TO_CLIENT(ZCL_PREPAYMENT, 0x01, "PublishPrepaySnapshot",
		  publish_prepay_snapshot),
	TO_CLIENT(ZCL_PREPAYMENT, 0x02, "ChangePaymentModeResponse",
		  change_payment_mode_response),
	TO_CLIENT(ZCL_PREPAYMENT, 0x03, "ConsumerTopUpResponse",
		  consumer_top_up_response),
	TO_CLIENT(ZCL_PREPAYMENT, 0x05, "PublishTopUpLog", publish_top_up_log),
	TO_CLIENT(ZCL_PREPAYMENT, 0x06, "PublishDebtLog", publish_debt_log),
	TO_SERVER(ZCL_CALENDAR, 0x01, "GetDayProfiles", get_day_profiles),
	TO_SERVER(ZCL_CALENDAR, 0x02, "GetWeekProfiles", get_week_profiles),
	TO_SERVER(ZCL_CALENDAR, 0x03, "GetSeasons", get_seasons),
	TO_SERVER(ZCL_CALENDAR, 0x04, "GetSpecialDays", get_special_days),
	TO_CLIENT(ZCL_CALENDAR, 0x00, "PublishCalendar", publish_calendar),
	TO_CLIENT(ZCL_CALENDAR, 0x01, "PublishDayProfile", publish_day_profile),
	TO_CLIENT(ZCL_CALENDAR, 0x02, "PublishWeekProfile",
		  publish_week_profile),
	TO_CLIENT(ZCL_CALENDAR, 0x03, "PublishSeasons", publish_seasons),
	TO_CLIENT(ZCL_CALENDAR, 0x04, "PublishSpecialDays",
		  publish_special_days),
	TO_SERVER(ZCL_DEVICE_MANAGEMENT, 0x04, "ReportEventConfiguration",
		  report_event_configuration),
	TO_CLIENT(ZCL_DEVICE_MANAGEMENT, 0x00, "PublishChangeOfTenancy",
		  publish_change_of_tenancy),
	TO_CLIENT(ZCL_DEVICE_MANAGEMENT, 0x01, "PublishChangeOfSupplier",
		  publish_change_of_supplier),
	TO_CLIENT(ZCL_DEVICE_MANAGEMENT, 0x02, "RequestNewPasswordResponse",
		  request_new_password_response),
	TO_CLIENT(ZCL_DEVICE_MANAGEMENT, 0x03, "UpdateSiteID", update_site_id),
	TO_CLIENT(ZCL_DEVICE_MANAGEMENT, 0x04, "SetEventConfiguration",
		  set_event_configuration),
	TO_CLIENT(ZCL_DEVICE_MANAGEMENT, 0x05, "GetEventConfiguration",
		  get_event_configuration),
	TO_CLIENT(ZCL_DEVICE_MANAGEMENT, 0x06, "UpdateCIN", update_cin),
	TO_SERVER(ZCL_EVENTS, 0x00, "GetEventLog", get_event_log),
	TO_SERVER(ZCL_EVENTS, 0x01, "ClearEventLogRequest",
		  clear_event_log_request),
	TO_CLIENT(ZCL_EVENTS, 0x01, "PublishEventLog", publish_event_log),
	TO_CLIENT(ZCL_EVENTS, 0x02, "ClearEventLogResponse",
		  clear_event_log_response),
};

const size_t zcl_command_count = COUNT(zcl_commands);

/* --- attributes, by cluster and id */

const struct zcl_attribute zcl_attributes[] = {
	{ ZCL_BASIC, 0x0003, ZCL_UINT8, ZCL_AS_NUMBER, "HW Version" },
	{ ZCL_BASIC, 0x0004, ZCL_CHARACTER_STRING, ZCL_AS_NUMBER,
	  "Manufacturer Name" },
	{ ZCL_BASIC, 0x0005, ZCL_CHARACTER_STRING, ZCL_AS_NUMBER,
	  "Model Identifier" },
	{ ZCL_PRICE, 0x0100, ZCL_UINT48, ZCL_AS_NUMBER, "Block 1 Threshold" },
	{ ZCL_PRICE, 0x0101, ZCL_UINT48, ZCL_AS_NUMBER, "Block 2 Threshold" },
	{ ZCL_PRICE, 0x0102, ZCL_UINT48, ZCL_AS_NUMBER, "Block 3 Threshold" },
	{ ZCL_PRICE, 0x0202, ZCL_UINT24, ZCL_AS_NUMBER,
	  "Threshold Multiplier" },
	{ ZCL_PRICE, 0x0203, ZCL_UINT24, ZCL_AS_NUMBER, "Threshold Divisor" },
	{ ZCL_PRICE, 0x0301, ZCL_UINT32, ZCL_AS_NUMBER, "Standing Charge" },
	{ ZCL_PRICE, 0x0302, ZCL_UINT32, ZCL_AS_NUMBER, "Conversion Factor" },
	{ ZCL_PRICE, 0x0303, ZCL_BITMAP8, ZCL_AS_NUMBER,
	  "Conversion Factor Trailing Digit" },
	{ ZCL_PRICE, 0x0304, ZCL_UINT32, ZCL_AS_NUMBER, "Calorific Value" },
	{ ZCL_PRICE, 0x0305, ZCL_ENUM8, ZCL_AS_CALORIFIC_UNIT,
	  "Calorific Value Unit" },
	{ ZCL_PRICE, 0x0306, ZCL_BITMAP8, ZCL_AS_NUMBER,
	  "Calorific Value Trailing Digit" },
	{ ZCL_PRICE, 0x0400, ZCL_UINT32, ZCL_AS_NUMBER,
	  "No Tier Block 1 Price" },
	{ ZCL_PRICE, 0x0401, ZCL_UINT32, ZCL_AS_NUMBER,
	  "No Tier Block 2 Price" },
	{ ZCL_PRICE, 0x0402, ZCL_UINT32, ZCL_AS_NUMBER,
	  "No Tier Block 3 Price" },
	{ ZCL_PRICE, 0x0403, ZCL_UINT32, ZCL_AS_NUMBER,
	  "No Tier Block 4 Price" },
	{ ZCL_PRICE, 0x0410, ZCL_UINT32, ZCL_AS_NUMBER,
	  "Tier 1 Block 1 Price" },
	{ ZCL_PRICE, 0x0420, ZCL_UINT32, ZCL_AS_NUMBER,
	  "Tier 2 Block 1 Price" },
	{ ZCL_PRICE, 0x0430, ZCL_UINT32, ZCL_AS_NUMBER,
	  "Tier 3 Block 1 Price" },
	{ ZCL_PRICE, 0x0440, ZCL_UINT32, ZCL_AS_NUMBER,
	  "Tier 4 Block 1 Price" },
	{ ZCL_PRICE, 0x0615, ZCL_ENUM8, ZCL_AS_UNIT, "Unit of Measure" },
	{ ZCL_PRICE, 0x0616, ZCL_UINT16, ZCL_AS_CURRENCY, "Currency" },
	{ ZCL_PRICE, 0x0617, ZCL_BITMAP8, ZCL_AS_NUMBER,
	  "Price Trailing Digits" },
	{ ZCL_METERING, 0x0000, ZCL_UINT48, ZCL_AS_NUMBER,
	  "Current Summation Delivered" },
	{ ZCL_METERING, 0x0014, ZCL_ENUM8, ZCL_AS_SUPPLY, "Supply Status" },
	{ ZCL_METERING, 0x0100, ZCL_UINT48, ZCL_AS_NUMBER,
	  "Current Tier 1 Summation Delivered" },
	{ ZCL_METERING, 0x0102, ZCL_UINT48, ZCL_AS_NUMBER,
	  "Current Tier 2 Summation Delivered" },
	{ ZCL_METERING, 0x0104, ZCL_UINT48, ZCL_AS_NUMBER,
	  "Current Tier 3 Summation Delivered" },
	{ ZCL_METERING, 0x0106, ZCL_UINT48, ZCL_AS_NUMBER,
	  "Current Tier 4 Summation Delivered" },
	{ ZCL_METERING, 0x0205, ZCL_UINT16, ZCL_AS_NUMBER,
	  "Remaining Battery Life in Days" },
	{ ZCL_METERING, 0x0206, ZCL_OCTET_STRING, ZCL_AS_NUMBER,
	  "Current Meter Id" },
	{ ZCL_METERING, 0x0300, ZCL_ENUM8, ZCL_AS_UNIT, "Unit of Measure" },
	{ ZCL_METERING, 0x0301, ZCL_UINT24, ZCL_AS_NUMBER, "Multiplier" },
	{ ZCL_METERING, 0x0302, ZCL_UINT24, ZCL_AS_NUMBER, "Divisor" },
	{ ZCL_METERING, 0x0307, ZCL_OCTET_STRING, ZCL_AS_NUMBER, "Site ID" },
	{ ZCL_METERING, 0x0607, ZCL_ENUM8, ZCL_AS_SUPPLY_STATE,
	  "Supply Tamper State" },
	{ ZCL_METERING, 0x0608, ZCL_ENUM8, ZCL_AS_SUPPLY_STATE,
	  "SupplyDepletionState" },
	{ ZCL_METERING, 0x0700, ZCL_UINT48, ZCL_AS_NUMBER,
	  "Current no Tier Block 1 Summation Delivered" },
	{ ZCL_METERING, 0x0701, ZCL_UINT48, ZCL_AS_NUMBER,
	  "Current no Tier Block 2 Summation Delivered" },
	{ ZCL_METERING, 0x0702, ZCL_UINT48, ZCL_AS_NUMBER,
	  "Current no Tier Block 3 Summation Delivered" },
	{ ZCL_METERING, 0x0703, ZCL_UINT48, ZCL_AS_NUMBER,
	  "Current no Tier Block 4 Summation Delivered" },
	{ ZCL_METERING, 0x0a00, ZCL_UINT32, ZCL_AS_NUMBER,
	  "Bill to Date Delivered" },
	{ ZCL_METERING, 0x0b10, ZCL_UINT16, ZCL_AS_NUMBER,
	  "Uncontrolled Flow Threshold" },
	{ ZCL_METERING, 0x0b11, ZCL_ENUM8, ZCL_AS_UNIT,
	  "Uncontrolled Flow Threshold Unit of Measure" },
	{ ZCL_METERING, 0x0b12, ZCL_UINT16, ZCL_AS_NUMBER,
	  "Uncontrolled Flow Multiplier" },
	{ ZCL_METERING, 0x0b13, ZCL_UINT16, ZCL_AS_NUMBER,
	  "Uncontrolled Flow Divisor" },
	{ ZCL_METERING, 0x0b14, ZCL_UINT8, ZCL_AS_NUMBER,
	  "Flow Stabilisation Period" },
	{ ZCL_METERING, 0x0b15, ZCL_UINT16, ZCL_AS_NUMBER,
	  "Flow Measurement Period" },
	{ ZCL_PREPAYMENT, 0x0000, ZCL_BITMAP16, ZCL_AS_PAYMENT_CONTROL,
	  "Payment Control Configuration" },
	{ ZCL_PREPAYMENT, 0x0001, ZCL_INT32, ZCL_AS_NUMBER,
	  "Credit Remaining" },
	{ ZCL_PREPAYMENT, 0x0002, ZCL_INT32, ZCL_AS_NUMBER,
	  "Emergency Credit Remaining" },
	{ ZCL_PREPAYMENT, 0x0005, ZCL_INT32, ZCL_AS_NUMBER,
	  "Accumulated Debt" },
	{ ZCL_PREPAYMENT, 0x0006, ZCL_INT32, ZCL_AS_NUMBER,
	  "Overall Debt Cap" },
	{ ZCL_PREPAYMENT, 0x0010, ZCL_UINT32, ZCL_AS_NUMBER,
	  "Emergency Credit Limit" },
	{ ZCL_PREPAYMENT, 0x0011, ZCL_UINT32, ZCL_AS_NUMBER,
	  "Emergency Credit Threshold" },
	{ ZCL_PREPAYMENT, 0x0021, ZCL_UINT32, ZCL_AS_NUMBER,
	  "Max Credit Limit" },
	{ ZCL_PREPAYMENT, 0x0022, ZCL_UINT32, ZCL_AS_NUMBER,
	  "Max Credit Per Top Up" },
	{ ZCL_PREPAYMENT, 0x0031, ZCL_UINT32, ZCL_AS_NUMBER,
	  "Low Credit Warning Level" },
	{ ZCL_PREPAYMENT, 0x0040, ZCL_INT32, ZCL_AS_NUMBER, "Cut Off Value" },
	{ ZCL_PREPAYMENT, 0x0211, ZCL_UINT32, ZCL_AS_NUMBER,
	  "Debt Amount 1 (Time-Based Debt 1)" },
	{ ZCL_PREPAYMENT, 0x0216, ZCL_ENUM8, ZCL_AS_DEBT_FREQUENCY,
	  "Debt Recovery Frequency 1" },
	{ ZCL_PREPAYMENT, 0x0217, ZCL_UINT32, ZCL_AS_NUMBER,
	  "Debt Recovery Amount 1" },
	{ ZCL_PREPAYMENT, 0x0221, ZCL_UINT32, ZCL_AS_NUMBER,
	  "Debt Amount 2 (Time-Based Debt 2)" },
	{ ZCL_PREPAYMENT, 0x0226, ZCL_ENUM8, ZCL_AS_DEBT_FREQUENCY,
	  "Debt Recovery Frequency 2" },
	{ ZCL_PREPAYMENT, 0x0227, ZCL_UINT32, ZCL_AS_NUMBER,
	  "Debt Recovery Amount 2" },
	{ ZCL_PREPAYMENT, 0x0231, ZCL_UINT32, ZCL_AS_NUMBER,
	  "Debt Amount 3 (Payment-Based Debt)" },
	{ ZCL_PREPAYMENT, 0x0239, ZCL_UINT16, ZCL_AS_NUMBER,
	  "Debt Recovery Top Up Percentage 3" },
};

const size_t zcl_attribute_count = COUNT(zcl_attributes);

static const struct {
	uint16_t id;
	const char *name;
} clusters[] = {
	{ ZCL_BASIC, "Basic" },
	{ ZCL_PRICE, "Price" },
	{ ZCL_METERING, "Metering" },
	{ ZCL_MESSAGING, "Messaging" },
	{ ZCL_PREPAYMENT, "Prepayment" },
	{ ZCL_CALENDAR, "Calendar" },
	{ ZCL_DEVICE_MANAGEMENT, "Device Management" },
	{ ZCL_EVENTS, "Events" },
};

/* --- search */

static uint32_t key_of(uint16_t cluster, uint8_t kind, uint8_t id)
{
	return (uint32_t)cluster << 16 | (uint32_t)kind << 8 | id;
}

static const struct zcl_command *command_at(uint32_t key)
{
	size_t low = 0, high = zcl_command_count;

	while (low < high) {
		size_t middle = (low + high) / 2;
		const struct zcl_command *c = &zcl_commands[middle];
		uint32_t here = key_of(c->cluster, c->kind, c->id);

		if (here == key)
			return c;
		if (here < key)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

const struct zcl_command *zcl_command_find(uint16_t cluster,
					   uint8_t frame_control, uint8_t id)
{
	uint8_t type = frame_control & ZCL_FRAME_TYPE;
	uint8_t kind = type | (frame_control & ZCL_FROM_SERVER);
	const struct zcl_command *command;

	if (frame_control & ZCL_MANUFACTURER)
		return NULL;
	if (type == ZCL_GENERAL)
		return command_at(key_of(0, ZCL_GENERAL, id));
	if (type != ZCL_CLUSTER)
		return NULL;
	command = command_at(key_of(cluster, kind, id));
	if (!command)
		command =
			command_at(key_of(cluster, kind ^ ZCL_FROM_SERVER, id));
	return command;
}

const struct zcl_attribute *zcl_attribute_find(uint16_t cluster, uint16_t id)
{
	uint32_t key = (uint32_t)cluster << 16 | id;
	size_t low = 0, high = zcl_attribute_count;

	while (low < high) {
		size_t middle = (low + high) / 2;
		const struct zcl_attribute *a = &zcl_attributes[middle];
		uint32_t here = (uint32_t)a->cluster << 16 | a->id;

		if (here == key)
			return a;
		if (here < key)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

const char *zcl_cluster_name(uint16_t cluster)
{
	for (size_t n = 0; n < COUNT(clusters); n++)
		if (clusters[n].id == cluster)
			return clusters[n].name;
	return NULL;
}

const struct zcl_command *zcl_command_by_name(uint16_t cluster,
					      const char *name)
{
	for (size_t n = 0; n < zcl_command_count; n++) {
		const struct zcl_command *c = &zcl_commands[n];

		if ((c->kind == ZCL_GENERAL || c->cluster == cluster) &&
		    zcl_same_name(c->name, name))
			return c;
	}
	return NULL;
}

const struct zcl_attribute *zcl_attribute_by_name(uint16_t cluster,
						  const char *name)
{
	for (size_t n = 0; n < zcl_attribute_count; n++) {
		const struct zcl_attribute *a = &zcl_attributes[n];

		if (a->cluster == cluster && zcl_same_name(a->name, name))
			return a;
	}
	return NULL;
}

int zcl_cluster_by_name(const char *name, uint16_t *ret)
{
	for (size_t n = 0; n < COUNT(clusters); n++) {
		if (zcl_same_name(clusters[n].name, name)) {
			*ret = clusters[n].id;
			return 0;
		}
	}
	return -EINVAL;
}

bool zcl_command_datable(const struct zcl_command *command,
			 uint32_t *ret_cancel_s)
{
	/* Set Low Credit Warning Level. */
	if (command->cluster == ZCL_PREPAYMENT &&
	    command->kind == ZCL_CLUSTER && command->id == 0x09) {
		*ret_cancel_s = UINT32_C(0xffffffff);
		return true;
	}
	for (size_t n = 0; n < command->count; n++) {
		uint8_t meaning = command->fields[n].meaning;

		if (meaning == ZCL_AS_START_FF || meaning == ZCL_AS_START_FE) {
			*ret_cancel_s = meaning == ZCL_AS_START_FF ?
						UINT32_C(0xffffffff) :
						UINT32_C(0xfffffffe);
			return true;
		}
	}
	return false;
}
