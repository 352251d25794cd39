// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/ec.h>
#include <openssl/evp.h>

#include "../proto/gbcs-cert.h"
#include "../proto/gbcs-pki.h"
#include "test.h"

#define NOW INT64_C(1420070400) /* 2015-01-01T00:00:00Z */
#define DAY INT64_C(86400)
#define SUPPLIER UINT64_C(0x0102030405060000)
#define DEVICE UINT64_C(0x0102030405060708)
#define MAX_ITEMS 64

/* --- a PKI of every role, once for all tests */

struct item {
	uint64_t eui;
	char kind[16];
	uint8_t der[GBCS_PKI_CERT_MAX];
	size_t len;
	EVP_PKEY *key;
	struct gbcs_cert cert;
};

static struct item items[MAX_ITEMS];
static size_t n_items;

static int keep(const struct gbcs_pki_item *item, void *context)
{
	struct item *to = &items[n_items];

	assert_ptr_equal(context, &n_items);
	assert_true(n_items < MAX_ITEMS);
	n_items++;
	to->eui = item->eui;
	snprintf(to->kind, sizeof(to->kind), "%s", item->kind);
	memcpy(to->der, item->certificate.p, item->certificate.len);
	to->len = item->certificate.len;
	EVP_PKEY_up_ref(item->key);
	to->key = item->key;
	return gbcs_cert_parse(SPAN(to->der, to->len), &to->cert);
}

static const struct item *find(uint64_t eui, const char *kind)
{
	for (size_t n = 0; n < n_items; n++)
		if (items[n].eui == eui && !strcmp(items[n].kind, kind))
			return &items[n];
	fail_msg("no %s", kind);
	return NULL;
}

static const struct gbcs_pki_entity entities[] = {
	{ 1, GBCS_ROLE_RECOVERY, NULL },
	{ SUPPLIER, GBCS_ROLE_SUPPLIER, "Name" },
	{ 3, GBCS_ROLE_NETWORK_OPERATOR, NULL },
	{ 4, GBCS_ROLE_ACB, NULL },
	{ 8, GBCS_ROLE_LOAD_CONTROLLER, NULL },
	{ DEVICE, GBCS_ROLE_DEVICE, NULL },
	{ DEVICE + 1, GBCS_ROLE_DEVICE, NULL },
};

static int set_up(void **state)
{
	(void)state;
	return gbcs_pki_make(entities, ARRAY_SIZE(entities), NOW, keep,
			     &n_items);
}

static int tear_down(void **state)
{
	(void)state;
	for (size_t n = 0; n < n_items; n++)
		EVP_PKEY_free(items[n].key);
	return 0;
}

static const struct gbcs_cert *cert_of(uint64_t eui, const char *kind)
{
	return &find(eui, kind)->cert;
}

/* Of the hierarchy that the item is in. */
static int verify(const struct gbcs_cert *cert, int64_t at, const char **why)
{
	return gbcs_cert_verify_path(cert,
				     cert_of(0, cert->kind == GBCS_CERT_DEVICE ?
							"device-ca" :
							"org-ca"),
				     cert_of(0, "root"), at, why);
}

static void the_pki_is_whole_and_good(void **state)
{
	const char *why = "";

	(void)state;
	assert_int_equal(n_items, 3 + 2 * ARRAY_SIZE(entities) + 1);
	for (size_t n = 0; n < n_items; n++) {
		const struct gbcs_cert *c = &items[n].cert;

		if (c->kind == GBCS_CERT_CA)
			continue;
		assert_int_equal(c->eui, items[n].eui);
		assert_int_equal(verify(c, NOW, &why), 0);
		assert_null(why);
		assert_int_equal(verify(c, GBCS_CERT_ANY_TIME, NULL), 0);
	}
	for (size_t n = 0; n < ARRAY_SIZE(entities); n++) {
		int role = entities[n].role;

		assert_int_equal(
			gbcs_cert_is_for(cert_of(entities[n].eui, "ds"),
					 entities[n].eui, role, GBCS_KEY_DS,
					 NULL),
			0);
		assert_int_equal(
			gbcs_cert_is_for(cert_of(entities[n].eui, "ka"),
					 entities[n].eui, role, GBCS_KEY_KA,
					 NULL),
			0);
	}
	assert_int_equal(gbcs_cert_is_for(cert_of(SUPPLIER, "pp-ka"), SUPPLIER,
					  GBCS_ROLE_SUPPLIER, GBCS_KEY_PP_KA,
					  NULL),
			 0);
}

