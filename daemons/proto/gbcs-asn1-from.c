// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * OpenSSL's structures to plain ones. Only what a plain structure could not
 * hold is refused here; gbcs-asn1-to.h knows which values are right.
 */
#include <errno.h>
#include <stdalign.h>
#include <stdlib.h>

#include "gbcs-asn1-item.h"

struct gbcs_asn1_memory {
	struct gbcs_asn1_memory *next;
	size_t len;
	alignas(max_align_t) uint8_t bytes[];
};

/* The first error sticks. */
struct from {
	struct gbcs_asn1 *ret;
	int error;
};

static void fail(struct from *f, int error, const char *why)
{
	if (!f->error) {
		f->error = error;
		f->ret->why = why;
	}
}

/* Zeroed, or NULL if len is 0 or there is no memory. */
static void *allocate(struct from *f, size_t n, size_t size)
{
	struct gbcs_asn1_memory *memory;

	if (!n || f->error)
		return NULL;
	memory = calloc(1, sizeof(*memory) + n * size);
	if (!memory) {
		fail(f, -ENOMEM, "no memory");
		return NULL;
	}
	memory->len = n * size;
	memory->next = f->ret->memory;
	f->ret->memory = memory;
	return memory->bytes;
}

void gbcs_asn1_free(struct gbcs_asn1 *msg)
{
	while (msg->memory) {
		struct gbcs_asn1_memory *next = msg->memory->next;

		/* A symmetric key may be among it. */
		OPENSSL_cleanse(msg->memory->bytes, msg->memory->len);
		free(msg->memory);
		msg->memory = next;
	}
	memset(msg, 0, sizeof(*msg));
}

static struct span string_span(const ASN1_STRING *string)
{
	return SPAN(ASN1_STRING_get0_data(string),
		    (size_t)ASN1_STRING_length(string));
}

static uint64_t from_integer(struct from *f, const ASN1_INTEGER *from)
{
	uint64_t value = 0;

	if (!ASN1_INTEGER_get_uint64(&value, from))
		fail(f, -EBADMSG, "an INTEGER is negative or over 64 bits");
	return value;
}

static uint8_t from_small(struct from *f, const ASN1_INTEGER *from)
{
	uint64_t value = from_integer(f, from);

	if (value > UINT8_MAX)
		fail(f, -EBADMSG, "an INTEGER is none of its values");
	return (uint8_t)value;
}

static uint8_t from_status(struct from *f, const ASN1_ENUMERATED *from)
{
	int64_t value = 0;

	if (!ASN1_ENUMERATED_get_int64(&value, from) || value < 0 ||
	    value > UINT8_MAX)
		fail(f, -EBADMSG, "an ENUMERATED is none of its values");
	return (uint8_t)value;
}

static uint16_t from_alert(struct from *f, const ASN1_INTEGER *from)
{
	uint64_t value = from_integer(f, from);

	if (value > UINT16_MAX)
		fail(f, -EBADMSG, "alert code over 16 bits");
	return (uint16_t)value;
}

static uint16_t from_usage(struct from *f, const ASN1_BIT_STRING *from)
{
	struct span bits = string_span(from);

	if (!bits.len || bits.len > 2) {
		fail(f, -EBADMSG, "key usage is not of 1 to 9 bits");
		return 0;
	}
	return (uint16_t)(bits.p[0] | (bits.len > 1 ? bits.p[1] << 8 : 0));
}

static uint8_t from_cell_usage(struct from *f, const ASN1_INTEGER *from)
{
	return from ? from_small(f, from) : GBCS_CELL_MANAGEMENT;
}

/* n octets, big endian. */
static uint64_t from_octets(struct from *f, const ASN1_OCTET_STRING *from,
			    size_t n)
{
	struct reader r = reader_of(string_span(from));
	uint64_t value = read_be(&r, n);

	if (reader_done(&r))
		fail(f, -EBADMSG,
		     n == 8 ? "an identifier is not of 8 octets" :
			      "firmware version is not of 4 octets");
	return value;
}

