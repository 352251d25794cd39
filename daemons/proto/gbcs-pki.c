// SPDX-License-Identifier: LGPL-2.1-or-later
#include "gbcs-pki.h"

#include <errno.h>
#include <stdio.h>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#define YEAR (INT64_C(365) * 86400)

/* 1.2.826.0.1.8641679.1.2.1.4, as a policy; ...1.2.2.1, as a type of device. */
static const uint8_t policies[] = { 0x30, 0x11, 0x30, 0x0f, 0x06, 0x0d, 0x2a,
				    0x86, 0x3a, 0x00, 0x01, 0x84, 0x8f, 0xb9,
				    0x0f, 0x01, 0x02, 0x01, 0x04 };
static const uint8_t module_name[] = {
	0x30, 0x29, 0xa0, 0x27, 0x06, 0x08, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07,
	0x08, 0x04, 0xa0, 0x1b, 0x30, 0x19, 0x06, 0x0d, 0x2a, 0x86, 0x3a, 0x00,
	0x01, 0x84, 0x8f, 0xb9, 0x0f, 0x01, 0x02, 0x02, 0x01, 0x04, 0x08,
};

const struct gbcs_pki_entity gbcs_pki_example[] = {
	{ UINT64_C(0x4865617274680001), GBCS_ROLE_RECOVERY, NULL },
	{ UINT64_C(0x4865617274680002), GBCS_ROLE_ACB, NULL },
	{ UINT64_C(0x4865617274680004), GBCS_ROLE_TRANSITIONAL_COS, NULL },
	{ UINT64_C(0x4865617274680007), GBCS_ROLE_WAN_PROVIDER, NULL },
	{ UINT64_C(0x4865617274680008), GBCS_ROLE_LOAD_CONTROLLER, NULL },
	{ UINT64_C(0x4865617274680010), GBCS_ROLE_SUPPLIER, "HearthSupplier1" },
	{ UINT64_C(0x4865617274680020), GBCS_ROLE_NETWORK_OPERATOR, NULL },
	{ UINT64_C(0x4865617274680030), GBCS_ROLE_SUPPLIER, "HearthSupplier2" },
	/* ESME, GSME, CHF, GPF, PPMID, HCALCS, SAPC */
	{ UINT64_C(0x48656172746800a0), GBCS_ROLE_DEVICE, NULL },
	{ UINT64_C(0x48656172746800a1), GBCS_ROLE_DEVICE, NULL },
	{ UINT64_C(0x48656172746800a2), GBCS_ROLE_DEVICE, NULL },
	{ UINT64_C(0x48656172746800a3), GBCS_ROLE_DEVICE, NULL },
	{ UINT64_C(0x48656172746800a4), GBCS_ROLE_DEVICE, NULL },
	{ UINT64_C(0x48656172746800a5), GBCS_ROLE_DEVICE, NULL },
	{ UINT64_C(0x48656172746800a6), GBCS_ROLE_DEVICE, NULL },
};
const size_t gbcs_pki_n_example =
	sizeof(gbcs_pki_example) / sizeof(gbcs_pki_example[0]);

static int point_of(EVP_PKEY *key, uint8_t point[GBCS_POINT_LEN])
{
	size_t len = 0;

	if (!EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY,
					     point, GBCS_POINT_LEN, &len) ||
	    len != GBCS_POINT_LEN || point[0] != 0x04)
		return -EINVAL;
	return 0;
}

static int add_extension(X509 *x509, int nid, bool critical, struct span value)
{
	ASN1_OCTET_STRING *data = ASN1_OCTET_STRING_new();
	X509_EXTENSION *ext = NULL;
	bool ok;

	ok = data && ASN1_OCTET_STRING_set(data, value.p, (int)value.len) &&
	     (ext = X509_EXTENSION_create_by_NID(NULL, nid, critical, data)) &&
	     X509_add_ext(x509, ext, -1);
	X509_EXTENSION_free(ext);
	ASN1_OCTET_STRING_free(data);
	return ok ? 0 : -ENOMEM;
}

