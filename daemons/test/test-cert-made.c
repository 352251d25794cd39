// SPDX-License-Identifier: LGPL-2.1-or-later
/* Certificates that are signed as they should be, but not what they should. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "../proto/gbcs-cert.h"
#include "../proto/gbcs-pki.h"
#include "rtds.h"

#define NOW INT64_C(1420070400) /* 2015-01-01T00:00:00Z */
#define DAY INT64_C(86400)
#define SUPPLIER UINT64_C(0x0102030405060000)

static EVP_PKEY *root_key, *ca_key, *key;

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

static struct gbcs_pki_subject authority(int role, const char *name,
					 int path_len)
{
	return (struct gbcs_pki_subject){
		.kind = GBCS_CERT_CA,
		.role = role,
		.name = name,
		.key_usage = GBCS_USAGE_KEY_CERT_SIGN,
		.path_len = path_len,
		.not_before = NOW,
		.not_after = NOW + DAY,
	};
}

/* One of the three. */
struct made {
	struct gbcs_pki_subject subject;
	uint8_t der[GBCS_PKI_CERT_MAX];
	size_t len;
	struct gbcs_cert cert;
};

static void make(struct made *m, EVP_PKEY *own, const struct made *by,
		 EVP_PKEY *by_key)
{
	int len = gbcs_pki_issue(&m->subject, own, &by->subject, by_key, m->der,
				 sizeof(m->der));

	assert_true(len > 0);
	m->len = (size_t)len;
	(void)gbcs_cert_parse(SPAN(m->der, m->len), &m->cert);
}

struct chain {
	struct made root, ca, leaf;
};

static struct chain *good_chain(void)
{
	static struct chain c;

	c.root.subject = authority(GBCS_ROLE_ROOT, "Root", -1);
	c.ca.subject = authority(GBCS_ROLE_ISSUING_AUTHORITY, "CA", 0);
	c.leaf.subject = supplier_subject();
	return &c;
}

/* Make them all; what is said of the path, or of one that does not parse. */
static int verdict(struct chain *c, int64_t at, const char **why)
{
	struct made *const all[] = { &c->root, &c->ca, &c->leaf };

	make(&c->root, root_key, &c->root, root_key);
	make(&c->ca, ca_key, &c->root, root_key);
	make(&c->leaf, key, &c->ca, ca_key);
	for (size_t n = 0; n < ARRAY_SIZE(all); n++) {
		*why = all[n]->cert.why;
		if (*why)
			return gbcs_cert_parse(SPAN(all[n]->der, all[n]->len),
					       &all[n]->cert);
	}
	return gbcs_cert_verify_path(&c->leaf.cert, &c->ca.cert, &c->root.cert,
				     at, why);
}

static int set_up(void **state)
{
	(void)state;
	root_key = EVP_EC_gen("P-256");
	ca_key = EVP_EC_gen("P-256");
	key = EVP_EC_gen("P-256");
	return root_key && ca_key && key ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	EVP_PKEY_free(root_key);
	EVP_PKEY_free(ca_key);
	EVP_PKEY_free(key);
	return 0;
}

static void each_certificate_of_a_path_has_its_say(void **state)
{
	struct chain *c = good_chain();
	const char *why;

	(void)state;
	assert_int_equal(verdict(c, NOW, &why), 0);
	assert_null(why);
	assert_int_equal(verdict(c, NOW + DAY, &why), 0);
	/* Rights of the authorities, as signed. */
	c->ca.subject.key_usage = GBCS_USAGE_CRL_SIGN;
	assert_int_equal(verdict(c, NOW, &why), -EPERM);
	assert_string_equal(why, "issuer is no authority");
	c = good_chain();
	c->root.subject.key_usage = GBCS_USAGE_CRL_SIGN;
	assert_int_equal(verdict(c, NOW, &why), -EPERM);
	c = good_chain();
	c->root.subject.path_len = 0;
	assert_int_equal(verdict(c, NOW, &why), -EPERM);
	assert_string_equal(why, "path longer than issuer allows");
	c = good_chain();
	c->root.subject.path_len = 1;
	c->ca.subject.path_len = -1;
	assert_int_equal(verdict(c, NOW, &why), 0);
	/* Time, of each; and where it is not looked at. */
	for (int n = 0; n < 3; n++) {
		struct gbcs_pki_subject *subject;

		c = good_chain();
		subject = n == 0 ? &c->root.subject :
			  n == 1 ? &c->ca.subject :
				   &c->leaf.subject;
		subject->not_after = NOW + 9;
		assert_int_equal(verdict(c, NOW + 9, &why), 0);
		assert_int_equal(verdict(c, NOW + 10, &why), -EKEYEXPIRED);
		assert_string_equal(why, "not valid any more");
		assert_int_equal(verdict(c, GBCS_CERT_ANY_TIME, &why), 0);
		subject->not_before = NOW + 8;
		assert_int_equal(verdict(c, NOW + 7, &why), -EKEYEXPIRED);
		assert_string_equal(why, "not yet valid");
	}
}

