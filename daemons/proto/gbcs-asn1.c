// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>

#include <openssl/err.h>

#include "gbcs-asn1-item.h"

#define ITEM(name) ASN1_ITEM_ref(name)

/* By message code; a range is the replacement modes of CS02b. */
static const struct gbcs_asn1_type types[] = {
	{ 0x0008, 0x0008, GBCS_COMMAND, KIND_CREDENTIALS_COMMAND,
	  ITEM(der_credentials_command), 0, "CS02a command" },
	{ 0x0008, 0x0008, GBCS_RESPONSE, KIND_CREDENTIALS_RESPONSE,
	  ITEM(der_credentials_response), 0, "CS02a response" },
	{ 0x000a, 0x000a, GBCS_COMMAND, KIND_KEY_USAGE, ITEM(der_key_usage), 0,
	  "CS02c command" },
	{ 0x000a, 0x000a, GBCS_RESPONSE, KIND_CERTIFICATE_RESPONSE,
	  ITEM(der_certificate_response), GBCS_ISSUE_CODES, "CS02c response" },
	{ 0x000b, 0x000b, GBCS_COMMAND, KIND_CERTIFICATE, ITEM(ASN1_SEQUENCE),
	  0, "CS02d command" },
	{ 0x000b, 0x000b, GBCS_RESPONSE, KIND_RESPONSE, ITEM(ASN1_INTEGER),
	  GBCS_UPDATE_CODES, "CS02d response" },
	{ 0x000c, 0x000c, GBCS_COMMAND, KIND_KEY_USAGE, ITEM(der_key_usage), 0,
	  "CS02e command" },
	{ 0x000c, 0x000c, GBCS_RESPONSE, KIND_CERTIFICATE_RESPONSE,
	  ITEM(der_certificate_response), GBCS_PROVIDE_CODES,
	  "CS02e response" },
	{ 0x000d, 0x000d, GBCS_COMMAND, KIND_JOIN_COMMAND,
	  ITEM(der_join_command), 0, "CS03A1 command" },
	{ 0x000d, 0x000d, GBCS_RESPONSE, KIND_RESPONSE, ITEM(ASN1_INTEGER),
	  GBCS_JOIN_CODES, "CS03A1 response" },
	{ 0x000e, 0x000e, GBCS_COMMAND, KIND_JOIN_COMMAND,
	  ITEM(der_join_command), 0, "CS03B command" },
	{ 0x000e, 0x000e, GBCS_RESPONSE, KIND_RESPONSE, ITEM(ASN1_INTEGER),
	  GBCS_JOIN_CODES, "CS03B response" },
	{ 0x000f, 0x000f, GBCS_COMMAND, KIND_DEVICE, ITEM(ASN1_OCTET_STRING), 0,
	  "CS04AC command" },
	{ 0x000f, 0x000f, GBCS_RESPONSE, KIND_RESPONSE, ITEM(ASN1_INTEGER),
	  GBCS_UNJOIN_CODES, "CS04AC response" },
	{ 0x0010, 0x0010, GBCS_COMMAND, KIND_DEVICE, ITEM(ASN1_OCTET_STRING), 0,
	  "CS04B command" },
	{ 0x0010, 0x0010, GBCS_RESPONSE, KIND_RESPONSE, ITEM(ASN1_INTEGER),
	  GBCS_UNJOIN_CODES, "CS04B response" },
	{ 0x0012, 0x0012, GBCS_COMMAND, KIND_FIRMWARE_COMMAND,
	  ITEM(der_firmware_command), 0, "CS06 command" },
	{ 0x0012, 0x0012, GBCS_RESPONSE, KIND_FIRMWARE_RESPONSE,
	  ITEM(der_firmware_response), 0, "CS06 response" },
	{ 0x0013, 0x0013, GBCS_COMMAND, KIND_NOTHING, ITEM(ASN1_NULL), 0,
	  "CS07 command" },
	{ 0x0013, 0x0013, GBCS_RESPONSE, KIND_LOG_RESPONSE,
	  ITEM(der_log_response), GBCS_SUCCESS_CODES, "CS07 response" },
	{ 0x007f, 0x007f, GBCS_COMMAND, KIND_CLOCK_COMMAND,
	  ITEM(der_clock_command), 0, "GCS28 command" },
	{ 0x007f, 0x007f, GBCS_RESPONSE, KIND_CLOCK_RESPONSE,
	  ITEM(der_clock_response), 0, "GCS28 response" },
	{ 0x008c, 0x008c, GBCS_COMMAND, KIND_DEVICES, ITEM(der_restore_command),
	  0, "GCS59 command" },
	{ 0x008c, 0x008c, GBCS_RESPONSE, KIND_RESTORE_RESPONSE,
	  ITEM(der_restore_response), 0, "GCS59 response" },
	{ 0x00ab, 0x00ab, GBCS_COMMAND, KIND_JOIN_COMMAND,
	  ITEM(der_join_command), 0, "CS03A2 command" },
	{ 0x00ab, 0x00ab, GBCS_RESPONSE, KIND_RESPONSE, ITEM(ASN1_INTEGER),
	  GBCS_JOIN_CODES, "CS03A2 response" },
	{ 0x00af, 0x00af, GBCS_COMMAND, KIND_JOIN_COMMAND,
	  ITEM(der_join_command), 0, "CS03C command" },
	{ 0x00af, 0x00af, GBCS_RESPONSE, KIND_RESPONSE, ITEM(ASN1_INTEGER),
	  GBCS_JOIN_CODES, "CS03C response" },
	{ 0x00b2, 0x00b2, GBCS_ALERT, KIND_BACKUP_ALERT, ITEM(der_backup_alert),
	  0, "GCS62 alert" },
	{ 0x00ca, 0x00ca, GBCS_ALERT, KIND_FIRMWARE_ALERT,
	  ITEM(der_firmware_alert), 0, "CS06 alert" },
	{ 0x00cb, 0x00cb, GBCS_ALERT, KIND_UPDATE_ALERT, ITEM(der_update_alert),
	  0, "CS02b alert" },
	{ 0x0100, 0x0109, GBCS_COMMAND, KIND_UPDATE_COMMAND,
	  ITEM(der_update_command), 0, "CS02b command" },
	{ 0x0100, 0x0109, GBCS_RESPONSE, KIND_UPDATE_RESPONSE,
	  ITEM(der_update_response), 0, "CS02b response" },
	{ 0x011b, 0x011b, GBCS_COMMAND, KIND_CREDENTIALS_COMMAND,
	  ITEM(der_credentials_command), 0, "CS02f command" },
	{ 0x011b, 0x011b, GBCS_RESPONSE, KIND_CREDENTIALS_RESPONSE,
	  ITEM(der_credentials_response), 0, "CS02f response" },
	{ 0x0124, 0x0124, GBCS_ALERT, KIND_UPDATE_ALERT, ITEM(der_update_alert),
	  0, "CS02g alert" },
	{ 0x0125, 0x0126, GBCS_COMMAND, KIND_UPDATE_COMMAND,
	  ITEM(der_update_command), 0, "CS02g command" },
	{ 0x0125, 0x0126, GBCS_RESPONSE, KIND_UPDATE_RESPONSE,
	  ITEM(der_update_response), 0, "CS02g response" },
	{ 0x0128, 0x0128, GBCS_ALERT, KIND_TRANSFER_ALERT,
	  ITEM(der_transfer_alert), GBCS_SUCCESS_CODES, "CCS08 alert" },
	{ 0x0129, 0x0129, GBCS_COMMAND, KIND_NOTHING, ITEM(ASN1_NULL), 0,
	  "CS08 command" },
	{ 0x0129, 0x0129, GBCS_RESPONSE, KIND_VERSION_RESPONSE,
	  ITEM(der_version_response), GBCS_SUCCESS_CODES, "CS08 response" },
	{ 0x012b, 0x012b, GBCS_ALERT, KIND_VERSION_ALERT,
	  ITEM(der_version_alert), GBCS_SUCCESS_CODES, "CS09 alert" },
};

