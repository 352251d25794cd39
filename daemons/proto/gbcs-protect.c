// SPDX-License-Identifier: LGPL-2.1-or-later
#include "gbcs-protect.h"

#include <errno.h>

#include <openssl/crypto.h>

/* In front of G in what a MAC is over: the security control, five absences. */
static const uint8_t mac_prefix[6] = { 0x11 };

const char *gbcs_check_name(enum gbcs_check check)
{
	static const char *const names[] = { "none", "valid", "invalid",
					     "nokey" };

	return names[check];
}

/* PCS01, PCS02, PECS01 to 03, HECS01: from one device to another. */
static bool within_home(uint16_t code)
{
	return code == 0x0090 || code == 0x009b ||
	       (code >= 0x0116 && code <= 0x0119);
}

void gbcs_mac_parties(const struct gbcs_message *msg, uint64_t acb,
		      uint64_t *ret_a, uint64_t *ret_b)
{
	*ret_a = msg->cra == GBCS_COMMAND && !within_home(msg->code) ?
			 acb :
			 msg->originator;
	*ret_b = msg->target;
}

enum gbcs_check gbcs_check_signature(struct gbcs_crypto *crypto,
				     const struct gbcs_message *msg)
{
	uint8_t digest[GBCS_DIGEST_LEN];
	int r;

	if (!msg->signature.len)
		return GBCS_CHECK_NONE;
	if (gbcs_digest(crypto, msg->signed_part, digest))
		return GBCS_CHECK_INVALID;
	r = gbcs_keyring_verify(gbcs_crypto_keyring(crypto), msg->originator,
				digest, msg->signature);
	return r == 0	    ? GBCS_CHECK_VALID :
	       r == -ENOKEY ? GBCS_CHECK_NOKEY :
			      GBCS_CHECK_INVALID;
}

static int make_mac(struct gbcs_crypto *crypto, uint64_t acb,
		    const struct gbcs_message *msg, struct span grouped,
		    uint8_t mac[GBCS_MAC_LEN])
{
	const struct span aad[] = { SPAN(mac_prefix, sizeof(mac_prefix)),
				    grouped };
	uint8_t secret[GBCS_SECRET_LEN], key[GBCS_KEY_LEN], tag[16];
	uint64_t a, b;
	int r;

	gbcs_mac_parties(msg, acb, &a, &b);
	r = gbcs_secret(crypto, a, GBCS_KEY_KA, b, GBCS_KEY_KA, secret);
	if (!r)
		r = gbcs_derive_key(crypto, secret, msg->originator,
				    (uint8_t)msg->cra, msg->counter,
				    msg->target, key);
	if (!r)
		r = gbcs_tag(crypto, key, msg->originator, aad, 2, tag);
	if (!r)
		memcpy(mac, tag, GBCS_MAC_LEN);
	OPENSSL_cleanse(secret, sizeof(secret));
	OPENSSL_cleanse(key, sizeof(key));
	return r;
}

enum gbcs_check gbcs_check_mac(struct gbcs_crypto *crypto, uint64_t acb,
			       const struct gbcs_message *msg)
{
	uint8_t mac[GBCS_MAC_LEN];
	int r;

	if (!msg->mac.len)
		return GBCS_CHECK_NONE;
	r = make_mac(crypto, acb, msg, msg->grouped, mac);
	if (r == -ENOKEY)
		return GBCS_CHECK_NOKEY;
	return !r && !CRYPTO_memcmp(mac, msg->mac.p, GBCS_MAC_LEN) ?
		       GBCS_CHECK_VALID :
		       GBCS_CHECK_INVALID;
}

