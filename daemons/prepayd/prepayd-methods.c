// SPDX-License-Identifier: LGPL-2.1-or-later
/* What uk.hearth.Prepayment1 lets one change. */
#include "prepayd-methods.h"

#include <errno.h>
#include <string.h>

static int64_t now_us(const struct prepayd_object *object)
{
	return (int64_t)clock_utc_us(object->prepayd->daemon->clock);
}

/* Say what has changed, or why it has not; a damaged store ends the daemon. */
static int done(sd_bus_message *message, struct prepayd_object *object, int r,
		const char *why, sd_bus_error *error)
{
	prepayd_bus_changed(object, false);
	if (r == -EBADMSG)
		daemon_store_failed(object->prepayd->daemon, r);
	if (r < 0)
		return bus_fail(error, r, why);
	/* The logs and tariffd are told at the next turn. */
	clock_soon(object->prepayd->daemon->clock);
	return sd_bus_reply_method_return(message, NULL);
}

static int either(sd_bus_message *message, enum bus_right one,
		  enum bus_right other, sd_bus_error *error)
{
	return bus_allowed(message, one) ? 0 :
					   bus_require(message, other, error);
}

/* --- what a person on site does */

static int credit(sd_bus_message *message, struct prepayd_object *object,
		  bool local, sd_bus_error *error)
{
	struct prepayd_receipt receipt;
	const char *utrn;
	int r;

	r = sd_bus_message_read(message, "s", &utrn);
	if (r < 0)
		return r;
	r = prepayd_top_up(&object->prepayd->service, object->account,
			   now_us(object), utrn, local, &receipt);
	if (r < 0)
		return done(message, object, r,
			    r == -EHOSTUNREACH ?
				    "tokens cannot be checked now" :
				    NULL,
			    error);
	prepayd_bus_changed(object, false);
	clock_soon(object->prepayd->daemon->clock);
	return sd_bus_reply_method_return(message, "sxx", receipt.text,
					  receipt.credited_mp,
					  receipt.balance_mp);
}

int prepayd_on_top_up(sd_bus_message *message, void *userdata,
		      sd_bus_error *error)
{
	int r = bus_require(message, BUS_LOCAL, error);

	return r < 0 ? r : credit(message, userdata, true, error);
}

int prepayd_on_top_up_remote(sd_bus_message *message, void *userdata,
			     sd_bus_error *error)
{
	int r = bus_require(message, BUS_SUPPLIER, error);

	return r < 0 ? r : credit(message, userdata, false, error);
}

static int ask(sd_bus_message *message, struct prepayd_object *object,
	       enum prepay_event event, const char *why, sd_bus_error *error)
{
	int r = prepayd_ask(&object->prepayd->service, object->account,
			    now_us(object), event);

	return done(message, object, r, r == -EPERM ? why : NULL, error);
}

int prepayd_on_activate(sd_bus_message *message, void *userdata,
			sd_bus_error *error)
{
	int r = either(message, BUS_LOCAL, BUS_SUPPLIER, error);

	return r < 0 ? r :
		       ask(message, userdata, PREPAY_ACTIVATE,
			   "there is no emergency credit now: the balance is "
			   "above its threshold, or none is given",
			   error);
}

int prepayd_on_consent(sd_bus_message *message, void *userdata,
		       sd_bus_error *error)
{
	int r = either(message, BUS_LOCAL, BUS_DAEMON, error);

	return r < 0 ? r :
		       ask(message, userdata, PREPAY_CONSENT,
			   "credit is used up: add some first", error);
}

/* --- what the supplier does */

int prepayd_on_set_mode(sd_bus_message *message, void *userdata,
			sd_bus_error *error)
{
	const char *mode;
	int r = bus_require(message, BUS_SUPPLIER, error);

	if (r >= 0)
		r = sd_bus_message_read(message, "s", &mode);
	if (r < 0)
		return r;
	if (strcmp(mode, "credit") != 0 && strcmp(mode, "prepayment") != 0)
		return bus_fail(error, -EINVAL, "credit or prepayment");
	return ask(message, userdata,
		   strcmp(mode, "credit") == 0 ? PREPAY_TO_CREDIT :
						 PREPAY_TO_PREPAYMENT,
		   NULL, error);
}

int prepayd_on_restore(sd_bus_message *message, void *userdata,
		       sd_bus_error *error)
{
	int r = bus_require(message, BUS_SUPPLIER, error);

	return r < 0 ? r :
		       ask(message, userdata, PREPAY_RESTORE,
			   "the balance is at or below the disablement "
			   "threshold: adjust it, or set vulnerable",
			   error);
}

static int debt_of(const char *name)
{
	static const char *const names[PREPAY_DEBTS] = {
		[PREPAY_TIME_DEBT_1] = "time-1",
		[PREPAY_TIME_DEBT_2] = "time-2",
		[PREPAY_PAYMENT_DEBT] = "payment",
		[PREPAY_ACCUMULATED_DEBT] = "accumulated",
	};

	for (int n = 0; n < PREPAY_DEBTS; n++)
		if (!strcmp(names[n], name))
			return n;
	return -EINVAL;
}

