/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ASN.1 content of GBCS messages (GBCS 9): security credentials, joining,
 * firmware, device logs, clock. Message code and CRA flag decide which of the
 * structures below a content is; the same structure is filled to build one.
 *
 * EUI-64s, subject unique ids and key identifiers are 8 octets, most
 * significant first. Times are seconds since 1970, UTC. Certificates are DER,
 * only looked at as far as they are one well-formed SEQUENCE: gbcs-cert.h
 * reads them.
 *
 * Decoding takes DER only: what encoding would not write is refused. The one
 * liberty is the length form that devices use in responses and alerts, where
 * 128 to 255 is 82 00 xx (wide_lengths).
 */
#ifndef HEARTH_GBCS_ASN1_H
#define HEARTH_GBCS_ASN1_H

#include "dump.h"
#include "gbcs-keys.h"
#include "gbcs-message.h"
#include "span.h"

/* 99991231235959Z: cancels a future-dated command (GBCS 6.1). */
#define GBCS_TIME_CANCEL INT64_C(253402300799)

/* keyUsage bits, valued as X.509 libraries do: bit n of the octets as sent. */
#define GBCS_USAGE_DIGITAL_SIGNATURE 0x80u
#define GBCS_USAGE_NON_REPUDIATION 0x40u
#define GBCS_USAGE_KEY_AGREEMENT 0x08u
#define GBCS_USAGE_KEY_CERT_SIGN 0x04u
#define GBCS_USAGE_CRL_SIGN 0x02u

enum gbcs_cell_usage {
	GBCS_CELL_MANAGEMENT = 0,
	GBCS_CELL_PREPAYMENT_TOP_UP = 1,
};

/* Not the enumeration of COSEM class 104 (GBCS 1). */
enum gbcs_device_type {
	GBCS_DEVICE_GSME = 0,
	GBCS_DEVICE_ESME = 1,
	GBCS_DEVICE_CHF = 2,
	GBCS_DEVICE_GPF = 3,
	GBCS_DEVICE_HCALCS = 4,
	GBCS_DEVICE_PPMID = 5,
	GBCS_DEVICE_TYPE_2 = 6,
};

enum gbcs_replacement_mode {
	GBCS_ROOT_BY_SUPPLIER = 0,
	GBCS_ROOT_BY_WAN_PROVIDER = 1,
	GBCS_SUPPLIER_BY_SUPPLIER = 2,
	GBCS_NETWORK_OPERATOR_BY_NETWORK_OPERATOR = 3,
	GBCS_ACB_BY_ACB = 4,
	GBCS_WAN_PROVIDER_BY_WAN_PROVIDER = 5,
	GBCS_TRANSITIONAL_COS_BY_TRANSITIONAL_COS = 6,
	GBCS_SUPPLIER_BY_TRANSITIONAL_COS = 7,
	GBCS_ANY_EXCEPT_ABNORMAL_ROOT_BY_RECOVERY = 8,
	GBCS_ANY_BY_CONTINGENCY = 9,
	GBCS_LOAD_CONTROLLER_BY_LOAD_CONTROLLER = 10,
	GBCS_LOAD_CONTROLLER_BY_SUPPLIER = 11,
};

enum gbcs_credentials_status {
	GBCS_CREDENTIALS_SUCCESS = 0,
	GBCS_CREDENTIALS_BAD_CERTIFICATE = 5,
	GBCS_CREDENTIALS_NO_TRUST_ANCHOR = 10,
	GBCS_CREDENTIALS_INSUFFICIENT_MEMORY = 17,
	GBCS_CREDENTIALS_TRUST_ANCHOR_NOT_FOUND = 25,
	GBCS_CREDENTIALS_RESOURCES_BUSY = 30,
	GBCS_CREDENTIALS_OTHER = 127,
};

/* --- parts */

/* A trust anchor cell. */
struct gbcs_cell {
	uint8_t role; /* enum gbcs_role */
	uint16_t key_usage;
	uint8_t usage; /* enum gbcs_cell_usage */
};