/* --- one certificate, changed and signed again */

enum change {
	CHANGE_NOTHING,
	CHANGE_NO_CA,
	CHANGE_NO_USAGE,
	CHANGE_NO_SKI,
	CHANGE_NO_AKI,
	CHANGE_NO_POLICIES,
	CHANGE_SKI,
	CHANGE_AKI,
	CHANGE_LONG_SKI,
	CHANGE_CURVE,
	CHANGE_COMPRESSED,
	CHANGE_HASH,
	CHANGE_VERSION,
	CHANGE_UNKNOWN,
	CHANGE_UNKNOWN_CRITICAL,
	CHANGE_USAGE_NOT_CRITICAL,
};

static void drop(X509 *x509, int nid)
{
	int at = X509_get_ext_by_NID(x509, nid, -1);

	assert_true(at >= 0);
	X509_EXTENSION_free(X509_delete_ext(x509, at));
}

static void replace(X509 *x509, int nid, bool critical, const char *hex)
{
	X509_EXTENSION *ext;
	ASN1_OCTET_STRING *data = ASN1_OCTET_STRING_new();
	unsigned char *octets;
	long len;

	octets = OPENSSL_hexstr2buf(hex, &len);
	assert_non_null(octets);
	ASN1_OCTET_STRING_set(data, octets, (int)len);
	ext = X509_EXTENSION_create_by_NID(NULL, nid, critical, data);
	assert_non_null(ext);
	if (X509_get_ext_by_NID(x509, nid, -1) >= 0)
		drop(x509, nid);
	assert_true(X509_add_ext(x509, ext, -1));
	X509_EXTENSION_free(ext);
	ASN1_OCTET_STRING_free(data);
	OPENSSL_free(octets);
}

/* A key of another curve, or the same as the compressed point it is too. */
static void set_key(X509 *x509, enum change change)
{
	EVP_PKEY *other = change == CHANGE_CURVE ? EVP_EC_gen("P-384") :
						   EVP_PKEY_dup(key);

	assert_non_null(other);
	if (change == CHANGE_COMPRESSED)
		assert_true(EVP_PKEY_set_utf8_string_param(
			other, OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT,
			"compressed"));
	assert_true(X509_set_pubkey(x509, other));
	EVP_PKEY_free(other);
}

static void change(X509 *x509, enum change change)
{
	static const int dropped[] = {
		[CHANGE_NO_CA] = NID_basic_constraints,
		[CHANGE_NO_USAGE] = NID_key_usage,
		[CHANGE_NO_SKI] = NID_subject_key_identifier,
		[CHANGE_NO_AKI] = NID_authority_key_identifier,
		[CHANGE_NO_POLICIES] = NID_certificate_policies,
	};

	switch (change) {
	case CHANGE_NOTHING:
	case CHANGE_HASH:
		break;
	case CHANGE_SKI:
		replace(x509, NID_subject_key_identifier, false,
			"04084000000000000001");
		break;
	case CHANGE_LONG_SKI:
		replace(x509, NID_subject_key_identifier, false,
			"04144000000000000001400000000000000140000000");
		break;
	case CHANGE_AKI:
		replace(x509, NID_authority_key_identifier, false,
			"300a80084000000000000001");
		break;
	case CHANGE_CURVE:
	case CHANGE_COMPRESSED:
		set_key(x509, change);
		break;
	case CHANGE_VERSION:
		assert_true(X509_set_version(x509, X509_VERSION_1));
		break;
	case CHANGE_UNKNOWN:
	case CHANGE_UNKNOWN_CRITICAL:
		replace(x509, NID_ext_key_usage,
			change == CHANGE_UNKNOWN_CRITICAL,
			"300a06082b06010505070302");
		break;
	case CHANGE_USAGE_NOT_CRITICAL:
		replace(x509, NID_key_usage, false, "03020780");
		break;
	default:
		drop(x509, dropped[change]);
	}
}

