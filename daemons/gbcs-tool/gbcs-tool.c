// SPDX-License-Identifier: LGPL-2.1-or-later
/* gbcs-tool: messages of GBCS, read, checked and made. */
#include "gbcs-tool.h"
#include "text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *help;
} commands[] = {
	{ "decode", cmd_decode,
	  "decode [--json | --describe] [--keystore DIR] [--acb EUI] FILE...\n"
	  "    What a message says, field by field; with keys, also what is\n"
	  "    encrypted in it, and whether signature and MAC are good.\n"
	  "    --describe: as a description that 'make' takes.\n" },
	{ "verify", cmd_verify,
	  "verify --keystore DIR [--acb EUI] FILE...\n"
	  "    A line a file: path, message code, kind, signature, MAC,\n"
	  "    encryption, and whether decoding and encoding gives the same.\n"
	  "    Exit status 0: nothing is invalid, failed or differs.\n" },
	{ "make", cmd_make,
	  "make [--sign] [--mac] [--keystore DIR] [--acb EUI] FILE\n"
	  "    A message from its description. Without --sign and --mac a\n"
	  "    pre-command, ready for 'sign' or 'mac'.\n" },
	{ "sign", cmd_sign,
	  "sign --keystore DIR FILE\n"
	  "    Sign a pre-command (or a message again) with its originator's\n"
	  "    key.\n" },
	{ "mac", cmd_mac,
	  "mac --keystore DIR [--acb EUI] FILE\n"
	  "    Put MAC header and MAC around a pre-command or signed message,\n"
	  "    as the access control broker does for commands.\n" },
	{ "utrn", cmd_utrn,
	  "utrn make --keystore DIR --supplier EUI --device EUI --counter N\n"
	  "          (--pence N | --pounds N)\n"
	  "utrn check --keystore DIR --supplier EUI --device EUI\n"
	  "          [--highest N] [--used N,N,...] UTRN\n"
	  "    Make a prepayment token, or check one as a meter does.\n" },
	{ "pki", cmd_pki,
	  "pki --out DIR [EUI:ROLE[:NAME]...]\n"
	  "    A complete test PKI: authorities, certificates and private keys\n"
	  "    of parties and devices, in files as --keystore reads them.\n" },
	{ "usecases", cmd_usecases,
	  "usecases [NAME | CODE]...\n"
	  "    The use cases, a line each: what they are, what protects their\n"
	  "    messages, who may send them.\n" },
};

#define N_COMMANDS (sizeof(commands) / sizeof(commands[0]))

static const char about[] =
	"gbcs-tool COMMAND ...\n"
	"Messages of the GB Companion Specification, read, checked and made.\n";

static const char about_files[] =
	"\nFILE is hexadecimal text or plain octets, - is standard input.\n"
	"A keystore is a folder of EUI64-{ds,ka,pp-ka}.{pem,key}: certificates\n"
	"or public keys, and private keys. EUI is 16 hexadecimal digits.\n"
	"'gbcs-tool COMMAND --help' is about one command; see gbcs-tool(1).\n";