/* What a cell holds. */
struct gbcs_held_certificate {
	uint16_t key_usage;
	uint8_t usage;
	uint64_t subject;
	uint64_t ski;
};

struct gbcs_held_role {
	uint8_t role;
	uint8_t status;	  /* enum gbcs_credentials_status */
	bool has_details; /* the rest is there */
	uint64_t counter;
	struct gbcs_held_certificate *certificates;
	size_t n_certificates;
};

/* A starting point of replay checks: only of prepayment top up (usage 0). */
struct gbcs_special_floor {
	uint8_t usage;
	uint64_t floor;
};

struct gbcs_role_floor {
	uint8_t role;
	uint64_t floor;
	bool has_special;
	struct gbcs_special_floor *special;
	size_t n_special;
};

struct gbcs_replacement {
	struct span certificate;
	struct gbcs_cell cell;
};

struct gbcs_replacement_outcome {
	struct gbcs_cell cell;
	uint8_t status;
	uint64_t existing_subject, existing_ski;
	uint64_t replacing_subject, replacing_ski;
};

struct gbcs_update_outcome {
	uint64_t counter;
	uint8_t mode;
	struct gbcs_role_floor *floors;
	size_t n_floors;
	struct gbcs_replacement_outcome *replacements;
	size_t n_replacements;
};

struct gbcs_firmware_outcome {
	uint8_t response; /* 0 ok 1 no image 2 hash mismatch 3 failure */
	uint32_t version;
};

struct gbcs_device {
	uint64_t id;
	uint8_t type; /* enum gbcs_device_type */
};

struct gbcs_devices {
	struct gbcs_device *device;
	size_t n;
};

/* --- whole contents */

/* CS02a, CS02f */
struct gbcs_credentials_command {
	struct gbcs_cell authorising;
	uint8_t *roles;
	size_t n_roles;
};

struct gbcs_credentials_response {
	struct gbcs_held_role *roles;
	size_t n_roles;
};

/* CS02b, CS02g */
struct gbcs_update_command {
	uint8_t mode;		   /* enum gbcs_replacement_mode */
	struct span symmetric_key; /* p NULL: absent */
	bool has_time_checks;	   /* applyTimeBasedCPVChecks */
	uint8_t time_checks;	   /* 0 apply, 1 disapply */
	bool has_authorising;	   /* absent: ACB by ACB */
	struct gbcs_cell authorising;
	uint64_t counter; /* originator counter */
	bool has_floor;
	uint64_t floor;
	bool has_special;
	struct gbcs_special_floor *special;
	size_t n_special;
	bool has_role_floors;
	struct gbcs_role_floor *role_floors;
	size_t n_role_floors;
	struct gbcs_replacement *replacements;
	size_t n_replacements;
	struct span *path; /* certification path certificates */
	size_t n_path;
	bool has_time;
	int64_t time;
};

struct gbcs_update_response {
	bool has_outcome; /* not if future-dated or cancelled */
	struct gbcs_update_outcome outcome;
};

struct gbcs_update_alert {
	uint16_t alert;
	int64_t time;
	struct gbcs_update_outcome outcome;
};

/* CS02c (PKCS #10 request), CS02e: a certificate, or a code why there is none. */
struct gbcs_certificate_response {
	struct span certificate; /* p NULL: code */
	uint8_t code;
};

/* CS03A1, A2, B, C */
struct gbcs_join_command {
	uint8_t method; /* 0 A initiator 1 A responder 2 B 3 C */
	struct gbcs_device other;
	struct span certificate; /* method C; p NULL: absent */
};

/* CS06 */
struct gbcs_firmware_command {
	uint8_t hash[32];
	uint64_t counter;
	bool has_time;
	int64_t time;
};

struct gbcs_firmware_response {
	bool has_outcome; /* not if future-dated or cancelled */
	struct gbcs_firmware_outcome outcome;
};

struct gbcs_firmware_alert {
	uint16_t alert;
	int64_t time;
	uint64_t counter;
	struct gbcs_firmware_outcome outcome;
};

