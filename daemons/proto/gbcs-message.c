// SPDX-License-Identifier: LGPL-2.1-or-later
#include "gbcs-message.h"

#include <errno.h>

#define GENERAL_CIPHERING 0xdd
#define GENERAL_SIGNING 0xdf
#define TRANSACTION_ID_LEN 9

/* Absent: transaction id, titles, date-time, other information, key info. */
static const uint8_t absent[6];
/* Authentication only; the invocation counter is always 0. */
static const uint8_t security_header[5] = { 0x11 };

static int bad(const char **ret_why, const char *why)
{
	if (ret_why)
		*ret_why = why;
	return -EBADMSG;
}

/* An octet string of exactly 8. */
static uint64_t read_eui(struct reader *r)
{
	if (read_u8(r) != 8)
		r->bad = true;
	return read_be(r, 8);
}

/* Other information is told apart by its length alone (GBCS 2). */
static bool read_other_information(struct span oi, struct gbcs_message *msg)
{
	struct reader r = reader_of(oi);

	msg->code = read_be16(&r);
	if (reader_left(&r)) {
		msg->supp_party = read_be(&r, 8);
		msg->supplementary |= GBCS_SUPP_PARTY;
	}
	if (reader_left(&r)) {
		msg->supp_counter = read_be(&r, 8);
		msg->supplementary |= GBCS_SUPP_COUNTER;
	}
	if (reader_left(&r) == 8) {
		msg->supp_originator_counter = read_be(&r, 8);
		msg->supplementary |= GBCS_SUPP_ORIGINATOR;
	} else if (reader_left(&r) > 8) {
		msg->supp_certificate = read_rest(&r);
		msg->supplementary |= GBCS_SUPP_CERTIFICATE;
	}
	return !reader_done(&r);
}

/* G up to the end of in. */
static int decode_grouped(struct span in, struct gbcs_message *msg,
			  const char **ret_why)
{
	struct reader r = reader_of(in);
	struct span oi;
	size_t len;

	msg->grouped = in;
	if (read_u8(&r) != GENERAL_SIGNING)
		return bad(ret_why, "no general-signing");
	msg->signed_part.p = r.p;
	if (read_u8(&r) != TRANSACTION_ID_LEN)
		return bad(ret_why, "transaction id is not of 9 octets");
	msg->cra = (enum gbcs_cra)read_u8(&r);
	if (msg->cra < GBCS_COMMAND || msg->cra > GBCS_ALERT)
		return bad(ret_why, "neither command, response nor alert");
	msg->counter = read_be(&r, 8);
	msg->originator = read_eui(&r);
	msg->target = read_eui(&r);
	len = read_length(&r);
	msg->date_time = read_bytes(&r, len);
	if (r.bad ||
	    (len && (len != GBCS_DATE_TIME_LEN || msg->cra != GBCS_RESPONSE)))
		return bad(ret_why, "identifiers or date-time malformed");
	oi = read_bytes(&r, read_length(&r));
	if (r.bad || !read_other_information(oi, msg))
		return bad(ret_why, "other information malformed");
	msg->content = read_bytes(&r, read_length(&r));
	if (r.bad || !msg->content.len)
		return bad(ret_why, "no content, or shorter than it says");
	msg->signed_part.len = (size_t)(r.p - msg->signed_part.p);

	if (!reader_left(&r)) {
		msg->pre_command = true;
		return 0;
	}
	len = read_length(&r);
	msg->signature = read_bytes(&r, len);
	if (reader_done(&r) || (len && len != GBCS_SIGNATURE_LEN))
		return bad(ret_why, "signature malformed, or octets after it");
	return 0;
}

int gbcs_message_decode(struct span in, struct gbcs_message *ret,
			const char **ret_why)
{
	struct reader r = reader_of(in);
	struct span body;
	int err;

	memset(ret, 0, sizeof(*ret));
	if (in.len > GBCS_MESSAGE_MAX)
		return bad(ret_why, "too long");
	if (!in.len)
		return bad(ret_why, "empty");
	if (in.p[0] != GENERAL_CIPHERING) {
		err = decode_grouped(in, ret, ret_why);
		if (!err && ret->pre_command && ret->cra != GBCS_COMMAND)
			return bad(ret_why, "no signature field");
		return err;
	}

	(void)read_u8(&r);
	if (!span_equal(read_bytes(&r, sizeof(absent)),
			SPAN(absent, sizeof(absent))))
		return bad(ret_why, "MAC header has fields GBCS leaves out");
	if (read_length(&r) != reader_left(&r) || r.bad)
		return bad(ret_why, "length in the MAC header is wrong");
	if (!span_equal(read_bytes(&r, sizeof(security_header)),
			SPAN(security_header, sizeof(security_header))))
		return bad(ret_why, "security header is not authentication");
	if (reader_left(&r) < GBCS_MAC_LEN)
		return bad(ret_why, "no MAC");
	body = read_bytes(&r, reader_left(&r) - GBCS_MAC_LEN);
	ret->mac = read_rest(&r);
	err = decode_grouped(body, ret, ret_why);
	if (!err && ret->pre_command)
		return bad(ret_why, "no signature field");
	return err;
}

