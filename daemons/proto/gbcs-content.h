/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The content of a message, whichever of the three encodings it has: DLMS,
 * GBZ or ASN.1. Code that means one of them uses that codec itself.
 */
#ifndef HEARTH_GBCS_CONTENT_H
#define HEARTH_GBCS_CONTENT_H

#include "dump.h"
#include "gbcs-message.h"

/*
 * Decode the content to structures, all the way down, and write it again from
 * them. 0; -ENOENT: no content is known for this message code; -EBADMSG: not
 * well formed, or not what its message code says; -ENOMEM. ret_why may be
 * NULL. Only ASN.1 content allocates memory.
 */
int gbcs_content_recode(const struct gbcs_message *msg, struct wbuf *w,
			const char **ret_why);

/* Describe it field by field; errors the same, then nothing was dumped. */
int gbcs_content_dump(const struct gbcs_message *msg, struct dump *dump);

/* An encrypted part (GBCS 4.4), for gbcs_open() with gbcs_content_key(). */
struct gbcs_sealed {
	struct span sealed; /* 31 00000000, ciphertext, tag */
	bool gbz;
	/* Of GBZ: whose payload it is. */
	uint16_t cluster;
	uint8_t frame_control, command;
};

/* Not 0 ends the search with that. */
typedef int gbcs_sealed_each(const struct gbcs_sealed *part, void *context);

/* Each encrypted part in its order; 0, what each returned, or -EBADMSG. */
int gbcs_content_sealed(const struct gbcs_message *msg, gbcs_sealed_each *each,
			void *context);

/* What a part is once it is decrypted; -EBADMSG: nothing dumped. */
int gbcs_sealed_dump(const struct gbcs_sealed *part, struct span plain,
		     struct dump *dump);

#endif /* HEARTH_GBCS_CONTENT_H */
