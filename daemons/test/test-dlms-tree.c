// SPDX-License-Identifier: LGPL-2.1-or-later
/* DLMS data as trees. */
#include "dlms-check.h"

static const uint8_t octet[1];
static const struct {
	struct dlms_node nodes[5];
	size_t n;
} bad_trees[] = {
	{ { { .tag = 0 } }, 0 },
	{ { { .tag = 0 }, { .tag = 0 } }, 2 },
	{ { { .tag = 0x07 } }, 1 },
	{ { { .tag = 0, .type = true } }, 1 },
	{ { { .tag = DLMS_BOOLEAN, .number = 2 } }, 1 },
	{ { { .tag = DLMS_UNSIGNED, .number = 256 } }, 1 },
	{ { { .tag = DLMS_INTEGER, .number = 128 } }, 1 },
	{ { { .tag = DLMS_LONG, .number = (uint64_t)-32769 } }, 1 },
	{ { { .tag = DLMS_DATE, .bytes = { octet, 1 } } }, 1 },
	{ { { .tag = DLMS_BIT_STRING, 0, 9, .bytes = { octet, 1 } } }, 1 },
	{ { { .tag = DLMS_ARRAY, .count = 1 } }, 1 },
	{ { { .tag = DLMS_COMPACT_ARRAY } }, 1 },
	/* element not of the type, or the type not there */
	{ { { DLMS_COMPACT_ARRAY, 0, 1, { 0 } },
	    { DLMS_UNSIGNED, true, 0, { 0 } },
	    { DLMS_INTEGER, false, 0, { 1 } } },
	  3 },
	{ { { DLMS_COMPACT_ARRAY, 0, 1, { 0 } },
	    { DLMS_UNSIGNED, false, 0, { 0 } },
	    { DLMS_UNSIGNED, false, 0, { 1 } } },
	  3 },
	{ { { DLMS_COMPACT_ARRAY, 0, 1, { 0 } },
	    { DLMS_ARRAY, true, 2, { 0 } },
	    { DLMS_UNSIGNED, true, 0, { 0 } },
	    { DLMS_ARRAY, false, 1, { 0 } },
	    { DLMS_UNSIGNED, false, 0, { 1 } } },
	  5 },
	/* elements without octets, of it and of an array in it */
	{ { { DLMS_COMPACT_ARRAY, 0, 1, { 0 } },
	    { DLMS_NULL, true, 0, { 0 } },
	    { DLMS_NULL, false, 0, { 0 } } },
	  3 },
	{ { { DLMS_COMPACT_ARRAY, 0, 0, { 0 } },
	    { DLMS_ARRAY, true, 1, { 0 } },
	    { DLMS_NULL, true, 0, { 0 } } },
	  3 },
	{ { { DLMS_COMPACT_ARRAY, 0, 1, { 0 } },
	    { DLMS_ARRAY, true, 0, { 0 } },
	    { DLMS_UNSIGNED, true, 0, { 0 } },
	    { DLMS_ARRAY, false, 0, { 0 } } },
	  4 },
	/* more elements, or fewer, than there are nodes */
	{ { { DLMS_ARRAY, 0, UINT32_MAX, { 0 } }, { .tag = 0 } }, 2 },
	{ { { DLMS_COMPACT_ARRAY, 0, UINT32_MAX, { 0 } },
	    { DLMS_UNSIGNED, true, 0, { 0 } } },
	  2 },
	{ { { DLMS_COMPACT_ARRAY, 0, 1, { 0 } },
	    { DLMS_ARRAY, true, UINT16_MAX + 1, { 0 } },
	    { DLMS_UNSIGNED, true, 0, { 0 } } },
	  3 },
};

static void bad_trees_are_refused(void **state)
{
	struct octets o = hex("02 02 11 01 11 02");
	uint8_t out[8];
	size_t len;

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(bad_trees); n++)
		if (dlms_encode(bad_trees[n].nodes, bad_trees[n].n, NULL, 0,
				&len) != -EINVAL)
			fail_msg("encoded %zu", n);
	assert_int_equal(dlms_decode(SPAN_OF(o), nodes, 2, &len), -ENOSPC);
	assert_int_equal(dlms_decode(SPAN_OF(o), nodes, 3, &len), 0);
	assert_int_equal(dlms_node_end(nodes, 3, 1), 2);
	assert_int_equal(dlms_encode(nodes, 3, out, 5, &len), -ENOSPC);
	assert_int_equal(dlms_encode(nodes, 3, NULL, 0, &len), 0);
	assert_int_equal(len, 6);
}

static uint32_t seed;

static uint32_t any(uint32_t below)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % below;
}

#define GROW_DEPTH 6

struct grown {
	struct dlms_node nodes[ROOM];
	size_t n;
};

