/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Certificates of the profile of GBCS 1.1, for tests: a root, an authority
 * for organisations and one for devices, and what they issue. Keys are made
 * here and handed out, never written or kept.
 */
#ifndef HEARTH_GBCS_PKI_H
#define HEARTH_GBCS_PKI_H

#include <openssl/types.h>

#include "gbcs-cert.h"

#define GBCS_PKI_CERT_MAX 1024

/* What a certificate is to say. */
struct gbcs_pki_subject {
	enum gbcs_cert_kind kind;
	uint64_t eui;	    /* not of a CA */
	int role;	    /* OU; -1: none (devices, their CA) */
	const char *name;   /* CN, ASCII; needed of a CA; NULL: none */
	uint16_t key_usage; /* GBCS_USAGE_* */
	int path_len;	    /* of a CA; -1: no limit */
	int64_t not_before, not_after;
};

/*
 * A certificate for key (only its public part is used), issued by issuer with
 * issuer_key; a root is its own issuer. DER to out, its length, or -EINVAL,
 * -ENOSPC, -ENOMEM.
 */
int gbcs_pki_issue(const struct gbcs_pki_subject *subject, EVP_PKEY *key,
		   const struct gbcs_pki_subject *issuer, EVP_PKEY *issuer_key,
		   uint8_t *out, size_t room);

/* Whom to make certificates for. */
struct gbcs_pki_entity {
	uint64_t eui;
	int role;	  /* enum gbcs_role; GBCS_ROLE_DEVICE */
	const char *name; /* CN of organisations' DS certificate, or NULL */
};

struct gbcs_pki_item {
	uint64_t eui;	  /* 0 of the authorities */
	const char *kind; /* "ds", "ka", "pp-ka"; "root", "org-ca", "device-ca" */
	struct span certificate;
	EVP_PKEY *key; /* private; EVP_PKEY_up_ref() to keep it */
};

/* Not 0 ends the making with that. */
typedef int gbcs_pki_each(const struct gbcs_pki_item *item, void *context);

/*
 * The three authorities, then for each entity "ds" and "ka", and "pp-ka" for
 * suppliers; valid from now (seconds since 1970). 0, what each returned,
 * -EINVAL or -ENOMEM.
 */
int gbcs_pki_make(const struct gbcs_pki_entity *entities, size_t n, int64_t now,
		  gbcs_pki_each *each, void *context);

/* A party of every role and a device of every type, for a tool's default. */
extern const struct gbcs_pki_entity gbcs_pki_example[];
extern const size_t gbcs_pki_n_example;

#endif /* HEARTH_GBCS_PKI_H */
