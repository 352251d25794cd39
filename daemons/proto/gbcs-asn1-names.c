// SPDX-License-Identifier: LGPL-2.1-or-later
/* Values of the enumerations of GBCS 1 and 9, and times. */
#include <errno.h>
#include <stdio.h>

#include "gbcs-asn1-item.h"

struct name {
	uint16_t value;
	const char *text;
};

static const struct name roles[] = {
	{ GBCS_ROLE_ROOT, "root" },
	{ GBCS_ROLE_RECOVERY, "recovery" },
	{ GBCS_ROLE_SUPPLIER, "supplier" },
	{ GBCS_ROLE_NETWORK_OPERATOR, "network operator" },
	{ GBCS_ROLE_ACB, "access control broker" },
	{ GBCS_ROLE_TRANSITIONAL_COS, "transitional change of supplier" },
	{ GBCS_ROLE_WAN_PROVIDER, "WAN provider" },
	{ GBCS_ROLE_ISSUING_AUTHORITY, "issuing authority" },
	{ GBCS_ROLE_LOAD_CONTROLLER, "load controller" },
	{ GBCS_ROLE_OTHER, "other" },
	{ 0, NULL },
};

static const struct name cell_usages[] = {
	{ GBCS_CELL_MANAGEMENT, "management" },
	{ GBCS_CELL_PREPAYMENT_TOP_UP, "prepayment top up" },
	{ 0, NULL },
};

static const struct name floor_usages[] = {
	{ 0, "prepayment top up" },
	{ 0, NULL },
};

static const struct name modes[] = {
	{ GBCS_ROOT_BY_SUPPLIER, "root by supplier" },
	{ GBCS_ROOT_BY_WAN_PROVIDER, "root by WAN provider" },
	{ GBCS_SUPPLIER_BY_SUPPLIER, "supplier by supplier" },
	{ GBCS_NETWORK_OPERATOR_BY_NETWORK_OPERATOR,
	  "network operator by network operator" },
	{ GBCS_ACB_BY_ACB, "access control broker by itself" },
	{ GBCS_WAN_PROVIDER_BY_WAN_PROVIDER, "WAN provider by WAN provider" },
	{ GBCS_TRANSITIONAL_COS_BY_TRANSITIONAL_COS,
	  "transitional change of supplier by itself" },
	{ GBCS_SUPPLIER_BY_TRANSITIONAL_COS,
	  "supplier by transitional change of supplier" },
	{ GBCS_ANY_EXCEPT_ABNORMAL_ROOT_BY_RECOVERY,
	  "any except abnormal root by recovery" },
	{ GBCS_ANY_BY_CONTINGENCY, "any by contingency" },
	{ GBCS_LOAD_CONTROLLER_BY_LOAD_CONTROLLER,
	  "load controller by load controller" },
	{ GBCS_LOAD_CONTROLLER_BY_SUPPLIER, "load controller by supplier" },
	{ 0, NULL },
};

static const struct name statuses[] = {
	{ GBCS_CREDENTIALS_SUCCESS, "success" },
	{ GBCS_CREDENTIALS_BAD_CERTIFICATE, "bad certificate" },
	{ GBCS_CREDENTIALS_NO_TRUST_ANCHOR, "no trust anchor" },
	{ GBCS_CREDENTIALS_INSUFFICIENT_MEMORY, "insufficient memory" },
	{ GBCS_CREDENTIALS_TRUST_ANCHOR_NOT_FOUND, "trust anchor not found" },
	{ GBCS_CREDENTIALS_RESOURCES_BUSY, "resources busy" },
	{ GBCS_CREDENTIALS_OTHER, "other" },
	{ 0, NULL },
};

static const struct name time_checks[] = {
	{ 0, "apply" },
	{ 1, "disapply" },
	{ 0, NULL },
};

static const struct name device_types[] = {
	{ GBCS_DEVICE_GSME, "GSME" },	  { GBCS_DEVICE_ESME, "ESME" },
	{ GBCS_DEVICE_CHF, "CHF" },	  { GBCS_DEVICE_GPF, "GPF" },
	{ GBCS_DEVICE_HCALCS, "HCALCS" }, { GBCS_DEVICE_PPMID, "PPMID" },
	{ GBCS_DEVICE_TYPE_2, "type 2" }, { 0, NULL },
};

static const struct name methods[] = {
	{ 0, "method A, initiator" },
	{ 1, "method A, responder" },
	{ 2, "method B" },
	{ 3, "method C" },
	{ 0, NULL },
};

static const struct name join_codes[] = {
	{ 0, "success" },
	{ 1, "bad message code for method and role" },
	{ 2, "bad method and role" },
	{ 3, "incompatible with existing entry" },
	{ 4, "device log full" },
	{ 5, "write failure" },
	{ 6, "key agreement: no resources" },
	{ 7, "key agreement: unknown issuer" },
	{ 8, "key agreement: unsupported suite" },
	{ 9, "key agreement: bad message" },
	{ 10, "key agreement: bad key confirmation" },
	{ 11, "invalid or missing certificate" },
	{ 12, "no link key of the partner" },
	{ 13, "no response to CBKE" },
	{ 0, NULL },
};

static const struct name unjoin_codes[] = {
	{ 0, "success" },
	{ 1, "device not in log" },
	{ 2, "other failure" },
	{ 0, NULL },
};

static const struct name issue_codes[] = {
	{ 1, "invalid key usage" },
	{ 2, "key pair generation failed" },
	{ 3, "certification request production failed" },
	{ 0, NULL },
};

