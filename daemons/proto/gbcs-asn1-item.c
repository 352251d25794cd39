// SPDX-License-Identifier: LGPL-2.1-or-later
#include "gbcs-asn1-item.h"

/* clang-format off */

/* INTEGERs and SEQUENCE OFs of a structure S. */
#define INT(S, field) ASN1_SIMPLE(struct S, field, ASN1_INTEGER)
#define INT_OPT(S, field) ASN1_OPT(struct S, field, ASN1_INTEGER)
#define OCTETS(S, field) ASN1_SIMPLE(struct S, field, ASN1_OCTET_STRING)
#define USAGE(S, field) ASN1_SIMPLE(struct S, field, ASN1_BIT_STRING)
#define STATUS(S, field) ASN1_SIMPLE(struct S, field, ASN1_ENUMERATED)
#define TIME(S, field) ASN1_SIMPLE(struct S, field, ASN1_GENERALIZEDTIME)
#define TIME_OPT(S, field) ASN1_OPT(struct S, field, ASN1_GENERALIZEDTIME)
/* A certificate stays as it came: its signature is over its octets. */
#define WHOLE(S, field) ASN1_SIMPLE(struct S, field, ASN1_SEQUENCE)

ASN1_SEQUENCE(der_cell) = {
	INT(der_cell, role),
	USAGE(der_cell, key_usage),
	INT_OPT(der_cell, cell_usage),
} ASN1_SEQUENCE_END_name(struct der_cell, der_cell)

ASN1_SEQUENCE(der_credentials_command) = {
	ASN1_SIMPLE(struct der_credentials_command, authorising_cell, der_cell),
	ASN1_SEQUENCE_OF(struct der_credentials_command, roles, ASN1_INTEGER),
} ASN1_SEQUENCE_END_name(struct der_credentials_command, der_credentials_command)

ASN1_SEQUENCE(der_held_certificate) = {
	USAGE(der_held_certificate, key_usage),
	INT_OPT(der_held_certificate, cell_usage),
	OCTETS(der_held_certificate, subject),
	OCTETS(der_held_certificate, ski),
} ASN1_SEQUENCE_END_name(struct der_held_certificate, der_held_certificate)

ASN1_SEQUENCE(der_held_role) = {
	INT(der_held_role, role),
	STATUS(der_held_role, status),
	INT_OPT(der_held_role, counter),
	ASN1_SEQUENCE_OF_OPT(struct der_held_role, certificates, der_held_certificate),
} ASN1_SEQUENCE_END_name(struct der_held_role, der_held_role)

ASN1_ITEM_TEMPLATE(der_credentials_response) =
	ASN1_EX_TEMPLATE_TYPE(ASN1_TFLG_SEQUENCE_OF, 0, roles, der_held_role)
ASN1_ITEM_TEMPLATE_END(der_credentials_response)

ASN1_SEQUENCE(der_special_floor) = {
	INT(der_special_floor, floor_usage),
	INT(der_special_floor, floor),
} ASN1_SEQUENCE_END_name(struct der_special_floor, der_special_floor)

ASN1_SEQUENCE(der_role_floor) = {
	INT(der_role_floor, role),
	INT(der_role_floor, floor),
	ASN1_SEQUENCE_OF_OPT(struct der_role_floor, special_floors, der_special_floor),
} ASN1_SEQUENCE_END_name(struct der_role_floor, der_role_floor)

ASN1_SEQUENCE(der_control) = {
	INT(der_control, mode),
	ASN1_IMP_OPT(struct der_control, symmetric_key, ASN1_OCTET_STRING, 0),
	ASN1_IMP_OPT(struct der_control, time_checks, ASN1_INTEGER, 1),
	ASN1_IMP_OPT(struct der_control, authorising_cell, der_cell, 2),
	ASN1_IMP(struct der_control, counter, ASN1_INTEGER, 3),
	ASN1_IMP_OPT(struct der_control, floor, ASN1_INTEGER, 4),
	ASN1_IMP_SEQUENCE_OF_OPT(struct der_control, special_floors, der_special_floor, 5),
	ASN1_IMP_SEQUENCE_OF_OPT(struct der_control, role_floors, der_role_floor, 6),
} static_ASN1_SEQUENCE_END_name(struct der_control, der_control)

ASN1_SEQUENCE(der_replacement) = {
	WHOLE(der_replacement, certificate),
	ASN1_SIMPLE(struct der_replacement, cell, der_cell),
} ASN1_SEQUENCE_END_name(struct der_replacement, der_replacement)

ASN1_SEQUENCE(der_update_command) = {
	ASN1_SIMPLE(struct der_update_command, control, der_control),
	ASN1_SEQUENCE_OF(struct der_update_command, replacements, der_replacement),
	ASN1_SEQUENCE_OF(struct der_update_command, path, ASN1_SEQUENCE),
	TIME_OPT(der_update_command, time),
} ASN1_SEQUENCE_END_name(struct der_update_command, der_update_command)

ASN1_SEQUENCE(der_replacement_outcome) = {
	ASN1_SIMPLE(struct der_replacement_outcome, cell, der_cell),
	STATUS(der_replacement_outcome, status),
	OCTETS(der_replacement_outcome, existing_subject),
	OCTETS(der_replacement_outcome, existing_ski),
	OCTETS(der_replacement_outcome, replacing_subject),
	OCTETS(der_replacement_outcome, replacing_ski),
} ASN1_SEQUENCE_END_name(struct der_replacement_outcome, der_replacement_outcome)

ASN1_SEQUENCE(der_update_outcome) = {
	INT(der_update_outcome, counter),
	INT(der_update_outcome, mode),
	ASN1_SEQUENCE_OF(struct der_update_outcome, role_floors, der_role_floor),
	ASN1_SEQUENCE_OF(struct der_update_outcome, replacements, der_replacement_outcome),
} ASN1_SEQUENCE_END_name(struct der_update_outcome, der_update_outcome)

