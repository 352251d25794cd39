// SPDX-License-Identifier: LGPL-2.1-or-later
/* A certificate: what it is said to have is in it; as its own authority. */
#include "../proto/gbcs-cert.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void inside(struct span part, struct span der)
{
	if (part.p < der.p || part.len > der.len ||
	    part.p + part.len > der.p + der.len)
		__builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct span der = SPAN(data, len);
	struct gbcs_cert cert;
	const char *why;
	char text[8];

	if (gbcs_cert_parse(der, &cert)) {
		if (!cert.why)
			__builtin_trap();
		return 0;
	}
	inside(cert.der, der);
	inside(cert.signed_part, der);
	inside(cert.signature, der);
	inside(cert.issuer, der);
	inside(cert.subject, der);
	(void)gbcs_usage_text(cert.key_usage, text, sizeof(text));
	if (gbcs_cert_verify_path(&cert, &cert, &cert, 0, &why) && !why)
		__builtin_trap();
	/* As if it were an authority, for its signature to be looked at. */
	cert.kind = GBCS_CERT_CA;
	cert.key_usage |= GBCS_USAGE_KEY_CERT_SIGN;
	cert.subject = cert.issuer;
	cert.aki = cert.ski;
	(void)gbcs_cert_verify_path(&cert, &cert, &cert, GBCS_CERT_ANY_TIME,
				    &why);
	return 0;
}
