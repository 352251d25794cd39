// SPDX-License-Identifier: LGPL-2.1-or-later
#include "gbcs-crypto.h"

#include <errno.h>
#include <stdlib.h>

#include <openssl/crypto.h>

#define WAYS 4

struct secret {
	uint64_t a, b;
	uint64_t used; /* when last; 0: this place is free */
	uint8_t a_use, b_use;
	uint8_t z[GBCS_SECRET_LEN];
};

struct gbcs_crypto {
	const struct gbcs_keyring *keyring;
	struct gbcs_provider provider;
	EVP_MD *sha256;
	EVP_CIPHER *gcm;
	EVP_MD_CTX *md;
	EVP_CIPHER_CTX *encrypt, *decrypt;
	struct secret *secret; /* sets of WAYS */
	size_t sets;	       /* a power of two */
	uint64_t clock;
	unsigned long agreements;
};

struct gbcs_crypto *gbcs_crypto_new(const struct gbcs_keyring *keyring,
				    const struct gbcs_provider *provider,
				    size_t secrets)
{
	struct gbcs_crypto *crypto = calloc(1, sizeof(*crypto));

	if (!crypto)
		return NULL;
	crypto->keyring = keyring;
	crypto->provider = *provider;
	crypto->sets = 1;
	while (crypto->sets * WAYS < secrets)
		crypto->sets *= 2;
	crypto->secret = calloc(crypto->sets * WAYS, sizeof(*crypto->secret));
	crypto->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	crypto->gcm = EVP_CIPHER_fetch(NULL, "AES-128-GCM", NULL);
	crypto->md = EVP_MD_CTX_new();
	crypto->encrypt = EVP_CIPHER_CTX_new();
	crypto->decrypt = EVP_CIPHER_CTX_new();
	if (!crypto->secret || !crypto->sha256 || !crypto->gcm || !crypto->md ||
	    !crypto->encrypt || !crypto->decrypt ||
	    !EVP_EncryptInit_ex2(crypto->encrypt, crypto->gcm, NULL, NULL,
				 NULL) ||
	    !EVP_DecryptInit_ex2(crypto->decrypt, crypto->gcm, NULL, NULL,
				 NULL)) {
		gbcs_crypto_free(crypto);
		return NULL;
	}
	return crypto;
}

void gbcs_crypto_free(struct gbcs_crypto *crypto)
{
	if (!crypto)
		return;
	if (crypto->secret)
		OPENSSL_cleanse(crypto->secret,
				crypto->sets * WAYS * sizeof(struct secret));
	free(crypto->secret);
	EVP_CIPHER_CTX_free(crypto->encrypt);
	EVP_CIPHER_CTX_free(crypto->decrypt);
	EVP_MD_CTX_free(crypto->md);
	EVP_CIPHER_free(crypto->gcm);
	EVP_MD_free(crypto->sha256);
	free(crypto);
}

const struct gbcs_keyring *gbcs_crypto_keyring(const struct gbcs_crypto *crypto)
{
	return crypto->keyring;
}

const struct gbcs_provider *
gbcs_crypto_provider(const struct gbcs_crypto *crypto)
{
	return &crypto->provider;
}

unsigned long gbcs_crypto_agreements(const struct gbcs_crypto *crypto)
{
	return crypto->agreements;
}

void gbcs_crypto_forget(struct gbcs_crypto *crypto, uint64_t owner)
{
	for (size_t n = 0; n < crypto->sets * WAYS; n++) {
		struct secret *s = &crypto->secret[n];

		if (s->used && (s->a == owner || s->b == owner))
			OPENSSL_cleanse(s, sizeof(*s));
	}
}

/* --- shared secrets */

static struct secret *set_of(struct gbcs_crypto *crypto, uint64_t a, uint64_t b)
{
	uint64_t hash = (a * UINT64_C(0x9e3779b97f4a7c15) ^ b) *
			UINT64_C(0xff51afd7ed558ccd);

	return &crypto->secret[(hash >> 32 & (crypto->sets - 1)) * WAYS];
}

static int agree(struct gbcs_crypto *crypto, uint64_t own,
		 enum gbcs_key_use own_use, uint64_t peer,
		 enum gbcs_key_use peer_use, uint8_t z[GBCS_SECRET_LEN])
{
	struct span point = gbcs_keyring_point(crypto->keyring, peer, peer_use);

	if (!point.len)
		return -ENOKEY;
	return crypto->provider.agree(crypto->provider.context, own, own_use,
				      point, z);
}

int gbcs_secret(struct gbcs_crypto *crypto, uint64_t a, enum gbcs_key_use a_use,
		uint64_t b, enum gbcs_key_use b_use,
		uint8_t secret[GBCS_SECRET_LEN])
{
	struct secret *set, *oldest, *s;
	int r;

	/* The secret is the same from either side: one place for both. */
	if (a > b) {
		uint64_t id = a;
		enum gbcs_key_use use = a_use;

		a = b, a_use = b_use;
		b = id, b_use = use;
	}
	set = oldest = set_of(crypto, a, b);
	for (s = set; s < set + WAYS; s++) {
		if (s->used && s->a == a && s->b == b && s->a_use == a_use &&
		    s->b_use == b_use) {
			s->used = ++crypto->clock;
			memcpy(secret, s->z, GBCS_SECRET_LEN);
			return 0;
		}
		if (s->used < oldest->used)
			oldest = s;
	}

	crypto->agreements++;
	r = agree(crypto, a, a_use, b, b_use, secret);
	if (r == -ENOKEY)
		r = agree(crypto, b, b_use, a, a_use, secret);
	if (r < 0)
		return r;
	OPENSSL_cleanse(oldest, sizeof(*oldest));
	oldest->a = a;
	oldest->b = b;
	oldest->a_use = (uint8_t)a_use;
	oldest->b_use = (uint8_t)b_use;
	oldest->used = ++crypto->clock;
	memcpy(oldest->z, secret, GBCS_SECRET_LEN);
	return 0;
}