static struct span from_copy(struct from *f, const ASN1_STRING *from)
{
	struct span s = string_span(from);
	uint8_t *copy = allocate(f, s.len, 1);

	if (!copy) {
		fail(f, -EBADMSG, "empty octet string");
		return SPAN(NULL, 0);
	}
	memcpy(copy, s.p, s.len);
	return SPAN(copy, s.len);
}

static int64_t from_time(struct from *f, const ASN1_GENERALIZEDTIME *from)
{
	int64_t value = 0;

	if (gbcs_time_parse(string_span(from), &value))
		fail(f, -EBADMSG, "time is not YYYYMMDDhhmmssZ");
	return value;
}

static size_t count(const OPENSSL_STACK *stack)
{
	int n = OPENSSL_sk_num(stack);

	return n > 0 ? (size_t)n : 0;
}

/* Memory for what is in a stack; *ret_n is how many, 0 without memory. */
static void *begin_each(struct from *f, const OPENSSL_STACK *stack, size_t size,
			size_t *ret_n)
{
	size_t n = count(stack);
	void *array = allocate(f, n, size);

	*ret_n = array ? n : 0;
	return array;
}

/*
 * for (each element of a stack): value is its OpenSSL structure, to the plain
 * one; nothing is done without memory for them.
 */
#define FROM_EACH(f, stack, value, to, array, n)                              \
	for (int at_ =                                                        \
		     ((array) = begin_each(f, stack, sizeof(*(array)), &(n)), \
		     (to) = (array), 0);                                      \
	     at_ < (int)(n) && ((value) = OPENSSL_sk_value(stack, at_));      \
	     at_++, (to)++)

static struct gbcs_cell from_cell(struct from *f, const struct der_cell *from)
{
	return (struct gbcs_cell){
		.role = from_small(f, from->role),
		.key_usage = from_usage(f, from->key_usage),
		.usage = from_cell_usage(f, from->cell_usage),
	};
}

static struct gbcs_device from_device(struct from *f,
				      const ASN1_OCTET_STRING *id,
				      const ASN1_INTEGER *type)
{
	return (struct gbcs_device){
		.id = from_octets(f, id, 8),
		.type = from_small(f, type),
	};
}

static void from_devices(struct from *f, const OPENSSL_STACK *from,
			 struct gbcs_devices *ret)
{
	const struct der_device *device;
	struct gbcs_device *to;

	FROM_EACH(f, from, device, to, ret->device, ret->n)
	*to = from_device(f, device->device, device->device_type);
}

static void from_special(struct from *f, const OPENSSL_STACK *from,
			 struct gbcs_special_floor **ret, size_t *ret_n)
{
	const struct der_special_floor *floor;
	struct gbcs_special_floor *to;

	FROM_EACH(f, from, floor, to, *ret, *ret_n)
	{
		to->usage = from_small(f, floor->floor_usage);
		to->floor = from_integer(f, floor->floor);
	}
}

static void from_floors(struct from *f, const OPENSSL_STACK *from,
			struct gbcs_role_floor **ret, size_t *ret_n)
{
	const struct der_role_floor *floor;
	struct gbcs_role_floor *to;

	FROM_EACH(f, from, floor, to, *ret, *ret_n)
	{
		to->role = from_small(f, floor->role);
		to->floor = from_integer(f, floor->floor);
		to->has_special = floor->special_floors;
		from_special(f, floor->special_floors, &to->special,
			     &to->n_special);
	}
}

static void from_credentials_command(struct from *f,
				     const struct der_credentials_command *from,
				     struct gbcs_credentials_command *ret)
{
	const ASN1_INTEGER *role;
	uint8_t *to;

	ret->authorising = from_cell(f, from->authorising_cell);
	FROM_EACH(f, from->roles, role, to, ret->roles, ret->n_roles)
	*to = from_small(f, role);
}

static void from_held(struct from *f, const struct der_held_role *from,
		      struct gbcs_held_role *ret)
{
	const struct der_held_certificate *held;
	struct gbcs_held_certificate *to;

