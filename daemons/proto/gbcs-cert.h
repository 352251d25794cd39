/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * X.509 certificates of devices, organisations and the authorities that issue
 * them (GBCS 1.1): P-256, ecdsa-with-SHA256, and nothing else.
 */
#ifndef HEARTH_GBCS_CERT_H
#define HEARTH_GBCS_CERT_H

#include "gbcs-asn1.h"
#include "gbcs-keys.h"
#include "span.h"

enum gbcs_cert_kind {
	GBCS_CERT_DEVICE,
	GBCS_CERT_ORGANISATION,
	GBCS_CERT_CA,
};

struct gbcs_cert {
	enum gbcs_cert_kind kind;
	uint64_t eui;	    /* 0 of a CA without one */
	int role;	    /* enum gbcs_role; -1 without one (devices, CAs) */
	uint16_t key_usage; /* GBCS_USAGE_* */
	uint8_t point[GBCS_POINT_LEN]; /* 04, x, y */
	uint64_t ski, aki;
	bool has_aki; /* a root may do without; a path needs it of the others */
	int path_len; /* of a CA; -1: no limit */
	int64_t not_before, not_after; /* seconds since 1970 */

	/* In the DER given. */
	struct span der;
	struct span signed_part;     /* tbsCertificate */
	struct span signature;	     /* DER of r and s */
	struct span issuer, subject; /* DER of the names */

	const char *why; /* of a failed parsing, else NULL */
};

/*
 * 0, or, with ret empty but for why: -EBADMSG: not DER or no certificate;
 * -EPROTONOSUPPORT: another algorithm or curve; -EPROTO: not of the profile;
 * -EBADF: the key identifier is not of the key; -ENOMEM. The key usage may be
 * any: what it has to be depends on what the certificate is for.
 */
int gbcs_cert_parse(struct span der, struct gbcs_cert *ret);

#define GBCS_CERT_ANY_TIME INT64_MIN

/*
 * Is leaf's certificate good: issued by issuing, that by root, which signed
 * itself and is trusted by the caller? at in seconds since 1970, or
 * GBCS_CERT_ANY_TIME for no check of the validity. Then 0, else (ret_why may
 * be NULL): -EPERM: one of them may not do what it has to; -ENOKEY: issuer or
 * key identifier is not the authority's; -EKEYEXPIRED: not valid at that time,
 * before or after; -EKEYREJECTED: signature; -ENOMEM.
 */
int gbcs_cert_verify_path(const struct gbcs_cert *leaf,
			  const struct gbcs_cert *issuing,
			  const struct gbcs_cert *root, int64_t at,
			  const char **ret_why);

/* Is it the certificate of that entity, role (-1: any) and use? -EPERM. */
int gbcs_cert_is_for(const struct gbcs_cert *cert, uint64_t eui, int role,
		     enum gbcs_key_use use, const char **ret_why);

/* 0100 and the last 60 bits of the key's SHA-1 (RFC 5280 4.2.1.2 (2)). */
int gbcs_key_identifier(const uint8_t point[GBCS_POINT_LEN], uint64_t *ret_ski);

/* "digital signature, ..."; returns text. */
const char *gbcs_usage_text(uint16_t usage, char *text, size_t room);

#endif /* HEARTH_GBCS_CERT_H */
