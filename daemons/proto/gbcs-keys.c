// SPDX-License-Identifier: LGPL-2.1-or-later
#include "gbcs-keys.h"

#include <errno.h>
#include <stdlib.h>

#include <openssl/core_names.h>
#include <openssl/ec.h>

#define BUCKETS 1024 /* a power of two */

/* Contexts are made once a key: that is half the cost of using it. */
struct key {
	EVP_PKEY *pkey;
	EVP_PKEY_CTX *verify, *sign, *derive;
	bool is_private;
	uint8_t point[GBCS_POINT_LEN];
};

struct owner {
	struct owner *next; /* in its bucket */
	struct owner *later;
	uint64_t id;
	int role; /* -1: not known */
	struct key key[GBCS_KEY_USES];
};

struct gbcs_keyring {
	struct owner *bucket[BUCKETS];
	struct owner *first, **last; /* in the order of their coming */
};

const char *gbcs_key_use_name(enum gbcs_key_use use)
{
	static const char *const names[] = { "ds", "ka", "pp-ka" };

	return names[use];
}

static size_t bucket_of(uint64_t id)
{
	return (size_t)((id * UINT64_C(0x9e3779b97f4a7c15)) >> 54) &
	       (BUCKETS - 1);
}

static struct owner *find(const struct gbcs_keyring *ring, uint64_t id)
{
	for (struct owner *o = ring->bucket[bucket_of(id)]; o; o = o->next)
		if (o->id == id)
			return o;
	return NULL;
}

static struct owner *find_or_make(struct gbcs_keyring *ring, uint64_t id)
{
	struct owner *owner = find(ring, id);

	if (owner)
		return owner;
	owner = calloc(1, sizeof(*owner));
	if (!owner)
		return NULL;
	owner->id = id;
	owner->role = -1;
	owner->next = ring->bucket[bucket_of(id)];
	ring->bucket[bucket_of(id)] = owner;
	*ring->last = owner;
	ring->last = &owner->later;
	return owner;
}

struct gbcs_keyring *gbcs_keyring_new(void)
{
	struct gbcs_keyring *ring = calloc(1, sizeof(*ring));

	if (ring)
		ring->last = &ring->first;
	return ring;
}

static void forget(struct key *key)
{
	EVP_PKEY_CTX_free(key->verify);
	EVP_PKEY_CTX_free(key->sign);
	EVP_PKEY_CTX_free(key->derive);
	EVP_PKEY_free(key->pkey); /* cleanses a private key */
	memset(key, 0, sizeof(*key));
}

void gbcs_keyring_free(struct gbcs_keyring *ring)
{
	struct owner *later;

	if (!ring)
		return;
	for (struct owner *o = ring->first; o; o = later) {
		later = o->later;
		for (int use = 0; use < GBCS_KEY_USES; use++)
			forget(&o->key[use]);
		free(o);
	}
	free(ring);
}

static bool has_private(const EVP_PKEY *pkey)
{
	BIGNUM *d = NULL;
	bool has = EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_PRIV_KEY, &d);

	BN_clear_free(d);
	return has;
}

static int describe(struct key *key, EVP_PKEY *pkey)
{
	char group[32];
	size_t len = 0;

	if (!EVP_PKEY_is_a(pkey, "EC") ||
	    !EVP_PKEY_get_group_name(pkey, group, sizeof(group), &len) ||
	    strcmp(group, SN_X9_62_prime256v1) != 0)
		return -EINVAL;
	EVP_PKEY_set_utf8_string_param(
		pkey, OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT,
		OSSL_PKEY_EC_POINT_CONVERSION_FORMAT_UNCOMPRESSED);
	if (!EVP_PKEY_get_octet_string_param(pkey, OSSL_PKEY_PARAM_PUB_KEY,
					     key->point, sizeof(key->point),
					     &len) ||
	    len != GBCS_POINT_LEN)
		return -EINVAL;
	key->is_private = has_private(pkey);
	return 0;
}

int gbcs_keyring_add(struct gbcs_keyring *ring, uint64_t id,
		     enum gbcs_key_use use, EVP_PKEY *pkey)
{
	struct key key = { 0 };
	struct owner *owner;
	int r;

	r = describe(&key, pkey);
	if (r < 0)
		return r;
	owner = find_or_make(ring, id);
	if (!owner)
		return -ENOMEM;
	if (owner->key[use].is_private && !key.is_private)
		return 0;
	if (!EVP_PKEY_up_ref(pkey))
		return -ENOMEM;
	key.pkey = pkey;
	forget(&owner->key[use]);
	owner->key[use] = key;
	return 0;
}

void gbcs_keyring_set_role(struct gbcs_keyring *ring, uint64_t id,
			   enum gbcs_role role)
{
	struct owner *owner = find_or_make(ring, id);

	if (owner)
		owner->role = (int)role;
}

int gbcs_keyring_role(const struct gbcs_keyring *ring, uint64_t id)
{
	const struct owner *owner = find(ring, id);

	return owner ? owner->role : -1;
}

uint64_t gbcs_keyring_by_role(const struct gbcs_keyring *ring,
			      enum gbcs_role role)
{
	for (const struct owner *o = ring->first; o; o = o->later)
		if (o->role == (int)role)
			return o->id;
	return 0;
}

static struct key *find_key(const struct gbcs_keyring *ring, uint64_t id,
			    enum gbcs_key_use use)
{
	struct owner *owner = find(ring, id);