	ret->role = from_small(f, from->role);
	ret->status = from_status(f, from->status);
	if (!from->counter != !from->certificates)
		fail(f, -EBADMSG, "counter without certificates");
	if (!from->counter)
		return;
	ret->has_details = true;
	ret->counter = from_integer(f, from->counter);
	FROM_EACH(f, from->certificates, held, to, ret->certificates,
		  ret->n_certificates)
	{
		to->key_usage = from_usage(f, held->key_usage);
		to->usage = from_cell_usage(f, held->cell_usage);
		to->subject = from_octets(f, held->subject, 8);
		to->ski = from_octets(f, held->ski, 8);
	}
}

static void from_credentials_response(struct from *f, const OPENSSL_STACK *from,
				      struct gbcs_credentials_response *ret)
{
	const struct der_held_role *role;
	struct gbcs_held_role *to;

	FROM_EACH(f, from, role, to, ret->roles, ret->n_roles)
	from_held(f, role, to);
}

static void from_control(struct from *f, const struct der_control *from,
			 struct gbcs_update_command *ret)
{
	ret->mode = from_small(f, from->mode);
	if (from->symmetric_key)
		ret->symmetric_key = from_copy(f, from->symmetric_key);
	ret->has_time_checks = from->time_checks;
	if (from->time_checks)
		ret->time_checks = from_small(f, from->time_checks);
	ret->has_authorising = from->authorising_cell;
	if (from->authorising_cell)
		ret->authorising = from_cell(f, from->authorising_cell);
	ret->counter = from_integer(f, from->counter);
	ret->has_floor = from->floor;
	if (from->floor)
		ret->floor = from_integer(f, from->floor);
	ret->has_special = from->special_floors;
	from_special(f, from->special_floors, &ret->special, &ret->n_special);
	ret->has_role_floors = from->role_floors;
	from_floors(f, from->role_floors, &ret->role_floors,
		    &ret->n_role_floors);
}

static void from_update_command(struct from *f,
				const struct der_update_command *from,
				struct gbcs_update_command *ret)
{
	const struct der_replacement *replacement;
	const ASN1_STRING *certificate;
	struct gbcs_replacement *to;
	struct span *path;

	from_control(f, from->control, ret);
	FROM_EACH(f, from->replacements, replacement, to, ret->replacements,
		  ret->n_replacements)
	{
		to->certificate = from_copy(f, replacement->certificate);
		to->cell = from_cell(f, replacement->cell);
	}
	FROM_EACH(f, from->path, certificate, path, ret->path, ret->n_path)
	*path = from_copy(f, certificate);
	ret->has_time = from->time;
	if (from->time)
		ret->time = from_time(f, from->time);
}

static void from_update_outcome(struct from *f,
				const struct der_update_outcome *from,
				struct gbcs_update_outcome *ret)
{
	const struct der_replacement_outcome *outcome;
	struct gbcs_replacement_outcome *to;

	ret->counter = from_integer(f, from->counter);
	ret->mode = from_small(f, from->mode);
	from_floors(f, from->role_floors, &ret->floors, &ret->n_floors);
	FROM_EACH(f, from->replacements, outcome, to, ret->replacements,
		  ret->n_replacements)
	{
		to->cell = from_cell(f, outcome->cell);
		to->status = from_status(f, outcome->status);
		to->existing_subject =
			from_octets(f, outcome->existing_subject, 8);
		to->existing_ski = from_octets(f, outcome->existing_ski, 8);
		to->replacing_subject =
			from_octets(f, outcome->replacing_subject, 8);
		to->replacing_ski = from_octets(f, outcome->replacing_ski, 8);
	}
}

static void from_certificate_response(struct from *f,
				      const struct der_certificate_response *d,
				      struct gbcs_certificate_response *ret)
{
	if (d->type == 1)
		ret->certificate = from_copy(f, d->certificate);
	else
		ret->code = from_small(f, d->code);
}

static void from_join_command(struct from *f,
			      const struct der_join_command *from,
			      struct gbcs_join_command *ret)
{
	ret->method = from_small(f, from->method);
	ret->other = from_device(f, from->device, from->device_type);
	if (from->certificate)
		ret->certificate = from_copy(f, from->certificate);
}