static void remake(struct made *m, enum change how, EVP_PKEY *by_key)
{
	const unsigned char *p = m->der;
	X509 *x509 = d2i_X509(NULL, &p, (long)m->len);
	unsigned char *out = m->der;
	int len;

	assert_non_null(x509);
	change(x509, how);
	assert_true(X509_sign(x509, by_key,
			      how == CHANGE_HASH ? EVP_sha384() :
						   EVP_sha256()) > 0);
	len = i2d_X509(x509, NULL);
	assert_true(len > 0 && len <= (int)sizeof(m->der));
	m->len = (size_t)i2d_X509(x509, &out);
	X509_free(x509);
}

static void changes_are_refused_for_what_they_are(void **state)
{
	static const struct {
		enum change change;
		bool ca; /* of the authority, else of the leaf */
		int parse, path;
	} each[] = {
		{ CHANGE_NOTHING, false, 0, 0 },
		{ CHANGE_NOTHING, true, 0, 0 },
		{ CHANGE_UNKNOWN, false, 0, 0 },
		{ CHANGE_UNKNOWN_CRITICAL, false, -EPROTO, 0 },
		{ CHANGE_USAGE_NOT_CRITICAL, false, -EPROTO, 0 },
		/* An authority without the flag is an organisation, of no EUI. */
		{ CHANGE_NO_CA, true, -EPROTO, 0 },
		{ CHANGE_NO_USAGE, false, -EPROTO, 0 },
		{ CHANGE_NO_SKI, false, -EPROTO, 0 },
		{ CHANGE_NO_SKI, true, -EPROTO, 0 },
		{ CHANGE_NO_POLICIES, false, -EPROTO, 0 },
		{ CHANGE_NO_POLICIES, true, 0, 0 },
		{ CHANGE_NO_AKI, false, 0, -ENOKEY },
		{ CHANGE_NO_AKI, true, 0, -ENOKEY },
		{ CHANGE_AKI, false, 0, -ENOKEY },
		{ CHANGE_AKI, true, 0, -ENOKEY },
		{ CHANGE_SKI, false, -EBADF, 0 },
		{ CHANGE_LONG_SKI, false, -EPROTO, 0 },
		{ CHANGE_CURVE, false, -EPROTONOSUPPORT, 0 },
		{ CHANGE_CURVE, true, -EPROTONOSUPPORT, 0 },
		{ CHANGE_COMPRESSED, false, -EPROTONOSUPPORT, 0 },
		{ CHANGE_HASH, false, -EPROTONOSUPPORT, 0 },
		{ CHANGE_HASH, true, -EPROTONOSUPPORT, 0 },
		{ CHANGE_VERSION, false, -EBADMSG, 0 },
	};
	const char *why;

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(each); n++) {
		struct chain *c = good_chain();
		struct made *m = each[n].ca ? &c->ca : &c->leaf;
		int r;

		assert_int_equal(verdict(c, NOW, &why), 0);
		remake(m, each[n].change, each[n].ca ? root_key : ca_key);
		r = gbcs_cert_parse(SPAN(m->der, m->len), &m->cert);
		if (r != each[n].parse)
			fail_msg("%zu: %d, %s", n, r, m->cert.why);
		assert_int_equal(ERR_peek_error(), 0);
		if (r) {
			/* Nothing but the reason. */
			assert_non_null(m->cert.why);
			assert_null(m->cert.der.p);
			assert_int_equal(m->cert.eui, 0);
			continue;
		}
		assert_null(m->cert.why);
		assert_int_equal(
			gbcs_cert_verify_path(&c->leaf.cert, &c->ca.cert,
					      &c->root.cert, NOW, &why),
			each[n].path);
		assert_true(!why == !each[n].path);
		assert_int_equal(ERR_peek_error(), 0);
	}
}

