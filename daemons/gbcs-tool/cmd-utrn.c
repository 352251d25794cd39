// SPDX-License-Identifier: LGPL-2.1-or-later
/* gbcs-tool utrn: prepayment tokens, made and checked. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "../proto/gbcs-utrn.h"
#include "gbcs-tool.h"

#define MAX_USED 1024

struct parties {
	const char *folder, *supplier_text, *device_text;
	uint64_t supplier, device;
};

static int parse_parties(struct parties *p)
{
	if (!p->supplier_text || parse_eui(p->supplier_text, &p->supplier))
		return complain("--supplier EUI is needed: 16 hexadecimal "
				"digits");
	if (!p->device_text || parse_eui(p->device_text, &p->device))
		return complain("--device EUI is needed: 16 hexadecimal "
				"digits");
	return 0;
}

static int no_key(const struct parties *p)
{
	complain("no pp-ka key of %016" PRIx64 " and ka key of %016" PRIx64
		 ", one of them private, in %s",
		 p->supplier, p->device, p->folder);
	return EXIT_FAILURE;
}

/* --- make */

static int make(struct keystore *store, const struct parties *p,
		uint64_t counter, enum gbcs_utrn_class value_class,
		uint64_t value)
{
	char text[GBCS_UTRN_LEN + 1];
	struct gbcs_utrn utrn;
	int r;

	r = gbcs_utrn_make(store->crypto, p->supplier, p->device, counter,
			   value_class, (uint16_t)value, &utrn);
	if (r == -ENOKEY)
		return no_key(p);
	if (r) {
		complain("utrn: %s", strerror(-r));
		return EXIT_FAILURE;
	}
	gbcs_utrn_print(&utrn, text);
	puts(text);
	return EXIT_SUCCESS;
}

static int utrn_make(int argc, char **argv)
{
	const char *counter_text = NULL, *pence = NULL, *pounds = NULL;
	uint64_t counter, value;
	struct parties p = { 0 };
	const struct option_spec specs[] = {
		{ "keystore", &p.folder, NULL },
		{ "supplier", &p.supplier_text, NULL },
		{ "device", &p.device_text, NULL },
		{ "counter", &counter_text, NULL },
		{ "pence", &pence, NULL },
		{ "pounds", &pounds, NULL },
		{ NULL, NULL, NULL },
	};
	struct keystore store;
	int status;

	argc = take_options(argc, argv, specs);
	if (argc < 0 || parse_parties(&p))
		return EXIT_USAGE;
	if (argc)
		return complain("utrn make takes no '%s'", argv[0]);
	if (!pence == !pounds)
		return complain("--pence N or --pounds N is needed");
	if (!parse_number(pence ? "--pence" : "--pounds",
			  pence ? pence : pounds, GBCS_UTRN_VALUE_MAX, &value))
		return EXIT_USAGE;
	if (!counter_text)
		return complain("--counter N is needed: a token's counter is a "
				"multiple of 4294967296");
	if (!parse_number("--counter", counter_text, UINT64_MAX, &counter))
		return EXIT_USAGE;
	if (!counter || counter & UINT32_MAX)
		return complain("--counter: %s is not a multiple of 4294967296 "
				"(its low 32 bits are not in the token)",
				counter_text);
	status = open_keys(&store, p.folder, NULL);
	if (status)
		return status;
	status = make(&store, &p, counter,
		      pence ? GBCS_UTRN_HUNDREDTHS : GBCS_UTRN_WHOLE, value);
	keystore_close(&store);
	return status;
}

/* --- check */

/* "4294967296,8589934592": their upper halves; -1: said. */
static int parse_used(char *text, uint32_t used[MAX_USED])
{
	uint64_t counter;
	int n = 0;

	for (char *next = text, *one; (one = strsep(&next, ","));) {
		if (n == MAX_USED) {
			complain("--used: more than %d counters", MAX_USED);
			return -1;
		}
		if (!parse_number("--used", one, UINT64_MAX, &counter))
			return -1;
		used[n++] = (uint32_t)(counter >> 32);
	}
	return n;
}

static int check(struct keystore *store, const struct parties *p,
		 const struct gbcs_utrn_state *state, const char *text)
{
	enum gbcs_utrn_result result;
	struct gbcs_utrn utrn;
	uint64_t counter = 0;

	result = gbcs_utrn_parse(text, &utrn);
	if (result == GBCS_UTRN_OK)
		result = gbcs_utrn_check(store->crypto, p->supplier, p->device,
					 &utrn, state, &counter);
	if (result == GBCS_UTRN_NO_KEY)
		return no_key(p);
	printf("%s\n", gbcs_utrn_result_text(result));
	if (counter) {
		int64_t value_mp = gbcs_utrn_value_mp(&utrn);

		printf("value\t%" PRId64 ".%02" PRId64 "\n", value_mp / 100000,
		       value_mp / 1000 % 100);
		printf("counter\t%" PRIu64 "\n", counter);
	}
	return result == GBCS_UTRN_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int utrn_check(int argc, char **argv)
{
	const char *highest = NULL, *used_text = NULL;
	struct parties p = { 0 };
	const struct option_spec specs[] = {
		{ "keystore", &p.folder, NULL },
		{ "supplier", &p.supplier_text, NULL },
		{ "device", &p.device_text, NULL },
		{ "highest", &highest, NULL },
		{ "used", &used_text, NULL },
		{ NULL, NULL, NULL },
	};
	struct gbcs_utrn_state state = {
		.max_credit_mp = INT64_MAX,
		.max_balance_mp = INT64_MAX,
	};
	static uint32_t used[MAX_USED];
	struct keystore store;
	int status, n;

	argc = take_options(argc, argv, specs);
	if (argc < 0 || parse_parties(&p))
		return EXIT_USAGE;
	if (argc != 1)
		return complain("utrn check takes one token of 20 digits");
	if (highest &&
	    !parse_number("--highest", highest, UINT64_MAX, &state.highest))
		return EXIT_USAGE;
	if (used_text) {
		/* The arguments are ours to take apart. */
		n = parse_used((char *)(uintptr_t)used_text, used);
		if (n < 0)
			return EXIT_USAGE;
		state.used = used;
		state.n_used = (size_t)n;
	}
	status = open_keys(&store, p.folder, NULL);
	if (status)
		return status;
	status = check(&store, &p, &state, argv[0]);
	keystore_close(&store);
	return status;
}

int cmd_utrn(int argc, char **argv)
{
	if (argc && !strcmp(argv[0], "make"))
		return utrn_make(argc - 1, argv + 1);
	if (argc && !strcmp(argv[0], "check"))
		return utrn_check(argc - 1, argv + 1);
	return complain("utrn make ... or utrn check ...; see 'gbcs-tool utrn "
			"--help'");
}