static void from_firmware_command(struct from *f,
				  const struct der_firmware_command *from,
				  struct gbcs_firmware_command *ret)
{
	struct span hash = string_span(from->hash);

	if (hash.len == sizeof(ret->hash))
		memcpy(ret->hash, hash.p, hash.len);
	else
		fail(f, -EBADMSG, "hash is not of 32 octets");
	ret->counter = from_integer(f, from->counter);
	ret->has_time = from->time;
	if (from->time)
		ret->time = from_time(f, from->time);
}

static void from_firmware_outcome(struct from *f,
				  const struct der_firmware_outcome *from,
				  struct gbcs_firmware_outcome *ret)
{
	ret->response = from_small(f, from->firmware_response);
	ret->version = (uint32_t)from_octets(f, from->version, 4);
}

static void from_log_response(struct from *f,
			      const struct der_log_response *from,
			      struct gbcs_log_response *ret)
{
	ret->code = from_small(f, from->code);
	ret->has_devices = from->devices;
	from_devices(f, from->devices, &ret->devices);
}

static void from_version_alert(struct from *f,
			       const struct der_version_alert *from,
			       struct gbcs_version *ret)
{
	ret->alert = from_alert(f, from->alert);
	ret->time = from_time(f, from->time);
	ret->version = (uint32_t)from_octets(f, from->version, 4);
	ret->code = from_small(f, from->code);
}

static void from_transfer_alert(struct from *f,
				const struct der_transfer_alert *from,
				struct gbcs_version *ret)
{
	ret->alert = from_alert(f, from->alert);
	ret->time = from_time(f, from->time);
	ret->device = from_octets(f, from->device, 8);
	ret->version = (uint32_t)from_octets(f, from->version, 4);
	ret->code = from_small(f, from->code);
}

static void from_restore_response(struct from *f,
				  const struct der_restore_response *from,
				  struct gbcs_restore_response *ret)
{
	const struct der_restored_device *outcome;
	struct gbcs_restored_device *to;

	FROM_EACH(f, from->outcomes, outcome, to, ret->devices, ret->n_devices)
	{
		to->device = from_device(f, outcome->entry->device,
					 outcome->entry->device_type);
		to->code = from_small(f, outcome->join_response);
	}
}

/* What an alert has before its own: code and time are its first fields. */
#define FROM_ALERT(f, from, to)                             \
	do {                                                \
		(to)->alert = from_alert(f, (from)->alert); \
		(to)->time = from_time(f, (from)->time);    \
	} while (0)

static void from_alerts(struct from *f, enum gbcs_asn1_kind kind,
			const void *value, struct gbcs_asn1 *ret)
{
	const struct der_update_alert *update = value;
	const struct der_firmware_alert *firmware = value;
	const struct der_backup_alert *backup = value;

	if (kind == KIND_UPDATE_ALERT) {
		FROM_ALERT(f, update, &ret->update_alert);
		from_update_outcome(f, update->outcome,
				    &ret->update_alert.outcome);
	} else if (kind == KIND_FIRMWARE_ALERT) {
		FROM_ALERT(f, firmware, &ret->firmware_alert);
		ret->firmware_alert.counter =
			from_integer(f, firmware->counter);
		from_firmware_outcome(f, firmware->outcome,
				      &ret->firmware_alert.outcome);
	} else if (kind == KIND_BACKUP_ALERT) {
		FROM_ALERT(f, backup, &ret->backup_alert);
		from_devices(f, backup->devices, &ret->backup_alert.devices);
	} else if (kind == KIND_VERSION_ALERT) {
		from_version_alert(f, value, &ret->version);
	} else {
		from_transfer_alert(f, value, &ret->version);
	}
}

