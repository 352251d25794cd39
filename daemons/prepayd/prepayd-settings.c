// SPDX-License-Identifier: LGPL-2.1-or-later
/* Settings and calendar as messages have them. */
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "prepayd.h"

enum kind {
	MONEY,	/* x, int64_t */
	NUMBER, /* u, int32_t */
	TIME,	/* u, int64_t */
	FLAG,	/* b */
	PERIOD, /* s, "hour" or "day", bool */
};

static const struct setting {
	const char *key;
	enum kind kind;
	size_t at;
} list[] = {
#define SETTING(_key, _kind, _member)                                  \
	{                                                              \
		_key, _kind, offsetof(struct prepay_settings, _member) \
	}
	SETTING("EmergencyCreditLimit", MONEY, emergency_limit_mp),
	SETTING("EmergencyCreditThreshold", MONEY, emergency_threshold_mp),
	SETTING("DisablementThreshold", MONEY, disablement_threshold_mp),
	SETTING("LowCreditThreshold", MONEY, low_credit_threshold_mp),
	SETTING("MaximumCredit", MONEY, max_credit_mp),
	SETTING("MaximumBalance", MONEY, max_balance_mp),
	SETTING("DebtRecoveryRate1", MONEY, recovery[0].rate_mp),
	SETTING("DebtRecoveryPeriod1", PERIOD, recovery[0].daily),
	SETTING("DebtRecoveryRate2", MONEY, recovery[1].rate_mp),
	SETTING("DebtRecoveryPeriod2", PERIOD, recovery[1].daily),
	SETTING("DebtRecoveryPerPayment", NUMBER, share),
	SETTING("DebtRecoveryRateCap", MONEY, cap_mp),
	SETTING("SuspendDebtDisabled", FLAG, suspend_disabled),
	SETTING("SuspendDebtEmergency", FLAG, suspend_emergency),
	SETTING("LockoutTries", NUMBER, lockout_tries),
	SETTING("LockoutTime", TIME, lockout_s),
};

static const char *const types[] = {
	[MONEY] = "x", [NUMBER] = "u", [TIME] = "u",
	[FLAG] = "b",  [PERIOD] = "s",
};

static int append_one(sd_bus_message *reply, const struct setting *setting,
		      const struct prepay_settings *settings)
{
	const void *value = (const char *)settings + setting->at;

	switch (setting->kind) {
	case MONEY:
		return sd_bus_message_append(reply, "{sv}", setting->key, "x",
					     *(const int64_t *)value);
	case NUMBER:
		return sd_bus_message_append(reply, "{sv}", setting->key, "u",
					     (uint32_t) *
						     (const int32_t *)value);
	case TIME:
		return sd_bus_message_append(reply, "{sv}", setting->key, "u",
					     (uint32_t) *
						     (const int64_t *)value);
	case FLAG:
		return sd_bus_message_append(reply, "{sv}", setting->key, "b",
					     (int)*(const bool *)value);
	default:
		return sd_bus_message_append(reply, "{sv}", setting->key, "s",
					     *(const bool *)value ? "day" :
								    "hour");
	}
}