static void the_profile_is_kept(void **state)
{
	const struct gbcs_cert *d = cert_of(DEVICE, "ds");
	const struct gbcs_cert *s = cert_of(SUPPLIER, "ds");
	const struct gbcs_cert *ca = cert_of(0, "org-ca");

	(void)state;
	assert_int_equal(d->kind, GBCS_CERT_DEVICE);
	assert_int_equal(d->role, -1);
	assert_int_equal(d->subject.len, 2);
	assert_int_equal(d->not_before, NOW);
	assert_int_equal(d->not_after, GBCS_TIME_CANCEL);
	assert_int_equal(d->key_usage, GBCS_USAGE_DIGITAL_SIGNATURE);
	assert_int_equal(d->aki, cert_of(0, "device-ca")->ski);
	assert_int_equal(d->ski >> 60, 4);
	/* An EUI with zeros at its end. */
	assert_int_equal(s->kind, GBCS_CERT_ORGANISATION);
	assert_int_equal(s->eui, SUPPLIER);
	assert_int_equal(s->role, GBCS_ROLE_SUPPLIER);
	assert_int_equal(s->aki, ca->ski);
	assert_int_equal(ca->kind, GBCS_CERT_CA);
	assert_int_equal(ca->role, GBCS_ROLE_ISSUING_AUTHORITY);
	assert_int_equal(ca->path_len, 0);
	assert_int_equal(cert_of(0, "root")->path_len, -1);
	assert_false(cert_of(0, "root")->has_aki);
}

/* --- single certificates, not as they should be */

static struct gbcs_pki_subject supplier_subject(void)
{
	return (struct gbcs_pki_subject){
		.kind = GBCS_CERT_ORGANISATION,
		.eui = SUPPLIER,
		.role = GBCS_ROLE_SUPPLIER,
		.key_usage = GBCS_USAGE_DIGITAL_SIGNATURE,
		.not_before = NOW,
		.not_after = NOW + DAY,
	};
}

static const struct gbcs_pki_subject org_ca = {
	.kind = GBCS_CERT_CA,
	.role = GBCS_ROLE_ISSUING_AUTHORITY,
	.name = "H1",
};

/* What subject gets from the authority for organisations, or another. */
static int issued(const struct gbcs_pki_subject *subject,
		  const struct gbcs_pki_subject *issuer, EVP_PKEY *issuer_key,
		  const char **why)
{
	uint8_t der[GBCS_PKI_CERT_MAX];
	struct gbcs_cert cert;
	int len = gbcs_pki_issue(subject, find(SUPPLIER, "ds")->key, issuer,
				 issuer_key, der, sizeof(der));
	int r;

	assert_true(len > 0);
	r = gbcs_cert_parse(SPAN(der, (size_t)len), &cert);
	*why = cert.why;
	return r ? r :
		   gbcs_cert_verify_path(&cert, cert_of(0, "org-ca"),
					 cert_of(0, "root"), NOW + 100, why);
}