ASN1_SEQUENCE(der_update_response) = {
	ASN1_SIMPLE(struct der_update_response, accepted, ASN1_NULL),
	ASN1_OPT(struct der_update_response, outcome, der_update_outcome),
} ASN1_SEQUENCE_END_name(struct der_update_response, der_update_response)

ASN1_SEQUENCE(der_update_alert) = {
	INT(der_update_alert, alert),
	TIME(der_update_alert, time),
	ASN1_SIMPLE(struct der_update_alert, outcome, der_update_outcome),
} ASN1_SEQUENCE_END_name(struct der_update_alert, der_update_alert)

ASN1_SEQUENCE(der_key_usage) = {
	USAGE(der_key_usage, key_usage),
} ASN1_SEQUENCE_END_name(struct der_key_usage, der_key_usage)

ASN1_CHOICE(der_certificate_response) = {
	INT(der_certificate_response, code),
	WHOLE(der_certificate_response, certificate),
} ASN1_CHOICE_END_name(struct der_certificate_response, der_certificate_response)

ASN1_SEQUENCE(der_join_command) = {
	INT(der_join_command, method),
	OCTETS(der_join_command, device),
	INT(der_join_command, device_type),
	ASN1_OPT(struct der_join_command, certificate, ASN1_SEQUENCE),
} ASN1_SEQUENCE_END_name(struct der_join_command, der_join_command)

ASN1_SEQUENCE(der_firmware_command) = {
	OCTETS(der_firmware_command, hash),
	INT(der_firmware_command, counter),
	TIME_OPT(der_firmware_command, time),
} ASN1_SEQUENCE_END_name(struct der_firmware_command, der_firmware_command)

ASN1_SEQUENCE(der_firmware_outcome) = {
	INT(der_firmware_outcome, firmware_response),
	OCTETS(der_firmware_outcome, version),
} ASN1_SEQUENCE_END_name(struct der_firmware_outcome, der_firmware_outcome)

ASN1_CHOICE(der_firmware_response) = {
	ASN1_SIMPLE(struct der_firmware_response, accepted, ASN1_NULL),
	ASN1_SIMPLE(struct der_firmware_response, outcome, der_firmware_outcome),
} ASN1_CHOICE_END_name(struct der_firmware_response, der_firmware_response)

ASN1_SEQUENCE(der_firmware_alert) = {
	INT(der_firmware_alert, alert),
	TIME(der_firmware_alert, time),
	INT(der_firmware_alert, counter),
	ASN1_SIMPLE(struct der_firmware_alert, outcome, der_firmware_outcome),
} ASN1_SEQUENCE_END_name(struct der_firmware_alert, der_firmware_alert)

ASN1_SEQUENCE(der_device) = {
	OCTETS(der_device, device),
	INT(der_device, device_type),
} ASN1_SEQUENCE_END_name(struct der_device, der_device)

ASN1_SEQUENCE(der_log_response) = {
	INT(der_log_response, code),
	ASN1_SEQUENCE_OF_OPT(struct der_log_response, devices, der_device),
} ASN1_SEQUENCE_END_name(struct der_log_response, der_log_response)

ASN1_SEQUENCE(der_version_response) = {
	OCTETS(der_version_response, version),
	INT(der_version_response, code),
} ASN1_SEQUENCE_END_name(struct der_version_response, der_version_response)

ASN1_SEQUENCE(der_version_alert) = {
	INT(der_version_alert, alert),
	TIME(der_version_alert, time),
	OCTETS(der_version_alert, version),
	INT(der_version_alert, code),
} ASN1_SEQUENCE_END_name(struct der_version_alert, der_version_alert)

ASN1_SEQUENCE(der_transfer_alert) = {
	INT(der_transfer_alert, alert),
	TIME(der_transfer_alert, time),
	OCTETS(der_transfer_alert, device),
	OCTETS(der_transfer_alert, version),
	INT(der_transfer_alert, code),
} ASN1_SEQUENCE_END_name(struct der_transfer_alert, der_transfer_alert)

ASN1_SEQUENCE(der_clock_command) = {
	TIME(der_clock_command, start),
	TIME(der_clock_command, end),
} ASN1_SEQUENCE_END_name(struct der_clock_command, der_clock_command)

ASN1_SEQUENCE(der_clock_response) = {
	TIME(der_clock_response, time),
	INT(der_clock_response, clock_status),
} ASN1_SEQUENCE_END_name(struct der_clock_response, der_clock_response)

ASN1_SEQUENCE(der_restore_command) = {
	ASN1_SEQUENCE_OF(struct der_restore_command, devices, der_device),
} ASN1_SEQUENCE_END_name(struct der_restore_command, der_restore_command)

ASN1_SEQUENCE(der_restored_device) = {
	ASN1_SIMPLE(struct der_restored_device, entry, der_device),
	INT(der_restored_device, join_response),
} ASN1_SEQUENCE_END_name(struct der_restored_device, der_restored_device)

ASN1_SEQUENCE(der_restore_response) = {
	ASN1_SEQUENCE_OF(struct der_restore_response, outcomes, der_restored_device),
} ASN1_SEQUENCE_END_name(struct der_restore_response, der_restore_response)

ASN1_SEQUENCE(der_backup_alert) = {
	INT(der_backup_alert, alert),
	TIME(der_backup_alert, time),
	ASN1_SEQUENCE_OF(struct der_backup_alert, devices, der_device),
} ASN1_SEQUENCE_END_name(struct der_backup_alert, der_backup_alert)