const struct gbcs_asn1_type *gbcs_asn1_type_of(uint16_t code, uint8_t cra)
{
	for (size_t at = 0; at < sizeof(types) / sizeof(types[0]); at++)
		if (code >= types[at].first && code <= types[at].last &&
		    cra == types[at].cra)
			return &types[at];
	return NULL;
}

const char *gbcs_asn1_name(uint16_t message_code, uint8_t cra)
{
	const struct gbcs_asn1_type *type =
		gbcs_asn1_type_of(message_code, cra);

	return type ? type->name : NULL;
}

void gbcs_asn1_free_der(const struct gbcs_asn1_type *type, ASN1_VALUE *value)
{
	struct der_update_command *update = (void *)value;

	if (!value)
		return;
	if (type->kind == KIND_UPDATE_COMMAND && update->control &&
	    update->control->symmetric_key) {
		ASN1_OCTET_STRING *key = update->control->symmetric_key;

		OPENSSL_cleanse(key->data, (size_t)key->length);
	}
	ASN1_item_free(value, ASN1_ITEM_ptr(type->item));
}

/* The DER of msg; ret_der to be freed by free_octets(). */
static int encode(const struct gbcs_asn1_type *type,
		  const struct gbcs_asn1 *msg, struct span *ret_der,
		  const char **ret_why)
{
	const ASN1_ITEM *item = ASN1_ITEM_ptr(type->item);
	ASN1_VALUE *value = ASN1_item_new(item);
	unsigned char *octets = NULL;
	int r, len;

	*ret_why = "no memory";
	if (!value)
		return -ENOMEM;
	r = gbcs_asn1_to_der(type, msg, value, ret_why);
	if (r) {
		gbcs_asn1_free_der(type, value);
		return r;
	}
	len = ASN1_item_i2d(value, &octets, item);
	gbcs_asn1_free_der(type, value);
	if (len <= 0) {
		*ret_why = "no memory";
		return -ENOMEM;
	}
	*ret_der = SPAN(octets, (size_t)len);
	return 0;
}