static void wrong_certificates_are_refused(void **state)
{
	EVP_PKEY *ca_key = find(0, "org-ca")->key;
	struct gbcs_pki_subject s = supplier_subject();
	struct gbcs_pki_subject other_ca = org_ca;
	const char *why;

	(void)state;
	assert_int_equal(issued(&s, &org_ca, ca_key, &why), 0);
	/* use */
	s.key_usage = GBCS_USAGE_KEY_AGREEMENT | GBCS_USAGE_DIGITAL_SIGNATURE;
	assert_int_equal(issued(&s, &org_ca, ca_key, &why), -EPERM);
	s.key_usage = GBCS_USAGE_NON_REPUDIATION;
	assert_int_equal(issued(&s, &org_ca, ca_key, &why), -EPERM);
	s.key_usage = GBCS_USAGE_KEY_CERT_SIGN;
	assert_int_equal(issued(&s, &org_ca, ca_key, &why), -EPERM);
	/* role */
	s = supplier_subject();
	s.role = 9;
	assert_int_equal(issued(&s, &org_ca, ca_key, &why), -EPROTO);
	assert_non_null(strstr(why, "role"));
	/* time */
	s = supplier_subject();
	s.not_before = NOW + 101;
	assert_int_equal(issued(&s, &org_ca, ca_key, &why), -EKEYEXPIRED);
	s = supplier_subject();
	s.not_after = NOW + 99;
	assert_int_equal(issued(&s, &org_ca, ca_key, &why), -EKEYEXPIRED);
	/* an authority is not an entity */
	s = supplier_subject();
	s.kind = GBCS_CERT_CA;
	s.name = "H2";
	s.key_usage = GBCS_USAGE_KEY_CERT_SIGN;
	assert_int_equal(issued(&s, &org_ca, ca_key, &why), -EPERM);
	/* issuer: another name, another key, both */
	s = supplier_subject();
	other_ca.name = "H2";
	assert_int_equal(issued(&s, &other_ca, ca_key, &why), -ENOKEY);
	assert_int_equal(issued(&s, &org_ca, find(0, "device-ca")->key, &why),
			 -ENOKEY);
	assert_int_equal(issued(&s, &other_ca, find(SUPPLIER, "ds")->key, &why),
			 -ENOKEY);
}

static void wrong_paths_are_refused(void **state)
{
	const struct gbcs_cert *root = cert_of(0, "root");
	const struct gbcs_cert *ca = cert_of(0, "org-ca");
	const struct gbcs_cert *device_ca = cert_of(0, "device-ca");
	const struct gbcs_cert *leaf = cert_of(SUPPLIER, "ds");
	struct gbcs_cert changed;
	const char *why;

	(void)state;
	assert_int_equal(gbcs_cert_verify_path(leaf, ca, root, NOW, &why), 0);
	assert_int_equal(gbcs_cert_verify_path(leaf, device_ca, root, NOW,
					       &why),
			 -ENOKEY);
	/* A leaf that issues, an intermediate as root, no root. */
	assert_int_equal(gbcs_cert_verify_path(leaf, leaf, root, NOW, &why),
			 -EPERM);
	assert_int_equal(gbcs_cert_verify_path(leaf, ca, ca, NOW, &why),
			 -EPERM);
	assert_int_equal(gbcs_cert_verify_path(leaf, root, root, NOW, &why),
			 -ENOKEY);
	assert_int_equal(gbcs_cert_verify_path(leaf, ca, leaf, NOW, &why),
			 -EPERM);
	assert_int_equal(gbcs_cert_verify_path(ca, root, root, NOW, &why),
			 -EPERM);
	/* Rights and identifiers, each alone. */
	changed = *ca;
	changed.key_usage = GBCS_USAGE_CRL_SIGN;
	assert_int_equal(gbcs_cert_verify_path(leaf, &changed, root, NOW, &why),
			 -EPERM);
	changed = *ca;
	changed.kind = GBCS_CERT_ORGANISATION;
	assert_int_equal(gbcs_cert_verify_path(leaf, &changed, root, NOW, &why),
			 -EPERM);
	changed = *root;
	changed.path_len = 0;
	assert_int_equal(gbcs_cert_verify_path(leaf, ca, &changed, NOW, &why),
			 -EPERM);
	changed = *leaf;
	changed.has_aki = false;
	assert_int_equal(gbcs_cert_verify_path(&changed, ca, root, NOW, &why),
			 -ENOKEY);
	changed = *leaf;
	changed.aki ^= 1;
	assert_int_equal(gbcs_cert_verify_path(&changed, ca, root, NOW, &why),
			 -ENOKEY);
}

