// SPDX-License-Identifier: LGPL-2.1-or-later
/* The tables of ZCL: consistent, and complete where GBCS is described. */
#include "rtds.h"

#include <errno.h>

#include "../proto/zcl-payload.h"

/* --- the tables */

static bool is_group(const struct zcl_field *field)
{
	return field->rule != ZCL_FIELD && field->rule != ZCL_OPTIONAL;
}

/* Groups end where what they are in ends, and look back at what was kept. */
static void check_fields(const struct zcl_command *c)
{
	size_t ends[ZCL_MAX_DEPTH + 4] = { c->count }, depth = 0;
	bool kept[ZCL_SLOTS] = { false };

	for (size_t n = 0; n < c->count; n++) {
		const struct zcl_field *field = &c->fields[n];

		while (depth && n == ends[depth])
			depth--;
		assert_true(field->slot < ZCL_SLOTS);
		if (!is_group(field)) {
			assert_non_null(field->name);
			assert_int_equal(field->members, 0);
			if (field->type == ZCL_VARIES)
				assert_true(kept[field->slot]);
			else
				kept[field->slot] = true;
			continue;
		}
		assert_true(field->members > 0);
		assert_true(n + 1 + field->members <= ends[depth]);
		if (field->rule != ZCL_TO_END)
			assert_true(field->slot && kept[field->slot]);
		ends[++depth] = n + 1 + field->members;
		assert_true(depth < ARRAY_SIZE(ends) - 1);
	}
}

static void test_tables(void **state)
{
	(void)state;
	for (size_t n = 0; n < zcl_command_count; n++) {
		const struct zcl_command *c = &zcl_commands[n];

		check_fields(c);
		assert_ptr_equal(zcl_command_find(c->cluster, c->kind, c->id),
				 c);
		assert_ptr_equal(zcl_command_by_name(c->cluster, c->name), c);
		assert_null(zcl_command_find(
			c->cluster, c->kind | ZCL_MANUFACTURER, c->id));
		if (c->kind != ZCL_GENERAL)
			assert_non_null(zcl_cluster_name(c->cluster));
	}
	for (size_t n = 0; n < zcl_attribute_count; n++) {
		const struct zcl_attribute *a = &zcl_attributes[n];

		assert_ptr_equal(zcl_attribute_find(a->cluster, a->id), a);
		assert_ptr_equal(zcl_attribute_by_name(a->cluster, a->name), a);
		assert_int_not_equal(zcl_type(a->type)->form, ZCL_FORM_REST);
	}
	assert_null(zcl_attribute_find(ZCL_PRICE, 0xffff));
	assert_null(zcl_attribute_find(0x1234, 0));
	assert_null(zcl_attribute_by_name(ZCL_BASIC, "Currency"));
	assert_null(zcl_command_by_name(ZCL_EVENTS, "PublishPrice"));
}

static void test_directions(void **state)
{
	const uint8_t to_client = ZCL_CLUSTER | ZCL_FROM_SERVER;
	const struct zcl_command *c;
	uint32_t cancel_s;
	uint16_t cluster;

	(void)state;
	c = zcl_command_find(ZCL_CALENDAR, ZCL_CLUSTER, 0x04);
	assert_string_equal(c->name, "GetSpecialDays");
	c = zcl_command_find(ZCL_CALENDAR, to_client, 0x04);
	assert_string_equal(c->name, "PublishSpecialDays");
	assert_true(zcl_command_datable(c, &cancel_s));
	assert_int_equal(cancel_s, 0xfffffffe);
	/* Only known the other way. */
	c = zcl_command_find(ZCL_CALENDAR, ZCL_CLUSTER, 0x00);
	assert_string_equal(c->name, "PublishCalendar");
	c = zcl_command_find(ZCL_PREPAYMENT, to_client, 0x09);
	assert_string_equal(c->name, "SetLowCreditWarningLevel");
	assert_true(zcl_command_datable(c, &cancel_s));
	assert_int_equal(cancel_s, 0xffffffff);
	c = zcl_command_find(ZCL_PREPAYMENT, to_client, 0x05);
	assert_false(zcl_command_datable(c, &cancel_s));
	/* General ones go both ways, and to any cluster. */
	c = zcl_command_find(0x1234, ZCL_FROM_SERVER, ZCL_DEFAULT_RESPONSE);
	assert_string_equal(c->name, "DefaultResponse");
	assert_null(zcl_command_find(ZCL_PRICE, ZCL_GENERAL, 0x02));
	assert_null(zcl_command_find(ZCL_PRICE, 0x02, 0x00));
	assert_null(zcl_command_find(0x1234, ZCL_CLUSTER, 0x00));
	assert_null(zcl_cluster_name(0x1234));
	assert_int_equal(zcl_cluster_by_name("device-management", &cluster), 0);
	assert_int_equal(cluster, ZCL_DEVICE_MANAGEMENT);
	assert_int_equal(zcl_cluster_by_name("Metre", &cluster), -EINVAL);
}

