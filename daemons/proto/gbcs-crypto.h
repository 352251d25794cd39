/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The arithmetic of GBCS protection (GBCS 4): shared secrets, keys of a
 * message, MACs, encryption. Secrets are kept for each pair of parties, and
 * cleansed when they are dropped.
 *
 * A struct gbcs_crypto is for one thread.
 */
#ifndef HEARTH_GBCS_CRYPTO_H
#define HEARTH_GBCS_CRYPTO_H

#include "gbcs-keys.h"
#include "gbcs-message.h"

#define GBCS_KEY_LEN 16
/* What encryption adds: 31 00000000 in front, the tag behind. */
#define GBCS_SEAL_HEADER_LEN 5
#define GBCS_SEAL_OVERHEAD (GBCS_SEAL_HEADER_LEN + GBCS_MAC_LEN)
/* In the place of CRA in the key derivation for encryption (GBCS 4.4). */
#define GBCS_CRA_ENCRYPTION 4

struct gbcs_crypto;

/*
 * keyring: public keys; provider: private ones. Both must outlive the result.
 * secrets: how many pairs of parties are remembered, at least 4.
 * NULL: no memory.
 */
struct gbcs_crypto *gbcs_crypto_new(const struct gbcs_keyring *keyring,
				    const struct gbcs_provider *provider,
				    size_t secrets);
void gbcs_crypto_free(struct gbcs_crypto *crypto);
const struct gbcs_keyring *
gbcs_crypto_keyring(const struct gbcs_crypto *crypto);
const struct gbcs_provider *
gbcs_crypto_provider(const struct gbcs_crypto *crypto);

/* Secrets asked of the provider so far: the rest came from memory. */
unsigned long gbcs_crypto_agreements(const struct gbcs_crypto *crypto);
/* After a key has changed: forget what was agreed with its owner. */
void gbcs_crypto_forget(struct gbcs_crypto *crypto, uint64_t owner);

/*
 * The secret of two parties, by the private key of either: 0; -ENOKEY if
 * neither's private key is there, or the other's public one is not.
 */
int gbcs_secret(struct gbcs_crypto *crypto, uint64_t a, enum gbcs_key_use a_use,
		uint64_t b, enum gbcs_key_use b_use,
		uint8_t secret[GBCS_SECRET_LEN]);

/* The key for one message (GBCS 4.2); cra may be GBCS_CRA_ENCRYPTION. */
int gbcs_derive_key(struct gbcs_crypto *crypto,
		    const uint8_t secret[GBCS_SECRET_LEN], uint64_t originator,
		    uint8_t cra, uint64_t counter, uint64_t target,
		    uint8_t key[GBCS_KEY_LEN]);

/*
 * AES-128-GCM over aad alone: the whole tag of 16 octets (GBCS 4.3, 5.1). IV
 * is the originator and four zero octets.
 */
int gbcs_tag(struct gbcs_crypto *crypto, const uint8_t key[GBCS_KEY_LEN],
	     uint64_t originator, const struct span *aad, size_t n,
	     uint8_t tag[16]);

/*
 * Encrypted parts (GBCS 4.4): 31 00000000 | ciphertext | tag. out has
 * plain.len + GBCS_SEAL_OVERHEAD octets of room, or sealed.len less that.
 * gbcs_open: -EBADMSG if it is not authentic; out is then cleansed.
 */
int gbcs_seal(struct gbcs_crypto *crypto, const uint8_t key[GBCS_KEY_LEN],
	      uint64_t device, struct span plain, uint8_t *out);
int gbcs_open(struct gbcs_crypto *crypto, const uint8_t key[GBCS_KEY_LEN],
	      uint64_t device, struct span sealed, uint8_t *out);

int gbcs_digest(struct gbcs_crypto *crypto, struct span of,
		uint8_t digest[GBCS_DIGEST_LEN]);

#endif /* HEARTH_GBCS_CRYPTO_H */