static void wrong_signatures_and_times_are_refused(void **state)
{
	const struct gbcs_cert *root = cert_of(0, "root");
	const struct gbcs_cert *ca = cert_of(0, "org-ca");
	const struct gbcs_cert *device_ca = cert_of(0, "device-ca");
	const struct gbcs_cert *leaf = cert_of(SUPPLIER, "ds");
	struct gbcs_cert changed;
	const char *why;

	(void)state;
	/* Another key of the same name. */
	changed = *ca;
	memcpy(changed.point, device_ca->point, sizeof(changed.point));
	assert_int_equal(gbcs_cert_verify_path(leaf, &changed, root, NOW, &why),
			 -EKEYREJECTED);
	/* Not on the curve. */
	changed.point[64] ^= 1;
	assert_int_equal(gbcs_cert_verify_path(leaf, &changed, root, NOW, &why),
			 -EKEYREJECTED);
	/* A root that did not sign itself. */
	changed = *root;
	changed.signature = ca->signature;
	assert_int_equal(gbcs_cert_verify_path(leaf, ca, &changed, NOW, &why),
			 -EKEYREJECTED);
	/* Time is of all three. */
	assert_int_equal(gbcs_cert_verify_path(leaf, ca, root, NOW - 1, &why),
			 -EKEYEXPIRED);
	assert_string_equal(why, "not yet valid");
	assert_int_equal(gbcs_cert_verify_path(leaf, ca, root,
					       leaf->not_after + 1, &why),
			 -EKEYEXPIRED);
	assert_int_equal(gbcs_cert_verify_path(leaf, ca, root, leaf->not_after,
					       &why),
			 0);
	changed = *root;
	changed.not_after = NOW;
	assert_int_equal(gbcs_cert_verify_path(leaf, ca, &changed, NOW + 1,
					       &why),
			 -EKEYEXPIRED);
	changed = *ca;
	changed.not_after = NOW;
	assert_int_equal(gbcs_cert_verify_path(leaf, &changed, root, NOW + 1,
					       &why),
			 -EKEYEXPIRED);
}

static void certificates_are_for_somebody(void **state)
{
	const struct gbcs_cert *s = cert_of(SUPPLIER, "ds");
	const struct gbcs_cert *d = cert_of(DEVICE, "ka");
	const char *why;

	(void)state;
	assert_int_equal(gbcs_cert_is_for(s, SUPPLIER, -1, GBCS_KEY_DS, &why),
			 0);
	assert_int_equal(gbcs_cert_is_for(s, SUPPLIER + 1, -1, GBCS_KEY_DS,
					  &why),
			 -EPERM);
	assert_int_equal(gbcs_cert_is_for(s, SUPPLIER, GBCS_ROLE_ACB,
					  GBCS_KEY_DS, &why),
			 -EPERM);
	assert_int_equal(gbcs_cert_is_for(s, SUPPLIER, GBCS_ROLE_SUPPLIER,
					  GBCS_KEY_KA, &why),
			 -EPERM);
	assert_int_equal(gbcs_cert_is_for(s, SUPPLIER, GBCS_ROLE_DEVICE,
					  GBCS_KEY_DS, &why),
			 -EPERM);
	assert_int_equal(gbcs_cert_is_for(d, DEVICE, GBCS_ROLE_SUPPLIER,
					  GBCS_KEY_KA, &why),
			 -EPERM);
	assert_int_equal(gbcs_cert_is_for(cert_of(0, "root"), 0, -1,
					  GBCS_KEY_DS, &why),
			 -EPERM);
	assert_non_null(why);
}

/* --- octets */

static int parse_copy(struct span der, struct gbcs_cert *cert, uint8_t **copy)
{
	*copy = malloc(der.len + !der.len);
	assert_non_null(*copy);
	memcpy(*copy, der.p, der.len);
	return gbcs_cert_parse(SPAN(*copy, der.len), cert);
}

