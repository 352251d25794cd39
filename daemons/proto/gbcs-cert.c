// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <stdio.h>

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>

#include "gbcs-asn1-item.h"
#include "gbcs-cert.h"

#define CERT_MAX 4096

/* AlgorithmIdentifier of ecdsa-with-SHA256, without parameters. */
static const uint8_t ecdsa_sha256[] = { 0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86,
					0x48, 0xce, 0x3d, 0x04, 0x03, 0x02 };

/* SubjectPublicKeyInfo of a P-256 point, up to the point. */
static const uint8_t p256_info[] = {
	0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48,
	0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48,
	0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
};

static int bad(struct gbcs_cert *c, int error, const char *why)
{
	c->why = why;
	return error;
}

/* The next TLV whole; *ret_value its octets. */
static struct span read_tlv(struct reader *r, uint8_t tag,
			    struct span *ret_value)
{
	const uint8_t *start = r->p;
	struct span value;

	if (read_u8(r) != tag)
		r->bad = true;
	value = read_bytes(r, read_length(r));
	if (ret_value)
		*ret_value = value;
	return r->bad ? SPAN(start, 0) : SPAN(start, (size_t)(r->p - start));
}

static bool next_is(const struct reader *r, uint8_t tag)
{
	return !r->bad && reader_left(r) && *r->p == tag;
}

/* An octet string of 8 octets with that tag, as an extension's only content. */
static bool read_id(struct reader *r, uint8_t tag, uint64_t *ret)
{
	struct span id;
	struct reader in;

	read_tlv(r, tag, &id);
	in = reader_of(id);
	*ret = read_be(&in, 8);
	return !r->bad && !reader_done(&in);
}

const char *gbcs_usage_text(uint16_t usage, char *text, size_t room)
{
	static const char *const names[] = {
		"encipher only",   "CRL sign",		"key cert sign",
		"key agreement",   "data encipherment", "key encipherment",
		"non-repudiation", "digital signature",
	};
	size_t len = 0;

	text[0] = 0;
	for (int bit = 7; bit >= 0; bit--)
		if (usage & 1u << bit && len < room)
			len += (size_t)snprintf(text + len, room - len, "%s%s",
						len ? ", " : "", names[bit]);
	if (usage & 0x8000 && len < room)
		snprintf(text + len, room - len, "%sdecipher only",
			 len ? ", " : "");
	return text;
}

int gbcs_key_identifier(const uint8_t point[GBCS_POINT_LEN], uint64_t *ret_ski)
{
	uint8_t sha1[20];
	struct reader r = reader_of(SPAN(sha1 + 12, 8));

	if (!EVP_Q_digest(NULL, "SHA1", NULL, point, GBCS_POINT_LEN, sha1,
			  NULL))
		return -ENOMEM;
	*ret_ski = (read_be(&r, 8) & UINT64_C(0x0fffffffffffffff)) |
		   UINT64_C(0x4000000000000000);
	return 0;
}

/* --- extensions, each at most once */

enum {
	HAS_USAGE = 1,
	HAS_SKI = 2,
	HAS_AKI = 4,
	HAS_NAME = 8,
	HAS_POLICIES = 16,
	HAS_CONSTRAINTS = 32,
};

static bool parse_usage(struct reader *r, struct gbcs_cert *c)
{
	struct span bits;
	uint8_t unused, last;

	read_tlv(r, 0x03, &bits);
	if (bits.len < 2 || bits.len > 3)
		return false;
	unused = bits.p[0];
	last = bits.p[bits.len - 1];
	/* Named bits end with one that is set. */
	if (unused > 7 || (last & ((2u << unused) - 1)) != 1u << unused)
		return false;
	c->key_usage =
		(uint16_t)(bits.p[1] | (bits.len > 2 ? bits.p[2] << 8 : 0));
	return true;
}

