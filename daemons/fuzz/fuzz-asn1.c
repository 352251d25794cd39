// SPDX-License-Identifier: LGPL-2.1-or-later
/* Message code and CRA flag, then a content: what decodes, encodes the same. */
#include <stdlib.h>

#include "../proto/gbcs-asn1.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static size_t dumped;

static void on_field(struct dump *dump, const char *name, struct span raw,
		     const char *meaning)
{
	(void)dump;
	if (!name || (meaning && strlen(meaning) > 255))
		__builtin_trap();
	dumped += raw.len;
}

static void on_end(struct dump *dump)
{
	(void)dump;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct dump dump = { on_field, on_field, on_end };
	struct reader r = reader_of(SPAN(data, len));
	uint16_t code = read_be16(&r);
	uint8_t cra = read_u8(&r);
	struct span content = read_rest(&r);
	struct gbcs_asn1 msg;

	if (r.bad)
		return 0;
	if (!gbcs_asn1_decode(code, cra, content, &msg)) {
		uint8_t *out = malloc(content.len);
		struct wbuf w = wbuf_of(out, content.len);

		if (!out || gbcs_asn1_encode(&msg, &w) ||
		    !span_equal(SPAN(out, w.len), content))
			__builtin_trap();
		free(out);
		dumped = 0;
		if (gbcs_asn1_dump(&msg, content, &dump) ||
		    dumped != content.len)
			__builtin_trap();
	} else if (!msg.why || msg.memory) {
		__builtin_trap();
	}
	gbcs_asn1_free(&msg);
	/* Of what did not decode, too. */
	msg.code = code;
	msg.cra = cra;
	(void)gbcs_asn1_dump(&msg, content, &dump);
	return 0;
}