static void refused(struct span der)
{
	struct gbcs_cert cert;
	const char *why = NULL;
	uint8_t *copy;
	int r = parse_copy(der, &cert, &copy);

	if (r)
		assert_non_null(cert.why);
	else
		r = verify(&cert, GBCS_CERT_ANY_TIME, &why);
	assert_true(r < 0);
	free(copy);
}

/* Any bit of all there is, the signature and its frame too. */
static void any_change_is_refused(void **state)
{
	static const struct {
		uint64_t eui;
		const char *kind;
	} which[] = { { SUPPLIER, "ds" }, { DEVICE, "ka" } };

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(which); n++) {
		const struct item *item = find(which[n].eui, which[n].kind);
		uint8_t der[GBCS_PKI_CERT_MAX];

		memcpy(der, item->der, item->len);
		for (size_t at = 0; at < item->len; at++) {
			for (int bit = 0; bit < 8; bit++) {
				der[at] ^= 1u << bit;
				refused(SPAN(der, item->len));
				der[at] ^= 1u << bit;
			}
		}
	}
}

static void truncated_longer_and_noise_are_refused(void **state)
{
	const struct item *item = find(DEVICE, "ds");
	uint8_t der[GBCS_PKI_CERT_MAX + 1];
	struct gbcs_cert cert;
	uint8_t *copy;

	(void)state;
	memcpy(der, item->der, item->len);
	der[item->len] = 0;
	for (size_t len = 0; len < item->len; len++)
		refused(SPAN(der, len));
	refused(SPAN(der, item->len + 1));
	srand(1);
	for (int round = 0; round < 2000; round++) {
		memcpy(der, item->der, item->len);
		for (int n = 0; n < 4; n++)
			der[(size_t)rand() % item->len] = (uint8_t)rand();
		(void)parse_copy(SPAN(der, item->len), &cert, &copy);
		free(copy);
	}
}

/* Replace octets that are there once; what is left to say of it. */
static int changed(const struct item *item, const uint8_t *from,
		   const uint8_t *to, size_t len, const char **why)
{
	uint8_t der[GBCS_PKI_CERT_MAX];
	struct gbcs_cert cert;
	uint8_t *at;
	int r;

	memcpy(der, item->der, item->len);
	at = memmem(der, item->len, from, len);
	assert_non_null(at);
	memcpy(at, to, len);
	r = gbcs_cert_parse(SPAN(der, item->len), &cert);
	*why = cert.why;
	return r;
}

#define CHANGE(of, from, to, error)                   \
	{                                             \
		of, from, to, sizeof(from) - 1, error \
	}