/* otherName, hardwareModuleName (RFC 4108): type, and the EUI as serial. */
static bool parse_name(struct reader *r, struct gbcs_cert *c)
{
	static const uint8_t module_name[] = { 0x06, 0x08, 0x2b, 0x06, 0x01,
					       0x05, 0x05, 0x07, 0x08, 0x04 };
	struct span names, other, value, module, type;
	struct reader in;

	read_tlv(r, 0x30, &names);
	in = reader_of(names);
	read_tlv(&in, 0xa0, &other);
	if (reader_done(&in))
		return false;
	in = reader_of(other);
	if (!span_equal(read_bytes(&in, sizeof(module_name)),
			SPAN(module_name, sizeof(module_name))))
		return false;
	read_tlv(&in, 0xa0, &value);
	if (reader_done(&in))
		return false;
	in = reader_of(value);
	read_tlv(&in, 0x30, &module);
	if (reader_done(&in))
		return false;
	in = reader_of(module);
	read_tlv(&in, 0x06, &type);
	return type.len && read_id(&in, 0x04, &c->eui) && !reader_done(&in);
}

static bool parse_constraints(struct reader *r, struct gbcs_cert *c)
{
	struct span constraints, value;
	struct reader in;

	read_tlv(r, 0x30, &constraints);
	in = reader_of(constraints);
	c->path_len = -1;
	if (!constraints.len)
		return !r->bad;
	read_tlv(&in, 0x01, &value);
	if (value.len != 1 || value.p[0] != 0xff)
		return false;
	c->kind = GBCS_CERT_CA;
	if (next_is(&in, 0x02)) {
		read_tlv(&in, 0x02, &value);
		if (value.len != 1 || value.p[0] > 127)
			return false;
		c->path_len = value.p[0];
	}
	return !reader_done(&in);
}

static bool parse_policies(struct reader *r)
{
	struct span policies;

	read_tlv(r, 0x30, &policies);
	return policies.len;
}

static int parse_extension(X509_EXTENSION *ext, struct gbcs_cert *c,
			   unsigned int *has)
{
	const ASN1_OCTET_STRING *data = X509_EXTENSION_get_data(ext);
	struct reader r = reader_of(SPAN(ASN1_STRING_get0_data(data),
					 (size_t)ASN1_STRING_length(data)));
	bool critical = X509_EXTENSION_get_critical(ext);
	struct span aki;
	struct reader in;
	unsigned int bit;
	bool ok = false;

	switch (OBJ_obj2nid(X509_EXTENSION_get_object(ext))) {
	case NID_key_usage:
		bit = HAS_USAGE;
		ok = critical && parse_usage(&r, c);
		break;
	case NID_subject_key_identifier:
		bit = HAS_SKI;
		ok = !critical && read_id(&r, 0x04, &c->ski);
		break;
	case NID_authority_key_identifier:
		bit = HAS_AKI;
		read_tlv(&r, 0x30, &aki);
		in = reader_of(aki);
		ok = !critical && read_id(&in, 0x80, &c->aki) &&
		     !reader_done(&in);
		c->has_aki = true;
		break;
	case NID_subject_alt_name:
		bit = HAS_NAME;
		ok = critical && parse_name(&r, c);
		break;
	case NID_certificate_policies:
		/* Critical in the profile, but not in every certificate. */
		bit = HAS_POLICIES;
		ok = parse_policies(&r);
		break;
	case NID_basic_constraints:
		bit = HAS_CONSTRAINTS;
		ok = critical && parse_constraints(&r, c);
		break;
	default:
		return critical ?
			       bad(c, -EPROTO, "unknown critical extension") :
			       0;
	}
	if (*has & bit)
		return bad(c, -EPROTO, "an extension twice");
	*has |= bit;
	return ok && !reader_done(&r) ?
		       0 :
		       bad(c, -EPROTO, "an extension is not of the profile");
}

/* --- names */