/* Names and identifiers are right, signatures are somebody else's. */
static void an_impostor_is_refused(void **state)
{
	struct chain *c = good_chain();
	const char *why;

	(void)state;
	assert_int_equal(verdict(c, NOW, &why), 0);
	/* A leaf, under the certificate of the real authority. */
	remake(&c->leaf, CHANGE_NOTHING, key);
	assert_int_equal(gbcs_cert_parse(SPAN(c->leaf.der, c->leaf.len),
					 &c->leaf.cert),
			 0);
	assert_int_equal(gbcs_cert_verify_path(&c->leaf.cert, &c->ca.cert,
					       &c->root.cert, NOW, &why),
			 -EKEYREJECTED);
	/* An authority of its own, and what that issues. */
	make(&c->ca, key, &c->root, root_key);
	make(&c->leaf, ca_key, &c->ca, key);
	assert_int_equal(gbcs_cert_verify_path(&c->leaf.cert, &c->ca.cert,
					       &c->root.cert, NOW, &why),
			 0);
	remake(&c->ca, CHANGE_NOTHING, key);
	assert_int_equal(
		gbcs_cert_parse(SPAN(c->ca.der, c->ca.len), &c->ca.cert), 0);
	assert_int_equal(gbcs_cert_verify_path(&c->leaf.cert, &c->ca.cert,
					       &c->root.cert, NOW, &why),
			 -EKEYREJECTED);
	/* Another root of that name and key. */
	make(&c->ca, key, &c->root, root_key);
	remake(&c->root, CHANGE_NOTHING, key);
	assert_int_equal(gbcs_cert_parse(SPAN(c->root.der, c->root.len),
					 &c->root.cert),
			 0);
	assert_int_equal(gbcs_cert_verify_path(&c->leaf.cert, &c->ca.cert,
					       &c->root.cert, NOW, &why),
			 -EKEYREJECTED);
}

/* RFC 5280 4.2.1.2 (2), without the code under test. */
static void key_identifiers_are_of_sha1(void **state)
{
	(void)state;
	for (int round = 0; round < 32; round++) {
		EVP_PKEY *any = EVP_EC_gen("P-256");
		EVP_MD_CTX *md = EVP_MD_CTX_new();
		uint8_t point[GBCS_POINT_LEN], sha1[20];
		uint64_t id, want = 0;
		size_t len;

		assert_non_null(any);
		assert_true(EVP_PKEY_get_octet_string_param(
			any, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof(point),
			&len));
		assert_int_equal(len, GBCS_POINT_LEN);
		assert_true(EVP_DigestInit_ex(md, EVP_sha1(), NULL));
		assert_true(EVP_DigestUpdate(md, point, sizeof(point)));
		assert_true(EVP_DigestFinal_ex(md, sha1, NULL));
		sha1[12] = 0x40 | (sha1[12] & 0x0f);
		for (int at = 12; at < 20; at++)
			want = want << 8 | sha1[at];
		assert_int_equal(gbcs_key_identifier(point, &id), 0);
		assert_true(id == want);
		EVP_MD_CTX_free(md);
		EVP_PKEY_free(any);
	}
}

static void key_usages_have_texts(void **state)
{
	static const struct {
		uint16_t usage;
		const char *text;
	} each[] = {
		{ 0, "" },
		{ GBCS_USAGE_DIGITAL_SIGNATURE, "digital signature" },
		{ GBCS_USAGE_KEY_AGREEMENT, "key agreement" },
		{ GBCS_USAGE_KEY_CERT_SIGN | GBCS_USAGE_CRL_SIGN,
		  "key cert sign, CRL sign" },
		{ GBCS_USAGE_NON_REPUDIATION | 0x8000,
		  "non-repudiation, decipher only" },
	};
	char text[160], cut[8];

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(each); n++)
		assert_string_equal(gbcs_usage_text(each[n].usage, text,
						    sizeof(text)),
				    each[n].text);
	assert_string_equal(gbcs_usage_text(0x88, cut, sizeof(cut)), "digital");
}

/* The example a tool starts from. */
static int count(const struct gbcs_pki_item *item, void *context)
{
	struct gbcs_cert cert;

	++*(size_t *)context;
	return gbcs_cert_parse(item->certificate, &cert);
}

static int stop(const struct gbcs_pki_item *item, void *context)
{
	(void)item;
	(void)context;
	return -ECANCELED;
}

static void the_example_is_made(void **state)
{
	size_t n = 0;

	(void)state;
	assert_int_equal(gbcs_pki_make(gbcs_pki_example, gbcs_pki_n_example,
				       NOW, count, &n),
			 0);
	assert_int_equal(n, 3 + 2 * gbcs_pki_n_example + 2);
	assert_int_equal(gbcs_pki_make(gbcs_pki_example, gbcs_pki_n_example,
				       NOW, stop, NULL),
			 -ECANCELED);
}