static int add_usage(X509 *x509, uint16_t usage)
{
	uint8_t value[] = { 0x03, 0x02, 0x00, (uint8_t)usage };

	if (!usage || usage > 0xff)
		return -EINVAL;
	while (!(usage >> value[2] & 1))
		value[2]++;
	return add_extension(x509, NID_key_usage, true,
			     SPAN(value, sizeof(value)));
}

static int add_identifiers(X509 *x509, EVP_PKEY *key, EVP_PKEY *issuer_key)
{
	uint8_t value[12], point[GBCS_POINT_LEN];
	struct wbuf w = wbuf_of(value, sizeof(value));
	uint64_t id = 0;
	int r = point_of(key, point);

	if (!r)
		r = gbcs_key_identifier(point, &id);
	write_be(&w, 0x0408, 2);
	write_be(&w, id, 8);
	if (!r)
		r = add_extension(x509, NID_subject_key_identifier, false,
				  SPAN(value, w.len));
	/* A root needs no identifier of its issuer. */
	if (r || key == issuer_key)
		return r;
	r = point_of(issuer_key, point);
	if (!r)
		r = gbcs_key_identifier(point, &id);
	w = wbuf_of(value, sizeof(value));
	write_be(&w, 0x300a8008, 4);
	write_be(&w, id, 8);
	return r ? r :
		   add_extension(x509, NID_authority_key_identifier, false,
				 SPAN(value, w.len));
}

static int add_module_name(X509 *x509, uint64_t eui)
{
	uint8_t value[sizeof(module_name) + 8];
	struct wbuf w = wbuf_of(value, sizeof(value));

	write_bytes(&w, module_name, sizeof(module_name));
	write_be(&w, eui, 8);
	return add_extension(x509, NID_subject_alt_name, true,
			     SPAN(value, w.len));
}

static int add_constraints(X509 *x509, int path_len)
{
	uint8_t value[] = { 0x30, 0x06, 0x01, 0x01, 0xff, 0x02, 0x01, 0x00 };

	if (path_len > 127)
		return -EINVAL;
	if (path_len < 0)
		value[1] = 3;
	else
		value[7] = (uint8_t)path_len;
	return add_extension(x509, NID_basic_constraints, true,
			     SPAN(value, 2u + value[1]));
}

/* Text in the types that authorities and organisations have it in. */
static bool add_text(X509_NAME *name, const struct gbcs_pki_subject *of,
		     int nid, const char *text)
{
	int type = of->kind == GBCS_CERT_CA ? V_ASN1_PRINTABLESTRING :
					      V_ASN1_UTF8STRING;

	return X509_NAME_add_entry_by_NID(
		name, nid, type, (const unsigned char *)text, -1, -1, 0);
}

static bool add_unique(X509_NAME *name, uint64_t eui)
{
	X509_NAME_ENTRY *entry;
	uint8_t octets[8];
	struct wbuf w = wbuf_of(octets, sizeof(octets));
	bool ok;

	write_be(&w, eui, 8);
	entry = X509_NAME_ENTRY_create_by_NID(NULL, NID_x500UniqueIdentifier,
					      V_ASN1_BIT_STRING, octets, 8);
	if (!entry)
		return false;
	/* All 64 bits: else zeros at the end would go. */
	X509_NAME_ENTRY_get_data(entry)->flags |= ASN1_STRING_FLAG_BITS_LEFT;
	ok = X509_NAME_add_entry(name, entry, -1, 0);
	X509_NAME_ENTRY_free(entry);
	return ok;
}

static X509_NAME *name_of(const struct gbcs_pki_subject *of)
{
	X509_NAME *name = X509_NAME_new();
	bool ca = of->kind == GBCS_CERT_CA;
	bool ok = name;
	char role[3];

	/* A device's name is not its subject (GBCS 1.1). */
	if (!name || of->kind == GBCS_CERT_DEVICE)
		return name;
	snprintf(role, sizeof(role), "%02X", (unsigned int)of->role & 0xff);
	if (!ca && of->name)
		ok = add_text(name, of, NID_commonName, of->name);
	if (ok && of->role >= 0)
		ok = add_text(name, of, NID_organizationalUnitName, role);
	if (ok && ca && of->name)
		ok = add_text(name, of, NID_commonName, of->name);
	if (ok && !ca)
		ok = add_unique(name, of->eui);
	if (ok)
		return name;
	X509_NAME_free(name);
	return NULL;
}