static const struct name update_codes[] = {
	{ 0, "success" },
	{ 1, "invalid certificate" },
	{ 2, "wrong device identity" },
	{ 3, "invalid key usage" },
	{ 4, "no corresponding key pair generated" },
	{ 5, "wrong public key" },
	{ 6, "certificate storage failed" },
	{ 7, "private key change failed" },
	{ 0, NULL },
};

static const struct name provide_codes[] = {
	{ 1, "invalid key usage" },
	{ 2, "no certificate held" },
	{ 3, "certificate retrieval failure" },
	{ 0, NULL },
};

static const struct name firmware_codes[] = {
	{ 0, "success" },
	{ 1, "no image held" },
	{ 2, "hash mismatch" },
	{ 3, "activation failure" },
	{ 0, NULL },
};

static const struct name success_codes[] = {
	{ 0, "success" },
	{ 1, "failure" },
	{ 0, NULL },
};

static const struct name clock_statuses[] = {
	{ 0, "reliable" },
	{ 1, "invalid" },
	{ 2, "unreliable" },
	{ 0, NULL },
};

static const struct name *const tables[] = {
	[GBCS_ROLES] = roles,
	[GBCS_CELL_USAGES] = cell_usages,
	[GBCS_FLOOR_USAGES] = floor_usages,
	[GBCS_MODES] = modes,
	[GBCS_STATUSES] = statuses,
	[GBCS_TIME_CHECKS] = time_checks,
	[GBCS_DEVICE_TYPES] = device_types,
	[GBCS_METHODS] = methods,
	[GBCS_JOIN_CODES] = join_codes,
	[GBCS_UNJOIN_CODES] = unjoin_codes,
	[GBCS_ISSUE_CODES] = issue_codes,
	[GBCS_UPDATE_CODES] = update_codes,
	[GBCS_PROVIDE_CODES] = provide_codes,
	[GBCS_FIRMWARE_CODES] = firmware_codes,
	[GBCS_SUCCESS_CODES] = success_codes,
	[GBCS_CLOCK_STATUSES] = clock_statuses,
};

const char *gbcs_value_name(enum gbcs_values values, uint64_t value)
{
	if (values == GBCS_ANY_VALUE)
		return "";
	for (const struct name *n = tables[values]; n->text; n++)
		if (n->value == value)
			return n->text;
	return NULL;
}

/* --- times: own arithmetic, as time_t need not reach the year 9999 */

static bool leap(int64_t year)
{
	return (!(year % 4) && year % 100) || !(year % 400);
}

static int days_of(int64_t year, int month)
{
	static const uint8_t days[] = { 31, 28, 31, 30, 31, 30,
					31, 31, 30, 31, 30, 31 };

	return days[month - 1] + (month == 2 && leap(year));
}

/* From 0000-03-01, in which leap days come last, to the year's 1st of March. */
static int64_t days_before_march(int64_t year)
{
	return year * 365 + year / 4 - year / 100 + year / 400;
}

#define DAYS_TO_1970 INT64_C(719468) /* from 0000-03-01 */

static int64_t days_from_1970(int64_t year, int month, int day)
{
	/* January and February belong to the year before. */
	int64_t march_year = month > 2 ? year : year - 1;
	int64_t from_march = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;

	/* Of year -1 the quotients would round up. */
	if (march_year < 0)
		return from_march - 366 - DAYS_TO_1970;
	return days_before_march(march_year) + from_march - DAYS_TO_1970;
}

int gbcs_time_parse(struct span text, int64_t *ret_time)
{
	/* year, month, day, hour, minute, second */
	static const uint8_t digits[] = { 4, 2, 2, 2, 2, 2 };
	int part[6] = { 0 };
	size_t at = 0;

	if (text.len != 15 || text.p[14] != 'Z')
		return -EBADMSG;
	for (size_t n = 0; n < 6; n++) {
		for (int left = digits[n]; left > 0; left--, at++) {
			if (text.p[at] < '0' || text.p[at] > '9')
				return -EBADMSG;
			part[n] = part[n] * 10 + text.p[at] - '0';
		}
	}
	if (part[1] < 1 || part[1] > 12 || part[2] < 1 ||
	    part[2] > days_of(part[0], part[1]) || part[3] > 23 ||
	    part[4] > 59 || part[5] > 59)
		return -EBADMSG;
	*ret_time = days_from_1970(part[0], part[1], part[2]) * 86400 +
		    part[3] * 3600 + part[4] * 60 + part[5];
	return 0;
}

int gbcs_time_format(int64_t time, char *text)
{
	int64_t days, year;
	int month = 1, seconds;

	if (time < days_from_1970(0, 1, 1) * 86400 || time > GBCS_TIME_CANCEL)
		return -EINVAL;
	days = time / 86400 - (time % 86400 < 0);
	seconds = (int)(time - days * 86400);
	year = (days + DAYS_TO_1970 + 60) * 400 / 146097;
	if (year > 9999)
		year = 9999;
	while (days_from_1970(year, 1, 1) > days)
		year--;
	while (days_from_1970(year + 1, 1, 1) <= days)
		year++;
	days -= days_from_1970(year, 1, 1);
	while (days >= days_of(year, month))
		days -= days_of(year, month++);
	snprintf(text, 16, "%04u%02u%02u%02u%02u%02uZ",
		 (unsigned int)(year % 10000), (unsigned int)month % 100,
		 (unsigned int)(days + 1) % 100,
		 (unsigned int)(seconds / 3600) % 100,
		 (unsigned int)(seconds / 60 % 60),
		 (unsigned int)(seconds % 60));
	return 0;
}