/* CS07 */
struct gbcs_log_response {
	uint8_t code;
	bool has_devices;
	struct gbcs_devices devices;
};

/* CS08; with alert and time CS09, with the image's device too CCS08 */
struct gbcs_version {
	uint16_t alert;
	int64_t time;
	uint64_t device;
	uint32_t version;
	uint8_t code;
};

/* GCS28 */
struct gbcs_clock_command {
	int64_t start, end;
};

struct gbcs_clock_response {
	int64_t time;
	uint8_t status; /* 0 reliable 1 invalid 2 unreliable */
};

/* GCS59 */
struct gbcs_restored_device {
	struct gbcs_device device;
	uint8_t code; /* as the response of CS03 */
};

struct gbcs_restore_response {
	struct gbcs_restored_device *devices;
	size_t n_devices;
};

/* GCS62 */
struct gbcs_backup_alert {
	uint16_t alert;
	int64_t time;
	struct gbcs_devices devices;
};

struct gbcs_asn1_memory;

struct gbcs_asn1 {
	uint16_t code;	   /* message code */
	uint8_t cra;	   /* enum gbcs_cra */
	bool wide_lengths; /* 128 to 255 as 82 00 xx, as devices send */
	const char *why;   /* of a failed decoding, else NULL */

	/* Which one: see the table in gbcs-asn1.c. */
	union {
		struct gbcs_credentials_command credentials_command;
		struct gbcs_credentials_response credentials_response;
		struct gbcs_update_command update_command;
		struct gbcs_update_response update_response;
		struct gbcs_update_alert update_alert;
		uint16_t key_usage;	     /* CS02c, CS02e commands */
		struct span certificate;     /* CS02d command */
		uint8_t response;	     /* CS02d, CS03, CS04 responses */
		uint64_t device;	     /* CS04 commands */
		struct gbcs_devices devices; /* GCS59 command */
		struct gbcs_certificate_response certificate_response;
		struct gbcs_join_command join_command;
		struct gbcs_firmware_command firmware_command;
		struct gbcs_firmware_response firmware_response;
		struct gbcs_firmware_alert firmware_alert;
		struct gbcs_log_response log_response;
		struct gbcs_version version;
		struct gbcs_clock_command clock_command;
		struct gbcs_clock_response clock_response;
		struct gbcs_restore_response restore_response;
		struct gbcs_backup_alert backup_alert;
	};

	struct gbcs_asn1_memory *memory; /* of a decoded one; else NULL */
};

/*
 * 0, and what ret has pointers to lives until gbcs_asn1_free(): nothing points
 * into content. -ENOENT: no ASN.1 message of that code and CRA; -EBADMSG;
 * -ENOMEM. On failure ret is empty but for why.
 */
int gbcs_asn1_decode(uint16_t message_code, uint8_t cra, struct span content,
		     struct gbcs_asn1 *ret);

/*
 * Append the content. -EINVAL: a value out of its range (gbcs_asn1_check()
 * says which) or no such message; -ENOSPC; -ENOMEM.
 */
int gbcs_asn1_encode(const struct gbcs_asn1 *msg, struct wbuf *w);

/* What gbcs_asn1_encode() would say about the values, and why (or NULL). */
int gbcs_asn1_check(const struct gbcs_asn1 *msg, const char **ret_why);

/* Harmless on one that was built, or not decoded. */
void gbcs_asn1_free(struct gbcs_asn1 *msg);

/* content is what msg was decoded from; every octet of it is dumped once. */
int gbcs_asn1_dump(const struct gbcs_asn1 *msg, struct span content,
		   struct dump *dump);

/* The use case's name, or NULL where the code and CRA have no ASN.1 content. */
const char *gbcs_asn1_name(uint16_t message_code, uint8_t cra);

/* YYYYMMDDhhmmssZ and back; text has room for 16. -EBADMSG, -EINVAL. */
int gbcs_time_parse(struct span text, int64_t *ret_time);
int gbcs_time_format(int64_t time, char *text);

#endif /* HEARTH_GBCS_ASN1_H */