static void wrong_requests_make_nothing(void **state)
{
	struct gbcs_pki_subject s = supplier_subject();
	struct gbcs_pki_subject org_ca = authority(7, "CA", 0);
	EVP_PKEY *other = EVP_EC_gen("P-384");
	uint8_t der[GBCS_PKI_CERT_MAX];

	(void)state;
	assert_int_equal(gbcs_pki_issue(&s, key, &org_ca, key, der, 10),
			 -ENOSPC);
	assert_int_equal(gbcs_pki_issue(&s, other, &org_ca, key, der,
					sizeof(der)),
			 -EINVAL);
	EVP_PKEY_free(other);
	s.role = -1;
	assert_int_equal(gbcs_pki_issue(&s, key, &org_ca, key, der,
					sizeof(der)),
			 -EINVAL);
	s = supplier_subject();
	s.key_usage = 0;
	assert_int_equal(gbcs_pki_issue(&s, key, &org_ca, key, der,
					sizeof(der)),
			 -EINVAL);
	s = supplier_subject();
	s.not_after = GBCS_TIME_CANCEL + 1;
	assert_int_equal(gbcs_pki_issue(&s, key, &org_ca, key, der,
					sizeof(der)),
			 -EINVAL);
}

/* --- of the reference messages */

static void check_pem(const char *path, size_t *ret_own)
{
	char *type, *header, *use;
	FILE *file = fopen(path, "re");
	unsigned char *octets;
	struct gbcs_cert cert;
	uint64_t eui;
	long len;
	bool ds;

	/* EUI-use.pem */
	eui = strtoull(strrchr(path, '/') + 1, &use, 16);
	ds = !strcmp(use, "-ds.pem");
	assert_non_null(file);
	assert_true(PEM_read(file, &type, &header, &octets, &len));
	if (!strcmp(type, "CERTIFICATE")) {
		if (gbcs_cert_parse(SPAN(octets, (size_t)len), &cert))
			fail_msg("%s: %s", path, cert.why);
		if (gbcs_cert_is_for(&cert, cert.eui, -1,
				     ds ? GBCS_KEY_DS : GBCS_KEY_KA, NULL))
			fail_msg("%s: another use", path);
		if (cert.eui == eui)
			++*ret_own;
		else
			print_message("%s is of %016llx\n", path,
				      (unsigned long long)cert.eui);
	}
	OPENSSL_free(type);
	OPENSSL_free(header);
	OPENSSL_free(octets);
	fclose(file);
}

static void reference_certificates_parse(void **state)
{
	size_t own = 0, others;
	glob_t files;

	(void)state;
	rtds_glob("keystore/*.pem", &files);
	for (size_t n = 0; n < files.gl_pathc; n++)
		check_pem(files.gl_pathv[n], &own);
	others = files.gl_pathc - own;
	globfree(&files);
	/* One is a bare key, one has the name of another party. */
	assert_true(own > 0 && others <= 2);
}

/* Those in messages: of whoever asks to be answered in secret (GBCS 2). */
static void each(const struct rtds_message *m, void *context)
{
	struct span der = m->msg.supp_certificate;
	struct gbcs_cert cert;

	if (!der.len)
		return;
	++*(size_t *)context;
	if (gbcs_cert_parse(der, &cert))
		fail_msg("%s: %s", m->path, cert.why);
	assert_int_equal(gbcs_cert_is_for(&cert, m->msg.supp_party, -1,
					  GBCS_KEY_KA, NULL),
			 0);
}

static void certificates_of_reference_messages_parse(void **state)
{
	size_t certificates = 0;

	(void)state;
	rtds_each(each, &certificates);
	assert_true(certificates > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_certificate_of_a_path_has_its_say),
		cmocka_unit_test(changes_are_refused_for_what_they_are),
		cmocka_unit_test(an_impostor_is_refused),
		cmocka_unit_test(key_identifiers_are_of_sha1),
		cmocka_unit_test(key_usages_have_texts),
		cmocka_unit_test(the_example_is_made),
		cmocka_unit_test(wrong_requests_make_nothing),
		cmocka_unit_test(reference_certificates_parse),
		cmocka_unit_test(certificates_of_reference_messages_parse),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
