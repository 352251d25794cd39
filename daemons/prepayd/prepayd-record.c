// SPDX-License-Identifier: LGPL-2.1-or-later
/* What prepayment tells the logs. */
#include <inttypes.h>
#include <stdio.h>

#include "../common/outbox.h"
#include "prepayd-work.h"

static const struct {
	uint16_t code; /* of GBCS */
	const char *text;
} alerts_of[PREPAY_ALERT_KINDS] = {
	[PREPAY_LOW_CREDIT] = { 0x810d, "credit is low" },
	[PREPAY_EMERGENCY_AVAILABLE] = { 0x8119,
					 "emergency credit is available" },
	[PREPAY_EMERGENCY_ACTIVE] = { 0x81ab, "emergency credit activated" },
	[PREPAY_EMERGENCY_EXHAUSTED] = { 0x81aa, "emergency credit used up" },
	[PREPAY_EMERGENCY_ENDED] = { 0, "emergency credit paid back" },
	[PREPAY_CREDIT_EXHAUSTED] = { 0x8f83,
				      "credit used up; supply stays on for a "
				      "non-disablement period" },
	[PREPAY_SUPPLY_DISABLED] = { 0x8f0f,
				     "credit used up; supply disabled" },
	/* 0x8f32 is supplyd's, once it is. */
	[PREPAY_SUPPLY_ARMED] = { 0, "credit again; supply can be turned on" },
	[PREPAY_EMERGENCY_ARMED] = { 0x8168,
				     "emergency credit; supply can be turned "
				     "on" },
	[PREPAY_SUPPLY_RELEASED] = { 0, "supply may be on" },
	[PREPAY_ENTRY_LOCKED] = { 0x81c4,
				  "too many wrong entries; entry of tokens "
				  "locked" },
	[PREPAY_TIME_DEBT_1_PAID] = { 0x81a7, "time debt 1 is paid" },
	[PREPAY_TIME_DEBT_2_PAID] = { 0x81a8, "time debt 2 is paid" },
	[PREPAY_PAYMENT_DEBT_PAID] = { 0x81a9, "payment debt is paid" },
	[PREPAY_MODE_CREDIT] = { 0, "credit mode" },
	[PREPAY_MODE_PREPAYMENT] = { 0, "prepayment mode" },
	[PREPAY_CLOCK_BACK] = { 0, "the clock was put back; no time debt is "
				   "due until it is where it was" },
	[PREPAY_REBASED] = { 0, "the cost counters began anew; nothing was "
				"charged for the step" },
};

static int add(struct store *store, const char *meter, const char *log,
	       int64_t at_us, uint16_t code, const char *text,
	       const char *detail)
{
	struct log_record record = {
		.meter = meter,
		.log = log,
		.at_us = (uint64_t)at_us,
		.code = code,
		.text = text,
		.detail = detail,
	};

	return outbox_add(store, &record);
}

static int64_t us_of(int64_t at_s)
{
	return at_s * (int64_t)USEC_PER_SEC;
}

int record_alerts(struct store *store, const char *meter,
		  const struct prepay_alerts *alerts)
{
	char detail[64];
	int r = 0;

	for (size_t n = 0; n < alerts->n && !r; n++) {
		const struct prepay_alert *alert = &alerts->alert[n];

		/* It has a record of its own, which knows more. */
		if (alert->kind == PREPAY_TOPPED_UP)
			continue;
		snprintf(detail, sizeof(detail), "{\"balance_mp\":%" PRId64 "}",
			 alert->balance_mp);
		r = add(store, meter, LOG_EVENT, us_of(alert->at_s),
			alerts_of[alert->kind].code,
			alerts_of[alert->kind].text, detail);
	}
	return r;
}

int record_daily(struct store *store, const struct prepayd_account *account,
		 int64_t at_s)
{
	const struct prepay *p = &account->p;
	char detail[320];

	snprintf(detail, sizeof(detail),
		 "{\"balance_mp\":%" PRId64 ",\"emergency_mp\":%" PRId64
		 ",\"time_debt_1_mp\":%" PRId64 ",\"time_debt_2_mp\":%" PRId64
		 ",\"payment_debt_mp\":%" PRId64
		 ",\"accumulated_debt_mp\":%" PRId64 "}",
		 p->balance_mp, p->emergency_mp, p->debt_mp[PREPAY_TIME_DEBT_1],
		 p->debt_mp[PREPAY_TIME_DEBT_2],
		 p->debt_mp[PREPAY_PAYMENT_DEBT],
		 p->debt_mp[PREPAY_ACCUMULATED_DEBT]);
	return add(store, account->meter, LOG_PREPAYMENT_DAILY_READ,
		   us_of(at_s), 0, "prepayment daily read", detail);
}

int record_top_up(struct store *store, const struct prepayd_account *account,
		  const struct prepayd_top_up_record *record)
{
	char detail[128];

	snprintf(detail, sizeof(detail),
		 "{\"credited_mp\":%" PRId64 ",\"balance_mp\":%" PRId64
		 ",\"counter\":%" PRIu64 "}",
		 record->value_mp, record->balance_mp, record->counter);
	return add(store, account->meter, LOG_EVENT, record->at_us,
		   record->local ? 0x810e : 0,
		   record->local ? "credit added by a person" :
				   "credit added remotely",
		   detail);
}

int record_refusal(struct store *store, const struct prepayd_account *account,
		   uint16_t code, const char *text, bool local)
{
	char line[160];

	snprintf(line, sizeof(line), "token refused: %s", text);
	return add(store, account->meter, LOG_SECURITY, us_of(account->p.now_s),
		   code, line,
		   local ? "{\"local\":true}" : "{\"local\":false}");
}

int record_lost(struct store *store, const char *meter, int64_t now_us)
{
	return add(store, meter, LOG_SECURITY, now_us, 0x81ae,
		   "the prepayment account was damaged and begun anew in "
		   "credit mode",
		   NULL);
}