/* --- keys of a message */

int gbcs_digest(struct gbcs_crypto *crypto, struct span of,
		uint8_t digest[GBCS_DIGEST_LEN])
{
	return EVP_DigestInit_ex2(crypto->md, crypto->sha256, NULL) &&
			       EVP_DigestUpdate(crypto->md, of.p, of.len) &&
			       EVP_DigestFinal_ex(crypto->md, digest, NULL) ?
		       0 :
		       -EIO;
}

int gbcs_derive_key(struct gbcs_crypto *crypto,
		    const uint8_t secret[GBCS_SECRET_LEN], uint64_t originator,
		    uint8_t cra, uint64_t counter, uint64_t target,
		    uint8_t key[GBCS_KEY_LEN])
{
	/* NIST SP 800-56A concatenation KDF: counter, Z, algorithm id, ... */
	static const uint8_t one[4] = { 0, 0, 0, 1 };
	static const uint8_t algorithm[7] = { 0x60, 0x85, 0x74, 0x06,
					      0x08, 0x03, 0x00 };
	uint8_t in[4 + GBCS_SECRET_LEN + 33], digest[GBCS_DIGEST_LEN];
	struct wbuf w = wbuf_of(in, sizeof(in));
	int r;

	write_bytes(&w, one, sizeof(one));
	write_bytes(&w, secret, GBCS_SECRET_LEN);
	write_bytes(&w, algorithm, sizeof(algorithm));
	write_be(&w, originator, 8);
	write_u8(&w, 9); /* the transaction id with its length */
	write_u8(&w, cra);
	write_be(&w, counter, 8);
	write_be(&w, target, 8);
	r = gbcs_digest(crypto, SPAN(in, w.len), digest);
	if (!r)
		memcpy(key, digest, GBCS_KEY_LEN);
	OPENSSL_cleanse(in, sizeof(in));
	OPENSSL_cleanse(digest, sizeof(digest));
	return r;
}

/* --- AES-128-GCM */

static void make_iv(uint64_t id, uint8_t iv[12])
{
	struct wbuf w = wbuf_of(iv, 12);

	write_be(&w, id, 8);
	write_be(&w, 0, 4);
}

int gbcs_tag(struct gbcs_crypto *crypto, const uint8_t key[GBCS_KEY_LEN],
	     uint64_t originator, const struct span *aad, size_t n,
	     uint8_t tag[16])
{
	EVP_CIPHER_CTX *ctx = crypto->encrypt;
	uint8_t iv[12], nothing[16];
	int len;

	make_iv(originator, iv);
	if (!EVP_EncryptInit_ex2(ctx, NULL, key, iv, NULL))
		return -EIO;
	for (size_t at = 0; at < n; at++)
		if (!EVP_EncryptUpdate(ctx, NULL, &len, aad[at].p,
				       (int)aad[at].len))
			return -EIO;
	if (!EVP_EncryptFinal_ex(ctx, nothing, &len) ||
	    !EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, 16, tag))
		return -EIO;
	return 0;
}

static const uint8_t seal_header[GBCS_SEAL_HEADER_LEN] = { 0x31 };

int gbcs_seal(struct gbcs_crypto *crypto, const uint8_t key[GBCS_KEY_LEN],
	      uint64_t device, struct span plain, uint8_t *out)
{
	EVP_CIPHER_CTX *ctx = crypto->encrypt;
	uint8_t iv[12], *cipher = out + GBCS_SEAL_HEADER_LEN;
	int len;

	make_iv(device, iv);
	if (!EVP_EncryptInit_ex2(ctx, NULL, key, iv, NULL) ||
	    !EVP_EncryptUpdate(ctx, NULL, &len, seal_header, 1) ||
	    !EVP_EncryptUpdate(ctx, cipher, &len, plain.p, (int)plain.len) ||
	    !EVP_EncryptFinal_ex(ctx, cipher + plain.len, &len) ||
	    !EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, GBCS_MAC_LEN,
				 cipher + plain.len))
		return -EIO;
	memcpy(out, seal_header, sizeof(seal_header));
	return 0;
}

int gbcs_open(struct gbcs_crypto *crypto, const uint8_t key[GBCS_KEY_LEN],
	      uint64_t device, struct span sealed, uint8_t *out)
{
	EVP_CIPHER_CTX *ctx = crypto->decrypt;
	uint8_t iv[12], tag[GBCS_MAC_LEN];
	size_t plain;
	int len;

	if (sealed.len < GBCS_SEAL_OVERHEAD ||
	    memcmp(sealed.p, seal_header, sizeof(seal_header)) != 0)
		return -EBADMSG;
	plain = sealed.len - GBCS_SEAL_OVERHEAD;
	memcpy(tag, sealed.p + sealed.len - GBCS_MAC_LEN, GBCS_MAC_LEN);
	make_iv(device, iv);
	if (!EVP_DecryptInit_ex2(ctx, NULL, key, iv, NULL) ||
	    !EVP_DecryptUpdate(ctx, NULL, &len, seal_header, 1) ||
	    !EVP_DecryptUpdate(ctx, out, &len, sealed.p + GBCS_SEAL_HEADER_LEN,
			       (int)plain) ||
	    !EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, GBCS_MAC_LEN, tag))
		return -EIO;
	/* The comparison is OpenSSL's, in constant time. */
	if (EVP_DecryptFinal_ex(ctx, out + plain, &len) <= 0) {
		OPENSSL_cleanse(out, plain);
		return -EBADMSG;
	}
	return 0;
}
