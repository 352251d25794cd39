// SPDX-License-Identifier: LGPL-2.1-or-later
/* gbcs-tool verify: a line of facts for each message. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include <openssl/crypto.h>

#include "../proto/gbcs-content.h"
#include "../proto/gbcs-protect.h"
#include "gbcs-tool.h"

/* --- encrypted parts */

struct opening {
	struct keystore *store;
	const struct gbcs_message *msg;
	const char *result; /* of enc= */
};

static int open_part(const struct gbcs_sealed *part, void *context)
{
	struct opening *opening = context;
	uint8_t plain[GBCS_MESSAGE_MAX];
	int r = gbcs_open_content(opening->store->crypto, opening->msg,
				  part->sealed, plain);

	OPENSSL_cleanse(plain, sizeof(plain));
	opening->result = !r ? "ok" : r == -ENOKEY ? "nokey" : "fail";
	/* The first that cannot be opened decides. */
	return r ? 1 : 0;
}

static const char *check_encryption(struct keystore *store,
				    const struct gbcs_message *msg)
{
	struct opening opening = { store, msg, "none" };

	return gbcs_content_sealed(msg, open_part, &opening) < 0 ?
		       "fail" :
		       opening.result;
}

/* --- decoded and encoded again */

static const char *check_round_trip(const struct gbcs_message *msg,
				    struct span in)
{
	static uint8_t content[GBCS_MESSAGE_MAX], whole[GBCS_MESSAGE_MAX];
	struct wbuf w = wbuf_of(content, sizeof(content));
	struct gbcs_message again = *msg;
	int r = gbcs_content_recode(msg, &w, NULL);

	if (r == -ENOENT)
		return "n/a";
	if (r || w.bad)
		return "differs";
	again.content = SPAN(content, w.len);
	w = wbuf_of(whole, sizeof(whole));
	gbcs_message_encode(&again, &w);
	return !w.bad && span_equal(SPAN(whole, w.len), in) ? "same" :
							      "differs";
}

/* --- */

/* Prints the line; true if nothing is wrong. */
static bool verify(struct keystore *store, const struct message_file *file)
{
	struct span in = SPAN(file->octets, file->len);
	const char *why = "", *encryption, *round_trip;
	enum gbcs_check signature, mac;
	struct gbcs_message msg;

	if (gbcs_message_decode(in, &msg, &why)) {
		complain("%s: not a message: %s", file->path, why);
		printf("%s\t-\tmalformed\tsig=none\tmac=none\tenc=none\t"
		       "roundtrip=n/a\n",
		       file->path);
		return false;
	}
	signature = gbcs_check_signature(store->crypto, &msg);
	mac = gbcs_check_mac(store->crypto, store->acb, &msg);
	encryption = check_encryption(store, &msg);
	round_trip = check_round_trip(&msg, in);
	printf("%s\t0x%04x\t%s\tsig=%s\tmac=%s\tenc=%s\troundtrip=%s\n",
	       file->path, msg.code, gbcs_cra_name(msg.cra),
	       gbcs_check_name(signature), gbcs_check_name(mac), encryption,
	       round_trip);
	return signature != GBCS_CHECK_INVALID && mac != GBCS_CHECK_INVALID &&
	       strcmp(encryption, "fail") != 0 &&
	       strcmp(round_trip, "differs") != 0;
}

int cmd_verify(int argc, char **argv)
{
	const char *folder = NULL, *acb = NULL;
	const struct option_spec specs[] = {
		{ "keystore", &folder, NULL },
		{ "acb", &acb, NULL },
		{ NULL, NULL, NULL },
	};
	static struct message_file file;
	struct keystore store;
	bool good = true;
	int status;

	argc = take_options(argc, argv, specs);
	if (argc < 0)
		return EXIT_USAGE;
	if (!argc)
		return complain("verify: no FILE given");
	status = open_keys(&store, folder, acb);
	if (status)
		return status;
	for (int n = 0; n < argc; n++)
		good &= read_message(argv[n], &file) && verify(&store, &file);
	keystore_close(&store);
	return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