int prepayd_append_settings(sd_bus_message *reply,
			    const struct prepay_settings *settings)
{
	int r = sd_bus_message_open_container(reply, 'a', "{sv}");

	for (size_t n = 0; n < ARRAY_SIZE(list) && r >= 0; n++)
		r = append_one(reply, &list[n], settings);
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int read_period(sd_bus_message *message, bool *ret)
{
	const char *text;
	int r = sd_bus_message_read(message, "s", &text);

	if (r < 0)
		return r;
	if (strcmp(text, "hour") != 0 && strcmp(text, "day") != 0)
		return -EINVAL;
	*ret = !strcmp(text, "day");
	return 0;
}

static int read_value(sd_bus_message *message, const struct setting *setting,
		      struct prepay_settings *settings)
{
	void *value = (char *)settings + setting->at;
	uint32_t number;
	int flag, r;

	switch (setting->kind) {
	case MONEY:
		return sd_bus_message_read(message, "x", (int64_t *)value);
	case NUMBER:
		r = sd_bus_message_read(message, "u", &number);
		if (r >= 0 && number > INT32_MAX)
			return -EINVAL;
		if (r >= 0)
			*(int32_t *)value = (int32_t)number;
		return r;
	case TIME:
		r = sd_bus_message_read(message, "u", &number);
		if (r >= 0)
			*(int64_t *)value = number;
		return r;
	case FLAG:
		r = sd_bus_message_read(message, "b", &flag);
		if (r >= 0)
			*(bool *)value = flag;
		return r;
	default:
		return read_period(message, value);
	}
}

static const struct setting *find(const char *key)
{
	for (size_t n = 0; n < ARRAY_SIZE(list); n++)
		if (!strcmp(list[n].key, key))
			return &list[n];
	return NULL;
}

static int fail(sd_bus_error *error, const char *what, const char *why)
{
	sd_bus_error_setf(error, ERROR_INVALID, "%s: %s", what, why);
	return -EINVAL;
}

static int read_one(sd_bus_message *message, struct prepay_settings *settings,
		    sd_bus_error *error)
{
	const struct setting *setting;
	const char *key, *type;
	char what;
	int r;

	r = sd_bus_message_read(message, "s", &key);
	if (r < 0)
		return r;
	setting = find(key);
	if (!setting)
		return fail(error, key, "there is no such setting");
	r = sd_bus_message_peek_type(message, &what, &type);
	if (r < 0)
		return r;
	if (strcmp(type, types[setting->kind]) != 0)
		return fail(error, key, "not of its type");
	r = sd_bus_message_enter_container(message, 'v', type);
	if (r >= 0)
		r = read_value(message, setting, settings);
	if (r == -EINVAL)
		return fail(error, key, "not a valid value");
	return r < 0 ? r : sd_bus_message_exit_container(message);
}

static int check(const struct prepay_settings *settings, sd_bus_error *error)
{
	const char *why;

	if (!prepay_settings_check(settings, &why))
		return 0;
	return fail(error, "not in order", why);
}

int prepayd_read_settings(sd_bus_message *message,
			  struct prepay_settings *settings, sd_bus_error *error)
{
	int r = sd_bus_message_enter_container(message, 'a', "{sv}");

	if (r < 0)
		return r;
	while ((r = sd_bus_message_enter_container(message, 'e', "sv")) > 0) {
		r = read_one(message, settings, error);
		if (r >= 0)
			r = sd_bus_message_exit_container(message);
		if (r < 0)
			return r;
	}
	return r < 0 ? r : check(settings, error);
}

/* --- the calendar */

static int append_profiles(sd_bus_message *reply,
			   const struct prepay_calendar *calendar)
{
	int r = sd_bus_message_open_container(reply, 'a', "a(uu)");

	for (int n = 0; n < PREPAY_PROFILES && r >= 0; n++) {
		const struct prepay_profile *profile = &calendar->profile[n];

		r = sd_bus_message_open_container(reply, 'a', "(uu)");
		for (int i = 0; i < profile->n && r >= 0; i++)
			r = sd_bus_message_append(
				reply, "(uu)",
				(uint32_t)profile->window[i].from_s,
				(uint32_t)profile->window[i].to_s);
		if (r >= 0)
			r = sd_bus_message_close_container(reply);
	}
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

int prepayd_append_calendar(sd_bus_message *reply,
			    const struct prepay_calendar *calendar)
{
	int r = append_profiles(reply, calendar);

	if (r >= 0)
		r = sd_bus_message_append_array(reply, 'y', calendar->week,
						sizeof(calendar->week));
	if (r >= 0)
		r = sd_bus_message_open_container(reply, 'a', "(iy)");
	for (int n = 0; n < calendar->n_special && r >= 0; n++)
		r = sd_bus_message_append(reply, "(iy)",
					  calendar->special[n].day,
					  calendar->special[n].profile);
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int read_profile(sd_bus_message *message, struct prepay_profile *profile)
{
	uint32_t from_s, to_s;
	int r = sd_bus_message_enter_container(message, 'a', "(uu)");

	while (r >= 0 &&
	       (r = sd_bus_message_read(message, "(uu)", &from_s, &to_s)) > 0) {
		if (profile->n == PREPAY_WINDOWS || from_s > PREPAY_DAY_S ||
		    to_s > PREPAY_DAY_S)
			return -EINVAL;
		profile->window[profile->n++] = (struct prepay_window){
			(int32_t)from_s,
			(int32_t)to_s,
		};
	}
	return r < 0 ? r : sd_bus_message_exit_container(message);
}

static int read_profiles(sd_bus_message *message,
			 struct prepay_calendar *calendar)
{
	int n = 0, r = sd_bus_message_enter_container(message, 'a', "a(uu)");

	if (r < 0)
		return r;
	while (!sd_bus_message_at_end(message, false)) {
		if (n == PREPAY_PROFILES)
			return -EINVAL;
		r = read_profile(message, &calendar->profile[n++]);
		if (r < 0)
			return r;
	}
	return sd_bus_message_exit_container(message);
}

static int read_days(sd_bus_message *message, struct prepay_calendar *calendar)
{
	const void *week;
	uint8_t profile;
	int32_t day;
	size_t len;
	int r;

	r = sd_bus_message_read_array(message, 'y', &week, &len);
	if (r < 0)
		return r;
	if (len != sizeof(calendar->week))
		return -EINVAL;
	memcpy(calendar->week, week, len);
	r = sd_bus_message_enter_container(message, 'a', "(iy)");
	while (r >= 0 &&
	       (r = sd_bus_message_read(message, "(iy)", &day, &profile)) > 0) {
		if (calendar->n_special == PREPAY_SPECIAL_DAYS)
			return -EINVAL;
		calendar->special[calendar->n_special++] =
			(struct prepay_special_day){ day, profile };
	}
	return r;
}

int prepayd_read_calendar(sd_bus_message *message,
			  struct prepay_settings *settings, sd_bus_error *error)
{
	struct prepay_calendar *calendar = &settings->calendar;
	int r;

	memset(calendar, 0, sizeof(*calendar));
	r = read_profiles(message, calendar);
	if (r >= 0)
		r = read_days(message, calendar);
	if (r == -EINVAL)
		return fail(error, "calendar",
			    "at most 16 profiles of 4 windows, 7 days of the "
			    "week, 50 special days");
	return r < 0 ? r : check(settings, error);
}
