// SPDX-License-Identifier: LGPL-2.1-or-later
#include "gbcs-utrn.h"

#include <errno.h>

#include <openssl/crypto.h>

/* Added to the 64 bits so that the number has 19 digits and starts with 73. */
#define PPTD_OFFSET UINT64_C(7394156990786306048)

#define COUNTER_STEP (UINT64_C(1) << 32)
#define COUNTER_BITS 10
#define COUNTER_MASK ((1u << COUNTER_BITS) - 1)
#define VALUE_BITS 13

const char *gbcs_utrn_result_text(enum gbcs_utrn_result result)
{
	static const char *const texts[] = {
		[GBCS_UTRN_OK] = "accepted",
		[GBCS_UTRN_NOT_DIGITS] = "not 20 digits",
		[GBCS_UTRN_CHECK_DIGIT] = "check digit is wrong: mistyped?",
		[GBCS_UTRN_FORMAT] = "not a prepayment token",
		[GBCS_UTRN_NOT_AUTHENTIC] =
			"not authentic: not of this supplier for this device",
		[GBCS_UTRN_DUPLICATE] = "used before",
		[GBCS_UTRN_OLD] = "too old: newer tokens were used",
		[GBCS_UTRN_TOO_LARGE] = "over the largest credit of one token",
		[GBCS_UTRN_BALANCE] = "would exceed the largest balance",
		[GBCS_UTRN_NO_KEY] = "no key to check it with",
	};

	return texts[result];
}

/* --- the check digit: Verhoeff's, with the scheme's own last step */

static const uint8_t dihedral[10][10] = {
	{ 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 }, { 1, 2, 3, 4, 0, 6, 7, 8, 9, 5 },
	{ 2, 3, 4, 0, 1, 7, 8, 9, 5, 6 }, { 3, 4, 0, 1, 2, 8, 9, 5, 6, 7 },
	{ 4, 0, 1, 2, 3, 9, 5, 6, 7, 8 }, { 5, 9, 8, 7, 6, 0, 4, 3, 2, 1 },
	{ 6, 5, 9, 8, 7, 1, 0, 4, 3, 2 }, { 7, 6, 5, 9, 8, 2, 1, 0, 4, 3 },
	{ 8, 7, 6, 5, 9, 3, 2, 1, 0, 4 }, { 9, 8, 7, 6, 5, 4, 3, 2, 1, 0 },
};

static const uint8_t permutation[8][10] = {
	{ 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 }, { 1, 5, 7, 6, 2, 8, 3, 0, 9, 4 },
	{ 5, 8, 0, 3, 7, 9, 6, 1, 4, 2 }, { 8, 9, 1, 6, 0, 4, 3, 5, 2, 7 },
	{ 9, 4, 5, 3, 1, 2, 6, 8, 7, 0 }, { 4, 2, 8, 6, 5, 7, 3, 9, 0, 1 },
	{ 2, 7, 9, 3, 8, 0, 6, 4, 1, 5 }, { 7, 0, 4, 6, 9, 1, 3, 2, 5, 8 },
};

static const uint8_t last_step[10] = { 1, 2, 6, 7, 5, 8, 3, 0, 9, 4 };

static char check_digit(const char digits[GBCS_UTRN_LEN - 1])
{
	unsigned int interim = 0, row = 4;

	for (int n = 0; n < GBCS_UTRN_LEN - 1; n++) {
		interim = dihedral[interim][permutation[row][digits[n] - '0']];
		row = (row + 1) % 8;
	}
	return (char)('0' + last_step[interim]);
}

/* --- bits and digits */

/* The upper half of the 64 bits; the lower is the MAC. */
static uint32_t upper(const struct gbcs_utrn *utrn)
{
	return (uint32_t)(utrn->counter_bits & COUNTER_MASK)
		       << (VALUE_BITS + 2) |
	       (uint32_t)utrn->value_class << VALUE_BITS | utrn->value;
}

void gbcs_utrn_print(const struct gbcs_utrn *utrn, char *text)
{
	uint64_t pptd = ((uint64_t)upper(utrn) << 32 | utrn->mac) + PPTD_OFFSET;

	for (int n = GBCS_UTRN_LEN - 2; n >= 0; n--) {
		text[n] = (char)('0' + pptd % 10);
		pptd /= 10;
	}
	text[GBCS_UTRN_LEN - 1] = check_digit(text);
	text[GBCS_UTRN_LEN] = 0;
}

enum gbcs_utrn_result gbcs_utrn_parse(const char *text, struct gbcs_utrn *ret)
{
	uint64_t pptd = 0, ptut;
	uint32_t high;

	for (int n = 0; n < GBCS_UTRN_LEN; n++)
		if (text[n] < '0' || text[n] > '9')
			return GBCS_UTRN_NOT_DIGITS;
	if (text[GBCS_UTRN_LEN])
		return GBCS_UTRN_NOT_DIGITS;
	if (check_digit(text) != text[GBCS_UTRN_LEN - 1])
		return GBCS_UTRN_CHECK_DIGIT;
	/* 19 digits fit. */
	for (int n = 0; n < GBCS_UTRN_LEN - 1; n++)
		pptd = pptd * 10 + (uint64_t)(text[n] - '0');
	if (pptd < PPTD_OFFSET)
		return GBCS_UTRN_FORMAT;
	ptut = pptd - PPTD_OFFSET;
	high = (uint32_t)(ptut >> 32);
	/* Lead and sub-class are 0, and so is the class's upper bit. */
	if (high >> (COUNTER_BITS + VALUE_BITS + 2) ||
	    (high >> VALUE_BITS & 3) > GBCS_UTRN_WHOLE)
		return GBCS_UTRN_FORMAT;
	ret->counter_bits = high >> (VALUE_BITS + 2) & COUNTER_MASK;
	ret->value_class = (enum gbcs_utrn_class)(high >> VALUE_BITS & 3);
	ret->value = high & GBCS_UTRN_VALUE_MAX;
	ret->mac = (uint32_t)ptut;
	return GBCS_UTRN_OK;
}