static void grow_leaf(struct dlms_node *node, const struct dlms_type *t)
{
	static const uint8_t pool[64] = { 0x80, 1, 2, 3, 0xff, 'a', 0, 9 };

	switch (t->form) {
	case DLMS_FORM_BITS:
	case DLMS_FORM_BYTES:
	case DLMS_FORM_FIXED:
		node->bytes = SPAN(pool + any(8), t->size ? t->size : any(50));
		if (t->form != DLMS_FORM_BITS)
			break;
		node->count = (uint32_t)node->bytes.len * 8;
		if (node->count)
			node->count -= any(8);
		break;
	case DLMS_FORM_NULL:
		break;
	default:
		node->number = (uint64_t)any(1 << 24) << 40 | any(1 << 24);
		node->number >>= 64 - 8 * t->size;
		if (t->form == DLMS_FORM_BOOLEAN)
			node->number &= 1;
		else if (t->form == DLMS_FORM_INT && any(2))
			node->number = ~(node->number >> 1);
		else if (t->form == DLMS_FORM_INT)
			node->number >>= 1;
		break;
	}
}

/* Leaves and lists; what is packed has the type at of the same tree. */
static void grow(struct grown *g, unsigned int depth, bool type, size_t *of)
{
	struct dlms_node *node = &g->nodes[g->n++];
	const struct dlms_node *want = of ? &g->nodes[(*of)++] : NULL;
	uint32_t inside = any(4);
	const struct dlms_type *t;
	size_t first;

	do {
		node->tag = want ? want->tag : (uint8_t)any(DLMS_TIME + 1);
		t = dlms_type(node->tag);
	} while (t->form == DLMS_FORM_NONE ||
		 (t->form == DLMS_FORM_COMPACT && type) ||
		 (t->form == DLMS_FORM_NULL && type) ||
		 (t->form <= DLMS_FORM_COMPACT && depth < 3 && !want) ||
		 (t->form > DLMS_FORM_COMPACT && depth == GROW_DEPTH));
	*node = (struct dlms_node){ .tag = node->tag, .type = type };
	switch (t->form) {
	case DLMS_FORM_LIST:
		/* Elements without octets are no packed ones. */
		node->count = want ? want->count : inside + (type && !inside);
		inside = type && node->tag == DLMS_ARRAY ? 1 : node->count;
		first = of ? *of : 0;
		for (uint32_t n = 0; n < inside; n++) {
			if (of && node->tag == DLMS_ARRAY)
				*of = first;
			grow(g, depth - 1, type, of);
		}
		if (of && node->tag == DLMS_ARRAY)
			*of = dlms_node_end(g->nodes, g->n, first);
		break;
	case DLMS_FORM_COMPACT:
		node->count = inside;
		first = g->n;
		/* A structure that starts with an octet is never empty. */
		g->nodes[g->n++] =
			(struct dlms_node){ DLMS_STRUCTURE, true, 2, { 0 } };
		g->nodes[g->n++] =
			(struct dlms_node){ DLMS_ENUM, true, 0, { 0 } };
		grow(g, depth - 2, true, NULL);
		for (uint32_t n = 0; n < inside; n++) {
			size_t at = first;

			grow(g, depth - 1, false, &at);
		}
		break;
	default:
		if (!type)
			grow_leaf(node, t);
		break;
	}
}

static void random_trees_round_trip(void **state)
{
	static struct grown g;
	static uint8_t out[65536];
	size_t compact = 0;
	size_t len, n;

	(void)state;
	for (seed = 1; seed < 2000000000; seed += 499999) {
		uint32_t kept = seed;

		g.n = 0;
		grow(&g, GROW_DEPTH, false, NULL);
		seed = kept;
		assert_int_equal(
			dlms_encode(g.nodes, g.n, out, sizeof(out), &len), 0);
		assert_int_equal(dlms_decode(SPAN(out, len), nodes,
					     ARRAY_SIZE(nodes), &n),
				 0);
		assert_int_equal(n, g.n);
		for (n = 0; n < g.n; n++) {
			const struct dlms_node *a = &g.nodes[n], *b = &nodes[n];
			uint8_t form = dlms_type(a->tag)->form;

			assert_true(a->tag == b->tag && a->type == b->type &&
				    a->count == b->count);
			compact += a->tag == DLMS_COMPACT_ARRAY && a->count;
			if (a->type)
				continue;
			if (form >= DLMS_FORM_BITS && form <= DLMS_FORM_FIXED)
				assert_true(span_equal(a->bytes, b->bytes));
			else if (form >= DLMS_FORM_BOOLEAN)
				assert_true(a->number == b->number);
		}
	}
	/* Not of leaves only. */
	assert_true(compact > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bad_trees_are_refused),
		cmocka_unit_test(random_trees_round_trip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
