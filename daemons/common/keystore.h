/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A folder of keys: [PREFIX]EUI64-{ds,ka,pp-ka}.{pem,key}. With a prefix, a
 * folder can hold the keys of several devices, each for itself: systemd's
 * credentials are one.
 */
#ifndef HEARTH_KEYSTORE_H
#define HEARTH_KEYSTORE_H

#include "../proto/gbcs-crypto.h"

struct keystore {
	struct gbcs_keyring *ring;
	struct gbcs_crypto *crypto;
	uint64_t acb;	   /* access control broker; 0: none there */
	uint64_t device;   /* owner of the first private ka key; 0: none */
	uint64_t supplier; /* owner of the first pp-ka key; 0: none */
};

/*
 * Read every key in a folder whose name has the prefix ("": all). Files with
 * other names are passed over; one
 * that should be a key and is not is said on standard error. 0 or negative
 * errno, said as well.
 */
int keystore_open(struct keystore *store, const char *folder,
		  const char *prefix);
void keystore_close(struct keystore *store);

/* 16 hexadecimal digits, with or without colons or dashes: 0 or -EINVAL. */
int parse_eui(const char *text, uint64_t *ret);

#endif /* HEARTH_KEYSTORE_H */
