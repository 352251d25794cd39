// SPDX-License-Identifier: LGPL-2.1-or-later
/* gbcs-tool usecases: the table of use cases, tab-separated. */
#include <stdio.h>
#include <stdlib.h>

#include "../proto/gbcs-protect.h"
#include "../proto/gbcs-usecase.h"
#include "gbcs-tool.h"

struct name {
	unsigned int bit;
	const char *text;
};

static const struct name messages[] = {
	{ GBCS_UC_COMMAND, "command" },
	{ GBCS_UC_PRE_COMMAND, "pre-command" },
	{ GBCS_UC_RESPONSE, "response" },
	{ GBCS_UC_ALERT, "alert" },
	{ 0, NULL },
};

static const struct name flags[] = {
	{ GBCS_UC_CRITICAL, "critical" },
	{ GBCS_UC_FUTURE_DATED, "future-dated" },
	{ GBCS_UC_REPLAY_PROTECTED, "replay-protected" },
	{ GBCS_UC_RESPONSE_DATED, "response-dated" },
	{ GBCS_UC_ENCRYPTED, "encrypted" },
	{ 0, NULL },
};

static const struct name protections[] = {
	{ GBCS_SIGN, "signature" },
	{ GBCS_MAC, "MAC" },
	{ 0, NULL },
};

static const struct name roles[] = {
	{ GBCS_UC_ROLE_ROOT, "root" },
	{ GBCS_UC_ROLE_RECOVERY, "recovery" },
	{ GBCS_UC_ROLE_SUPPLIER, "supplier" },
	{ GBCS_UC_ROLE_NETWORK_OPERATOR, "network-operator" },
	{ GBCS_UC_ROLE_ACB, "acb" },
	{ GBCS_UC_ROLE_TRANSITIONAL_COS, "transitional-cos" },
	{ GBCS_UC_ROLE_WAN_PROVIDER, "wan-provider" },
	{ GBCS_UC_ROLE_LOAD_CONTROLLER, "load-controller" },
	{ GBCS_UC_ROLE_OTHER, "other" },
	{ GBCS_UC_ROLE_DEVICE, "device" },
	{ 0, NULL },
};

static const struct name devices[] = {
	{ GBCS_UC_ESME, "ESME" },   { GBCS_UC_GSME, "GSME" },
	{ GBCS_UC_CHF, "CHF" },	    { GBCS_UC_GPF, "GPF" },
	{ GBCS_UC_PPMID, "PPMID" }, { GBCS_UC_HCALCS, "HCALCS" },
	{ GBCS_UC_SAPC, "SAPC" },   { 0, NULL },
};

static const char *const encodings[] = {
	[GBCS_DLMS] = "DLMS",
	[GBCS_GBZ] = "GBZ",
	[GBCS_ASN1] = "ASN.1",
};

/* A tab, then the names of the bits that are set, or "-". */
static void print_bits(const struct name *names, unsigned int bits)
{
	const char *between = "";

	putchar('\t');
	for (; names->text; names++) {
		if (!(bits & names->bit))
			continue;
		printf("%s%s", between, names->text);
		between = ",";
	}
	if (!*between)
		putchar('-');
}

static void print_row(const struct gbcs_use_case *row)
{
	printf("0x%04x\t%s\t%s\t%s", row->code, row->name, row->title,
	       encodings[row->encoding]);
	print_bits(messages, row->messages);
	print_bits(flags, row->flags);
	print_bits(protections, row->command_protection);
	print_bits(protections, row->response_protection);
	print_bits(protections, row->alert_protection);
	if (row->alert_code)
		printf("\t0x%04x", row->alert_code);
	else
		fputs("\t-", stdout);
	print_bits(roles, row->roles);
	print_bits(devices, row->devices);
	printf("\t%u\n", row->max_len);
}

static bool print_asked(const char *name)
{
	const struct gbcs_use_case *row = gbcs_use_case_named(name);
	uint64_t code;

	if (row) {
		print_row(row);
		return true;
	}
	if (strncmp(name, "0x", 2) != 0) {
		complain("there is no use case '%s'", name);
		return false;
	}
	if (!parse_number("message code", name, UINT16_MAX, &code))
		return false;
	row = gbcs_use_case_find((uint16_t)code);
	if (!row)
		complain("no use case has message code %s", name);
	else
		for (; row && row->code == code; row = gbcs_use_case_next(row))
			print_row(row);
	return row || gbcs_use_case_find((uint16_t)code);
}

int cmd_usecases(int argc, char **argv)
{
	const struct option_spec specs[] = { { NULL, NULL, NULL } };
	const struct gbcs_use_case *row = NULL;
	bool good = true;

	argc = take_options(argc, argv, specs);
	if (argc < 0)
		return EXIT_USAGE;
	puts("#code\tname\ttitle\tencoding\tmessages\tproperties\tcommand\t"
	     "response\talert\talert code\tsent by\tdevices\tlongest");
	if (!argc)
		while ((row = gbcs_use_case_next(row)))
			print_row(row);
	for (int n = 0; n < argc; n++)
		good &= print_asked(argv[n]);
	return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
