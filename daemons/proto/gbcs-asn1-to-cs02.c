// SPDX-License-Identifier: LGPL-2.1-or-later
/* Security credentials, CS02a, b, f and g: see gbcs-asn1-to.h. */
#include "gbcs-asn1-to.h"

static void to_special(struct to *t, bool has, OPENSSL_STACK **to,
		       const struct gbcs_special_floor *floors, size_t n)
{
	const struct gbcs_special_floor *from;
	struct der_special_floor *d;

	if (!has)
		return;
	stack_new(t, to);
	TO_EACH(t, *to, der_special_floor, d, from, floors, n)
	{
		to_value(t, d->floor_usage, GBCS_FLOOR_USAGES, from->usage,
			 "no such usage of a floor counter");
		to_integer(t, d->floor, from->floor);
	}
}

static void to_floors(struct to *t, OPENSSL_STACK *to,
		      const struct gbcs_role_floor *floors, size_t n)
{
	const struct gbcs_role_floor *from;
	struct der_role_floor *d;

	TO_EACH(t, to, der_role_floor, d, from, floors, n)
	{
		to_role(t, d->role, from->role);
		to_integer(t, d->floor, from->floor);
		to_special(t, from->has_special, &d->special_floors,
			   from->special, from->n_special);
	}
}

void gbcs_asn1_to_credentials_command(
	struct to *t, struct der_credentials_command *to,
	const struct gbcs_credentials_command *command)
{
	const uint8_t *from;
	ASN1_INTEGER *d;

	to_cell(t, to->authorising_cell, &command->authorising);
	TO_EACH(t, to->roles, ASN1_INTEGER, d, from, command->roles,
		command->n_roles)
	to_role(t, d, *from);
}

static void to_held(struct to *t, struct der_held_role *to,
		    const struct gbcs_held_role *role)
{
	const struct gbcs_held_certificate *from;
	struct der_held_certificate *d;

	to_role(t, to->role, role->role);
	to_status(t, to->status, role->status);
	if (!role->has_details)
		return;
	to_integer_new(t, &to->counter, role->counter);
	stack_new(t, &to->certificates);
	TO_EACH(t, to->certificates, der_held_certificate, d, from,
		role->certificates, role->n_certificates)
	{
		to_usage(t, d->key_usage, from->key_usage);
		to_cell_usage(t, &d->cell_usage, from->usage);
		to_octets(t, d->subject, from->subject, 8);
		to_octets(t, d->ski, from->ski, 8);
	}
}

void gbcs_asn1_to_credentials_response(
	struct to *t, OPENSSL_STACK *to,
	const struct gbcs_credentials_response *response)
{
	const struct gbcs_held_role *from;
	struct der_held_role *d;

	TO_EACH(t, to, der_held_role, d, from, response->roles,
		response->n_roles)
	to_held(t, d, from);
}

static void to_control(struct to *t, struct der_control *to,
		       const struct gbcs_update_command *from)
{
	to_mode(t, to->mode, from->mode);
	if (from->symmetric_key.p) {
		if (!from->symmetric_key.len ||
		    from->symmetric_key.len > UINT16_MAX)
			fail(t, -EINVAL, "symmetric key of no length");
		to->symmetric_key = ASN1_OCTET_STRING_new();
		to_string(t, to->symmetric_key, from->symmetric_key);
	}
	if (from->has_time_checks) {
		to->time_checks = ASN1_INTEGER_new();
		to_value(t, to->time_checks, GBCS_TIME_CHECKS,
			 from->time_checks, "time checks neither on nor off");
	}
	if (from->has_authorising) {
		to->authorising_cell = make(t, ASN1_ITEM_rptr(der_cell));
		if (to->authorising_cell)
			to_cell(t, to->authorising_cell, &from->authorising);
	}
	to_integer(t, to->counter, from->counter);
	if (from->has_floor)
		to_integer_new(t, &to->floor, from->floor);
	to_special(t, from->has_special, &to->special_floors, from->special,
		   from->n_special);
	if (from->has_role_floors) {
		stack_new(t, &to->role_floors);
		to_floors(t, to->role_floors, from->role_floors,
			  from->n_role_floors);
	}
}

void gbcs_asn1_to_update_command(struct to *t, struct der_update_command *to,
				 const struct gbcs_update_command *command)
{
	const struct gbcs_replacement *from;
	const struct span *path;
	struct der_replacement *d;
	ASN1_STRING *certificate;

	to_control(t, to->control, command);
	TO_EACH(t, to->replacements, der_replacement, d, from,
		command->replacements, command->n_replacements)
	{
		to_certificate(t, d->certificate, from->certificate);
		to_cell(t, d->cell, &from->cell);
	}
	TO_EACH(t, to->path, ASN1_SEQUENCE, certificate, path, command->path,
		command->n_path)
	to_certificate(t, certificate, *path);
	if (command->has_time)
		to_time_new(t, &to->time, command->time);
}

void gbcs_asn1_to_update_outcome(struct to *t, struct der_update_outcome *to,
				 const struct gbcs_update_outcome *outcome)
{
	const struct gbcs_replacement_outcome *from;
	struct der_replacement_outcome *d;

	to_integer(t, to->counter, outcome->counter);
	to_mode(t, to->mode, outcome->mode);
	to_floors(t, to->role_floors, outcome->floors, outcome->n_floors);
	TO_EACH(t, to->replacements, der_replacement_outcome, d, from,
		outcome->replacements, outcome->n_replacements)
	{
		to_cell(t, d->cell, &from->cell);
		to_status(t, d->status, from->status);
		to_octets(t, d->existing_subject, from->existing_subject, 8);
		to_octets(t, d->existing_ski, from->existing_ski, 8);
		to_octets(t, d->replacing_subject, from->replacing_subject, 8);
		to_octets(t, d->replacing_ski, from->replacing_ski, 8);
	}
}

void gbcs_asn1_to_update_response(struct to *t, struct der_update_response *to,
				  const struct gbcs_update_response *from)
{
	if (!from->has_outcome)
		return;
	to->outcome = make(t, ASN1_ITEM_rptr(der_update_outcome));
	if (to->outcome)
		gbcs_asn1_to_update_outcome(t, to->outcome, &from->outcome);
}