static void from_responses(struct from *f, enum gbcs_asn1_kind kind,
			   const void *value, struct gbcs_asn1 *ret)
{
	const struct der_update_response *update = value;
	const struct der_firmware_response *firmware = value;
	const struct der_version_response *version = value;
	const struct der_clock_response *clock = value;

	if (kind == KIND_UPDATE_RESPONSE) {
		ret->update_response.has_outcome = update->outcome;
		if (update->outcome)
			from_update_outcome(f, update->outcome,
					    &ret->update_response.outcome);
	} else if (kind == KIND_FIRMWARE_RESPONSE) {
		ret->firmware_response.has_outcome = firmware->type == 1;
		if (firmware->type == 1)
			from_firmware_outcome(f, firmware->outcome,
					      &ret->firmware_response.outcome);
	} else if (kind == KIND_VERSION_RESPONSE) {
		ret->version.version =
			(uint32_t)from_octets(f, version->version, 4);
		ret->version.code = from_small(f, version->code);
	} else {
		ret->clock_response.time = from_time(f, clock->time);
		ret->clock_response.status = from_small(f, clock->clock_status);
	}
}

static void from_plain(struct from *f, const struct gbcs_asn1_type *type,
		       const void *value, struct gbcs_asn1 *ret)
{
	switch (type->kind) {
	case KIND_KEY_USAGE:
		ret->key_usage = from_usage(
			f, ((const struct der_key_usage *)value)->key_usage);
		break;
	case KIND_CERTIFICATE:
		ret->certificate = from_copy(f, value);
		break;
	case KIND_RESPONSE:
		ret->response = from_small(f, value);
		break;
	case KIND_DEVICE:
		ret->device = from_octets(f, value, 8);
		break;
	case KIND_DEVICES:
		from_devices(
			f, ((const struct der_restore_command *)value)->devices,
			&ret->devices);
		break;
	default: /* KIND_NOTHING */
		break;
	}
}

int gbcs_asn1_from_der(const struct gbcs_asn1_type *type,
		       const ASN1_VALUE *from, struct gbcs_asn1 *ret)
{
	const void *value = from;
	const struct der_clock_command *clock = value;
	struct from f = { .ret = ret };

	switch (type->kind) {
	case KIND_NOTHING:
	case KIND_KEY_USAGE:
	case KIND_CERTIFICATE:
	case KIND_RESPONSE:
	case KIND_DEVICE:
	case KIND_DEVICES:
		from_plain(&f, type, value, ret);
		break;
	case KIND_CREDENTIALS_COMMAND:
		from_credentials_command(&f, value, &ret->credentials_command);
		break;
	case KIND_CREDENTIALS_RESPONSE:
		from_credentials_response(&f, value,
					  &ret->credentials_response);
		break;
	case KIND_UPDATE_COMMAND:
		from_update_command(&f, value, &ret->update_command);
		break;
	case KIND_CERTIFICATE_RESPONSE:
		from_certificate_response(&f, value,
					  &ret->certificate_response);
		break;
	case KIND_JOIN_COMMAND:
		from_join_command(&f, value, &ret->join_command);
		break;
	case KIND_FIRMWARE_COMMAND:
		from_firmware_command(&f, value, &ret->firmware_command);
		break;
	case KIND_LOG_RESPONSE:
		from_log_response(&f, value, &ret->log_response);
		break;
	case KIND_CLOCK_COMMAND:
		ret->clock_command.start = from_time(&f, clock->start);
		ret->clock_command.end = from_time(&f, clock->end);
		break;
	case KIND_RESTORE_RESPONSE:
		from_restore_response(&f, value, &ret->restore_response);
		break;
	case KIND_UPDATE_RESPONSE:
	case KIND_FIRMWARE_RESPONSE:
	case KIND_VERSION_RESPONSE:
	case KIND_CLOCK_RESPONSE:
		from_responses(&f, type->kind, value, ret);
		break;
	case KIND_UPDATE_ALERT:
	case KIND_FIRMWARE_ALERT:
	case KIND_BACKUP_ALERT:
	case KIND_VERSION_ALERT:
	case KIND_TRANSFER_ALERT:
		from_alerts(&f, type->kind, value, ret);
		break;
	}
	return f.error;
}
