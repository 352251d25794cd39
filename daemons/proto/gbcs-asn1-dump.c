// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <stdio.h>

#include "gbcs-asn1-walk.h"
#include "gbcs-cert.h"
#include "gbcs-dump.h"

struct dumper {
	struct walk walk;
	struct dump *dump;
	const struct gbcs_asn1_type *type;
};

/* Which INTEGERs (by the templates' names) have names for their values. */
static const struct {
	const char *name;
	enum gbcs_values values;
} named[] = {
	{ "role", GBCS_ROLES },
	{ "cell_usage", GBCS_CELL_USAGES },
	{ "floor_usage", GBCS_FLOOR_USAGES },
	{ "mode", GBCS_MODES },
	{ "status", GBCS_STATUSES },
	{ "time_checks", GBCS_TIME_CHECKS },
	{ "device_type", GBCS_DEVICE_TYPES },
	{ "method", GBCS_METHODS },
	{ "join_response", GBCS_JOIN_CODES },
	{ "firmware_response", GBCS_FIRMWARE_CODES },
	{ "clock_status", GBCS_CLOCK_STATUSES },
};

static enum gbcs_values values_of(const struct gbcs_asn1_type *type,
				  const char *name)
{
	for (size_t at = 0; at < sizeof(named) / sizeof(named[0]); at++)
		if (!strcmp(named[at].name, name))
			return named[at].values;
	return strcmp(name, "code") && name != type->name ? GBCS_ANY_VALUE :
							    type->codes;
}

static void dump_number(struct dumper *d, const char *name, struct span raw,
			struct span value)
{
	enum gbcs_values values = values_of(d->type, name);
	struct reader r = reader_of(value);
	const char *text;
	uint64_t number;

	/* A 64-bit number with its top bit set has an octet 00 in front. */
	if (value.len == 9)
		read_u8(&r);
	number = read_be(&r, reader_left(&r));
	text = gbcs_value_name(values, number);
	if (!strcmp(name, "alert"))
		gbcs_dump_alert_code(d->dump, raw, (uint16_t)number);
	else if (text && *text)
		dump_field(d->dump, name, raw, text);
	else
		dump_fieldf(d->dump, name, raw, "%llu",
			    (unsigned long long)number);
}

static void dump_usage(struct dumper *d, const char *name, struct span raw,
		       struct span value)
{
	uint16_t usage = value.len > 1 ? value.p[1] : 0;
	char text[160];

	if (value.len > 2)
		usage |= (uint16_t)(value.p[2] << 8);
	dump_field(d->dump, name, raw,
		   gbcs_usage_text(usage, text, sizeof(text)));
}

static void dump_octets(struct dumper *d, const char *name, struct span raw,
			struct span value)
{
	struct reader r = reader_of(value);

	if (value.len == 8)
		dump_fieldf(d->dump, name, raw, "%016llx",
			    (unsigned long long)read_be(&r, 8));
	else if (value.len == 4)
		dump_fieldf(d->dump, name, raw, "%08x",
			    (unsigned int)read_be(&r, 4));
	else
		dump_field(d->dump, name, raw, NULL);
}

static void dump_time(struct dumper *d, const char *name, struct span raw,
		      struct span value)
{
	const char *t = (const char *)value.p;

	if (value.len != 15)
		dump_field(d->dump, name, raw, NULL);
	else if (!memcmp(t, "99991231235959Z", 15))
		dump_field(d->dump, name, raw, "never");
	else
		dump_fieldf(d->dump, name, raw,
			    "%.4s-%.2s-%.2sT%.2s:%.2s:%.2sZ", t, t + 4, t + 6,
			    t + 8, t + 10, t + 12);
}

static void dump_certificate(struct dumper *d, const char *name,
			     struct span raw)
{
	struct gbcs_cert cert;
	char usage[160], what[64];

	if (d->type->kind == KIND_CERTIFICATE_RESPONSE &&
	    d->type->codes == GBCS_ISSUE_CODES) {
		dump_field(d->dump, name, raw, "PKCS #10 request");
		return;
	}
	if (gbcs_cert_parse(raw, &cert)) {
		dump_fieldf(d->dump, name, raw, "certificate, but %s",
			    cert.why);
		return;
	}
	if (cert.kind == GBCS_CERT_CA)
		snprintf(what, sizeof(what), "authority %016llx",
			 (unsigned long long)cert.ski);
	else
		snprintf(what, sizeof(what), "%016llx",
			 (unsigned long long)cert.eui);
	dump_fieldf(d->dump, name, raw, "certificate of %s, %s", what,
		    gbcs_usage_text(cert.key_usage, usage, sizeof(usage)));
}

static void begin(struct walk *walk, const char *name, struct span header,
		  size_t len)
{
	(void)len;
	dump_begin(((struct dumper *)walk)->dump, name, header, NULL);
}

static void end(struct walk *walk)
{
	dump_end(((struct dumper *)walk)->dump);
}

static void leaf(struct walk *walk, const char *name, const ASN1_ITEM *item,
		 struct span raw, struct span value)
{
	struct dumper *d = (struct dumper *)walk;

	switch (item->utype) {
	case V_ASN1_INTEGER:
	case V_ASN1_ENUMERATED:
		dump_number(d, name, raw, value);
		break;
	case V_ASN1_BIT_STRING:
		dump_usage(d, name, raw, value);
		break;
	case V_ASN1_OCTET_STRING:
		dump_octets(d, name, raw, value);
		break;
	case V_ASN1_GENERALIZEDTIME:
		dump_time(d, name, raw, value);
		break;
	case V_ASN1_SEQUENCE:
		dump_certificate(d, name, raw);
		break;
	default:
		dump_field(d->dump, name, raw,
			   d->type->cra == GBCS_COMMAND ? NULL : "accepted");
	}
}

/* Of what may be left out, only this has a meaning then. */
static void absent(struct walk *walk, const char *name)
{
	if (!strcmp(name, "cell_usage"))
		dump_field(((struct dumper *)walk)->dump, name, SPAN(NULL, 0),
			   "management");
}

int gbcs_asn1_dump(const struct gbcs_asn1 *msg, struct span content,
		   struct dump *dump)
{
	struct dumper d = {
		.walk = { begin, end, leaf, absent },
		.dump = dump,
		.type = gbcs_asn1_type_of(msg->code, msg->cra),
	};

	if (!d.type)
		return -EINVAL;
	return gbcs_asn1_walk(&d.walk, d.type->name,
			      ASN1_ITEM_ptr(d.type->item), content);
}
