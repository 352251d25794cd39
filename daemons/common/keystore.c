// SPDX-License-Identifier: LGPL-2.1-or-later
#include "keystore.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include <openssl/pem.h>
#include <openssl/x509.h>

#define SECRETS 1024

int parse_eui(const char *text, uint64_t *ret)
{
	uint64_t eui = 0;
	int digits = 0;

	for (; *text; text++) {
		if ((*text == ':' || *text == '-') && digits % 2 == 0 && digits)
			continue;
		if (hex_digit(*text) < 0 || ++digits > 16)
			return -EINVAL;
		eui = eui << 4 | (uint64_t)hex_digit(*text);
	}
	if (digits != 16)
		return -EINVAL;
	*ret = eui;
	return 0;
}

/* "90b3d51f30010000-pp-ka.pem" into its parts. */
static int parse_name(const char *name, uint64_t *ret_eui,
		      enum gbcs_key_use *ret_use, bool *ret_private)
{
	char eui[17];

	if (strlen(name) < 18 || name[16] != '-')
		return -EINVAL;
	memcpy(eui, name, 16);
	eui[16] = 0;
	if (parse_eui(eui, ret_eui))
		return -EINVAL;
	name += 17;
	for (int use = 0; use < GBCS_KEY_USES; use++) {
		const char *use_name =
			gbcs_key_use_name((enum gbcs_key_use)use);
		size_t len = strlen(use_name);

		if (strncmp(name, use_name, len) != 0 || name[len] != '.')
			continue;
		*ret_use = (enum gbcs_key_use)use;
		*ret_private = !strcmp(name + len, ".key");
		return *ret_private || !strcmp(name + len, ".pem") ? 0 :
								     -EINVAL;
	}
	return -EINVAL;
}

/* The role in the subject's OU, two hexadecimal digits; -1: none. */
static int certificate_role(const X509 *cert)
{
	const X509_NAME *subject = X509_get_subject_name(cert);
	char text[8];

	if (X509_NAME_get_text_by_NID((X509_NAME *)(uintptr_t)subject,
				      NID_organizationalUnitName, text,
				      sizeof(text)) != 2)
		return X509_NAME_entry_count(subject) ? -1 : GBCS_ROLE_DEVICE;
	return (int)strtol(text, NULL, 16);
}

static EVP_PKEY *read_key(FILE *file, bool is_private, int *ret_role)
{
	EVP_PKEY *key;
	X509 *cert;

	*ret_role = -1;
	if (is_private)
		return PEM_read_PrivateKey(file, NULL, NULL, NULL);
	cert = PEM_read_X509(file, NULL, NULL, NULL);
	if (cert) {
		*ret_role = certificate_role(cert);
		key = X509_get_pubkey(cert);
		X509_free(cert);
		return key;
	}
	rewind(file);
	return PEM_read_PUBKEY(file, NULL, NULL, NULL);
}

static void note(struct keystore *store, uint64_t eui, enum gbcs_key_use use,
		 bool is_private, int role)
{
	if (role >= 0)
		gbcs_keyring_set_role(store->ring, eui, (enum gbcs_role)role);
	if (is_private && use == GBCS_KEY_KA && !store->device)
		store->device = eui;
	if (use == GBCS_KEY_PP_KA && !store->supplier)
		store->supplier = eui;
}

static void load(struct keystore *store, const char *folder, const char *prefix,
		 const char *name)
{
	size_t skipped = strlen(prefix);
	enum gbcs_key_use use;
	bool is_private;
	char path[4096];
	EVP_PKEY *key;
	FILE *file;
	int role;
	uint64_t eui;

	if (strncmp(name, prefix, skipped) != 0 ||
	    parse_name(name + skipped, &eui, &use, &is_private))
		return;
	if ((size_t)snprintf(path, sizeof(path), "%s/%s", folder, name) >=
	    sizeof(path))
		return;
	file = fopen(path, "re");
	if (!file) {
		fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name,
			path, strerror(errno));
		return;
	}
	key = read_key(file, is_private, &role);
	fclose(file);
	if (!key || gbcs_keyring_add(store->ring, eui, use, key))
		fprintf(stderr, "%s: %s: not a P-256 key or certificate\n",
			program_invocation_short_name, path);
	else
		note(store, eui, use, is_private, role);
	EVP_PKEY_free(key);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

int keystore_open(struct keystore *store, const char *folder,
		  const char *prefix)
{
	struct gbcs_provider provider;
	struct dirent **entry;
	int n;

	memset(store, 0, sizeof(*store));
	store->ring = gbcs_keyring_new();
	if (!store->ring)
		return -ENOMEM;
	/* In order, so that a role does not hang on the file system's. */
	n = scandir(folder, &entry, NULL, by_name);
	if (n < 0) {
		fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name,
			folder, strerror(errno));
		keystore_close(store);
		return -ENOENT;
	}
	for (int i = 0; i < n; i++) {
		load(store, folder, prefix, entry[i]->d_name);
		free(entry[i]);
	}
	free(entry);
	provider = gbcs_keyring_provider(store->ring);
	store->crypto = gbcs_crypto_new(store->ring, &provider, SECRETS);
	store->acb = gbcs_keyring_by_role(store->ring, GBCS_ROLE_ACB);
	if (!store->crypto) {
		keystore_close(store);
		return -ENOMEM;
	}
	return 0;
}

void keystore_close(struct keystore *store)
{
	gbcs_crypto_free(store->crypto);
	gbcs_keyring_free(store->ring);
	memset(store, 0, sizeof(*store));
}