/* Role and EUI of an organisation; what a name does not have, stays. */
static int parse_subject(const X509_NAME *name, struct gbcs_cert *c,
			 bool *ret_eui)
{
	for (int at = 0; at < X509_NAME_entry_count(name); at++) {
		const X509_NAME_ENTRY *entry = X509_NAME_get_entry(name, at);
		const ASN1_STRING *data = X509_NAME_ENTRY_get_data(entry);
		struct span v = SPAN(ASN1_STRING_get0_data(data),
				     (size_t)ASN1_STRING_length(data));
		struct reader r = reader_of(v);
		int nid = OBJ_obj2nid(X509_NAME_ENTRY_get_object(entry));

		if (nid == NID_organizationalUnitName) {
			if (c->role >= 0 || v.len != 2 ||
			    hex_digit(v.p[0]) < 0 || hex_digit(v.p[1]) < 0)
				return bad(c, -EPROTO,
					   "OU is not one role in hex");
			c->role = hex_digit(v.p[0]) << 4 | hex_digit(v.p[1]);
			if (!gbcs_value_name(GBCS_ROLES, (uint64_t)c->role))
				return bad(c, -EPROTO, "OU is no role");
		} else if (nid == NID_x500UniqueIdentifier) {
			if (*ret_eui ||
			    ASN1_STRING_type(data) != V_ASN1_BIT_STRING ||
			    v.len != 8 || data->flags & 7) /* unused bits */
				return bad(c, -EPROTO,
					   "unique identifier is no EUI-64");
			c->eui = read_be(&r, 8);
			*ret_eui = true;
		}
	}
	return 0;
}

/* --- the whole */

/*
 * The parts that signatures and comparisons are about, in the octets as they
 * came.
 */
static int parse_octets(struct span der, struct gbcs_cert *c)
{
	const struct span algorithm = SPAN(ecdsa_sha256, sizeof(ecdsa_sha256));
	struct reader r = reader_of(der), in;
	struct span whole, tbs, algorithm_in, algorithm_out, bits, info;

	read_tlv(&r, 0x30, &whole);
	in = reader_of(whole);
	c->signed_part = read_tlv(&in, 0x30, &tbs);
	algorithm_out = read_tlv(&in, 0x30, NULL);
	read_tlv(&in, 0x03, &bits);
	if (reader_done(&r) || reader_done(&in) || bits.len < 2 || bits.p[0])
		return bad(c, -EBADMSG, "not a certificate");
	c->signature = SPAN(bits.p + 1, bits.len - 1);

	in = reader_of(tbs);
	read_tlv(&in, 0xa0, NULL); /* version */
	read_tlv(&in, 0x02, NULL); /* serial number */
	algorithm_in = read_tlv(&in, 0x30, NULL);
	c->issuer = read_tlv(&in, 0x30, NULL);
	read_tlv(&in, 0x30, NULL); /* validity */
	c->subject = read_tlv(&in, 0x30, NULL);
	info = read_tlv(&in, 0x30, NULL);
	if (in.bad)
		return bad(c, -EBADMSG, "not a certificate");
	if (!span_equal(algorithm_in, algorithm) ||
	    !span_equal(algorithm_out, algorithm))
		return bad(c, -EPROTONOSUPPORT,
			   "signature is not ecdsa-with-SHA256");
	if (info.len != sizeof(p256_info) + GBCS_POINT_LEN ||
	    memcmp(info.p, p256_info, sizeof(p256_info)) ||
	    info.p[sizeof(p256_info)] != 0x04)
		return bad(c, -EPROTONOSUPPORT,
			   "key is not an uncompressed point of P-256");
	memcpy(c->point, info.p + sizeof(p256_info), GBCS_POINT_LEN);
	c->der = der;
	return 0;
}

/* UTCTime's years are 1950 to 2049 (RFC 5280 4.1.2.5.1). */
static int parse_time(const ASN1_TIME *time, int64_t *ret)
{
	const uint8_t *p = ASN1_STRING_get0_data(time);
	size_t len = (size_t)ASN1_STRING_length(time);
	uint8_t text[15];

	if (ASN1_STRING_type(time) == V_ASN1_GENERALIZEDTIME)
		return gbcs_time_parse(SPAN(p, len), ret);
	if (ASN1_STRING_type(time) != V_ASN1_UTCTIME || len != 13)
		return -EBADMSG;
	memcpy(text, p[0] < '5' ? "20" : "19", 2);
	memcpy(text + 2, p, 13);
	return gbcs_time_parse(SPAN(text, 15), ret);
}