int64_t gbcs_utrn_value_mp(const struct gbcs_utrn *utrn)
{
	return (int64_t)utrn->value *
	       (utrn->value_class == GBCS_UTRN_WHOLE ? 100000 : 1000);
}

/* --- the MAC */

static int token_mac(struct gbcs_crypto *crypto, uint64_t supplier,
		     uint64_t device, uint64_t counter, uint32_t high,
		     uint32_t *ret)
{
	uint8_t secret[GBCS_SECRET_LEN], key[GBCS_KEY_LEN], tag[16], aad[35];
	static const uint8_t prefix[6] = { 0x11 };
	struct wbuf w = wbuf_of(aad, sizeof(aad));
	struct span over;
	int r;

	write_bytes(&w, prefix, sizeof(prefix));
	write_be(&w, supplier, 8);
	write_be(&w, device, 8);
	write_u8(&w, GBCS_COMMAND);
	write_be(&w, counter, 8);
	write_be(&w, high, 4);
	over = SPAN(aad, w.len);
	r = gbcs_secret(crypto, supplier, GBCS_KEY_PP_KA, device, GBCS_KEY_KA,
			secret);
	if (!r)
		r = gbcs_derive_key(crypto, secret, supplier, GBCS_COMMAND,
				    counter, device, key);
	if (!r)
		r = gbcs_tag(crypto, key, supplier, &over, 1, tag);
	/* The last four octets, unlike a message's MAC. */
	if (!r)
		*ret = (uint32_t)tag[12] << 24 | (uint32_t)tag[13] << 16 |
		       (uint32_t)tag[14] << 8 | tag[15];
	OPENSSL_cleanse(secret, sizeof(secret));
	OPENSSL_cleanse(key, sizeof(key));
	return r;
}

int gbcs_utrn_make(struct gbcs_crypto *crypto, uint64_t supplier,
		   uint64_t device, uint64_t counter,
		   enum gbcs_utrn_class value_class, uint16_t value,
		   struct gbcs_utrn *ret)
{
	struct gbcs_utrn utrn = {
		.value_class = value_class,
		.value = value,
		.counter_bits = (uint16_t)(counter >> 32 & COUNTER_MASK),
	};
	int r;

	if (counter % COUNTER_STEP || !counter || value > GBCS_UTRN_VALUE_MAX ||
	    (unsigned int)value_class > GBCS_UTRN_WHOLE)
		return -EINVAL;
	r = token_mac(crypto, supplier, device, counter, upper(&utrn),
		      &utrn.mac);
	if (!r)
		*ret = utrn;
	return r;
}

/* --- checking */

int gbcs_utrn_candidates(const struct gbcs_utrn *utrn, uint64_t highest,
			 uint64_t ret_counter[2])
{
	uint64_t now = highest >> 32, span = COUNTER_MASK + 1;
	/* The first above the highest with these bits, and the one before. */
	uint64_t above = (now & ~(uint64_t)COUNTER_MASK) | utrn->counter_bits;
	int n = 0;

	if (above <= now)
		above += span;
	if (above <= UINT32_MAX)
		ret_counter[n++] = above << 32;
	if (above >= span)
		ret_counter[n++] = (above - span) << 32;
	return n;
}

static enum gbcs_utrn_result replayed(const struct gbcs_utrn_state *state,
				      uint64_t counter)
{
	uint32_t high = (uint32_t)(counter >> 32);

	for (size_t n = 0; n < state->n_used; n++)
		if (state->used[n] == high)
			return GBCS_UTRN_DUPLICATE;
	if (counter == state->highest)
		return GBCS_UTRN_DUPLICATE;
	return high <= state->floor ? GBCS_UTRN_OLD : GBCS_UTRN_OK;
}

enum gbcs_utrn_result gbcs_utrn_check(struct gbcs_crypto *crypto,
				      uint64_t supplier, uint64_t device,
				      const struct gbcs_utrn *utrn,
				      const struct gbcs_utrn_state *state,
				      uint64_t *ret_counter)
{
	int64_t value_mp = gbcs_utrn_value_mp(utrn);
	enum gbcs_utrn_result result;
	uint64_t candidate[2];
	bool found = false;
	int n;

	n = gbcs_utrn_candidates(utrn, state->highest, candidate);
	for (int i = 0; i < n && !found; i++) {
		uint32_t mac = 0;
		int r = token_mac(crypto, supplier, device, candidate[i],
				  upper(utrn), &mac);

		if (r == -ENOKEY)
			return GBCS_UTRN_NO_KEY;
		found = !r && !CRYPTO_memcmp(&mac, &utrn->mac, sizeof(mac));
		if (found)
			*ret_counter = candidate[i];
	}
	if (!found)
		return GBCS_UTRN_NOT_AUTHENTIC;
	result = replayed(state, *ret_counter);
	if (result != GBCS_UTRN_OK)
		return result;
	if (value_mp > state->max_credit_mp)
		return GBCS_UTRN_TOO_LARGE;
	if (state->balance_mp > state->max_balance_mp - value_mp)
		return GBCS_UTRN_BALANCE;
	return GBCS_UTRN_OK;
}