/* --- encoding */

static void write_eui(struct wbuf *w, uint64_t eui)
{
	write_u8(w, 8);
	write_be(w, eui, 8);
}

static void write_other_information(struct wbuf *w,
				    const struct gbcs_message *msg)
{
	unsigned int has = msg->supplementary;
	size_t len =
		2 + (has & GBCS_SUPP_PARTY ? 8 : 0) +
		(has & GBCS_SUPP_COUNTER ? 8 : 0) +
		(has & GBCS_SUPP_ORIGINATOR ? 8 : 0) +
		(has & GBCS_SUPP_CERTIFICATE ? msg->supp_certificate.len : 0);

	write_length(w, len);
	write_be(w, msg->code, 2);
	if (has & GBCS_SUPP_PARTY)
		write_be(w, msg->supp_party, 8);
	if (has & GBCS_SUPP_COUNTER)
		write_be(w, msg->supp_counter, 8);
	if (has & GBCS_SUPP_ORIGINATOR)
		write_be(w, msg->supp_originator_counter, 8);
	if (has & GBCS_SUPP_CERTIFICATE)
		write_span(w, msg->supp_certificate);
}

void gbcs_message_encode_signed(const struct gbcs_message *msg, struct wbuf *w)
{
	if (msg->date_time.len && msg->date_time.len != GBCS_DATE_TIME_LEN)
		w->bad = true;
	write_u8(w, TRANSACTION_ID_LEN);
	write_u8(w, (uint8_t)msg->cra);
	write_be(w, msg->counter, 8);
	write_eui(w, msg->originator);
	write_eui(w, msg->target);
	write_length(w, msg->date_time.len);
	write_span(w, msg->date_time);
	write_other_information(w, msg);
	write_length(w, msg->content.len);
	write_span(w, msg->content);
}

void gbcs_message_encode_grouped(const struct gbcs_message *msg, struct wbuf *w)
{
	if (msg->signature.len && msg->signature.len != GBCS_SIGNATURE_LEN)
		w->bad = true;
	write_u8(w, GENERAL_SIGNING);
	gbcs_message_encode_signed(msg, w);
	if (msg->pre_command)
		return;
	write_length(w, msg->signature.len);
	write_span(w, msg->signature);
}

void gbcs_message_encode(const struct gbcs_message *msg, struct wbuf *w)
{
	struct wbuf grouped = wbuf_counting();

	if (!msg->mac.len) {
		gbcs_message_encode_grouped(msg, w);
		return;
	}
	gbcs_message_encode_grouped(msg, &grouped);
	if (grouped.bad || msg->mac.len != GBCS_MAC_LEN)
		w->bad = true;
	write_u8(w, GENERAL_CIPHERING);
	write_bytes(w, absent, sizeof(absent));
	write_length(w, sizeof(security_header) + grouped.len + GBCS_MAC_LEN);
	write_bytes(w, security_header, sizeof(security_header));
	gbcs_message_encode_grouped(msg, w);
	write_span(w, msg->mac);
}

const char *gbcs_cra_name(enum gbcs_cra cra)
{
	static const char *const names[] = {
		[GBCS_COMMAND] = "command",
		[GBCS_RESPONSE] = "response",
		[GBCS_ALERT] = "alert",
	};

	return names[cra];
}

enum gbcs_encoding gbcs_message_encoding(const struct gbcs_message *msg)
{
	const uint8_t *p = msg->content.p;

	if (msg->content.len && (p[0] == 0xd9 || p[0] == 0xda || p[0] == 0x0f))
		return GBCS_DLMS;
	/* Profile 0x0109; no DER begins with tag 1 and length 9. */
	if (msg->content.len >= 2 && p[0] == 0x01 && p[1] == 0x09)
		return GBCS_GBZ;
	return GBCS_ASN1;
}