static int read_debt(sd_bus_message *message, enum prepay_debt *ret_debt,
		     int64_t *ret_mp, sd_bus_error *error)
{
	const char *name;
	int r = bus_require(message, BUS_SUPPLIER, error);

	if (r >= 0)
		r = sd_bus_message_read(message, "sx", &name, ret_mp);
	if (r < 0)
		return r;
	r = debt_of(name);
	if (r < 0)
		return bus_fail(error, r,
				"time-1, time-2, payment or accumulated");
	*ret_debt = (enum prepay_debt)r;
	return 0;
}

int prepayd_on_set_debt(sd_bus_message *message, void *userdata,
			sd_bus_error *error)
{
	struct prepayd_object *object = userdata;
	enum prepay_debt debt;
	int64_t mp;
	int r = read_debt(message, &debt, &mp, error);

	if (r < 0)
		return r;
	r = prepayd_set_debt(&object->prepayd->service, object->account,
			     now_us(object), debt, mp);
	return done(message, object, r, NULL, error);
}

int prepayd_on_adjust_debt(sd_bus_message *message, void *userdata,
			   sd_bus_error *error)
{
	struct prepayd_object *object = userdata;
	enum prepay_debt debt;
	int64_t mp;
	int r = read_debt(message, &debt, &mp, error);

	if (r < 0)
		return r;
	r = prepayd_adjust_debt(&object->prepayd->service, object->account,
				now_us(object), debt, mp);
	return done(message, object, r,
		    r == -EINVAL ? "a debt is never below 0" : NULL, error);
}

int prepayd_on_clear_debts(sd_bus_message *message, void *userdata,
			   sd_bus_error *error)
{
	struct prepayd_object *object = userdata;
	int r = bus_require(message, BUS_SUPPLIER, error);

	if (r < 0)
		return r;
	r = prepayd_clear_debts(&object->prepayd->service, object->account,
				now_us(object));
	return done(message, object, r, NULL, error);
}

int prepayd_on_adjust_balance(sd_bus_message *message, void *userdata,
			      sd_bus_error *error)
{
	struct prepayd_object *object = userdata;
	int64_t mp;
	int r = bus_require(message, BUS_SUPPLIER, error);

	if (r >= 0)
		r = sd_bus_message_read(message, "x", &mp);
	if (r < 0)
		return r;
	r = prepayd_adjust_balance(&object->prepayd->service, object->account,
				   now_us(object), mp);
	return done(message, object, r, NULL, error);
}

static int change_settings(sd_bus_message *message,
			   struct prepayd_object *object,
			   const struct prepay_settings *settings,
			   sd_bus_error *error)
{
	int r = prepayd_set_settings(&object->prepayd->service, object->account,
				     now_us(object), settings);

	if (!r)
		prepayd_bus_changed(object, true);
	return done(message, object, r, NULL, error);
}

int prepayd_on_set_settings(sd_bus_message *message, void *userdata,
			    sd_bus_error *error)
{
	struct prepayd_object *object = userdata;
	struct prepay_settings settings = object->account->settings;
	int r = bus_require(message, BUS_SUPPLIER, error);

	if (r >= 0)
		r = prepayd_read_settings(message, &settings, error);
	return r < 0 ? r : change_settings(message, object, &settings, error);
}

int prepayd_on_set_calendar(sd_bus_message *message, void *userdata,
			    sd_bus_error *error)
{
	struct prepayd_object *object = userdata;
	struct prepay_settings settings = object->account->settings;
	int r = bus_require(message, BUS_SUPPLIER, error);

	if (r >= 0)
		r = prepayd_read_calendar(message, &settings, error);
	return r < 0 ? r : change_settings(message, object, &settings, error);
}

int prepayd_on_set_vulnerable(sd_bus_message *message, void *userdata,
			      sd_bus_error *error)
{
	struct prepayd_object *object = userdata;
	struct prepay_settings settings = object->account->settings;
	int vulnerable, r = bus_require(message, BUS_SUPPLIER, error);

	if (r >= 0)
		r = sd_bus_message_read(message, "b", &vulnerable);
	if (r < 0)
		return r;
	settings.vulnerable = vulnerable;
	return change_settings(message, object, &settings, error);
}

int prepayd_on_set_supplier(sd_bus_message *message, void *userdata,
			    sd_bus_error *error)
{
	struct prepayd_object *object = userdata;
	uint64_t supplier, floor_counter;
	int r = bus_require(message, BUS_SUPPLIER, error);

	if (r >= 0)
		r = sd_bus_message_read(message, "tt", &supplier,
					&floor_counter);
	if (r < 0)
		return r;
	r = prepayd_set_supplier(&object->prepayd->service, object->account,
				 now_us(object), supplier, floor_counter);
	return done(message, object, r,
		    r == -EINVAL ? "a counter of tokens is a multiple of "
				   "4294967296, and a supplier is not 0" :
		    r == -ERANGE ? "below what is refused already" :
				   NULL,
		    error);
}
