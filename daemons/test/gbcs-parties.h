/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Parties with made-up keys, for tests and fuzzers of the protocol library. */
#ifndef HEARTH_GBCS_PARTIES_H
#define HEARTH_GBCS_PARTIES_H

#include <stdlib.h>

#include <openssl/core_names.h>
#include <openssl/ec.h>

#include "../proto/gbcs-crypto.h"

#define ACB UINT64_C(0x90b3d51f30000002)
#define SUPPLIER UINT64_C(0x90b3d51f30010000)
#define DEVICE UINT64_C(0x00db1234567890a0)
#define STRANGER UINT64_C(0x1111111111111111)

/* A key pair that is the same in every run: its scalar is the seed. */
static inline EVP_PKEY *party_key(uint32_t seed, bool with_private)
{
	EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
	EC_POINT *point = EC_POINT_new(group);
	uint8_t scalar[32] = { 0 }, octets[65];
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	OSSL_PARAM params[4], *p = params;
	EVP_PKEY *key = NULL;
	BIGNUM *d = BN_new();

	BN_set_word(d, seed);
	EC_POINT_mul(group, point, d, NULL, NULL, NULL);
	EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED, octets,
			   sizeof(octets), NULL);
	BN_bn2lebinpad(d, scalar, sizeof(scalar)); /* OSSL_PARAM: native */
	*p++ = OSSL_PARAM_construct_utf8_string(
		OSSL_PKEY_PARAM_GROUP_NAME,
		(char *)(uintptr_t)SN_X9_62_prime256v1, 0);
	*p++ = OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY,
						 octets, sizeof(octets));
	if (with_private)
		*p++ = OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_PRIV_KEY, scalar,
					       sizeof(scalar));
	*p = OSSL_PARAM_construct_end();
	if (EVP_PKEY_fromdata_init(ctx) <= 0 ||
	    EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_KEYPAIR, params) <= 0)
		abort();
	EVP_PKEY_CTX_free(ctx);
	EC_POINT_free(point);
	EC_GROUP_free(group);
	BN_free(d);
	return key;
}

static inline void add_key(struct gbcs_keyring *ring, uint64_t id,
			   enum gbcs_key_use use, uint32_t seed,
			   bool with_private)
{
	EVP_PKEY *key = party_key(seed, with_private);

	if (gbcs_keyring_add(ring, id, use, key))
		abort();
	EVP_PKEY_free(key);
}

/* All keys of the three parties; private ones too. */
static inline struct gbcs_keyring *party_ring(void)
{
	struct gbcs_keyring *ring = gbcs_keyring_new();

	if (!ring)
		abort();
	add_key(ring, ACB, GBCS_KEY_DS, 1001, true);
	add_key(ring, ACB, GBCS_KEY_KA, 1002, true);
	add_key(ring, SUPPLIER, GBCS_KEY_DS, 1003, true);
	add_key(ring, SUPPLIER, GBCS_KEY_KA, 1004, true);
	add_key(ring, SUPPLIER, GBCS_KEY_PP_KA, 1005, true);
	add_key(ring, DEVICE, GBCS_KEY_DS, 1006, true);
	add_key(ring, DEVICE, GBCS_KEY_KA, 1007, true);
	gbcs_keyring_set_role(ring, ACB, GBCS_ROLE_ACB);
	gbcs_keyring_set_role(ring, SUPPLIER, GBCS_ROLE_SUPPLIER);
	gbcs_keyring_set_role(ring, DEVICE, GBCS_ROLE_DEVICE);
	return ring;
}

/* What most of them need: the parties, and the arithmetic with their keys. */
struct stage {
	struct gbcs_keyring *ring;
	struct gbcs_provider provider;
	struct gbcs_crypto *crypto;
};

static inline struct stage *stage_new(void)
{
	struct stage *stage = calloc(1, sizeof(*stage));

	if (!stage)
		abort();
	stage->ring = party_ring();
	stage->provider = gbcs_keyring_provider(stage->ring);
	stage->crypto = gbcs_crypto_new(stage->ring, &stage->provider, 8);
	if (!stage->crypto)
		abort();
	return stage;
}

static inline void stage_free(struct stage *stage)
{
	gbcs_crypto_free(stage->crypto);
	gbcs_keyring_free(stage->ring);
	free(stage);
}

#endif /* HEARTH_GBCS_PARTIES_H */