static void free_octets(struct span der)
{
	OPENSSL_clear_free((void *)(uintptr_t)der.p, der.len);
}

int gbcs_asn1_check(const struct gbcs_asn1 *msg, const char **ret_why)
{
	const struct gbcs_asn1_type *type =
		gbcs_asn1_type_of(msg->code, msg->cra);
	const char *why = NULL;
	struct span der;
	int r;

	if (!type) {
		why = "no ASN.1 message of that code";
		r = -EINVAL;
	} else {
		r = encode(type, msg, &der, &why);
		if (!r)
			free_octets(der);
	}
	if (ret_why)
		*ret_why = why;
	return r;
}

int gbcs_asn1_encode(const struct gbcs_asn1 *msg, struct wbuf *w)
{
	const struct gbcs_asn1_type *type =
		gbcs_asn1_type_of(msg->code, msg->cra);
	const char *why;
	struct span der;
	int r;

	if (!type)
		return -EINVAL;
	r = encode(type, msg, &der, &why);
	if (r)
		return r;
	if (msg->wide_lengths)
		gbcs_der_widen(ASN1_ITEM_ptr(type->item), der, w);
	else
		write_span(w, der);
	free_octets(der);
	return w->bad ? -ENOSPC : 0;
}

/* Is content what encoding ret gives? Sets wide_lengths. */
static int compare(const struct gbcs_asn1_type *type, struct span content,
		   struct gbcs_asn1 *ret)
{
	struct span der;
	struct wbuf w;
	uint8_t *wide;
	int r = encode(type, ret, &der, &ret->why);

	if (r)
		return r == -EINVAL ? -EBADMSG : r;
	if (span_equal(der, content)) {
		free_octets(der);
		return 0;
	}
	wide = OPENSSL_malloc(content.len);
	if (!wide) {
		free_octets(der);
		ret->why = "no memory";
		return -ENOMEM;
	}
	w = wbuf_of(wide, content.len);
	gbcs_der_widen(ASN1_ITEM_ptr(type->item), der, &w);
	free_octets(der);
	/* Only content that is wider can have wide lengths. */
	ret->wide_lengths = !w.bad && span_equal(SPAN(wide, w.len), content);
	OPENSSL_clear_free(wide, content.len);
	if (ret->wide_lengths)
		return 0;
	ret->why = "not DER";
	return -EBADMSG;
}

/* Without what OpenSSL thinks of it: that is no error of the caller's. */
static int decode(const struct gbcs_asn1_type *type, struct span content,
		  struct gbcs_asn1 *ret)
{
	const unsigned char *p = content.p;
	ASN1_VALUE *value;
	int r;

	ERR_set_mark();
	value = ASN1_item_d2i(NULL, &p, (long)content.len,
			      ASN1_ITEM_ptr(type->item));
	if (!value) {
		ret->why = "content is not what its message code says";
		r = -EBADMSG;
	} else if (p != content.p + content.len) {
		ret->why = "octets after the content";
		r = -EBADMSG;
	} else {
		r = gbcs_asn1_from_der(type, value, ret);
	}
	ERR_pop_to_mark();
	gbcs_asn1_free_der(type, value);
	return r ? r : compare(type, content, ret);
}

int gbcs_asn1_decode(uint16_t message_code, uint8_t cra, struct span content,
		     struct gbcs_asn1 *ret)
{
	const struct gbcs_asn1_type *type =
		gbcs_asn1_type_of(message_code, cra);
	const char *why;
	int r;

	*ret = (struct gbcs_asn1){ .code = message_code, .cra = cra };
	if (!type) {
		ret->why = "no ASN.1 message of that code";
		return -ENOENT;
	}
	if (!content.len || content.len > GBCS_MESSAGE_MAX) {
		ret->why = "content empty or too long";
		return -EBADMSG;
	}
	r = decode(type, content, ret);
	if (!r)
		return 0;
	why = ret->why;
	gbcs_asn1_free(ret);
	ret->why = why;
	return r;
}
