/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Signatures and MACs of whole messages: which keys, over what (GBCS 3, 4). */
#ifndef HEARTH_GBCS_PROTECT_H
#define HEARTH_GBCS_PROTECT_H

#include <sys/types.h>

#include "gbcs-crypto.h"

enum gbcs_check {
	GBCS_CHECK_NONE, /* the message has none */
	GBCS_CHECK_VALID,
	GBCS_CHECK_INVALID,
	GBCS_CHECK_NOKEY, /* a key it takes is not there */
};

/* "none", "valid", "invalid", "nokey" */
const char *gbcs_check_name(enum gbcs_check check);

/*
 * The two whose key agreement keys make the MAC: of a command the access
 * control broker (acb) and the target, but for commands that stay in the home
 * network; else originator and target.
 */
void gbcs_mac_parties(const struct gbcs_message *msg, uint64_t acb,
		      uint64_t *ret_a, uint64_t *ret_b);

enum gbcs_check gbcs_check_signature(struct gbcs_crypto *crypto,
				     const struct gbcs_message *msg);
enum gbcs_check gbcs_check_mac(struct gbcs_crypto *crypto, uint64_t acb,
			       const struct gbcs_message *msg);

/*
 * The key of the encrypted parts of a response or alert (GBCS 4.4); -ENOKEY as
 * gbcs_secret().
 */
int gbcs_content_key(struct gbcs_crypto *crypto, const struct gbcs_message *msg,
		     uint8_t key[GBCS_KEY_LEN]);

/*
 * Open an encrypted part of it, see gbcs_open() for sealed and out; -ENOKEY as
 * gbcs_secret().
 */
int gbcs_open_content(struct gbcs_crypto *crypto,
		      const struct gbcs_message *msg, struct span sealed,
		      uint8_t *out);

/* What gbcs_protect() adds. */
#define GBCS_SIGN 1u
#define GBCS_MAC 2u

/*
 * Build a message from its fields (not its signature and MAC), with a
 * signature of its originator, a MAC, or both; without GBCS_SIGN the signature
 * field is empty, and msg->pre_command leaves it out. Returns the length
 * written to out, or negative errno: -ENOKEY, -ENOSPC, -EINVAL (fields that
 * cannot be encoded), -EIO.
 */
ssize_t gbcs_protect(struct gbcs_crypto *crypto, uint64_t acb,
		     const struct gbcs_message *msg, unsigned int what,
		     uint8_t *out, size_t room);

/*
 * The message with its signature field as it stands, in a MAC header and with
 * a MAC: what the access control broker does to a signed pre-command. Returns
 * as gbcs_protect().
 */
ssize_t gbcs_add_mac(struct gbcs_crypto *crypto, uint64_t acb,
		     const struct gbcs_message *msg, uint8_t *out, size_t room);

#endif /* HEARTH_GBCS_PROTECT_H */
