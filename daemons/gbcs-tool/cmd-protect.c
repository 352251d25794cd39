// SPDX-License-Identifier: LGPL-2.1-or-later
/* gbcs-tool sign and mac: the two steps from a pre-command to a command. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "../proto/gbcs-protect.h"
#include "gbcs-tool.h"

static int refuse(const struct message_file *file,
		  const struct gbcs_message *msg, struct keystore *store,
		  unsigned int what, int error)
{
	uint64_t a, b;

	gbcs_mac_parties(msg, store->acb, &a, &b);
	if (error == -ENOKEY && what == GBCS_MAC) {
		complain("%s: no key agreement keys of %016" PRIx64
			 " and %016" PRIx64
			 ", one of them private, in the keystore",
			 file->path, a, b);
	} else if (error == -ENOKEY) {
		complain("%s: no private signature key of %016" PRIx64
			 " in the keystore",
			 file->path, msg->originator);
	} else {
		complain("%s: %s", file->path, strerror(-error));
	}
	return EXIT_FAILURE;
}

/* The message in the file with its protection replaced, to standard output. */
static int protect(struct keystore *store, const struct message_file *file,
		   unsigned int what)
{
	static uint8_t out[GBCS_MESSAGE_MAX];
	struct gbcs_message msg;
	const char *why = "";
	ssize_t len;

	if (gbcs_message_decode(SPAN(file->octets, file->len), &msg, &why)) {
		complain("%s: not a message: %s", file->path, why);
		return EXIT_FAILURE;
	}
	/* A MAC of before is not of what is made now. */
	msg.mac = SPAN(NULL, 0);
	msg.pre_command = false;
	if (what == GBCS_SIGN)
		len = gbcs_protect(store->crypto, store->acb, &msg, GBCS_SIGN,
				   out, sizeof(out));
	else
		len = gbcs_add_mac(store->crypto, store->acb, &msg, out,
				   sizeof(out));
	if (len < 0)
		return refuse(file, &msg, store, what, (int)len);
	print_message(SPAN(out, (size_t)len));
	return EXIT_SUCCESS;
}

static int run(int argc, char **argv, unsigned int what)
{
	const char *folder = NULL, *acb = NULL;
	const struct option_spec specs[] = {
		{ "keystore", &folder, NULL },
		{ "acb", &acb, NULL },
		{ NULL, NULL, NULL },
	};
	static struct message_file file;
	struct keystore store;
	int status;

	argc = take_options(argc, argv, specs);
	if (argc < 0)
		return EXIT_USAGE;
	if (argc != 1)
		return complain("%s takes one FILE",
				what == GBCS_SIGN ? "sign" : "mac");
	status = open_keys(&store, folder, acb);
	if (status)
		return status;
	status = read_message(argv[0], &file) ? protect(&store, &file, what) :
						EXIT_FAILURE;
	keystore_close(&store);
	return status;
}

int cmd_sign(int argc, char **argv)
{
	return run(argc, argv, GBCS_SIGN);
}

int cmd_mac(int argc, char **argv)
{
	return run(argc, argv, GBCS_MAC);
}
