/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Inside of gbcs-asn1*.c: the structures of GBCS 9 as OpenSSL's templates have
 * them. Names of fields and items are what a dump shows.
 */
#ifndef HEARTH_GBCS_ASN1_ITEM_H
#define HEARTH_GBCS_ASN1_ITEM_H

#include <openssl/asn1t.h>

#include "gbcs-asn1.h"

/* Pointers may be NULL where the template says optional. */
struct der_cell {
	ASN1_INTEGER *role;
	ASN1_BIT_STRING *key_usage;
	ASN1_INTEGER *cell_usage; /* optional */
};

struct der_credentials_command {
	struct der_cell *authorising_cell;
	OPENSSL_STACK *roles; /* ASN1_INTEGER */
};

struct der_held_certificate {
	ASN1_BIT_STRING *key_usage;
	ASN1_INTEGER *cell_usage; /* optional */
	ASN1_OCTET_STRING *subject;
	ASN1_OCTET_STRING *ski;
};

struct der_held_role {
	ASN1_INTEGER *role;
	ASN1_ENUMERATED *status;
	ASN1_INTEGER *counter;	     /* optional, with the next */
	OPENSSL_STACK *certificates; /* der_held_certificate */
};

struct der_special_floor {
	ASN1_INTEGER *floor_usage;
	ASN1_INTEGER *floor;
};

struct der_role_floor {
	ASN1_INTEGER *role;
	ASN1_INTEGER *floor;
	OPENSSL_STACK *special_floors; /* der_special_floor, optional */
};

struct der_control {
	ASN1_INTEGER *mode;
	ASN1_OCTET_STRING *symmetric_key;  /* [0] optional */
	ASN1_INTEGER *time_checks;	   /* [1] optional */
	struct der_cell *authorising_cell; /* [2] optional */
	ASN1_INTEGER *counter;		   /* [3] */
	ASN1_INTEGER *floor;		   /* [4] optional */
	OPENSSL_STACK *special_floors;	   /* [5] optional */
	OPENSSL_STACK *role_floors;	   /* [6] optional */
};

struct der_replacement {
	ASN1_STRING *certificate;
	struct der_cell *cell;
};

struct der_update_command {
	struct der_control *control;
	OPENSSL_STACK *replacements; /* der_replacement */
	OPENSSL_STACK *path;	     /* ASN1_STRING, whole SEQUENCEs */
	ASN1_GENERALIZEDTIME *time;  /* optional */
};

struct der_replacement_outcome {
	struct der_cell *cell;
	ASN1_ENUMERATED *status;
	ASN1_OCTET_STRING *existing_subject;
	ASN1_OCTET_STRING *existing_ski;
	ASN1_OCTET_STRING *replacing_subject;
	ASN1_OCTET_STRING *replacing_ski;
};

struct der_update_outcome {
	ASN1_INTEGER *counter;
	ASN1_INTEGER *mode;
	OPENSSL_STACK *role_floors;  /* der_role_floor */
	OPENSSL_STACK *replacements; /* der_replacement_outcome */
};

struct der_update_response {
	ASN1_NULL *accepted;
	struct der_update_outcome *outcome; /* optional */
};

struct der_update_alert {
	ASN1_INTEGER *alert;
	ASN1_GENERALIZEDTIME *time;
	struct der_update_outcome *outcome;
};

struct der_key_usage {
	ASN1_BIT_STRING *key_usage;
};

struct der_certificate_response {
	int type; /* 0 code, 1 certificate */
	union {
		ASN1_INTEGER *code;
		ASN1_STRING *certificate;
	};
};

struct der_join_command {
	ASN1_INTEGER *method;
	ASN1_OCTET_STRING *device;
	ASN1_INTEGER *device_type;
	ASN1_STRING *certificate; /* optional */
};

struct der_firmware_command {
	ASN1_OCTET_STRING *hash;
	ASN1_INTEGER *counter;
	ASN1_GENERALIZEDTIME *time; /* optional */
};

struct der_firmware_outcome {
	ASN1_INTEGER *firmware_response;
	ASN1_OCTET_STRING *version;
};

struct der_firmware_response {
	int type; /* 0 accepted, 1 outcome */
	union {
		ASN1_NULL *accepted;
		struct der_firmware_outcome *outcome;
	};
};

struct der_firmware_alert {
	ASN1_INTEGER *alert;
	ASN1_GENERALIZEDTIME *time;
	ASN1_INTEGER *counter;
	struct der_firmware_outcome *outcome;
};

struct der_device {
	ASN1_OCTET_STRING *device;
	ASN1_INTEGER *device_type;
};

struct der_log_response {
	ASN1_INTEGER *code;
	OPENSSL_STACK *devices; /* der_device, optional */
};

struct der_version_response {
	ASN1_OCTET_STRING *version;
	ASN1_INTEGER *code;
};

struct der_version_alert {
	ASN1_INTEGER *alert;
	ASN1_GENERALIZEDTIME *time;
	ASN1_OCTET_STRING *version;
	ASN1_INTEGER *code;
};

struct der_transfer_alert {
	ASN1_INTEGER *alert;
	ASN1_GENERALIZEDTIME *time;
	ASN1_OCTET_STRING *device;
	ASN1_OCTET_STRING *version;
	ASN1_INTEGER *code;
};

struct der_clock_command {
	ASN1_GENERALIZEDTIME *start;
	ASN1_GENERALIZEDTIME *end;
};

struct der_clock_response {
	ASN1_GENERALIZEDTIME *time;
	ASN1_INTEGER *clock_status;
};

struct der_restore_command {
	OPENSSL_STACK *devices; /* der_device */
};

struct der_restored_device {
	struct der_device *entry;
	ASN1_INTEGER *join_response;
};

