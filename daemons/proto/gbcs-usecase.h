/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Every use case of GBCS: one row each, in the order of the message codes.
 * A message code has more than one row where its use cases differ in
 * protection or in who may send them (0x0008, 0x000f, 0x0055, ...).
 */
#ifndef HEARTH_GBCS_USECASE_H
#define HEARTH_GBCS_USECASE_H

#include "gbcs-keys.h"
#include "gbcs-message.h"

/* Which messages it has. */
#define GBCS_UC_COMMAND 1u
#define GBCS_UC_PRE_COMMAND 2u
#define GBCS_UC_RESPONSE 4u
#define GBCS_UC_ALERT 8u

#define GBCS_UC_CRITICAL 1u
#define GBCS_UC_FUTURE_DATED 2u	    /* may carry an activation time */
#define GBCS_UC_REPLAY_PROTECTED 4u /* the counter must be new */
#define GBCS_UC_RESPONSE_DATED 8u   /* responses carry a date-time (GBCS 6.6) */
#define GBCS_UC_ENCRYPTED 16u /* responses or alerts have encrypted parts */

/* Roles that may send it: 1 << enum gbcs_role. */
#define GBCS_UC_ROLE_ROOT (1u << GBCS_ROLE_ROOT)
#define GBCS_UC_ROLE_RECOVERY (1u << GBCS_ROLE_RECOVERY)
#define GBCS_UC_ROLE_SUPPLIER (1u << GBCS_ROLE_SUPPLIER)
#define GBCS_UC_ROLE_NETWORK_OPERATOR (1u << GBCS_ROLE_NETWORK_OPERATOR)
#define GBCS_UC_ROLE_ACB (1u << GBCS_ROLE_ACB)
#define GBCS_UC_ROLE_TRANSITIONAL_COS (1u << GBCS_ROLE_TRANSITIONAL_COS)
#define GBCS_UC_ROLE_WAN_PROVIDER (1u << GBCS_ROLE_WAN_PROVIDER)
#define GBCS_UC_ROLE_LOAD_CONTROLLER (1u << GBCS_ROLE_LOAD_CONTROLLER)
#define GBCS_UC_ROLE_OTHER (1u << 14)
#define GBCS_UC_ROLE_DEVICE (1u << 15)

#define GBCS_UC_ESME 1u
#define GBCS_UC_GSME 2u
#define GBCS_UC_CHF 4u
#define GBCS_UC_GPF 8u
#define GBCS_UC_PPMID 16u
#define GBCS_UC_HCALCS 32u
#define GBCS_UC_SAPC 64u

struct gbcs_use_case {
	uint16_t code;	   /* message code */
	const char *name;  /* "ECS01a" */
	const char *title; /* "Set Tariff and Price on ESME" */
	enum gbcs_encoding encoding;
	uint8_t messages;	    /* GBCS_UC_COMMAND... */
	uint8_t flags;		    /* GBCS_UC_CRITICAL... */
	uint8_t command_protection; /* GBCS_SIGN, GBCS_MAC */
	uint8_t response_protection;
	uint8_t alert_protection;
	uint16_t alert_code; /* message code of its alerts; 0: none */
	uint16_t roles;	     /* that may send the command, or the alert */
	uint8_t devices;     /* that it is for, or from */
	uint16_t max_len;    /* octets; no message of it is longer */
};

/* The row after this one (NULL: the first), or NULL after the last. */
const struct gbcs_use_case *gbcs_use_case_next(const struct gbcs_use_case *row);

/* The first row of a message code, or NULL. */
const struct gbcs_use_case *gbcs_use_case_find(uint16_t code);

/* By name, "ECS01a"; NULL if there is none. */
const struct gbcs_use_case *gbcs_use_case_named(const char *name);

/* What protects its commands, responses or alerts: GBCS_SIGN, GBCS_MAC. */
unsigned int gbcs_use_case_protection(const struct gbcs_use_case *row,
				      enum gbcs_cra cra);

/*
 * The row a message of len octets belongs to by code, kind, encoding,
 * protection and size; NULL with *ret_why if there is none: it is then to be
 * refused.
 */
const struct gbcs_use_case *gbcs_use_case_of(const struct gbcs_message *msg,
					     size_t len, const char **ret_why);

/* Whether a party of this role (enum gbcs_role, -1: unknown) may send it. */
bool gbcs_use_case_allows(const struct gbcs_use_case *row, int role);

#endif /* HEARTH_GBCS_USECASE_H */
