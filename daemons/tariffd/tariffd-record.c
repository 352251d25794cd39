// SPDX-License-Identifier: LGPL-2.1-or-later
/* What tariffs tell the logs. Details are JSON objects, energy in Wh. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "tariffd-work.h"

#define ALERT_BILLING_LOG 0x8f0a

/* --- text that grows up to its room */

struct text {
	char p[LOG_DETAIL_MAX + 1];
	size_t len;
};

static void add(struct text *text, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void add(struct text *text, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(text->p + text->len, sizeof(text->p) - text->len, format,
		      args);
	va_end(args);
	if (n > 0)
		text->len += (size_t)n;
	/* All that is ever added is far less; if not, it is no JSON then. */
	if (text->len >= sizeof(text->p))
		text->len = sizeof(text->p) - 1;
}

static void add_array(struct text *text, const int64_t *value, size_t n)
{
	for (size_t k = 0; k < n; k++)
		add(text, "%s%" PRId64, k ? ", " : "[", value[k]);
	add(text, "]");
}

static void add_rows(struct text *text, const int64_t *value, bool by_block)
{
	for (size_t row = 0; row < TARIFF_ROWS; row++) {
		int64_t block[TARIFF_BLOCKS];

		for (size_t n = 0; n < TARIFF_BLOCKS; n++)
			block[n] = by_block ? value[n * TARIFF_ROWS + row] :
					      value[row * TARIFF_BLOCKS + n];
		add(text, row ? ", " : "[");
		add_array(text, block, TARIFF_BLOCKS);
	}
	add(text, "]");
}

/* An element's registers, as they were at an instant. */
static void add_registers(struct text *text, const struct tariff_entry *e,
			  bool second)
{
	add(text, "\"at\": %" PRId64 ", \"total_wh\": %" PRId64, e->at_s,
	    e->total_wh);
	add(text, ", \"cost_up\": %" PRId64 ", \"standing_up\": %" PRId64,
	    e->cost_up, e->standing_up);
	add(text, ", \"estimated_wh\": %" PRId64 ", \"fallback_wh\": %" PRId64,
	    e->estimated_wh, e->fallback_wh);
	add(text, ", \"tou_wh\": ");
	add_array(text, e->cell_wh, second ? ACTION_SECONDS : ACTION_TOUS);
	if (second)
		return;
	add(text, ", \"block_wh\": ");
	add_rows(text, e->cell_wh + ACTION_TOUS, true);
	add(text, ", \"counter_wh\": ");
	add_rows(text, e->counter_wh[0], false);
}

static void add_both(struct text *text, const struct tariff_entry *first,
		     const struct tariff_entry *second)
{
	add_registers(text, first, false);
	if (!second)
		return;
	add(text, ", \"second\": {");
	add_registers(text, second, true);
	add(text, "}");
}

/* --- records */

static int put(struct tariffd_service *service,
	       const struct tariffd_meter *meter, const char *log, int64_t at_s,
	       uint16_t code, const char *words, const char *detail)
{
	struct log_record record = {
		.meter = meter->name,
		.log = log,
		.at_us = (uint64_t)at_s * USEC_PER_SEC,
		.code = code,
		.text = words,
		.detail = detail,
	};

	return outbox_add(service->store, &record);
}

int tariffd_record(struct tariffd_service *service,
		   const struct tariffd_meter *meter, int64_t at_s,
		   uint16_t code, const char *text)
{
	return put(service, meter, LOG_EVENT, at_s, code, text, NULL);
}

int tariffd_record_daily(struct tariffd_service *service,
			 const struct tariffd_meter *meter,
			 const struct tariffd_state *state, int64_t at_s)
{
	struct tariff_entry first, second;
	struct text detail = { .len = 0 };

	tariff_close(&state->first, 0, &first);
	if (state->second_begun)
		tariff_close(&state->second, 0, &second);
	add(&detail, "{");
	if (meter->gas)
		add(&detail, "\"volume_dm3\": %" PRId64 ", ",
		    state->gas.upto_dm3);
	add_both(&detail, &first, state->second_begun ? &second : NULL);
	add(&detail, "}");
	return put(service, meter, LOG_DAILY_READ, at_s, 0, "registers",
		   detail.p);
}

static void add_reasons(struct text *text, unsigned int reasons)
{
	static const struct {
		unsigned int bit;
		const char *name;
	} names[] = {
		{ TARIFF_CALENDAR, "switching-table" },
		{ TARIFF_THRESHOLDS, "thresholds" },
		{ TARIFF_PRICES, "prices" },
		{ TARIFF_PERIOD_END, "period" },
		{ TARIFF_COMMAND, "command" },
	};
	const char *comma = "";

	add(text, "\"reasons\": [");
	for (size_t n = 0; n < ARRAY_SIZE(names); n++) {
		if (!(reasons & names[n].bit))
			continue;
		add(text, "%s\"%s\"", comma, names[n].name);
		comma = ", ";
	}
	add(text, "]");
}

int tariffd_record_billing(struct tariffd_service *service,
			   const struct tariffd_meter *meter, uint64_t id,
			   const struct tariff_entry *first,
			   const struct tariff_entry *second,
			   const struct tariffd_account *account)
{
	unsigned int reasons = first->reasons | (second ? second->reasons : 0U);
	struct text detail = { .len = 0 };
	int r;

	add(&detail, "{\"entry\": %" PRIu64 ", ", id);
	add_reasons(&detail, reasons);
	add(&detail, ", ");
	add_both(&detail, first, second);
	if (account)
		add(&detail,
		    ", \"account\": {\"balance_mp\": %" PRId64
		    ", \"emergency_mp\": %" PRId64
		    ", \"time_debt_mp\": [%" PRId64 ", %" PRId64
		    "], \"payment_debt_mp\": %" PRId64
		    ", \"accumulated_debt_mp\": %" PRId64 "}",
		    account->balance_mp, account->emergency_mp,
		    account->debt_mp[0], account->debt_mp[1],
		    account->debt_mp[2], account->debt_mp[3]);
	add(&detail, "}");
	r = put(service, meter, LOG_BILLING, first->at_s, ALERT_BILLING_LOG,
		account ? "billing entry" :
			  "billing entry, without the account",
		detail.p);
	if (r)
		return r;
	return put(service, meter, LOG_EVENT, first->at_s, ALERT_BILLING_LOG,
		   "billing data log updated", NULL);
}
