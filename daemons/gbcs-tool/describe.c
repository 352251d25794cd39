// SPDX-License-Identifier: LGPL-2.1-or-later
/* Descriptions: a message's envelope to text and back. */
#include "describe.h"

#include <errno.h>
#include <inttypes.h>

#include "../proto/dlms-time.h"
#include "../proto/gbcs-usecase.h"
#include "describe-dlms.h"

/* --- to text */

static void put_header(const struct gbcs_message *msg, struct text_out *out)
{
	const struct gbcs_use_case *row = gbcs_use_case_find(msg->code);

	/* The code is what counts: some have more names than one. */
	if (row)
		fprintf(out->file, "# %s %s\n", row->name, row->title);
	text_putf(out, "message 0x%04x %s", msg->code, gbcs_cra_name(msg->cra));
	text_put_end(out);
	text_putf(out, "counter %" PRIu64, msg->counter);
	text_put_end(out);
	text_putf(out, "originator %016" PRIx64, msg->originator);
	text_put_end(out);
	text_putf(out, "target %016" PRIx64, msg->target);
	text_put_end(out);
	if (msg->date_time.len) {
		text_putf(out, "date-time");
		describe_time(msg->date_time, out);
		text_put_end(out);
	}
}

static void put_supplementary(const struct gbcs_message *msg,
			      struct text_out *out)
{
	if (msg->supplementary & GBCS_SUPP_PARTY) {
		text_putf(out, "party %016" PRIx64, msg->supp_party);
		text_put_end(out);
	}
	if (msg->supplementary & GBCS_SUPP_COUNTER) {
		text_putf(out, "party-counter %" PRIu64, msg->supp_counter);
		text_put_end(out);
	}
	if (msg->supplementary & GBCS_SUPP_ORIGINATOR) {
		text_putf(out, "originator-counter %" PRIu64,
			  msg->supp_originator_counter);
		text_put_end(out);
	}
	if (msg->supplementary & GBCS_SUPP_CERTIFICATE) {
		text_putf(out, "certificate");
		text_put_hex(out, msg->supp_certificate);
		text_put_end(out);
	}
}

int describe(struct span message, FILE *file, const char **ret_why)
{
	struct text_out out = { .file = file };
	struct gbcs_message msg;
	int r;

	r = gbcs_message_decode(message, &msg, ret_why);
	if (r)
		return r;
	put_header(&msg, &out);
	put_supplementary(&msg, &out);
	switch (gbcs_message_encoding(&msg)) {
	case GBCS_DLMS:
		r = describe_dlms(&msg, &out);
		break;
	case GBCS_GBZ:
		r = describe_gbz(&msg, &out);
		break;
	default:
		r = describe_asn1(&msg, &out);
	}
	if (r == -ENOMEM) {
		*ret_why = "no memory";
		return r;
	}
	/* What is not understood can still be made again. */
	if (r) {
		text_putf(&out, "content");
		text_put_hex(&out, msg.content);
		text_put_end(&out);
	}
	return 0;
}

/* --- from text */

/* "0x0019" or a use case's name, "ECS01a". */
static bool parse_code(struct text *t, uint16_t *ret)
{
	const struct gbcs_use_case *row;
	uint64_t code;
	char word[40];

	if (t->word && *t->word == '0') {
		if (!text_uint(t, "message code", UINT16_MAX, &code))
			return false;
		*ret = (uint16_t)code;
		return true;
	}
	if (!text_word(t, "message code or use case", word, sizeof(word)))
		return false;
	row = gbcs_use_case_named(word);
	if (!row)
		return text_fail(t, "there is no use case '%s'", word);
	*ret = row->code;
	return true;
}

static bool parse_kind(struct text *t, enum gbcs_cra *ret)
{
	for (int cra = GBCS_COMMAND; cra <= GBCS_ALERT; cra++) {
		if (text_take(t, gbcs_cra_name((enum gbcs_cra)cra))) {
			*ret = (enum gbcs_cra)cra;
			return true;
		}
	}
	return text_unexpected(t, "command, response or alert");
}

static bool parse_supplementary(struct text *t, struct gbcs_message *msg)
{
	if (text_take(t, "party")) {
		msg->supplementary |= GBCS_SUPP_PARTY;
		if (!text_eui(t, "party", &msg->supp_party))
			return false;
	}
	if (text_take(t, "party-counter")) {
		msg->supplementary |= GBCS_SUPP_COUNTER;
		if (!text_uint(t, "party-counter", UINT64_MAX,
			       &msg->supp_counter))
			return false;
	}
	if (text_take(t, "originator-counter")) {
		msg->supplementary |= GBCS_SUPP_ORIGINATOR;
		if (!text_uint(t, "originator-counter", UINT64_MAX,
			       &msg->supp_originator_counter))
			return false;
	}
	if (text_take(t, "certificate")) {
		msg->supplementary |= GBCS_SUPP_CERTIFICATE;
		if (!text_hex(t, "certificate", &msg->supp_certificate))
			return false;
	}
	return true;
}

static bool parse_header(struct text *t, struct gbcs_message *msg)
{
	if (!text_expect(t, "message") || !parse_code(t, &msg->code) ||
	    !parse_kind(t, &msg->cra) || !text_expect(t, "counter") ||
	    !text_uint(t, "counter", UINT64_MAX, &msg->counter) ||
	    !text_expect(t, "originator") ||
	    !text_eui(t, "originator", &msg->originator) ||
	    !text_expect(t, "target") || !text_eui(t, "target", &msg->target))
		return false;
	if (text_take(t, "date-time") && !undescribe_time(t, &msg->date_time))
		return false;
	return parse_supplementary(t, msg);
}

static bool parse_content(struct text *t, const struct gbcs_message *msg,
			  struct wbuf *w)
{
	static const char *const dlms[] = { "dlms-request", "dlms-response",
					    "dlms-alert" };
	struct span octets;

	for (size_t n = 0; n < sizeof(dlms) / sizeof(dlms[0]); n++)
		if (text_take(t, dlms[n]))
			return undescribe_dlms(t, msg, dlms[n], w);
	if (text_take(t, "gbz"))
		return undescribe_gbz(t, msg, w);
	if (text_take(t, "asn1"))
		return undescribe_asn1(t, msg, w);
	if (!text_take(t, "content"))
		return text_unexpected(t, "dlms-request, dlms-response, "
					  "dlms-alert, gbz, asn1 or content");
	if (!text_hex(t, "content", &octets))
		return false;
	write_span(w, octets);
	return true;
}

bool undescribe(struct text *t, uint8_t *content, struct gbcs_message *ret)
{
	struct wbuf w = wbuf_of(content, GBCS_MESSAGE_MAX);
	struct gbcs_message msg = { 0 };

	if (!parse_header(t, &msg) || !parse_content(t, &msg, &w))
		return false;
	if (t->word)
		return text_fail(t, "something stands after the content");
	if (w.bad || !w.len)
		return text_fail(t, "content is empty or too long");
	msg.content = SPAN(content, w.len);
	/* Others have a signature field, if an empty one. */
	msg.pre_command = msg.cra == GBCS_COMMAND;
	*ret = msg;
	return true;
}