/* --- the description of GBCS, where it is */

static unsigned long number_at(const char *text)
{
	return strtoul(text, NULL, 0);
}

static uint8_t short_type(const char *text)
{
	static const struct {
		const char *name;
		uint8_t type;
	} names[] = {
		{ "u8", ZCL_UINT8 },	  { "u16", ZCL_UINT16 },
		{ "u24", ZCL_UINT24 },	  { "u32", ZCL_UINT32 },
		{ "u48", ZCL_UINT48 },	  { "i32", ZCL_INT32 },
		{ "b8", ZCL_BITMAP8 },	  { "b16", ZCL_BITMAP16 },
		{ "b32", ZCL_BITMAP32 },  { "e8", ZCL_ENUM8 },
		{ "utc", ZCL_UTC_TIME },  { "date", ZCL_DATE },
		{ "rest", ZCL_REST },	  { "os", ZCL_OCTET_STRING },
		{ "optb8", ZCL_BITMAP8 }, { "cs", ZCL_CHARACTER_STRING },
	};

	for (size_t n = 0; n < ARRAY_SIZE(names); n++)
		if (!strcmp(names[n].name, text))
			return names[n].type;
	fail_msg("%s: no such type", text);
	return 0;
}

/* "name:type" one after the other, whatever is between them. */
static void check_layout(const struct zcl_command *c, const char *layout)
{
	char name[64], type[16];
	size_t n = 0;

	while (*layout) {
		int used = 0;

		if (sscanf(layout, "%63[A-Za-z0-9_]%n", name, &used) != 1) {
			layout++;
			continue;
		}
		layout += used;
		if (sscanf(layout, ":%15[a-z0-9]%n", type, &used) != 1)
			continue; /* of a group */
		layout += used;
		while (n < c->count && is_group(&c->fields[n]))
			n++;
		assert_true(n < c->count);
		assert_string_equal(c->fields[n].name, name);
		assert_int_equal(c->fields[n].type, short_type(type));
		n++;
	}
	assert_int_equal(n, c->count);
}

static void check_row(char *column[8])
{
	uint16_t cluster = (uint16_t)number_at(column[0]);
	uint16_t id = (uint16_t)number_at(column[4]);
	bool from_server = !strcmp(column[3], "server->client");
	const struct zcl_attribute *attribute;
	const struct zcl_command *command;
	uint8_t kind;

	assert_string_equal(zcl_cluster_name(cluster), column[1]);
	if (!strcmp(column[2], "attribute")) {
		attribute = zcl_attribute_find(cluster, id);
		assert_non_null(attribute);
		assert_string_equal(attribute->name, column[5]);
		assert_int_equal(attribute->type,
				 number_at(strchr(column[7], '(') + 1));
		return;
	}
	kind = from_server ? ZCL_FROM_SERVER : 0;
	if (!strcmp(column[2], "cluster-cmd"))
		kind |= ZCL_CLUSTER;
	command = zcl_command_find(cluster, kind, (uint8_t)id);
	assert_non_null(command);
	assert_string_equal(command->name, column[5]);
	if (!(kind & ZCL_CLUSTER))
		return;
	assert_int_equal(command->kind, kind);
	check_layout(command, column[6]);
}

static void test_description(void **state)
{
	char path[4096], line[4096], *column[8];
	size_t rows = 0;
	FILE *file;

	(void)state;
	snprintf(path, sizeof(path), "%s/../spec/gbcs/zcl-elements.tsv",
		 rtds_dir());
	file = fopen(path, "re");
	if (!file) {
		print_message("skipped: no %s (GBCS_RTDS_DIR)\n", path);
		skip();
	}
	assert_non_null(fgets(line, sizeof(line), file));
	for (; fgets(line, sizeof(line), file); rows++) {
		char *at = line;

		for (size_t n = 0; n < ARRAY_SIZE(column); n++)
			column[n] = strsep(&at, "\t");
		assert_non_null(column[7]);
		check_row(column);
	}
	fclose(file);
	print_message("%zu rows\n", rows);
	assert_true(rows > 140);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tables),
		cmocka_unit_test(test_directions),
		cmocka_unit_test(test_description),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
