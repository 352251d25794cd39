// SPDX-License-Identifier: LGPL-2.1-or-later
#include "gbcs-dump.h"

#include <inttypes.h>
#include <stdio.h>

#include "gbcs-alerts.h"
#include "gbcs-usecase.h"

static const char *const cra_names[] = {
	[GBCS_COMMAND] = "Command",
	[GBCS_RESPONSE] = "Response",
	[GBCS_ALERT] = "Alert",
};

/* The next n octets as a field; what decoded once is there. */
static struct span take(struct reader *r, size_t n)
{
	return read_bytes(r, n);
}

/* A length as it stands; its value in *ret. */
static struct span take_length(struct reader *r, size_t *ret)
{
	const uint8_t *from = r->p;

	*ret = read_length(r);
	return SPAN(from, (size_t)(r->p - from));
}

void gbcs_dump_message_code(struct dump *dump, struct span raw, uint16_t code)
{
	const struct gbcs_use_case *row = gbcs_use_case_find(code);

	if (row)
		dump_fieldf(dump, "message code", raw, "0x%04X %s %s", code,
			    row->name, row->title);
	else
		dump_fieldf(dump, "message code", raw, "0x%04X unknown", code);
}

void gbcs_dump_alert_code(struct dump *dump, struct span raw, uint16_t code)
{
	const char *meaning = gbcs_alert_meaning(code);

	dump_fieldf(dump, "alert code", raw, "0x%04X %s", code,
		    meaning ? meaning : "unknown");
}

static void dump_number(struct dump *dump, const char *name, struct reader *r)
{
	struct span raw = take(r, 8);
	struct reader number = reader_of(raw);

	dump_fieldf(dump, name, raw, "%" PRIu64, read_be(&number, 8));
}

static void dump_eui(struct dump *dump, const char *name, struct span raw,
		     uint64_t eui)
{
	dump_fieldf(dump, name, raw, "%016" PRIx64, eui);
}

static void dump_date_time(struct dump *dump, struct span raw)
{
	struct reader r = reader_of(raw);
	unsigned int year, month, day, hour, minute, second;

	if (read_u8(&r) == 0) {
		dump_field(dump, "date-time", raw, "absent");
		return;
	}
	year = read_be16(&r);
	month = read_u8(&r);
	day = read_u8(&r);
	(void)read_u8(&r);
	hour = read_u8(&r);
	minute = read_u8(&r);
	second = read_u8(&r);
	dump_fieldf(dump, "date-time", raw, "%04u-%02u-%02uT%02u:%02u:%02uZ",
		    year, month, day, hour, minute, second);
}

static void dump_other_information(const struct gbcs_message *msg,
				   struct reader *r, struct dump *dump)
{
	struct span raw;
	char text[24];
	size_t len;

	raw = take_length(r, &len);
	snprintf(text, sizeof(text), "%zu", len);
	dump_begin(dump, "other information", raw, text);
	gbcs_dump_message_code(dump, take(r, 2), msg->code);
	if (msg->supplementary & GBCS_SUPP_PARTY)
		dump_eui(dump, "supplementary remote party", take(r, 8),
			 msg->supp_party);
	if (msg->supplementary & GBCS_SUPP_COUNTER)
		dump_number(dump, "supplementary remote party counter", r);
	if (msg->supplementary & GBCS_SUPP_ORIGINATOR)
		dump_number(dump, "supplementary originator counter", r);
	if (msg->supplementary & GBCS_SUPP_CERTIFICATE)
		dump_field(dump, "key agreement certificate",
			   take(r, msg->supp_certificate.len), NULL);
	dump_end(dump);
}

void gbcs_dump_front(const struct gbcs_message *msg, struct span in,
		     struct dump *dump)
{
	struct reader r = reader_of(in);
	struct span raw;
	size_t len;

	if (msg->mac.len) {
		dump_begin(dump, "MAC header", SPAN(NULL, 0), NULL);
		dump_field(dump, "general ciphering", take(&r, 7), NULL);
		raw = take_length(&r, &len);
		dump_fieldf(dump, "length", raw, "%zu", len);
		dump_field(dump, "security header", take(&r, 5), NULL);
		dump_end(dump);
	}
	dump_begin(dump, "grouping header", SPAN(NULL, 0), NULL);
	dump_field(dump, "general signing", take(&r, 2), NULL);
	dump_field(dump, "CRA", take(&r, 1), cra_names[msg->cra]);
	dump_number(dump, "originator counter", &r);
	dump_eui(dump, "originator", take(&r, 9), msg->originator);
	dump_eui(dump, "target", take(&r, 9), msg->target);
	dump_date_time(dump, take(&r, 1 + msg->date_time.len));
	dump_other_information(msg, &r, dump);
	raw = take_length(&r, &len);
	dump_fieldf(dump, "content length", raw, "%zu", len);
	dump_end(dump);
}

void gbcs_dump_back(const struct gbcs_message *msg, struct span in,
		    struct dump *dump)
{
	const uint8_t *after = msg->content.p + msg->content.len;
	struct reader r =
		reader_of(SPAN(after, (size_t)(in.p + in.len - after)));
	struct span raw;
	size_t len;

	if (msg->pre_command)
		return;
	raw = take_length(&r, &len);
	dump_fieldf(dump, "signature length", raw, "%zu", len);
	if (len)
		dump_field(dump, "signature", take(&r, len), NULL);
	if (msg->mac.len)
		dump_field(dump, "MAC", take(&r, msg->mac.len), NULL);
}
