// SPDX-License-Identifier: LGPL-2.1-or-later
/* Plain structures to OpenSSL's: see gbcs-asn1-to.h. */
#include "gbcs-asn1-to.h"

static void
to_certificate_response(struct to *t, struct der_certificate_response *to,
			const struct gbcs_certificate_response *from,
			enum gbcs_values codes)
{
	if (from->certificate.p) {
		to->certificate = ASN1_STRING_type_new(V_ASN1_SEQUENCE);
		to->type = 1;
		to_certificate(t, to->certificate, from->certificate);
	} else {
		to->code = ASN1_INTEGER_new();
		to->type = 0;
		to_value(t, to->code, codes, from->code,
			 "no such response code");
	}
}

static void to_join_command(struct to *t, struct der_join_command *to,
			    const struct gbcs_join_command *from)
{
	to_value(t, to->method, GBCS_METHODS, from->method,
		 "no such method and role");
	to_device(t, to->device, to->device_type, &from->other);
	if (from->certificate.p) {
		to->certificate = ASN1_STRING_type_new(V_ASN1_SEQUENCE);
		to_certificate(t, to->certificate, from->certificate);
	}
}

static void to_firmware_command(struct to *t, struct der_firmware_command *to,
				const struct gbcs_firmware_command *from)
{
	to_string(t, to->hash, SPAN(from->hash, sizeof(from->hash)));
	to_integer(t, to->counter, from->counter);
	if (from->has_time)
		to_time_new(t, &to->time, from->time);
}

static void to_firmware_outcome(struct to *t, struct der_firmware_outcome *to,
				const struct gbcs_firmware_outcome *from)
{
	to_value(t, to->firmware_response, GBCS_FIRMWARE_CODES, from->response,
		 "no such response code");
	to_octets(t, to->version, from->version, 4);
}

static void to_firmware_response(struct to *t, struct der_firmware_response *to,
				 const struct gbcs_firmware_response *from)
{
	if (!from->has_outcome) {
		to->accepted = ASN1_NULL_new();
		to->type = 0;
		return;
	}
	to->outcome = make(t, ASN1_ITEM_rptr(der_firmware_outcome));
	to->type = 1;
	if (to->outcome)
		to_firmware_outcome(t, to->outcome, &from->outcome);
}

static void to_log_response(struct to *t, struct der_log_response *to,
			    const struct gbcs_log_response *from)
{
	to_value(t, to->code, GBCS_SUCCESS_CODES, from->code,
		 "no such response code");
	if (from->has_devices) {
		stack_new(t, &to->devices);
		to_devices(t, to->devices, &from->devices);
	}
}

static void to_version(struct to *t, enum gbcs_asn1_kind kind, void *value,
		       const struct gbcs_version *from)
{
	struct der_version_response *response = value;
	struct der_version_alert *alert = value;
	struct der_transfer_alert *transfer = value;

	if (kind == KIND_VERSION_RESPONSE) {
		to_octets(t, response->version, from->version, 4);
		to_integer(t, response->code, from->code);
	} else if (kind == KIND_VERSION_ALERT) {
		to_integer(t, alert->alert, from->alert);
		to_time(t, alert->time, from->time);
		to_octets(t, alert->version, from->version, 4);
		to_integer(t, alert->code, from->code);
	} else {
		to_integer(t, transfer->alert, from->alert);
		to_time(t, transfer->time, from->time);
		to_octets(t, transfer->device, from->device, 8);
		to_octets(t, transfer->version, from->version, 4);
		to_integer(t, transfer->code, from->code);
	}
}

static void to_restore_response(struct to *t, struct der_restore_response *to,
				const struct gbcs_restore_response *response)
{
	const struct gbcs_restored_device *from;
	struct der_restored_device *d;

	TO_EACH(t, to->outcomes, der_restored_device, d, from,
		response->devices, response->n_devices)
	{
		to_device(t, d->entry->device, d->entry->device_type,
			  &from->device);
		to_value(t, d->join_response, GBCS_JOIN_CODES, from->code,
			 "no such response code");
	}
}

