// SPDX-License-Identifier: LGPL-2.1-or-later
/* gbcs-tool decode: all a message says, as text, JSON or a description. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include <openssl/crypto.h>

#include "../proto/gbcs-content.h"
#include "../proto/gbcs-dump.h"
#include "../proto/gbcs-protect.h"
#include "describe.h"
#include "gbcs-tool.h"
#include "output.h"

#define NOTHING SPAN(NULL, 0)

struct decoding {
	struct keystore *store; /* NULL: no keys given */
	struct output out;
	struct dump *dump; /* out's */
	struct gbcs_message msg;
	bool failed;
};

static void dump_decrypted(const struct decoding *d,
			   const struct gbcs_sealed *part, struct span plain)
{
	dump_begin(d->dump, "decrypted", NOTHING, NULL);
	if (gbcs_sealed_dump(part, plain, d->dump))
		dump_field(d->dump, "octets", plain, "not understood");
	dump_end(d->dump);
}

static int decrypt_part(const struct gbcs_sealed *part, void *context)
{
	size_t len = part->sealed.len - GBCS_SEAL_OVERHEAD;
	struct decoding *d = context;
	uint8_t plain[GBCS_MESSAGE_MAX];
	int r = gbcs_open_content(d->store->crypto, &d->msg, part->sealed,
				  plain);

	if (!r) {
		dump_decrypted(d, part, SPAN(plain, len));
	} else {
		dump_field(d->dump, "decrypted", NOTHING,
			   r == -ENOKEY ? "no key" : "not authentic");
		d->failed |= r != -ENOKEY;
	}
	OPENSSL_cleanse(plain, sizeof(plain));
	return 0;
}

static void dump_checks(struct decoding *d)
{
	enum gbcs_check signature, mac;

	signature = gbcs_check_signature(d->store->crypto, &d->msg);
	mac = gbcs_check_mac(d->store->crypto, d->store->acb, &d->msg);
	dump_field(d->dump, "signature check", NOTHING,
		   gbcs_check_name(signature));
	dump_field(d->dump, "MAC check", NOTHING, gbcs_check_name(mac));
	d->failed |= signature == GBCS_CHECK_INVALID ||
		     mac == GBCS_CHECK_INVALID;
}

/* True if all of it was understood and nothing is wrong with it. */
static bool decode(struct decoding *d, const struct message_file *file)
{
	struct span in = SPAN(file->octets, file->len);
	const char *why = "";

	d->failed = false;
	if (gbcs_message_decode(in, &d->msg, &why)) {
		complain("%s: not a message: %s", file->path, why);
		return false;
	}
	dump_begin(d->dump, "message", NOTHING, file->path);
	gbcs_dump_front(&d->msg, in, d->dump);
	dump_begin(d->dump, "content", NOTHING, NULL);
	if (gbcs_content_dump(&d->msg, d->dump)) {
		dump_field(d->dump, "octets", d->msg.content, "not understood");
		complain("%s: content is malformed, or not what its message "
			 "code says",
			 file->path);
		d->failed = true;
	}
	dump_end(d->dump);
	gbcs_dump_back(&d->msg, in, d->dump);
	if (d->store) {
		(void)gbcs_content_sealed(&d->msg, decrypt_part, d);
		dump_checks(d);
	}
	dump_end(d->dump);
	return !d->failed;
}

static bool describe_file(const struct message_file *file)
{
	const char *why = "";

	if (!describe(SPAN(file->octets, file->len), stdout, &why))
		return true;
	complain("%s: %s", file->path, why);
	return false;
}

static bool decode_files(struct decoding *d, int argc, char **argv, bool json,
			 bool description)
{
	static struct message_file file;
	bool good = true;

	if (json) {
		output_json(&d->out, stdout);
		putchar('[');
	} else {
		output_text(&d->out, stdout);
	}
	d->dump = &d->out.dump;
	for (int n = 0; n < argc; n++) {
		if (!read_message(argv[n], &file))
			good = false;
		else
			good &= description ? describe_file(&file) :
					      decode(d, &file);
	}
	if (json)
		puts("\n]");
	return good;
}

int cmd_decode(int argc, char **argv)
{
	const char *folder = NULL, *acb = NULL;
	bool json = false, description = false, good;
	const struct option_spec specs[] = {
		{ "keystore", &folder, NULL },
		{ "acb", &acb, NULL },
		{ "json", NULL, &json },
		{ "describe", NULL, &description },
		{ NULL, NULL, NULL },
	};
	struct decoding d = { .store = NULL };
	struct keystore store;
	int status;

	argc = take_options(argc, argv, specs);
	if (argc < 0)
		return EXIT_USAGE;
	if (!argc)
		return complain("decode: no FILE given");
	if (json && description)
		return complain("--json or --describe, not both");
	if (folder || acb) {
		status = open_keys(&store, folder, acb);
		if (status)
			return status;
		d.store = &store;
	}
	good = decode_files(&d, argc, argv, json, description);
	if (d.store)
		keystore_close(d.store);
	return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
