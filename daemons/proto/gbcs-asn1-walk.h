/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inside of gbcs-asn1*.c: encoded octets in the order of their template. */
#ifndef HEARTH_GBCS_ASN1_WALK_H
#define HEARTH_GBCS_ASN1_WALK_H

#include "gbcs-asn1-item.h"

struct walk {
	/* A SEQUENCE (OF): its header; end when its len octets are done. */
	void (*begin)(struct walk *walk, const char *name, struct span header,
		      size_t len);
	void (*end)(struct walk *walk);
	/* raw with its header; value without. */
	void (*leaf)(struct walk *walk, const char *name, const ASN1_ITEM *item,
		     struct span raw, struct span value);
	/* Left out; may be NULL. */
	void (*absent)(struct walk *walk, const char *name);
};

/* What the elements of a SEQUENCE OF item are called. */
const char *gbcs_asn1_element_name(const ASN1_ITEM *item);

/* All of content, called name; -EBADMSG where it is not what item says. */
int gbcs_asn1_walk(struct walk *walk, const char *name, const ASN1_ITEM *item,
		   struct span content);

#endif /* HEARTH_GBCS_ASN1_WALK_H */