int complain(const char *format, ...)
{
	va_list args;

	fputs("gbcs-tool: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	return EXIT_USAGE;
}

bool parse_number(const char *what, const char *text, uint64_t max,
		  uint64_t *ret)
{
	bool hexadecimal = !strncmp(text, "0x", 2);
	unsigned long long value;
	char *end;

	errno = 0;
	value = strtoull(text, &end, hexadecimal ? 16 : 10);
	if (errno || *end || end == text || *text == '-' || *text == '+' ||
	    *text == ' ' || value > max) {
		complain("%s: '%s' is not a number from 0 to %llu", what, text,
			 (unsigned long long)max);
		return false;
	}
	*ret = value;
	return true;
}

static const struct option_spec *find_spec(const struct option_spec *specs,
					   const char *name, size_t len)
{
	for (; specs->name; specs++)
		if (strlen(specs->name) == len &&
		    !strncmp(specs->name, name, len))
			return specs;
	return NULL;
}

int take_options(int argc, char **argv, const struct option_spec *specs)
{
	const struct option_spec *spec;
	int left = 0, n;

	for (n = 0; n < argc; n++) {
		const char *name = argv[n] + 2, *equals;

		if (!strcmp(argv[n], "--")) {
			n++;
			break;
		}
		if (strncmp(argv[n], "--", 2) != 0) {
			argv[left++] = argv[n];
			continue;
		}
		equals = strchr(name, '=');
		spec = find_spec(specs, name,
				 equals ? (size_t)(equals - name) :
					  strlen(name));
		if (!spec) {
			complain("there is no option %s here", argv[n]);
			return -1;
		}
		if (spec->flag && equals) {
			complain("--%s takes no value", spec->name);
			return -1;
		}
		if (spec->flag) {
			*spec->flag = true;
		} else if (equals) {
			*spec->value = equals + 1;
		} else if (n + 1 < argc) {
			*spec->value = argv[++n];
		} else {
			complain("--%s needs a value", spec->name);
			return -1;
		}
	}
	while (n < argc)
		argv[left++] = argv[n++];
	return left;
}

int open_keys(struct keystore *store, const char *folder, const char *acb)
{
	uint64_t other = 0;

	if (!folder)
		return complain("--keystore DIR is needed: where the keys are");
	if (acb && parse_eui(acb, &other))
		return complain("--acb: '%s' is not an EUI-64 (16 hexadecimal "
				"digits)",
				acb);
	if (keystore_open(store, folder, ""))
		return EXIT_FAILURE;
	if (acb)
		store->acb = other;
	return 0;
}

/* --- messages in files */

/* Of two digits an octet; false: not hexadecimal, or too long. */
static bool from_hex(const uint8_t *text, size_t len, struct message_file *ret)
{
	int high = -1;

	ret->len = 0;
	for (size_t n = 0; n < len; n++) {
		int digit = hex_digit(text[n]);

		if (text_is_space((char)text[n]) && high < 0)
			continue;
		if (digit < 0)
			return false;
		if (high < 0) {
			high = digit;
			continue;
		}
		if (ret->len == sizeof(ret->octets))
			return false;
		ret->octets[ret->len++] = (uint8_t)(high << 4 | digit);
		high = -1;
	}
	return high < 0 && ret->len;
}

bool read_message(const char *path, struct message_file *ret)
{
	/* Every octet as two digits and a space, and line ends. */
	static uint8_t text[4 * GBCS_MESSAGE_MAX];
	bool in = !strcmp(path, "-");
	FILE *file = in ? stdin : fopen(path, "re");
	size_t len;

	ret->path = in ? "(standard input)" : path;
	if (!file) {
		complain("%s: %s", path, strerror(errno));
		return false;
	}
	errno = 0;
	len = fread(text, 1, sizeof(text), file);
	if (ferror(file)) {
		complain("%s: %s", ret->path, strerror(errno));
		len = 0;
	} else if (!len) {
		complain("%s: empty", ret->path);
	} else if (len == sizeof(text)) {
		complain("%s: too long for a message", ret->path);
		len = 0;
	}
	if (!in)
		fclose(file);
	if (!len)
		return false;
	if (from_hex(text, len, ret))
		return true;
	if (len <= sizeof(ret->octets) &&
	    (text[0] == 0xdd || text[0] == 0xdf)) {
		memcpy(ret->octets, text, len);
		ret->len = len;
		return true;
	}
	complain("%s: neither hexadecimal nor a message", ret->path);
	return false;
}

void print_message(struct span message)
{
	for (size_t n = 0; n < message.len; n++)
		printf("%02X", message.p[n]);
	putchar('\n');
}

/* --- main */

static void help_all(void)
{
	fputs(about, stdout);
	for (size_t n = 0; n < N_COMMANDS; n++)
		printf("\n%s", commands[n].help);
	fputs(about_files, stdout);
}

static bool wants_help(const char *arg)
{
	return !strcmp(arg, "--help") || !strcmp(arg, "-h");
}

/* What was printed has to have arrived. */
static int finish(int status)
{
	if (fflush(stdout) || ferror(stdout)) {
		complain("standard output: %s", strerror(errno));
		return status ? status : EXIT_FAILURE;
	}
	return status;
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		fprintf(stderr, "%sTry 'gbcs-tool --help'.\n", about);
		return EXIT_USAGE;
	}
	if (wants_help(argv[1]) || !strcmp(argv[1], "help")) {
		help_all();
		return finish(0);
	}
	if (!strcmp(argv[1], "--version")) {
		puts("gbcs-tool (hearth) " HEARTH_VERSION);
		return finish(0);
	}
	for (size_t n = 0; n < N_COMMANDS; n++) {
		if (strcmp(argv[1], commands[n].name) != 0)
			continue;
		for (int arg = 2; arg < argc; arg++) {
			if (!wants_help(argv[arg]))
				continue;
			fputs(commands[n].help, stdout);
			return finish(0);
		}
		return finish(commands[n].run(argc - 2, argv + 2));
	}
	complain("there is no command '%s'; try 'gbcs-tool --help'", argv[1]);
	return EXIT_USAGE;
}