static int check_kind(struct gbcs_cert *c, unsigned int has, bool has_eui)
{
	if ((has & (HAS_USAGE | HAS_SKI)) != (HAS_USAGE | HAS_SKI))
		return bad(c, -EPROTO, "no key usage or key identifier");
	if (c->kind == GBCS_CERT_CA) {
		if (has & HAS_NAME || c->subject.len <= 2)
			return bad(c, -EPROTO, "authority without own name");
		return 0;
	}
	if (!(has & HAS_POLICIES))
		return bad(c, -EPROTO, "no certificate policies");
	if (has & HAS_NAME) {
		c->kind = GBCS_CERT_DEVICE;
		if (c->subject.len != 2)
			return bad(c, -EPROTO, "device with a subject");
		return 0;
	}
	c->kind = GBCS_CERT_ORGANISATION;
	if (!has_eui || c->role < 0)
		return bad(c, -EPROTO, "organisation without role or EUI-64");
	return 0;
}

static int parse_x509(X509 *x509, struct gbcs_cert *c)
{
	unsigned int has = 0;
	bool has_eui = false;
	uint64_t ski;
	int r;

	if (X509_get_version(x509) != X509_VERSION_3)
		return bad(c, -EPROTO, "not X.509 version 3");
	if (parse_time(X509_get0_notBefore(x509), &c->not_before) ||
	    parse_time(X509_get0_notAfter(x509), &c->not_after))
		return bad(c, -EBADMSG, "validity is not of two times");
	for (int at = 0; at < X509_get_ext_count(x509); at++) {
		r = parse_extension(X509_get_ext(x509, at), c, &has);
		if (r)
			return r;
	}
	r = parse_subject(X509_get_subject_name(x509), c, &has_eui);
	if (!r)
		r = check_kind(c, has, has_eui);
	if (r)
		return r;
	/* NULL too if the point is not on the curve. */
	if (!X509_get0_pubkey(x509))
		return bad(c, -EPROTONOSUPPORT, "key is no point of P-256");
	r = gbcs_key_identifier(c->point, &ski);
	if (r)
		return bad(c, r, "no memory");
	if (ski != c->ski)
		return bad(c, -EBADF, "key identifier is not of the key");
	return 0;
}

/* What the library read, it would write the same. */
static bool same_again(X509 *x509, struct span signed_part)
{
	unsigned char *octets = NULL;
	int len = i2d_re_X509_tbs(x509, &octets);
	bool same = len > 0 &&
		    span_equal(SPAN(octets, (size_t)len), signed_part);

	OPENSSL_free(octets);
	return same;
}

int gbcs_cert_parse(struct span der, struct gbcs_cert *ret)
{
	struct gbcs_cert c = { .kind = GBCS_CERT_ORGANISATION, .role = -1 };
	const unsigned char *p = der.p;
	X509 *x509 = NULL;
	int r;

	c.path_len = -1;
	if (der.len < 2 || der.len > CERT_MAX || gbcs_der_check(der))
		r = bad(&c, -EBADMSG, "not DER");
	else
		r = parse_octets(der, &c);
	if (!r) {
		ERR_set_mark();
		x509 = d2i_X509(NULL, &p, (long)der.len);
		if (!x509 || p != der.p + der.len)
			r = bad(&c, -EBADMSG, "not a certificate");
		else if (!same_again(x509, c.signed_part))
			r = bad(&c, -EBADMSG, "not DER");
		else
			r = parse_x509(x509, &c);
		X509_free(x509);
		ERR_pop_to_mark();
	}
	*ret = r ? (struct gbcs_cert){ .role = -1, .why = c.why } : c;
	return r;
}

/* --- paths */

static int no(const char **ret_why, int error, const char *why)
{
	if (ret_why)
		*ret_why = why;
	return error;
}