struct der_restore_response {
	OPENSSL_STACK *outcomes; /* der_restored_device */
};

struct der_backup_alert {
	ASN1_INTEGER *alert;
	ASN1_GENERALIZEDTIME *time;
	OPENSSL_STACK *devices; /* der_device */
};

const ASN1_ITEM *der_special_floor_it(void);
const ASN1_ITEM *der_role_floor_it(void);
const ASN1_ITEM *der_cell_it(void);
const ASN1_ITEM *der_held_certificate_it(void);
const ASN1_ITEM *der_held_role_it(void);
const ASN1_ITEM *der_replacement_it(void);
const ASN1_ITEM *der_replacement_outcome_it(void);
const ASN1_ITEM *der_update_outcome_it(void);
const ASN1_ITEM *der_firmware_outcome_it(void);
const ASN1_ITEM *der_device_it(void);
const ASN1_ITEM *der_restored_device_it(void);

const ASN1_ITEM *der_credentials_command_it(void);
const ASN1_ITEM *der_credentials_response_it(void); /* der_held_role */
const ASN1_ITEM *der_update_command_it(void);
const ASN1_ITEM *der_update_response_it(void);
const ASN1_ITEM *der_update_alert_it(void);
const ASN1_ITEM *der_key_usage_it(void);
const ASN1_ITEM *der_certificate_response_it(void);
const ASN1_ITEM *der_join_command_it(void);
const ASN1_ITEM *der_firmware_command_it(void);
const ASN1_ITEM *der_firmware_response_it(void);
const ASN1_ITEM *der_firmware_alert_it(void);
const ASN1_ITEM *der_log_response_it(void);
const ASN1_ITEM *der_version_response_it(void);
const ASN1_ITEM *der_version_alert_it(void);
const ASN1_ITEM *der_transfer_alert_it(void);
const ASN1_ITEM *der_clock_command_it(void);
const ASN1_ITEM *der_clock_response_it(void);
const ASN1_ITEM *der_restore_command_it(void);
const ASN1_ITEM *der_restore_response_it(void);
const ASN1_ITEM *der_backup_alert_it(void);

/* --- values and their names (gbcs-asn1-names.c) */

enum gbcs_values {
	GBCS_ANY_VALUE,
	GBCS_ROLES,
	GBCS_CELL_USAGES,
	GBCS_FLOOR_USAGES,
	GBCS_MODES,
	GBCS_STATUSES,
	GBCS_TIME_CHECKS,
	GBCS_DEVICE_TYPES,
	GBCS_METHODS,
	GBCS_JOIN_CODES,
	GBCS_UNJOIN_CODES,
	GBCS_ISSUE_CODES,
	GBCS_UPDATE_CODES,
	GBCS_PROVIDE_CODES,
	GBCS_FIRMWARE_CODES,
	GBCS_SUCCESS_CODES,
	GBCS_CLOCK_STATUSES,
};

/* NULL if value is none of those; of GBCS_ANY_VALUE, never NULL. */
const char *gbcs_value_name(enum gbcs_values values, uint64_t value);

/* --- which content (gbcs-asn1.c) */

enum gbcs_asn1_kind {
	KIND_CREDENTIALS_COMMAND,
	KIND_CREDENTIALS_RESPONSE,
	KIND_UPDATE_COMMAND,
	KIND_UPDATE_RESPONSE,
	KIND_UPDATE_ALERT,
	KIND_KEY_USAGE,
	KIND_CERTIFICATE,
	KIND_RESPONSE,
	KIND_DEVICE,
	KIND_NOTHING,
	KIND_DEVICES,
	KIND_CERTIFICATE_RESPONSE,
	KIND_JOIN_COMMAND,
	KIND_FIRMWARE_COMMAND,
	KIND_FIRMWARE_RESPONSE,
	KIND_FIRMWARE_ALERT,
	KIND_LOG_RESPONSE,
	KIND_VERSION_RESPONSE,
	KIND_VERSION_ALERT,
	KIND_TRANSFER_ALERT,
	KIND_CLOCK_COMMAND,
	KIND_CLOCK_RESPONSE,
	KIND_RESTORE_RESPONSE,
	KIND_BACKUP_ALERT,
};

struct gbcs_asn1_type {
	uint16_t first, last; /* message codes */
	uint8_t cra;
	enum gbcs_asn1_kind kind;
	ASN1_ITEM_EXP *item;
	enum gbcs_values codes; /* what a plain response INTEGER says */
	const char *name;
};

/* NULL where there is none. */
const struct gbcs_asn1_type *gbcs_asn1_type_of(uint16_t code, uint8_t cra);

/* --- OpenSSL's structures to ours and back */

/* ret has kind's part filled; 0, -EBADMSG (and why), -ENOMEM. */
int gbcs_asn1_from_der(const struct gbcs_asn1_type *type,
		       const ASN1_VALUE *from, struct gbcs_asn1 *ret);
/* to is a new value of type's item; 0, -EINVAL (and why), -ENOMEM. */
int gbcs_asn1_to_der(const struct gbcs_asn1_type *type,
		     const struct gbcs_asn1 *from, ASN1_VALUE *to,
		     const char **ret_why);
/* Cleansed where it may hold a key. */
void gbcs_asn1_free_der(const struct gbcs_asn1_type *type, ASN1_VALUE *value);

/* --- encoded octets (gbcs-asn1-walk.c) */

/* One TLV, lengths definite and minimal, BOOLEANs TRUE; -EBADMSG. */
int gbcs_der_check(struct span der);
/* The same der of item with lengths of 128 to 255 as 82 00 xx. */
void gbcs_der_widen(const ASN1_ITEM *item, struct span der, struct wbuf *w);

#endif /* HEARTH_GBCS_ASN1_ITEM_H */
