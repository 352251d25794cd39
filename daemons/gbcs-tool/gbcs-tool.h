/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gbcs-tool: what its commands share. Each command is a function of its own
 * file; it gets the arguments after its name and returns an exit status.
 */
#ifndef HEARTH_GBCS_TOOL_H
#define HEARTH_GBCS_TOOL_H

#include <stdbool.h>

#include "../proto/gbcs-message.h"
#include "../common/keystore.h"

#define EXIT_USAGE 2

int cmd_decode(int argc, char **argv);
int cmd_verify(int argc, char **argv);
int cmd_sign(int argc, char **argv);
int cmd_mac(int argc, char **argv);
int cmd_make(int argc, char **argv);
int cmd_utrn(int argc, char **argv);
int cmd_pki(int argc, char **argv);
int cmd_usecases(int argc, char **argv);

/* --- options: "--name value", "--name=value" or a flag, before the files */

struct option_spec {
	const char *name;   /* without its dashes */
	const char **value; /* a text, or */
	bool *flag;
};

/*
 * Take the options off argv; specs end with a name of NULL. Returns how many
 * arguments are left, moved to the front, or -1: said on standard error.
 */
int take_options(int argc, char **argv, const struct option_spec *specs);

/* "gbcs-tool: " in front, a line end behind. Returns EXIT_USAGE. */
int complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A number in decimal or 0x...; false: said, with what it is. */
bool parse_number(const char *what, const char *text, uint64_t max,
		  uint64_t *ret);

/*
 * The keystore of --keystore, and with --acb another access control broker
 * than its own. 0 or an exit status; said.
 */
int open_keys(struct keystore *store, const char *folder, const char *acb);

/* --- messages in files */

struct message_file {
	const char *path;
	uint8_t octets[GBCS_MESSAGE_MAX];
	size_t len;
};

/*
 * Read a message: hexadecimal text, white space anywhere between octets, or
 * the octets themselves; "-" is standard input. False: said.
 */
bool read_message(const char *path, struct message_file *ret);

/* Hexadecimal, one line, to standard output. */
void print_message(struct span message);

#endif /* HEARTH_GBCS_TOOL_H */
