// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What the protocol library costs, beside what cannot be avoided: figures for
 * make bench, a JSON object a line. CPU time of one thread; each figure and
 * its baseline are measured in turns, and the median turn counts.
 *
 * Reference messages are taken from $GBCS_RTDS_DIR (default ../shared/rtds),
 * or, where they are not, messages made here.
 */
#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "../proto/dlms-access.h"
#include "../proto/gbcs-content.h"
#include "../proto/gbcs-protect.h"
#include "../proto/gbz-message.h"
#include "../test/gbcs-parties.h"

#define TURNS 9
#define MAX_MESSAGES 4096

static uint64_t cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static void die(const char *what)
{
	fprintf(stderr, "bench-proto: %s\n", what);
	exit(1);
}

/* A loop of its body, n times. */
typedef void body_fn(unsigned long n, void *context);

static double ns_each(body_fn *body, unsigned long n, void *context)
{
	uint64_t from = cpu_ns();

	body(n, context);
	return (double)(cpu_ns() - from) / (double)n;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static double median(double *values, size_t n)
{
	qsort(values, n, sizeof(*values), by_value);
	return values[n / 2];
}

/* Both in turns; the median of each. */
static void measure(body_fn *ours, body_fn *bare, unsigned long n,
		    void *context, double *ret_ours, double *ret_bare)
{
	double a[TURNS], b[TURNS];

	ours(n / 10 + 1, context);
	bare(n / 10 + 1, context);
	for (int turn = 0; turn < TURNS; turn++) {
		a[turn] = ns_each(ours, n, context);
		b[turn] = ns_each(bare, n, context);
	}
	*ret_ours = median(a, TURNS);
	*ret_bare = median(b, TURNS);
}

static void report(const char *name, double value, const char *unit,
		   double baseline)
{
	printf("{\"name\": \"%s\", \"value\": %.2f, \"unit\": \"%s\", "
	       "\"baseline\": %.2f, \"ratio\": %.4f}\n",
	       name, value, unit, baseline, value / baseline);
}

/* --- (a) decoding without cryptography */

static struct span message[MAX_MESSAGES];
static size_t messages;

/* All that the decoders check: the envelope and every value inside. */
static bool decode(struct span in)
{
	struct gbcs_message msg;
	struct gbz_component component;
	struct gbz_message gbz;
	struct gbz_iter it;

	if (gbcs_message_decode(in, &msg, NULL))
		return false;
	if (gbcs_message_encoding(&msg) == GBCS_DLMS) {
		struct dlms_notification alert;
		struct dlms_response response;
		struct dlms_request request;

		switch (msg.content.p[0]) {
		case DLMS_APDU_ACCESS_REQUEST:
			return !dlms_request_parse(msg.content, &request);
		case DLMS_APDU_ACCESS_RESPONSE:
			return !dlms_response_parse(msg.content, &response);
		default:
			return !dlms_notification_parse(msg.content, &alert);
		}
	}
	if (gbz_parse(msg.cra, msg.code, msg.content, &gbz))
		return false;
	it = gbz_components(&gbz);
	while (gbz.body == GBZ_COMPONENTS && gbz_next(&it, &component))
		if (!(component.control & GBZ_ENCRYPTED))
			(void)zcl_check(gbz_command(&component),
					component.payload);
	return true;
}

static void decode_one(unsigned long n, void *context)
{
	const struct span *in = context;

	while (n--)
		if (!decode(*in))
			die("a message does not decode");
}

/* The floor: each octet looked at once. */
static void touch_one(unsigned long n, void *context)
{
	const struct span *in = context;
	volatile uint8_t sink;

	while (n--) {
		uint8_t sum = 0;

		for (size_t at = 0; at < in->len; at++) {
			sum ^= in->p[at];
			__asm__ volatile("" : "+r"(sum));
		}
		sink = sum;
	}
	(void)sink;
}

/* Every value of a response to a tree in memory. */
static void tree_one(unsigned long n, void *context)
{
	static struct dlms_node node[GBCS_MESSAGE_MAX];
	const struct span *content = context;
	struct dlms_response_item item;
	struct dlms_response response;
	struct dlms_items it;
	size_t nodes;

	while (n--) {
		if (dlms_response_parse(*content, &response))
			die("a response does not decode");
		it = dlms_response_items(&response);
		while (dlms_next_response(&it, &item))
			if (item.data.raw.len &&
			    dlms_decode(item.data.raw, node, GBCS_MESSAGE_MAX,
					&nodes))
				die("a value does not decode");
	}
}

static void bench_decode(void)
{
	static double each[MAX_MESSAGES], floor_each[MAX_MESSAGES];
	double dlms_ns = 0, dlms_floor = 0, ns, floor_ns;
	size_t dlms_octets = 0;
	char unit[120];

	for (size_t n = 0; n < messages; n++) {
		struct gbcs_message msg;

		measure(decode_one, touch_one, 400, &message[n], &each[n],
			&floor_each[n]);
		if (gbcs_message_decode(message[n], &msg, NULL))
			die("a message does not decode");
		if (msg.content.p[0] != DLMS_APDU_ACCESS_RESPONSE)
			continue;
		measure(tree_one, touch_one, 400, &msg.content, &ns, &floor_ns);
		dlms_ns += ns;
		dlms_floor += floor_ns;
		dlms_octets += msg.content.len;
	}
	snprintf(unit, sizeof(unit),
		 "messages/s, median of %zu (baseline: reading each octet)",
		 messages);
	report("gbcs_decode", 1e9 / median(each, messages), unit,
	       1e9 / median(floor_each, messages));
	report("gbcs_decode_dlms_values", dlms_ns / (double)dlms_octets,
	       "ns/octet of responses, all values to trees (baseline: reading each octet)",
	       dlms_floor / (double)dlms_octets);
}

/* --- (b), (c): a device answers a command */

struct exchange {
	struct gbcs_crypto *device;
	unsigned int command_protection, response_protection;
	uint8_t command[512], response[512];
	struct span command_span;
	ssize_t response_len;
	/* The bare operations on the same octets. */
	EVP_PKEY_CTX *verify, *sign;
	EVP_MD_CTX *md;
	EVP_CIPHER_CTX *gcm;
	EVP_MD *sha256;
	uint8_t der[80];
	size_t der_len, signed_len, grouped_len, answer_signed_len,
		answer_grouped_len;
};

/* As a meter does: check, take the request apart, answer each item. */
static bool answer(struct exchange *x)
{
	struct dlms_response_item items[8] = { 0 };
	struct dlms_request_item item;
	struct gbcs_message msg, reply;
	struct dlms_request request;
	uint8_t content[256];
	struct wbuf w = wbuf_of(content, sizeof(content));
	struct dlms_items it;
	size_t n = 0;

	if (gbcs_message_decode(x->command_span, &msg, NULL))
		return false;
	if (x->command_protection & GBCS_SIGN &&
	    gbcs_check_signature(x->device, &msg) != GBCS_CHECK_VALID)
		return false;
	if (gbcs_check_mac(x->device, ACB, &msg) != GBCS_CHECK_VALID)
		return false;
	if (dlms_request_parse(msg.content, &request) || request.count > 8)
		return false;
	it = dlms_request_items(&request);
	while (dlms_next_request(&it, &item))
		items[n++].access = item.spec.access;
	dlms_put_response(&w, request.liip, items, n);
	reply = msg;
	reply.cra = GBCS_RESPONSE;
	reply.originator = msg.target;
	reply.target = msg.originator;
	reply.content = SPAN(content, w.len);
	x->response_len = gbcs_protect(x->device, ACB, &reply,
				       x->response_protection, x->response,
				       sizeof(x->response));
	return x->response_len > 0;
}

static void answers(unsigned long n, void *context)
{
	while (n--)
		if (!answer(context))
			die("a command is not answered");
}

static void bare_digest(struct exchange *x, const uint8_t *from, size_t len,
			uint8_t digest[32])
{
	if (!EVP_DigestInit_ex2(x->md, x->sha256, NULL) ||
	    !EVP_DigestUpdate(x->md, from, len) ||
	    !EVP_DigestFinal_ex(x->md, digest, NULL))
		die("SHA-256 failed");
}

/* A key is derived (69 octets hashed), then the MAC. */
static void bare_mac(struct exchange *x, const uint8_t *over, size_t len)
{
	static const uint8_t derive[69];
	uint8_t key[32], tag[16], iv[12] = { 0 };
	int n;

	bare_digest(x, derive, sizeof(derive), key);
	if (!EVP_EncryptInit_ex2(x->gcm, NULL, key, iv, NULL) ||
	    !EVP_EncryptUpdate(x->gcm, NULL, &n, derive, 6) ||
	    !EVP_EncryptUpdate(x->gcm, NULL, &n, over, (int)len) ||
	    !EVP_EncryptFinal_ex(x->gcm, tag, &n) ||
	    !EVP_CIPHER_CTX_ctrl(x->gcm, EVP_CTRL_AEAD_GET_TAG, 16, tag))
		die("AES-GCM failed");
}

static void bare(unsigned long count, void *context)
{
	struct exchange *x = context;
	uint8_t digest[32], der[80];
	size_t len;

	while (count--) {
		if (x->command_protection & GBCS_SIGN) {
			bare_digest(x, x->command, x->signed_len, digest);
			if (EVP_PKEY_verify(x->verify, x->der, x->der_len,
					    digest, 32) < 0)
				die("ECDSA failed");
		}
		bare_mac(x, x->command, x->grouped_len);
		if (x->response_protection & GBCS_SIGN) {
			bare_digest(x, x->response, x->answer_signed_len,
				    digest);
			len = sizeof(der);
			if (EVP_PKEY_sign(x->sign, der, &len, digest, 32) <= 0)
				die("ECDSA failed");
		} else {
			bare_mac(x, x->response, x->answer_grouped_len);
		}
	}
}

static void prepare_bare(struct exchange *x)
{
	EVP_PKEY *key = party_key(1003, true);
	struct gbcs_message msg;
	EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, "AES-128-GCM", NULL);
	uint8_t digest[32];

	x->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	x->md = EVP_MD_CTX_new();
	x->gcm = EVP_CIPHER_CTX_new();
	x->verify = EVP_PKEY_CTX_new(key, NULL);
	x->sign = EVP_PKEY_CTX_new(key, NULL);
	x->der_len = sizeof(x->der);
	if (!EVP_EncryptInit_ex2(x->gcm, cipher, NULL, NULL, NULL) ||
	    EVP_PKEY_verify_init(x->verify) <= 0 ||
	    EVP_PKEY_sign_init(x->sign) <= 0)
		die("OpenSSL cannot be set up");
	if (gbcs_message_decode(x->command_span, &msg, NULL))
		die("the command does not decode");
	x->signed_len = msg.signed_part.len;
	x->grouped_len = msg.grouped.len;
	bare_digest(x, msg.signed_part.p, msg.signed_part.len, digest);
	if (EVP_PKEY_sign(x->sign, x->der, &x->der_len, digest, 32) <= 0)
		die("ECDSA failed");
	if (!answer(x))
		die("the command is not answered");
	if (gbcs_message_decode(SPAN(x->response, (size_t)x->response_len),
				&msg, NULL))
		die("the answer does not decode");
	x->answer_signed_len = msg.signed_part.len;
	x->answer_grouped_len = msg.grouped.len;
	EVP_CIPHER_free(cipher);
	EVP_PKEY_free(key);
}