static void to_alerts(struct to *t, enum gbcs_asn1_kind kind, void *value,
		      const struct gbcs_asn1 *from)
{
	struct der_update_alert *update = value;
	struct der_firmware_alert *firmware = value;
	struct der_backup_alert *backup = value;

	if (kind == KIND_UPDATE_ALERT) {
		to_integer(t, update->alert, from->update_alert.alert);
		to_time(t, update->time, from->update_alert.time);
		gbcs_asn1_to_update_outcome(t, update->outcome,
					    &from->update_alert.outcome);
	} else if (kind == KIND_FIRMWARE_ALERT) {
		to_integer(t, firmware->alert, from->firmware_alert.alert);
		to_time(t, firmware->time, from->firmware_alert.time);
		to_integer(t, firmware->counter, from->firmware_alert.counter);
		to_firmware_outcome(t, firmware->outcome,
				    &from->firmware_alert.outcome);
	} else {
		to_integer(t, backup->alert, from->backup_alert.alert);
		to_time(t, backup->time, from->backup_alert.time);
		to_devices(t, backup->devices, &from->backup_alert.devices);
	}
}

static void to_clock(struct to *t, enum gbcs_asn1_kind kind, void *value,
		     const struct gbcs_asn1 *from)
{
	struct der_clock_command *command = value;
	struct der_clock_response *response = value;

	if (kind == KIND_CLOCK_COMMAND) {
		to_time(t, command->start, from->clock_command.start);
		to_time(t, command->end, from->clock_command.end);
	} else {
		to_time(t, response->time, from->clock_response.time);
		to_value(t, response->clock_status, GBCS_CLOCK_STATUSES,
			 from->clock_response.status, "no such clock status");
	}
}

static void to_plain(struct to *t, const struct gbcs_asn1_type *type,
		     void *value, const struct gbcs_asn1 *from)
{
	switch (type->kind) {
	case KIND_KEY_USAGE:
		to_usage(t, ((struct der_key_usage *)value)->key_usage,
			 from->key_usage);
		break;
	case KIND_CERTIFICATE:
		to_certificate(t, value, from->certificate);
		break;
	case KIND_RESPONSE:
		to_value(t, value, type->codes, from->response,
			 "no such response code");
		break;
	case KIND_DEVICE:
		to_octets(t, value, from->device, 8);
		break;
	case KIND_DEVICES:
		to_devices(t, ((struct der_restore_command *)value)->devices,
			   &from->devices);
		break;
	default: /* KIND_NOTHING */
		break;
	}
}

static void to_any(struct to *t, const struct gbcs_asn1_type *type, void *value,
		   const struct gbcs_asn1 *from)
{
	switch (type->kind) {
	case KIND_NOTHING:
	case KIND_KEY_USAGE:
	case KIND_CERTIFICATE:
	case KIND_RESPONSE:
	case KIND_DEVICE:
	case KIND_DEVICES:
		to_plain(t, type, value, from);
		break;
	case KIND_CREDENTIALS_COMMAND:
		gbcs_asn1_to_credentials_command(t, value,
						 &from->credentials_command);
		break;
	case KIND_CREDENTIALS_RESPONSE:
		gbcs_asn1_to_credentials_response(t, value,
						  &from->credentials_response);
		break;
	case KIND_UPDATE_COMMAND:
		gbcs_asn1_to_update_command(t, value, &from->update_command);
		break;
	case KIND_UPDATE_RESPONSE:
		gbcs_asn1_to_update_response(t, value, &from->update_response);
		break;
	case KIND_CERTIFICATE_RESPONSE:
		to_certificate_response(t, value, &from->certificate_response,
					type->codes);
		break;
	case KIND_JOIN_COMMAND:
		to_join_command(t, value, &from->join_command);
		break;
	case KIND_FIRMWARE_COMMAND:
		to_firmware_command(t, value, &from->firmware_command);
		break;
	case KIND_FIRMWARE_RESPONSE:
		to_firmware_response(t, value, &from->firmware_response);
		break;
	case KIND_LOG_RESPONSE:
		to_log_response(t, value, &from->log_response);
		break;
	case KIND_RESTORE_RESPONSE:
		to_restore_response(t, value, &from->restore_response);
		break;
	case KIND_CLOCK_COMMAND:
	case KIND_CLOCK_RESPONSE:
		to_clock(t, type->kind, value, from);
		break;
	case KIND_VERSION_RESPONSE:
	case KIND_VERSION_ALERT:
	case KIND_TRANSFER_ALERT:
		to_version(t, type->kind, value, &from->version);
		break;
	case KIND_UPDATE_ALERT:
	case KIND_FIRMWARE_ALERT:
	case KIND_BACKUP_ALERT:
		to_alerts(t, type->kind, value, from);
		break;
	}
}

int gbcs_asn1_to_der(const struct gbcs_asn1_type *type,
		     const struct gbcs_asn1 *from, ASN1_VALUE *to,
		     const char **ret_why)
{
	struct to t = { 0 };

	to_any(&t, type, to, from);
	*ret_why = t.why;
	return t.error;
}
