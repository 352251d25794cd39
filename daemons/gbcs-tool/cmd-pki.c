// SPDX-License-Identifier: LGPL-2.1-or-later
/* gbcs-tool pki: a folder of certificates and keys for tests. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <openssl/pem.h>
#include <openssl/x509.h>

#include "../proto/gbcs-pki.h"
#include "gbcs-tool.h"

#define MAX_ENTITIES 4096

/* What one of the roles is called on the command line. */
static const struct {
	const char *name;
	enum gbcs_role role;
} roles[] = {
	{ "recovery", GBCS_ROLE_RECOVERY },
	{ "supplier", GBCS_ROLE_SUPPLIER },
	{ "network-operator", GBCS_ROLE_NETWORK_OPERATOR },
	{ "acb", GBCS_ROLE_ACB },
	{ "transitional-cos", GBCS_ROLE_TRANSITIONAL_COS },
	{ "wan-provider", GBCS_ROLE_WAN_PROVIDER },
	{ "load-controller", GBCS_ROLE_LOAD_CONTROLLER },
	{ "other", GBCS_ROLE_OTHER },
	{ "device", GBCS_ROLE_DEVICE },
};

/* "90b3d51f30010000:supplier:Name"; the text is taken apart. */
static int parse_entity(char *text, struct gbcs_pki_entity *ret)
{
	/* An EUI-64 with colons of its own is not for here. */
	const char *eui = strsep(&text, ":"), *role = strsep(&text, ":");

	if (parse_eui(eui, &ret->eui))
		return complain("pki: '%s' is not an EUI-64 (16 hexadecimal "
				"digits)",
				eui);
	ret->name = text;
	for (size_t n = 0; role && n < sizeof(roles) / sizeof(roles[0]); n++) {
		if (strcmp(role, roles[n].name) != 0)
			continue;
		ret->role = (int)roles[n].role;
		return 0;
	}
	complain("pki: '%s' is none of the roles:", role ? role : "");
	for (size_t n = 0; n < sizeof(roles) / sizeof(roles[0]); n++)
		fprintf(stderr, " %s", roles[n].name);
	fputc('\n', stderr);
	return EXIT_USAGE;
}

/* --- files */

/* A new file: what is there is somebody's key. */
static FILE *create(int folder, const char *name, mode_t mode)
{
	int fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
			mode);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "w");

	if (!file)
		complain("%s: %s", name, strerror(errno));
	return file;
}

static int finish(FILE *file, const char *name, bool written)
{
	bool good = written && !fflush(file) && !fsync(fileno(file));

	if (fclose(file) || !good) {
		complain("%s: could not be written", name);
		return -EIO;
	}
	return 0;
}

static int write_certificate(int folder, const char *name, struct span der)
{
	const uint8_t *p = der.p;
	X509 *cert = d2i_X509(NULL, &p, (long)der.len);
	FILE *file = create(folder, name, 0644);
	int r = -EIO;

	if (cert && file)
		r = finish(file, name, PEM_write_X509(file, cert));
	X509_free(cert);
	return r;
}

static int write_key(int folder, const char *name, EVP_PKEY *key)
{
	FILE *file = create(folder, name, 0600);

	if (!file)
		return -EIO;
	return finish(file, name,
		      PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL,
					   NULL));
}

static int write_item(const struct gbcs_pki_item *item, void *context)
{
	const int *folder = context;
	char name[64];
	int r;

	if (item->eui)
		snprintf(name, sizeof(name), "%016" PRIx64 "-%s.pem", item->eui,
			 item->kind);
	else
		snprintf(name, sizeof(name), "%s.pem", item->kind);
	r = write_certificate(*folder, name, item->certificate);
	if (r)
		return r;
	memcpy(strrchr(name, '.'), ".key", sizeof(".key"));
	return write_key(*folder, name, item->key);
}

int cmd_pki(int argc, char **argv)
{
	static struct gbcs_pki_entity entity[MAX_ENTITIES];
	const char *out = NULL;
	const struct option_spec specs[] = {
		{ "out", &out, NULL },
		{ NULL, NULL, NULL },
	};
	const struct gbcs_pki_entity *entities = gbcs_pki_example;
	size_t n = gbcs_pki_n_example;
	int folder, r;

	argc = take_options(argc, argv, specs);
	if (argc < 0)
		return EXIT_USAGE;
	if (!out)
		return complain("--out DIR is needed: where to put the keys");
	if (argc > MAX_ENTITIES)
		return complain("pki: more than %d entities", MAX_ENTITIES);
	for (int at = 0; at < argc; at++)
		if (parse_entity(argv[at], &entity[at]))
			return EXIT_USAGE;
	if (argc) {
		entities = entity;
		n = (size_t)argc;
	}
	if (mkdir(out, 0700) && errno != EEXIST) {
		complain("%s: %s", out, strerror(errno));
		return EXIT_FAILURE;
	}
	folder = open(out, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder < 0) {
		complain("%s: %s", out, strerror(errno));
		return EXIT_FAILURE;
	}
	r = gbcs_pki_make(entities, n, (int64_t)time(NULL), write_item,
			  &folder);
	close(folder);
	if (r == -EINVAL)
		complain("pki: an entity or its name cannot be in a "
			 "certificate");
	else if (r == -ENOMEM)
		complain("pki: no memory");
	return r ? EXIT_FAILURE : EXIT_SUCCESS;
}