static const struct {
	enum {
		DEVICES,
		ORGANISATIONS,
		AUTHORITIES
	} of;
	const char *from, *to;
	size_t len;
	int error;
} changes[] = {
	/* P-256's OID, changed; ecdsa-with-SHA384; a hybrid point */
	CHANGE(DEVICES, "\x2a\x86\x48\xce\x3d\x03\x01\x07",
	       "\x2a\x86\x48\xce\x3d\x03\x01\x06", -EPROTONOSUPPORT),
	CHANGE(DEVICES, "\x2a\x86\x48\xce\x3d\x04\x03\x02",
	       "\x2a\x86\x48\xce\x3d\x04\x03\x03", -EPROTONOSUPPORT),
	CHANGE(DEVICES, "\x03\x42\x00\x04", "\x03\x42\x00\x06",
	       -EPROTONOSUPPORT),
	/* version 2 */
	CHANGE(DEVICES, "\xa0\x03\x02\x01\x02", "\xa0\x03\x02\x01\x01",
	       -EPROTO),
	/* no hardwareModuleName; its serial number of another type */
	CHANGE(DEVICES, "\x05\x05\x07\x08\x04", "\x05\x05\x07\x08\x05",
	       -EPROTO),
	CHANGE(DEVICES, "\x04\x08\x01\x02\x03", "\x0c\x08\x01\x02\x03",
	       -EPROTO),
	/* TRUE is FF; FALSE, as the default, is left out */
	CHANGE(DEVICES, "\x55\x1d\x0f\x01\x01\xff", "\x55\x1d\x0f\x01\x01\x00",
	       -EBADMSG),
	CHANGE(DEVICES, "\x55\x1d\x0f\x01\x01\xff", "\x55\x1d\x0f\x01\x01\x01",
	       -EBADMSG),
	/* a constructed OCTET STRING */
	CHANGE(DEVICES, "\x55\x1d\x0e\x04\x0a\x04\x08",
	       "\x55\x1d\x0e\x24\x0a\x04\x08", -EBADMSG),
	/* an unknown extension, critical; one twice */
	CHANGE(DEVICES, "\x55\x1d\x20\x01\x01\xff", "\x55\x1d\x77\x01\x01\xff",
	       -EPROTO),
	CHANGE(DEVICES, "\x55\x1d\x0e", "\x55\x1d\x0f", -EPROTO),
	/* key usage with a zero bit at its end; with no bit */
	CHANGE(DEVICES, "\x03\x02\x07\x80", "\x03\x02\x06\x80", -EPROTO),
	CHANGE(DEVICES, "\x03\x02\x07\x80", "\x03\x02\x07\x00", -EPROTO),
	/* role: no hex; none of the roles */
	CHANGE(ORGANISATIONS, "\x0c\x02\x30\x32", "\x0c\x02\x30\x78", -EPROTO),
	CHANGE(ORGANISATIONS, "\x0c\x02\x30\x32", "\x0c\x02\x34\x32", -EPROTO),
	/* EUI: not all of its bits */
	CHANGE(ORGANISATIONS, "\x03\x09\x00\x01", "\x03\x09\x01\x01", -EPROTO),
	/* CA FALSE would have to be left out */
	CHANGE(AUTHORITIES, "\x30\x06\x01\x01\xff", "\x30\x06\x01\x01\x00",
	       -EPROTO),
	/* a day 32; a second 60 */
	CHANGE(DEVICES, "150101", "150132", -EBADMSG),
	CHANGE(DEVICES, "99991231235959Z", "99991231235960Z", -EBADMSG),
};

static void other_profiles_are_refused(void **state)
{
	const struct item *const of[] = {
		[DEVICES] = find(DEVICE, "ds"),
		[ORGANISATIONS] = find(SUPPLIER, "ka"),
		[AUTHORITIES] = find(0, "org-ca"),
	};
	const char *why;

	(void)state;
	/* Key identifier: of octets that follow 04 08 in their extension. */
	for (size_t n = 0; n < n_items; n++) {
		uint8_t ski[10] = { 0x04, 0x08 }, other[10];
		struct wbuf w = wbuf_of(ski + 2, 8);

		write_be(&w, items[n].cert.ski, 8);
		memcpy(other, ski, sizeof(ski));
		other[9] ^= 1;
		assert_int_equal(changed(&items[n], ski, other, sizeof(ski),
					 &why),
				 -EBADF);
		other[9] ^= 1;
		other[2] ^= 0x10;
		assert_int_equal(changed(&items[n], ski, other, sizeof(ski),
					 &why),
				 -EBADF);
	}
	for (size_t n = 0; n < ARRAY_SIZE(changes); n++) {
		assert_int_equal(changed(of[changes[n].of],
					 (const uint8_t *)changes[n].from,
					 (const uint8_t *)changes[n].to,
					 changes[n].len, &why),
				 changes[n].error);
		assert_non_null(why);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_pki_is_whole_and_good),
		cmocka_unit_test(the_profile_is_kept),
		cmocka_unit_test(wrong_certificates_are_refused),
		cmocka_unit_test(wrong_paths_are_refused),
		cmocka_unit_test(wrong_signatures_and_times_are_refused),
		cmocka_unit_test(certificates_are_for_somebody),
		cmocka_unit_test(any_change_is_refused),
		cmocka_unit_test(truncated_longer_and_noise_are_refused),
		cmocka_unit_test(other_profiles_are_refused),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