static int set_names(X509 *x509, const struct gbcs_pki_subject *subject,
		     const struct gbcs_pki_subject *issuer)
{
	X509_NAME *own = name_of(subject), *by = name_of(issuer);
	bool ok = own && by && X509_set_subject_name(x509, own) &&
		  X509_set_issuer_name(x509, by);

	X509_NAME_free(own);
	X509_NAME_free(by);
	return ok ? 0 : -ENOMEM;
}

/* Random, positive, of 16 octets. */
static int set_serial(X509 *x509)
{
	uint8_t octets[16];
	BIGNUM *number;
	bool ok;

	if (RAND_bytes(octets, sizeof(octets)) != 1)
		return -EIO;
	octets[0] = (octets[0] & 0x7f) | 0x40;
	number = BN_bin2bn(octets, sizeof(octets), NULL);
	ok = number && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(x509));
	BN_free(number);
	return ok ? 0 : -ENOMEM;
}

static int set_validity(X509 *x509, const struct gbcs_pki_subject *subject)
{
	char from[16], to[16];

	if (gbcs_time_format(subject->not_before, from) ||
	    gbcs_time_format(subject->not_after, to))
		return -EINVAL;
	/* UTCTime up to 2049. */
	if (!ASN1_TIME_set_string_X509(X509_getm_notBefore(x509), from) ||
	    !ASN1_TIME_set_string_X509(X509_getm_notAfter(x509), to))
		return -ENOMEM;
	return 0;
}

static int fill(X509 *x509, const struct gbcs_pki_subject *subject,
		EVP_PKEY *key, const struct gbcs_pki_subject *issuer,
		EVP_PKEY *issuer_key)
{
	int r = set_serial(x509);

	if (!r && (!X509_set_version(x509, X509_VERSION_3) ||
		   !X509_set_pubkey(x509, key)))
		r = -ENOMEM;
	if (!r)
		r = set_names(x509, subject, issuer);
	if (!r)
		r = set_validity(x509, subject);
	if (!r)
		r = add_usage(x509, subject->key_usage);
	if (!r && subject->kind == GBCS_CERT_CA)
		r = add_constraints(x509, subject->path_len);
	if (!r && subject->kind == GBCS_CERT_DEVICE)
		r = add_module_name(x509, subject->eui);
	if (!r)
		r = add_extension(x509, NID_certificate_policies, true,
				  SPAN(policies, sizeof(policies)));
	if (!r)
		r = add_identifiers(x509, key, issuer_key);
	if (!r && !X509_sign(x509, issuer_key, EVP_sha256()))
		r = -ENOMEM;
	return r;
}

int gbcs_pki_issue(const struct gbcs_pki_subject *subject, EVP_PKEY *key,
		   const struct gbcs_pki_subject *issuer, EVP_PKEY *issuer_key,
		   uint8_t *out, size_t room)
{
	unsigned char *octets = NULL;
	X509 *x509;
	int r;

	if (subject->role > 0xff ||
	    (subject->kind == GBCS_CERT_ORGANISATION && subject->role < 0) ||
	    (subject->kind == GBCS_CERT_CA && !subject->name))
		return -EINVAL;
	x509 = X509_new();
	if (!x509)
		return -ENOMEM;
	r = fill(x509, subject, key, issuer, issuer_key);
	if (!r) {
		r = i2d_X509(x509, &octets);
		if (r <= 0)
			r = -ENOMEM;
		else if ((size_t)r > room)
			r = -ENOSPC;
		else
			memcpy(out, octets, (size_t)r);
		OPENSSL_free(octets);
	}
	X509_free(x509);
	return r;
}

/* --- a whole one */

struct pki {
	struct gbcs_pki_subject root, org_ca, device_ca;
	EVP_PKEY *root_key, *org_ca_key, *device_ca_key;
	gbcs_pki_each *each;
	void *context;
};