static void make_command(struct exchange *x, uint16_t code)
{
	static const uint8_t obis[] = { 0, 0, 19, 10, 0, 255 };
	struct dlms_request_item items[2] = { 0 };
	uint8_t content[128], amount[5] = { DLMS_DOUBLE_LONG, 0, 18, 79, 128 };
	struct wbuf w = wbuf_of(content, sizeof(content));
	struct gbcs_message msg = {
		.cra = GBCS_COMMAND,
		.counter = 1000,
		.originator = SUPPLIER,
		.target = DEVICE,
		.code = code,
	};
	ssize_t len;

	for (size_t n = 0; n < 2; n++) {
		items[n].spec.access = DLMS_SET;
		items[n].spec.class_id = 112;
		items[n].spec.member = 2;
		memcpy(items[n].spec.obis, obis, sizeof(obis));
		if (dlms_data_parse(SPAN(amount, sizeof(amount)),
				    &items[n].data))
			die("no amount");
	}
	dlms_put_request(&w, dlms_liip(msg.counter), items, 2);
	msg.content = SPAN(content, w.len);
	len = gbcs_protect(x->device, ACB, &msg, x->command_protection,
			   x->command, sizeof(x->command));
	if (len < 0)
		die("the command cannot be made");
	x->command_span = SPAN(x->command, (size_t)len);
}

