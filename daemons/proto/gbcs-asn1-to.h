/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Inside of gbcs-asn1-to*.c: plain values to OpenSSL's. Here is what values are
 * right: decoding goes this way too, to compare.
 */
#ifndef HEARTH_GBCS_ASN1_TO_H
#define HEARTH_GBCS_ASN1_TO_H

#include <errno.h>

#include "gbcs-asn1-item.h"

/* The first error sticks. */
struct to {
	int error;
	const char *why;
};

static inline void fail(struct to *t, int error, const char *why)
{
	if (!t->error) {
		t->error = error;
		t->why = why;
	}
}

static inline void check(struct to *t, bool ok)
{
	if (!ok)
		fail(t, -ENOMEM, "no memory");
}

static inline void to_integer(struct to *t, ASN1_INTEGER *to, uint64_t value)
{
	check(t, to && ASN1_INTEGER_set_uint64(to, value));
}

/* An optional one is made. */
static inline void to_integer_new(struct to *t, ASN1_INTEGER **to,
				  uint64_t value)
{
	*to = ASN1_INTEGER_new();
	to_integer(t, *to, value);
}

static inline void to_value(struct to *t, ASN1_INTEGER *to,
			    enum gbcs_values values, uint8_t value,
			    const char *why)
{
	if (!gbcs_value_name(values, value))
		fail(t, -EINVAL, why);
	to_integer(t, to, value);
}

static inline void to_role(struct to *t, ASN1_INTEGER *to, uint8_t role)
{
	to_value(t, to, GBCS_ROLES, role, "no such remote party role");
}

static inline void to_status(struct to *t, ASN1_ENUMERATED *to, uint8_t status)
{
	if (!gbcs_value_name(GBCS_STATUSES, status))
		fail(t, -EINVAL, "no such credentials status");
	check(t, ASN1_ENUMERATED_set(to, status));
}

static inline void to_mode(struct to *t, ASN1_INTEGER *to, uint8_t mode)
{
	to_value(t, to, GBCS_MODES, mode, "no such replacement mode");
}

/* A list of named bits: DER cuts it after the last one set. */
static inline void to_usage(struct to *t, ASN1_BIT_STRING *to, uint16_t usage)
{
	uint8_t bits[2] = { (uint8_t)usage, (uint8_t)(usage >> 8) };

	if (!usage || bits[1] & 0x7f)
		fail(t, -EINVAL, "key usage is not of 1 to 9 bits");
	check(t, ASN1_BIT_STRING_set(to, bits, bits[1] ? 2 : 1));
}

static inline void to_octets(struct to *t, ASN1_OCTET_STRING *to,
			     uint64_t value, size_t n)
{
	uint8_t octets[8];
	struct wbuf w = wbuf_of(octets, sizeof(octets));

	write_be(&w, value, n);
	check(t, ASN1_OCTET_STRING_set(to, octets, (int)n));
}

static inline void to_string(struct to *t, ASN1_STRING *to, struct span s)
{
	check(t, to && ASN1_STRING_set(to, s.p, (int)s.len));
}

/* Octets that go out as they are have to be one SEQUENCE. */
static inline void to_certificate(struct to *t, ASN1_STRING *to, struct span s)
{
	if (!s.p || s.len > UINT16_MAX || s.len < 2 || s.p[0] != 0x30 ||
	    gbcs_der_check(s)) {
		fail(t, -EINVAL, "certificate is not one DER SEQUENCE");
		return;
	}
	to_string(t, to, s);
}

static inline void to_time(struct to *t, ASN1_GENERALIZEDTIME *to, int64_t time)
{
	char text[16];

	if (gbcs_time_format(time, text)) {
		fail(t, -EINVAL, "time is not of years 0 to 9999");
		return;
	}
	to_string(t, to, SPAN((const uint8_t *)text, 15));
}

static inline void to_time_new(struct to *t, ASN1_GENERALIZEDTIME **to,
			       int64_t time)
{
	*to = ASN1_GENERALIZEDTIME_new();
	check(t, *to);
	if (*to)
		to_time(t, *to, time);
}

static inline bool has_array(struct to *t, const void *array, size_t n)
{
	if (n && (!array || n > UINT16_MAX))
		fail(t, -EINVAL, "list without elements, or too long");
	return !t->error;
}

/* One more element of item; NULL after an error. */
static inline void *add(struct to *t, OPENSSL_STACK *stack,
			const ASN1_ITEM *item)
{
	ASN1_VALUE *value;

	if (t->error)
		return NULL;
	value = ASN1_item_new(item);
	if (!value || OPENSSL_sk_push(stack, value) <= 0) {
		ASN1_item_free(value, item);
		fail(t, -ENOMEM, "no memory");
		return NULL;
	}
	return value;
}

/* for (each of an array of n): from is it, d its new OpenSSL structure. */
#define TO_EACH(t, stack, item, d, from, array, n)                        \
	for (size_t at_ = 0; at_ < (has_array(t, array, n) ? (n) : 0) &&  \
			     ((from) = &(array)[at_]) &&                  \
			     ((d) = add(t, stack, ASN1_ITEM_rptr(item))); \
	     at_++)

/* An optional structure. */
static inline void *make(struct to *t, const ASN1_ITEM *item)
{
	void *value = ASN1_item_new(item);

	check(t, value);
	return value;
}

static inline void stack_new(struct to *t, OPENSSL_STACK **stack)
{
	*stack = OPENSSL_sk_new_null();
	check(t, *stack);
}

/* Management is the default, which DER leaves out. */
static inline void to_cell_usage(struct to *t, ASN1_INTEGER **to, uint8_t usage)
{
	if (!gbcs_value_name(GBCS_CELL_USAGES, usage))
		fail(t, -EINVAL, "no such cell usage");
	if (usage != GBCS_CELL_MANAGEMENT)
		to_integer_new(t, to, usage);
}

static inline void to_cell(struct to *t, struct der_cell *to,
			   const struct gbcs_cell *from)
{
	to_role(t, to->role, from->role);
	to_usage(t, to->key_usage, from->key_usage);
	to_cell_usage(t, &to->cell_usage, from->usage);
}

static inline void to_device(struct to *t, ASN1_OCTET_STRING *id,
			     ASN1_INTEGER *type, const struct gbcs_device *from)
{
	to_octets(t, id, from->id, 8);
	to_value(t, type, GBCS_DEVICE_TYPES, from->type, "no such device type");
}

static inline void to_devices(struct to *t, OPENSSL_STACK *to,
			      const struct gbcs_devices *devices)
{
	const struct gbcs_device *from;
	struct der_device *d;

	TO_EACH(t, to, der_device, d, from, devices->device, devices->n)
	to_device(t, d->device, d->device_type, from);
}

/* --- of CS02 (gbcs-asn1-to-cs02.c) */

void gbcs_asn1_to_credentials_command(
	struct to *t, struct der_credentials_command *to,
	const struct gbcs_credentials_command *command);
void gbcs_asn1_to_credentials_response(
	struct to *t, OPENSSL_STACK *to,
	const struct gbcs_credentials_response *response);
void gbcs_asn1_to_update_command(struct to *t, struct der_update_command *to,
				 const struct gbcs_update_command *command);
void gbcs_asn1_to_update_outcome(struct to *t, struct der_update_outcome *to,
				 const struct gbcs_update_outcome *outcome);
void gbcs_asn1_to_update_response(struct to *t, struct der_update_response *to,
				  const struct gbcs_update_response *from);

#endif /* HEARTH_GBCS_ASN1_TO_H */