	return owner && owner->key[use].pkey ? &owner->key[use] : NULL;
}

struct span gbcs_keyring_point(const struct gbcs_keyring *ring, uint64_t id,
			       enum gbcs_key_use use)
{
	const struct key *key = find_key(ring, id, use);

	return key ? SPAN(key->point, GBCS_POINT_LEN) : SPAN(NULL, 0);
}

/* --- signatures: r||s here, DER in OpenSSL */

static int to_der(struct span rs, uint8_t *der, size_t room)
{
	ECDSA_SIG *sig = ECDSA_SIG_new();
	BIGNUM *r = BN_bin2bn(rs.p, 32, NULL),
	       *s = BN_bin2bn(rs.p + 32, 32, NULL);
	int len = -1;

	if (sig && r && s && ECDSA_SIG_set0(sig, r, s)) {
		r = s = NULL;
		len = i2d_ECDSA_SIG(sig, NULL);
		if (len > 0 && (size_t)len <= room)
			len = i2d_ECDSA_SIG(sig, &der);
		else
			len = -1;
	}
	BN_free(r);
	BN_free(s);
	ECDSA_SIG_free(sig);
	return len;
}

static int from_der(const uint8_t *der, size_t len, uint8_t rs[64])
{
	ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &der, (long)len);
	int ok = sig && BN_bn2binpad(ECDSA_SIG_get0_r(sig), rs, 32) == 32 &&
		 BN_bn2binpad(ECDSA_SIG_get0_s(sig), rs + 32, 32) == 32;

	ECDSA_SIG_free(sig);
	return ok ? 0 : -EIO;
}

int gbcs_keyring_verify(const struct gbcs_keyring *ring, uint64_t id,
			const uint8_t digest[GBCS_DIGEST_LEN],
			struct span signature)
{
	struct key *key = find_key(ring, id, GBCS_KEY_DS);
	uint8_t der[80];
	int len;

	if (!key)
		return -ENOKEY;
	if (signature.len != 64)
		return -EBADMSG;
	if (!key->verify) {
		key->verify = EVP_PKEY_CTX_new(key->pkey, NULL);
		if (!key->verify || EVP_PKEY_verify_init(key->verify) <= 0)
			return -ENOMEM;
	}
	len = to_der(signature, der, sizeof(der));
	if (len < 0)
		return -ENOMEM;
	return EVP_PKEY_verify(key->verify, der, (size_t)len, digest,
			       GBCS_DIGEST_LEN) == 1 ?
		       0 :
		       -EBADMSG;
}

/* --- software keys as a provider */

static int software_sign(void *context, uint64_t own,
			 const uint8_t digest[GBCS_DIGEST_LEN],
			 uint8_t signature[64])
{
	struct key *key = find_key(context, own, GBCS_KEY_DS);
	uint8_t der[80];
	size_t len = sizeof(der);

	if (!key || !key->is_private)
		return -ENOKEY;
	if (!key->sign) {
		key->sign = EVP_PKEY_CTX_new(key->pkey, NULL);
		if (!key->sign || EVP_PKEY_sign_init(key->sign) <= 0)
			return -ENOMEM;
	}
	if (EVP_PKEY_sign(key->sign, der, &len, digest, GBCS_DIGEST_LEN) <= 0)
		return -EIO;
	return from_der(der, len, signature);
}

/* The curve's equation is checked: a point off it would give the key away. */
static EVP_PKEY *public_key(struct span point)
{
	OSSL_PARAM params[] = {
		OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME,
				       (char *)(uintptr_t)SN_X9_62_prime256v1,
				       0),
		OSSL_PARAM_octet_string(OSSL_PKEY_PARAM_PUB_KEY,
					(void *)(uintptr_t)point.p, point.len),
		OSSL_PARAM_END,
	};
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	EVP_PKEY *out = NULL;

	if (ctx && EVP_PKEY_fromdata_init(ctx) > 0)
		(void)EVP_PKEY_fromdata(ctx, &out, EVP_PKEY_PUBLIC_KEY, params);
	EVP_PKEY_CTX_free(ctx);
	return out;
}

static int software_agree(void *context, uint64_t own, enum gbcs_key_use use,
			  struct span peer, uint8_t secret[GBCS_SECRET_LEN])
{
	struct key *key = find_key(context, own, use);
	size_t len = GBCS_SECRET_LEN;
	EVP_PKEY *other;
	int r = -EINVAL;

	if (!key || !key->is_private)
		return -ENOKEY;
	if (peer.len != GBCS_POINT_LEN)
		return -EINVAL;
	if (!key->derive) {
		key->derive = EVP_PKEY_CTX_new(key->pkey, NULL);
		if (!key->derive || EVP_PKEY_derive_init(key->derive) <= 0)
			return -ENOMEM;
	}
	other = public_key(peer);
	/* set_peer validates the point. */
	if (other && EVP_PKEY_derive_set_peer(key->derive, other) > 0)
		r = EVP_PKEY_derive(key->derive, secret, &len) > 0 &&
				    len == GBCS_SECRET_LEN ?
			    0 :
			    -EIO;
	EVP_PKEY_free(other);
	return r;
}

struct gbcs_provider gbcs_keyring_provider(struct gbcs_keyring *ring)
{
	return (struct gbcs_provider){ software_agree, software_sign, ring };
}