static void bench_exchange(struct gbcs_crypto *crypto, const char *name,
			   uint16_t code, unsigned int command,
			   unsigned int response, unsigned long n)
{
	struct exchange x = { .device = crypto,
			      .command_protection = command,
			      .response_protection = response };
	double ours, floor;

	make_command(&x, code);
	prepare_bare(&x);
	measure(answers, bare, n, &x, &ours, &floor);
	report(name, 1e9 / ours,
	       "answers/s (baseline: OpenSSL's operations alone)", 1e9 / floor);
	EVP_PKEY_CTX_free(x.verify);
	EVP_PKEY_CTX_free(x.sign);
	EVP_MD_CTX_free(x.md);
	EVP_CIPHER_CTX_free(x.gcm);
	EVP_MD_free(x.sha256);
}

/* --- messages */

static void keep(const uint8_t *octets, size_t len)
{
	static uint8_t room[8 << 20];
	static size_t used;

	if (messages == MAX_MESSAGES || len > sizeof(room) - used)
		die("no room for the messages");
	memcpy(room + used, octets, len);
	message[messages++] = SPAN(room + used, len);
	used += len;
}

/* ASN.1 is OpenSSL's to decode, and left out. */
static void load(const char *path)
{
	static uint8_t octets[GBCS_MESSAGE_MAX];
	struct gbcs_message msg;
	FILE *file = fopen(path, "re");
	unsigned int octet;
	size_t len = 0;

	if (!file)
		return;
	while (len < sizeof(octets) && fscanf(file, "%2x", &octet) == 1)
		octets[len++] = (uint8_t)octet;
	fclose(file);
	if (!gbcs_message_decode(SPAN(octets, len), &msg, NULL) &&
	    gbcs_message_encoding(&msg) != GBCS_ASN1)
		keep(octets, len);
}

