// SPDX-License-Identifier: LGPL-2.1-or-later
#include "supplyd.h"

#include <errno.h>
#include <string.h>

#define METROLOGY "uk.hearth.Metrology1"
#define PREPAYMENT "uk.hearth.Prepayment1"
#define PROPERTIES "org.freedesktop.DBus.Properties"
/* Shorter than the watchdog by far, whoever hangs. */
#define TIMEOUT_US (2 * USEC_PER_SEC)

/* Call a method of no more than two texts (NULL: fewer). A daemon that is not
 * running is not started for a question.
 */
static int ask(sd_bus *bus, const char *name, const char *path,
	       const char *interface, const char *member, const char *a,
	       const char *b, sd_bus_error *error, sd_bus_message **ret)
{
	CLEANUP(cleanup_message) sd_bus_message *message = NULL;
	int r;

	r = sd_bus_message_new_method_call(bus, &message, name, path, interface,
					   member);
	if (r >= 0)
		r = sd_bus_message_set_auto_start(message, false);
	if (r >= 0 && a)
		r = sd_bus_message_append(message, "s", a);
	if (r >= 0 && b)
		r = sd_bus_message_append(message, "s", b);
	if (r >= 0)
		r = sd_bus_call(bus, message, TIMEOUT_US, error, ret);
	if (r >= 0)
		return 0;
	return sd_bus_error_has_name(error, SD_BUS_ERROR_SERVICE_UNKNOWN) ||
			       sd_bus_error_has_name(
				       error, SD_BUS_ERROR_NAME_HAS_NO_OWNER) ?
		       -EHOSTUNREACH :
		       r;
}

/* A reason as holds have it: printable ASCII, not too long. */
static void copy_reason(const char *from, char to[SUPPLY_REASON_SIZE])
{
	size_t n = 0;

	for (; n < SUPPLY_REASON_SIZE - 1 && from[n]; n++)
		to[n] = from[n] < ' ' || from[n] > '~' ? '?' : from[n];
	memset(to + n, 0, SUPPLY_REASON_SIZE - n);
}

int supplyd_ask_prepayment(sd_bus *bus, const char *path,
			   enum supply_state *ret_want,
			   char ret_reason[SUPPLY_REASON_SIZE])
{
	CLEANUP(cleanup_bus_error) sd_bus_error error = SD_BUS_ERROR_NULL;
	CLEANUP(cleanup_message) sd_bus_message *reply = NULL;
	const char *want, *reason;
	int r = ask(bus, PREPAYMENT, path, PREPAYMENT, "GetSupply", NULL, NULL,
		    &error, &reply);

	if (r < 0)
		return r;
	r = sd_bus_message_read(reply, "ss", &want, &reason);
	if (r < 0)
		return r;
	if (!strcmp(want, "on"))
		*ret_want = SUPPLY_ENABLED;
	else if (!strcmp(want, "arm"))
		*ret_want = SUPPLY_ARMED;
	else if (!strcmp(want, "off"))
		*ret_want = SUPPLY_DISABLED;
	else
		return -EPROTO;
	copy_reason(reason, ret_reason);
	return 0;
}

int supplyd_prepayment_consent(sd_bus *bus, const char *path,
			       sd_bus_error *error)
{
	CLEANUP(cleanup_message) sd_bus_message *reply = NULL;

	return ask(bus, PREPAYMENT, path, PREPAYMENT, "Consent", NULL, NULL,
		   error, &reply);
}

int supplyd_ask_power(sd_bus *bus, int64_t *ret_mw)
{
	CLEANUP(cleanup_bus_error) sd_bus_error error = SD_BUS_ERROR_NULL;
	CLEANUP(cleanup_message) sd_bus_message *reply = NULL;
	const char *quality;
	uint64_t utc_us;
	uint32_t age_ms;
	int64_t mw;
	int r = ask(bus, METROLOGY, METER_ROOT "/electricity0", PROPERTIES,
		    "Get", METROLOGY, "ActivePower", &error, &reply);

	if (r < 0)
		return r;
	r = sd_bus_message_read(reply, "v", "(xuts)", &mw, &age_ms, &utc_us,
				&quality);
	if (r < 0)
		return r;
	if (strcmp(quality, "valid") != 0 || mw > SUPPLY_POWER_MAX_MW ||
	    mw < -SUPPLY_POWER_MAX_MW)
		return -ENODATA;
	*ret_mw = mw;
	return 0;
}

int supplyd_ask_volume(sd_bus *bus, int64_t *ret_dm3)
{
	CLEANUP(cleanup_bus_error) sd_bus_error error = SD_BUS_ERROR_NULL;
	CLEANUP(cleanup_message) sd_bus_message *reply = NULL;
	uint64_t at_us, dm3;
	int r = ask(bus, METROLOGY, METER_ROOT "/gas0", METROLOGY,
		    "GetRegisters", NULL, NULL, &error, &reply);

	if (r < 0)
		return r;
	r = sd_bus_message_enter_container(reply, 'r', "tatu");
	if (r >= 0)
		r = sd_bus_message_read(reply, "t", &at_us);
	if (r >= 0)
		r = sd_bus_message_enter_container(reply, 'a', "t");
	if (r < 0)
		return r;
	r = sd_bus_message_read(reply, "t", &dm3);
	if (r < 0)
		return r;
	if (!r || dm3 > SUPPLY_VOLUME_MAX_DM3)
		return -ENODATA;
	*ret_dm3 = (int64_t)dm3;
	return 0;
}
