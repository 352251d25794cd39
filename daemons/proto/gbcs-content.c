// SPDX-License-Identifier: LGPL-2.1-or-later
#include "gbcs-content.h"

#include <errno.h>
#include <stdlib.h>

#include "dlms-dump.h"
#include "gbcs-asn1.h"
#include "gbz-dump.h"

static int no(const char **ret_why, const char *why, int error)
{
	if (ret_why)
		*ret_why = why;
	return error;
}

/* --- DLMS */

static int recode_request(struct span content, struct wbuf *w)
{
	struct dlms_request_item *items;
	struct dlms_request request;
	struct dlms_items it;
	size_t n = 0;

	if (dlms_request_parse(content, &request))
		return -EBADMSG;
	items = calloc(request.count + 1, sizeof(*items));
	if (!items)
		return -ENOMEM;
	it = dlms_request_items(&request);
	while (dlms_next_request(&it, &items[n]))
		n++;
	dlms_put_request(w, request.liip, items, n);
	free(items);
	return 0;
}

static int recode_response(struct span content, struct wbuf *w)
{
	struct dlms_response_item *items;
	struct dlms_response response;
	struct dlms_items it;
	size_t n = 0;

	if (dlms_response_parse(content, &response))
		return -EBADMSG;
	items = calloc(response.count + 1, sizeof(*items));
	if (!items)
		return -ENOMEM;
	it = dlms_response_items(&response);
	while (dlms_next_response(&it, &items[n]))
		n++;
	dlms_put_response(w, response.liip, items, n);
	free(items);
	return 0;
}

static int recode_notification(struct span content, struct wbuf *w)
{
	struct dlms_notification alert;
	struct dlms_data item;

	if (dlms_notification_parse(content, &alert))
		return -EBADMSG;
	dlms_put_notification(w, alert.liip, alert.alert_code, alert.time,
			      alert.items.left);
	while (dlms_next(&alert.items, &item))
		dlms_put_data(w, &item);
	return 0;
}

static int recode_dlms(const struct gbcs_message *msg, struct wbuf *w)
{
	switch (msg->content.p[0]) {
	case DLMS_APDU_ACCESS_REQUEST:
		return recode_request(msg->content, w);
	case DLMS_APDU_ACCESS_RESPONSE:
		return recode_response(msg->content, w);
	default:
		return recode_notification(msg->content, w);
	}
}

/* --- ASN.1 */

static int recode_asn1(const struct gbcs_message *msg, struct wbuf *w,
		       const char **ret_why)
{
	struct gbcs_asn1 asn1;
	int r;

	r = gbcs_asn1_decode(msg->code, (uint8_t)msg->cra, msg->content, &asn1);
	if (!r)
		r = gbcs_asn1_encode(&asn1, w);
	if (r)
		no(ret_why, asn1.why, r);
	gbcs_asn1_free(&asn1);
	return r;
}

static int dump_asn1(const struct gbcs_message *msg, struct dump *dump)
{
	struct gbcs_asn1 asn1;
	int r;

	r = gbcs_asn1_decode(msg->code, (uint8_t)msg->cra, msg->content, &asn1);
	if (!r)
		r = gbcs_asn1_dump(&asn1, msg->content, dump);
	gbcs_asn1_free(&asn1);
	return r;
}

/* --- all of them */

int gbcs_content_recode(const struct gbcs_message *msg, struct wbuf *w,
			const char **ret_why)
{
	int r = -ENOENT;

	switch (gbcs_message_encoding(msg)) {
	case GBCS_DLMS:
		r = recode_dlms(msg, w);
		break;
	case GBCS_GBZ:
		r = gbz_recode(msg->cra, msg->code, msg->content, w);
		break;
	case GBCS_ASN1:
		return recode_asn1(msg, w, ret_why);
	}
	return r ? no(ret_why, "content is malformed", r) : 0;
}

int gbcs_content_dump(const struct gbcs_message *msg, struct dump *dump)
{
	switch (gbcs_message_encoding(msg)) {
	case GBCS_DLMS:
		return dlms_dump(dump, msg->content);
	case GBCS_GBZ:
		return gbz_dump(dump, msg->cra, msg->code, msg->content);
	default:
		return dump_asn1(msg, dump);
	}
}

/* --- encrypted parts */

static int each_protected(const struct dlms_protected_response *part,
			  gbcs_sealed_each *each, void *context)
{
	size_t len = part->header.len + part->ciphertext.len + part->tag.len;
	struct gbcs_sealed sealed = { .sealed = SPAN(part->header.p, len) };

	return each(&sealed, context);
}

static int sealed_response(struct span content, gbcs_sealed_each *each,
			   void *context)
{
	struct dlms_protected_response part;
	struct dlms_response_item item;
	struct dlms_response response;
	struct dlms_items it;
	int r;

	if (dlms_response_parse(content, &response))
		return -EBADMSG;
	it = dlms_response_items(&response);
	while (dlms_next_response(&it, &item)) {
		if (item.access != DLMS_ACTION ||
		    dlms_protected_response_parse(&item.data, &part))
			continue;
		r = each_protected(&part, each, context);
		if (r)
			return r;
	}
	return 0;
}

static int sealed_notification(struct span content, gbcs_sealed_each *each,
			       void *context)
{
	struct dlms_protected_response part;
	struct dlms_notification alert;

	if (dlms_notification_parse(content, &alert))
		return -EBADMSG;
	if (dlms_protected_alert_parse(&alert.items, &part))
		return 0;
	return each_protected(&part, each, context);
}

static int sealed_components(const struct gbcs_message *msg,
			     gbcs_sealed_each *each, void *context)
{
	struct gbz_component component;
	struct gbz_message gbz;
	struct gbz_iter it;
	int r;

	if (gbz_parse(msg->cra, msg->code, msg->content, &gbz))
		return -EBADMSG;
	it = gbz_components(&gbz);
	while (gbz_next(&it, &component)) {
		const struct gbcs_sealed part = {
			.sealed = component.sealed,
			.gbz = true,
			.cluster = component.cluster,
			.frame_control = component.frame_control,
			.command = component.command,
		};

		if (!(component.control & GBZ_ENCRYPTED))
			continue;
		r = each(&part, context);
		if (r)
			return r;
	}
	return 0;
}

int gbcs_content_sealed(const struct gbcs_message *msg, gbcs_sealed_each *each,
			void *context)
{
	if (gbcs_message_encoding(msg) == GBCS_GBZ)
		return sealed_components(msg, each, context);
	if (gbcs_message_encoding(msg) != GBCS_DLMS)
		return 0;
	switch (msg->content.p[0]) {
	case DLMS_APDU_ACCESS_RESPONSE:
		return sealed_response(msg->content, each, context);
	case DLMS_APDU_NOTIFICATION:
		return sealed_notification(msg->content, each, context);
	default:
		return 0;
	}
}

int gbcs_sealed_dump(const struct gbcs_sealed *part, struct span plain,
		     struct dump *dump)
{
	if (part->gbz) {
		gbz_dump_plain(dump, part->cluster, part->frame_control,
			       part->command, plain);
		return 0;
	}
	return dlms_dump_plain(dump, plain);
}