static int hand_out(struct pki *pki, const char *kind,
		    const struct gbcs_pki_subject *subject, EVP_PKEY *key,
		    const struct gbcs_pki_subject *issuer, EVP_PKEY *issuer_key)
{
	uint8_t der[GBCS_PKI_CERT_MAX];
	struct gbcs_pki_item item = {
		.eui = subject->eui,
		.kind = kind,
		.key = key,
	};
	int len = key && issuer_key ?
			  gbcs_pki_issue(subject, key, issuer, issuer_key, der,
					 sizeof(der)) :
			  -ENOMEM;

	if (len < 0)
		return len;
	item.certificate = SPAN(der, (size_t)len);
	return pki->each(&item, pki->context);
}

static int make_authorities(struct pki *pki, int64_t now)
{
	struct gbcs_pki_subject ca = {
		.kind = GBCS_CERT_CA,
		.role = GBCS_ROLE_ROOT,
		.name = "HearthRoot",
		.key_usage = GBCS_USAGE_KEY_CERT_SIGN | GBCS_USAGE_CRL_SIGN,
		.path_len = -1,
		.not_before = now,
		.not_after = now + 50 * YEAR,
	};
	int r;

	pki->root = ca;
	ca.path_len = 0;
	ca.not_after = now + 25 * YEAR;
	ca.role = GBCS_ROLE_ISSUING_AUTHORITY;
	ca.name = "H1";
	pki->org_ca = ca;
	/* It lives as long as its devices may. */
	ca.not_after = GBCS_TIME_CANCEL;
	ca.role = -1;
	ca.name = "HD01";
	pki->device_ca = ca;
	pki->root.not_after = GBCS_TIME_CANCEL;

	pki->root_key = EVP_EC_gen("P-256");
	pki->org_ca_key = EVP_EC_gen("P-256");
	pki->device_ca_key = EVP_EC_gen("P-256");
	r = hand_out(pki, "root", &pki->root, pki->root_key, &pki->root,
		     pki->root_key);
	if (!r)
		r = hand_out(pki, "org-ca", &pki->org_ca, pki->org_ca_key,
			     &pki->root, pki->root_key);
	if (!r)
		r = hand_out(pki, "device-ca", &pki->device_ca,
			     pki->device_ca_key, &pki->root, pki->root_key);
	return r;
}

static int make_one(struct pki *pki, const struct gbcs_pki_entity *entity,
		    enum gbcs_key_use use, int64_t now)
{
	static const char *const kinds[] = {
		[GBCS_KEY_DS] = "ds",
		[GBCS_KEY_KA] = "ka",
		[GBCS_KEY_PP_KA] = "pp-ka",
	};
	bool device = entity->role == GBCS_ROLE_DEVICE;
	const struct gbcs_pki_subject subject = {
		.kind = device ? GBCS_CERT_DEVICE : GBCS_CERT_ORGANISATION,
		.eui = entity->eui,
		.role = device ? -1 : entity->role,
		.name = use == GBCS_KEY_DS ? entity->name : NULL,
		.key_usage = use == GBCS_KEY_DS ? GBCS_USAGE_DIGITAL_SIGNATURE :
						  GBCS_USAGE_KEY_AGREEMENT,
		.not_before = now,
		.not_after = device ? GBCS_TIME_CANCEL : now + 10 * YEAR,
	};
	EVP_PKEY *key = EVP_EC_gen("P-256");
	int r = hand_out(pki, kinds[use], &subject, key,
			 device ? &pki->device_ca : &pki->org_ca,
			 device ? pki->device_ca_key : pki->org_ca_key);

	EVP_PKEY_free(key);
	return r;
}

int gbcs_pki_make(const struct gbcs_pki_entity *entities, size_t n, int64_t now,
		  gbcs_pki_each *each, void *context)
{
	struct pki pki = { .each = each, .context = context };
	int r = make_authorities(&pki, now);

	for (size_t at = 0; !r && at < n; at++) {
		r = make_one(&pki, &entities[at], GBCS_KEY_DS, now);
		if (!r)
			r = make_one(&pki, &entities[at], GBCS_KEY_KA, now);
		if (!r && entities[at].role == GBCS_ROLE_SUPPLIER)
			r = make_one(&pki, &entities[at], GBCS_KEY_PP_KA, now);
	}
	EVP_PKEY_free(pki.root_key);
	EVP_PKEY_free(pki.org_ca_key);
	EVP_PKEY_free(pki.device_ca_key);
	return r;
}
