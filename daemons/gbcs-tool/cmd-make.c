// SPDX-License-Identifier: LGPL-2.1-or-later
/* gbcs-tool make: a message from its description. */
#include <errno.h>
#include <stdlib.h>

#include "../proto/gbcs-protect.h"
#include "describe.h"
#include "gbcs-tool.h"

/* Values of a message take more characters than octets, but not 64 times. */
#define MAX_TEXT (64 * GBCS_MESSAGE_MAX)

/* All of a file; NULL: said. To be freed. */
static char *read_text(const char *path, size_t *ret_len)
{
	bool in = !strcmp(path, "-");
	FILE *file = in ? stdin : fopen(path, "re");
	char *text = malloc(MAX_TEXT);
	size_t len = 0;

	if (!file || !text) {
		complain("%s: %s", path, strerror(errno));
	} else {
		len = fread(text, 1, MAX_TEXT, file);
		if (ferror(file) || len == MAX_TEXT) {
			complain("%s: %s", path,
				 len == MAX_TEXT ? "too long for a message" :
						   strerror(errno));
			len = 0;
		} else if (!len) {
			complain("%s: empty", path);
		}
	}
	if (file && !in)
		fclose(file);
	if (!len) {
		free(text);
		return NULL;
	}
	*ret_len = len;
	return text;
}

static int protect(struct keystore *store, const struct gbcs_message *msg,
		   unsigned int what, const char *path)
{
	static uint8_t out[GBCS_MESSAGE_MAX];
	ssize_t len = gbcs_protect(store->crypto, store->acb, msg, what, out,
				   sizeof(out));

	if (len == -ENOKEY)
		complain("%s: the keystore has not the keys to %s it", path,
			 what == GBCS_MAC  ? "MAC" :
			 what == GBCS_SIGN ? "sign" :
					     "sign and MAC");
	else if (len < 0)
		complain("%s: %s", path, strerror((int)-len));
	if (len < 0)
		return EXIT_FAILURE;
	print_message(SPAN(out, (size_t)len));
	return EXIT_SUCCESS;
}

static int make(const char *path, struct keystore *store, unsigned int what)
{
	static uint8_t content[GBCS_MESSAGE_MAX], octets[4 * GBCS_MESSAGE_MAX];
	static uint8_t out[GBCS_MESSAGE_MAX];
	struct wbuf w = wbuf_of(out, sizeof(out));
	struct gbcs_message msg;
	struct text t;
	size_t len = 0;
	char *text = read_text(path, &len);
	int status = EXIT_FAILURE;

	if (!text)
		return EXIT_FAILURE;
	text_open(&t, text, len, octets, sizeof(octets));
	if (!undescribe(&t, content, &msg)) {
		complain("%s: %s", path, t.error);
	} else if (what) {
		msg.pre_command = false;
		status = protect(store, &msg, what, path);
	} else {
		gbcs_message_encode(&msg, &w);
		if (w.bad)
			complain("%s: too long for a message", path);
		else
			print_message(SPAN(out, w.len));
		status = w.bad ? EXIT_FAILURE : EXIT_SUCCESS;
	}
	free(text);
	return status;
}

int cmd_make(int argc, char **argv)
{
	const char *folder = NULL, *acb = NULL;
	bool sign = false, mac = false;
	const struct option_spec specs[] = {
		{ "keystore", &folder, NULL }, { "acb", &acb, NULL },
		{ "sign", NULL, &sign },       { "mac", NULL, &mac },
		{ NULL, NULL, NULL },
	};
	struct keystore store = { 0 };
	int status;

	argc = take_options(argc, argv, specs);
	if (argc < 0)
		return EXIT_USAGE;
	if (argc != 1)
		return complain("make takes one FILE");
	if (sign || mac) {
		status = open_keys(&store, folder, acb);
		if (status)
			return status;
	}
	status = make(argv[0], &store,
		      (sign ? GBCS_SIGN : 0) | (mac ? GBCS_MAC : 0));
	if (sign || mac)
		keystore_close(&store);
	return status;
}
