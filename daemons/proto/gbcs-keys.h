/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Keys. Public ones are in a keyring, by owner and use. Private ones are
 * reached only through a provider: software keys (here), a secure element or a
 * PKCS#11 token elsewhere. Nothing here prints or returns a private key.
 */
#ifndef HEARTH_GBCS_KEYS_H
#define HEARTH_GBCS_KEYS_H

#include <openssl/evp.h>

#include "span.h"

#define GBCS_POINT_LEN 65 /* 04, x, y */
#define GBCS_SECRET_LEN 32
#define GBCS_DIGEST_LEN 32

enum gbcs_key_use {
	GBCS_KEY_DS,	/* digital signature */
	GBCS_KEY_KA,	/* key agreement */
	GBCS_KEY_PP_KA, /* the same, of a supplier's prepayment tokens */
	GBCS_KEY_USES
};

/* "ds", "ka", "pp-ka" */
const char *gbcs_key_use_name(enum gbcs_key_use use);

/* Remote party roles (GBCS 1). */
enum gbcs_role {
	GBCS_ROLE_ROOT = 0,
	GBCS_ROLE_RECOVERY = 1,
	GBCS_ROLE_SUPPLIER = 2,
	GBCS_ROLE_NETWORK_OPERATOR = 3,
	GBCS_ROLE_ACB = 4,
	GBCS_ROLE_TRANSITIONAL_COS = 5,
	GBCS_ROLE_WAN_PROVIDER = 6,
	GBCS_ROLE_ISSUING_AUTHORITY = 7,
	GBCS_ROLE_LOAD_CONTROLLER = 8,
	GBCS_ROLE_OTHER = 127,
	GBCS_ROLE_DEVICE = 256, /* not a remote party */
};

/* --- providers of private keys */

/*
 * Both return 0, -ENOKEY if the provider has no such key, or another negative
 * errno if it failed.
 */
struct gbcs_provider {
	/* x of own's private key by the peer's public point (65 octets). */
	int (*agree)(void *context, uint64_t own, enum gbcs_key_use use,
		     struct span peer, uint8_t secret[GBCS_SECRET_LEN]);
	/* r||s of own's DS key over a SHA-256 digest. */
	int (*sign)(void *context, uint64_t own,
		    const uint8_t digest[GBCS_DIGEST_LEN],
		    uint8_t signature[64]);
	void *context;
};

/* --- the keyring */

struct gbcs_keyring;

/* NULL: no memory. */
struct gbcs_keyring *gbcs_keyring_new(void);
/* Private keys are cleansed. */
void gbcs_keyring_free(struct gbcs_keyring *ring);

/*
 * Add a P-256 key, public or private; the keyring takes a reference of its own.
 * One that is there is replaced, but a private key is not by a public one.
 * 0, -EINVAL if it is not on P-256, -ENOMEM.
 */
int gbcs_keyring_add(struct gbcs_keyring *ring, uint64_t owner,
		     enum gbcs_key_use use, EVP_PKEY *key);

/* What is known of an owner, from its certificates; -1: nothing. */
void gbcs_keyring_set_role(struct gbcs_keyring *ring, uint64_t owner,
			   enum gbcs_role role);
int gbcs_keyring_role(const struct gbcs_keyring *ring, uint64_t owner);
/* The first owner with a role, or 0. */
uint64_t gbcs_keyring_by_role(const struct gbcs_keyring *ring,
			      enum gbcs_role role);

/* The public point, empty if it is not there. Valid as long as the keyring. */
struct span gbcs_keyring_point(const struct gbcs_keyring *ring, uint64_t owner,
			       enum gbcs_key_use use);

/*
 * Verify r||s over a digest: 0, -EBADMSG if it is not the owner's, -ENOKEY if
 * the owner's DS key is not there, -ENOMEM.
 */
int gbcs_keyring_verify(const struct gbcs_keyring *ring, uint64_t owner,
			const uint8_t digest[GBCS_DIGEST_LEN],
			struct span signature);

/* The private keys of the keyring as a provider. */
struct gbcs_provider gbcs_keyring_provider(struct gbcs_keyring *ring);

#endif /* HEARTH_GBCS_KEYS_H */