int gbcs_content_key(struct gbcs_crypto *crypto, const struct gbcs_message *msg,
		     uint8_t key[GBCS_KEY_LEN])
{
	bool other = msg->supplementary & GBCS_SUPP_PARTY;
	uint64_t recipient = other ? msg->supp_party : msg->target;
	uint64_t counter = msg->supplementary & GBCS_SUPP_ORIGINATOR ?
				   msg->supp_originator_counter :
				   msg->counter;
	uint8_t secret[GBCS_SECRET_LEN];
	int r;

	r = gbcs_secret(crypto, msg->originator, GBCS_KEY_KA, recipient,
			GBCS_KEY_KA, secret);
	if (!r)
		r = gbcs_derive_key(crypto, secret, msg->originator,
				    GBCS_CRA_ENCRYPTION, counter, recipient,
				    key);
	OPENSSL_cleanse(secret, sizeof(secret));
	return r;
}

int gbcs_open_content(struct gbcs_crypto *crypto,
		      const struct gbcs_message *msg, struct span sealed,
		      uint8_t *out)
{
	uint8_t key[GBCS_KEY_LEN];
	int r = gbcs_content_key(crypto, msg, key);

	if (!r)
		r = gbcs_open(crypto, key, msg->originator, sealed, out);
	OPENSSL_cleanse(key, sizeof(key));
	return r;
}

static int sign(struct gbcs_crypto *crypto, const struct gbcs_message *msg,
		uint8_t *scratch, size_t room, uint8_t signature[64])
{
	const struct gbcs_provider *provider = gbcs_crypto_provider(crypto);
	struct wbuf w = wbuf_of(scratch, room);
	uint8_t digest[GBCS_DIGEST_LEN];

	gbcs_message_encode_signed(msg, &w);
	if (w.bad)
		return -ENOSPC;
	if (gbcs_digest(crypto, SPAN(scratch, w.len), digest))
		return -EIO;
	return provider->sign(provider->context, msg->originator, digest,
			      signature);
}

/* Whether it can be encoded, and fits: its length, or negative errno. */
static ssize_t measure(const struct gbcs_message *msg, size_t room)
{
	struct wbuf w = wbuf_counting();

	gbcs_message_encode(msg, &w);
	if (w.bad || w.len > GBCS_MESSAGE_MAX)
		return -EINVAL;
	return w.len > room ? -ENOSPC : (ssize_t)w.len;
}

ssize_t gbcs_add_mac(struct gbcs_crypto *crypto, uint64_t acb,
		     const struct gbcs_message *msg, uint8_t *out, size_t room)
{
	struct wbuf w = wbuf_of(out, room), grouped = wbuf_counting();
	uint8_t mac[GBCS_MAC_LEN] = { 0 };
	struct gbcs_message full = *msg;
	ssize_t len;
	size_t end;
	int r;

	if (msg->pre_command)
		return -EINVAL;
	full.mac = SPAN(mac, sizeof(mac));
	len = measure(&full, room);
	if (len < 0)
		return len;
	gbcs_message_encode(&full, &w);
	/* G is what stands between the MAC header and the MAC. */
	end = w.len - GBCS_MAC_LEN;
	gbcs_message_encode_grouped(&full, &grouped);
	r = make_mac(crypto, acb, msg,
		     SPAN(out + end - grouped.len, grouped.len), mac);
	if (r < 0)
		return r;
	memcpy(out + end, mac, sizeof(mac));
	return len;
}

ssize_t gbcs_protect(struct gbcs_crypto *crypto, uint64_t acb,
		     const struct gbcs_message *msg, unsigned int what,
		     uint8_t *out, size_t room)
{
	uint8_t signature[GBCS_SIGNATURE_LEN];
	struct gbcs_message full = *msg;
	struct wbuf w = wbuf_of(out, room);
	ssize_t len;
	int r;

	full.signature = what & GBCS_SIGN ? SPAN(signature, sizeof(signature)) :
					    SPAN(NULL, 0);
	full.mac = SPAN(NULL, 0);
	if (full.pre_command && what)
		return -EINVAL;
	len = measure(&full, room);
	if (len < 0)
		return len;
	if (what & GBCS_SIGN) {
		/* out is not in use yet: what is signed is shorter than it. */
		r = sign(crypto, msg, out, room, signature);
		if (r < 0)
			return r;
	}
	if (what & GBCS_MAC)
		return gbcs_add_mac(crypto, acb, &full, out, room);
	gbcs_message_encode(&full, &w);
	return len;
}
