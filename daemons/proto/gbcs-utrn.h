/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Prepayment tokens (GBCS 5.1): 20 digits a person can type, which carry a
 * value, ten bits of the supplier's counter, and 32 bits of a MAC.
 */
#ifndef HEARTH_GBCS_UTRN_H
#define HEARTH_GBCS_UTRN_H

#include "gbcs-crypto.h"

#define GBCS_UTRN_LEN 20
#define GBCS_UTRN_VALUE_MAX 8191

/* What the value counts; the currency is the meter's. */
enum gbcs_utrn_class {
	GBCS_UTRN_HUNDREDTHS = 0, /* pence */
	GBCS_UTRN_WHOLE = 1,	  /* pounds */
};

struct gbcs_utrn {
	enum gbcs_utrn_class value_class;
	uint16_t value;
	uint16_t counter_bits; /* bits 41 to 32 of the counter */
	uint32_t mac;
};

/* What a device says to a token. */
enum gbcs_utrn_result {
	GBCS_UTRN_OK,
	GBCS_UTRN_NOT_DIGITS,	 /* not 20 digits */
	GBCS_UTRN_CHECK_DIGIT,	 /* mistyped */
	GBCS_UTRN_FORMAT,	 /* not a token of this kind: lead, sub-class */
	GBCS_UTRN_NOT_AUTHENTIC, /* no candidate counter gives its MAC */
	GBCS_UTRN_DUPLICATE,	 /* authentic, but its counter was used */
	GBCS_UTRN_OLD,		 /* authentic, but below what is remembered */
	GBCS_UTRN_TOO_LARGE,	 /* over the largest credit taken at once */
	GBCS_UTRN_BALANCE,	 /* would exceed the largest balance */
	GBCS_UTRN_NO_KEY,	 /* there is no key to check it with */
};

/* A sentence for a person. */
const char *gbcs_utrn_result_text(enum gbcs_utrn_result result);

/* The digits of a token; text has GBCS_UTRN_LEN + 1 octets of room. */
void gbcs_utrn_print(const struct gbcs_utrn *utrn, char *text);
/* GBCS_UTRN_OK, NOT_DIGITS, CHECK_DIGIT or FORMAT. */
enum gbcs_utrn_result gbcs_utrn_parse(const char *text, struct gbcs_utrn *ret);

/* Milli-pence: 1/100000 of the currency unit. */
int64_t gbcs_utrn_value_mp(const struct gbcs_utrn *utrn);

/*
 * Make a token for a device. Only bits 41 to 32 of the counter go into it, so
 * the low 32 must be 0: -EINVAL otherwise, and for a value or class out of
 * range; -ENOKEY without the supplier's PP KA key or the device's KA.
 */
int gbcs_utrn_make(struct gbcs_crypto *crypto, uint64_t supplier,
		   uint64_t device, uint64_t counter,
		   enum gbcs_utrn_class value_class, uint16_t value,
		   struct gbcs_utrn *ret);

/*
 * The counters a token may have: those with its ten bits that are nearest to
 * the highest accepted one, above and below. Returns how many (1 or 2) and
 * puts the likelier one first.
 */
int gbcs_utrn_candidates(const struct gbcs_utrn *utrn, uint64_t highest,
			 uint64_t ret_counter[2]);

/* What a device knows of its supplier's tokens. */
struct gbcs_utrn_state {
	uint64_t highest; /* counter accepted */
	/* Counters accepted, as bits 63 to 32, and how many; oldest dropped. */
	const uint32_t *used;
	size_t n_used;
	uint32_t floor; /* bits 63 to 32 of counters no longer remembered */
	int64_t max_credit_mp; /* of one token; INT64_MAX: no limit */
	int64_t balance_mp, max_balance_mp;
};

/*
 * Check a token in the order of GBCS 5.1: form, MAC, replay, value. The first
 * that fails is the result; *ret_counter is the token's counter where it is
 * authentic. Nothing is remembered: that is for the caller, once the credit is
 * on disk.
 */
enum gbcs_utrn_result gbcs_utrn_check(struct gbcs_crypto *crypto,
				      uint64_t supplier, uint64_t device,
				      const struct gbcs_utrn *utrn,
				      const struct gbcs_utrn_state *state,
				      uint64_t *ret_counter);

#endif /* HEARTH_GBCS_UTRN_H */