static int check_signature(const struct gbcs_cert *cert,
			   const struct gbcs_cert *by, const char **ret_why)
{
	uint8_t info[sizeof(p256_info) + GBCS_POINT_LEN];
	const unsigned char *p = info;
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	EVP_PKEY *key;
	int r;

	memcpy(info, p256_info, sizeof(p256_info));
	memcpy(info + sizeof(p256_info), by->point, GBCS_POINT_LEN);
	ERR_set_mark();
	/* NULL too if the point is not on the curve. */
	key = d2i_PUBKEY(NULL, &p, sizeof(info));
	if (!md)
		r = no(ret_why, -ENOMEM, "no memory");
	else if (!key)
		r = no(ret_why, -EKEYREJECTED, "issuer's key is no point");
	else if (EVP_DigestVerifyInit(md, NULL, EVP_sha256(), NULL, key) != 1 ||
		 EVP_DigestVerify(md, cert->signature.p, cert->signature.len,
				  cert->signed_part.p,
				  cert->signed_part.len) != 1)
		r = no(ret_why, -EKEYREJECTED, "signature is not the issuer's");
	else
		r = 0;
	ERR_pop_to_mark();
	EVP_PKEY_free(key);
	EVP_MD_CTX_free(md);
	return r;
}

/* depth: how many authorities there are between by and the leaf. */
static int check_issued(const struct gbcs_cert *cert,
			const struct gbcs_cert *by, int depth,
			const char **ret_why)
{
	if (by->kind != GBCS_CERT_CA ||
	    !(by->key_usage & GBCS_USAGE_KEY_CERT_SIGN))
		return no(ret_why, -EPERM, "issuer is no authority");
	if (by->path_len >= 0 && by->path_len < depth)
		return no(ret_why, -EPERM, "path longer than issuer allows");
	if (!span_equal(cert->issuer, by->subject))
		return no(ret_why, -ENOKEY, "issuer is another");
	if (cert->has_aki && cert->aki != by->ski)
		return no(ret_why, -ENOKEY, "issuer's key is another");
	return check_signature(cert, by, ret_why);
}

static int check_time(const struct gbcs_cert *cert, int64_t at,
		      const char **ret_why)
{
	if (at == GBCS_CERT_ANY_TIME)
		return 0;
	if (at < cert->not_before)
		return no(ret_why, -EKEYEXPIRED, "not yet valid");
	if (at > cert->not_after)
		return no(ret_why, -EKEYEXPIRED, "not valid any more");
	return 0;
}

int gbcs_cert_verify_path(const struct gbcs_cert *leaf,
			  const struct gbcs_cert *issuing,
			  const struct gbcs_cert *root, int64_t at,
			  const char **ret_why)
{
	int r;

	no(ret_why, 0, NULL);
	if (leaf->kind == GBCS_CERT_CA)
		return no(ret_why, -EPERM, "an authority, not an entity");
	/* One certificate for one use (GBCS 1.1). */
	if (leaf->key_usage != GBCS_USAGE_DIGITAL_SIGNATURE &&
	    leaf->key_usage != GBCS_USAGE_KEY_AGREEMENT)
		return no(ret_why, -EPERM, "key usage is not the one use");
	if (!leaf->has_aki || !issuing->has_aki)
		return no(ret_why, -ENOKEY, "no identifier of issuer's key");
	r = check_issued(leaf, issuing, 0, ret_why);
	if (!r)
		r = check_issued(issuing, root, 1, ret_why);
	if (!r)
		r = check_issued(root, root, 0, ret_why);
	if (!r)
		r = check_time(leaf, at, ret_why);
	if (!r)
		r = check_time(issuing, at, ret_why);
	if (!r)
		r = check_time(root, at, ret_why);
	return r;
}

int gbcs_cert_is_for(const struct gbcs_cert *cert, uint64_t eui, int role,
		     enum gbcs_key_use use, const char **ret_why)
{
	uint16_t usage = use == GBCS_KEY_DS ? GBCS_USAGE_DIGITAL_SIGNATURE :
					      GBCS_USAGE_KEY_AGREEMENT;

	no(ret_why, 0, NULL);
	if (cert->kind == GBCS_CERT_CA || cert->eui != eui)
		return no(ret_why, -EPERM, "certificate of another");
	if (role >= 0 &&
	    (role == GBCS_ROLE_DEVICE ? cert->kind != GBCS_CERT_DEVICE :
					cert->role != role))
		return no(ret_why, -EPERM, "certificate of another role");
	if (cert->key_usage != usage)
		return no(ret_why, -EPERM, "certificate for another use");
	return 0;
}