static void load_all(struct gbcs_crypto *crypto)
{
	const char *dir = getenv("GBCS_RTDS_DIR");
	char pattern[4096];
	glob_t files;

	snprintf(pattern, sizeof(pattern), "%s/messages/*/*.HEX",
		 dir && *dir ? dir : "../shared/rtds");
	if (!glob(pattern, 0, NULL, &files)) {
		for (size_t n = 0; n < files.gl_pathc; n++)
			load(files.gl_pathv[n]);
		globfree(&files);
	}
	if (!messages) {
		struct exchange x = { .device = crypto,
				      .command_protection = GBCS_MAC,
				      .response_protection = GBCS_MAC };

		fprintf(stderr,
			"bench-proto: no %s: messages made here instead\n",
			pattern);
		make_command(&x, 0x001f);
		keep(x.command_span.p, x.command_span.len);
		if (!answer(&x))
			die("the command is not answered");
		keep(x.response, (size_t)x.response_len);
	}
}

int main(void)
{
	struct stage *stage = stage_new();

	load_all(stage->crypto);
	bench_decode();
	bench_exchange(stage->crypto, "gbcs_mac_only_exchange", 0x0025,
		       GBCS_MAC, GBCS_MAC, 20000);
	bench_exchange(stage->crypto, "gbcs_signed_exchange", 0x001c,
		       GBCS_SIGN | GBCS_MAC, GBCS_SIGN, 2000);
	stage_free(stage);
	return 0;
}
