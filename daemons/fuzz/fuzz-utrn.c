// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Tokens: 20 octets as they are, then as digits with the check digit and MAC
 * repaired, so that the fuzzer gets past both; then the state of the meter.
 */
#include "../proto/gbcs-utrn.h"
#include "../test/gbcs-parties.h"
#include "fuzz.h"

#define STEP (UINT64_C(1) << 32)

static struct gbcs_crypto *crypto;

static void setup(void)
{
	static struct stage *stage;

	if (!stage)
		stage = stage_new();
	crypto = stage->crypto;
}

/* What was taken apart is put together to the same digits. */
static void try_digits(const char *text)
{
	char again[GBCS_UTRN_LEN + 1];
	struct gbcs_utrn utrn;

	if (gbcs_utrn_parse(text, &utrn) != GBCS_UTRN_OK)
		return;
	require(utrn.value <= GBCS_UTRN_VALUE_MAX && utrn.counter_bits < 1024);
	gbcs_utrn_print(&utrn, again);
	require(!strcmp(again, text));
}

static void try_state(const struct gbcs_utrn *utrn, struct reader *r)
{
	struct gbcs_utrn_state state = {
		.highest = read_be(r, 8),
		.floor = read_be32(r),
		.max_credit_mp = (int64_t)read_be(r, 8),
		.balance_mp = (int64_t)read_be(r, 4) - INT32_MAX,
		.max_balance_mp = (int64_t)read_be(r, 4),
	};
	uint64_t counter = 0, candidate[2];
	enum gbcs_utrn_result result;
	uint32_t used[4];

	for (int n = 0; n < 4; n++)
		used[n] = read_be32(r);
	state.used = used;
	state.n_used = 4;
	require(gbcs_utrn_candidates(utrn, state.highest, candidate) <= 2);
	result = gbcs_utrn_check(crypto, SUPPLIER, DEVICE, utrn, &state,
				 &counter);
	require(gbcs_utrn_result_text(result));
	require(result != GBCS_UTRN_NO_KEY);
	if (result != GBCS_UTRN_OK)
		return;
	/* What is accepted is new, and within the limits. */
	require(counter && counter % STEP == 0 && counter != state.highest);
	for (int n = 0; n < 4; n++)
		require(used[n] != counter >> 32);
	require(gbcs_utrn_value_mp(utrn) <= state.max_credit_mp);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct reader r = reader_of(SPAN(data, len));
	struct gbcs_utrn utrn = { 0 }, made;
	char text[GBCS_UTRN_LEN + 1];
	uint64_t counter;

	if (len < 24)
		return 0;
	setup();
	memcpy(text, data, GBCS_UTRN_LEN);
	text[GBCS_UTRN_LEN] = 0;
	try_digits(text);

	counter = ((uint64_t)read_be32(&r) | 1) << 32;
	utrn.value_class = (enum gbcs_utrn_class)(read_u8(&r) & 1);
	utrn.value = read_be16(&r) & GBCS_UTRN_VALUE_MAX;
	utrn.mac = read_be32(&r);
	utrn.counter_bits = counter >> 32 & 1023;
	gbcs_utrn_print(&utrn, text);
	try_digits(text);
	try_state(&utrn, &r);
	if (gbcs_utrn_make(crypto, SUPPLIER, DEVICE, counter, utrn.value_class,
			   utrn.value, &made))
		__builtin_trap();
	try_state(&made, &r);
	return 0;
}
