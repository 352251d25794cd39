/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Payloads of ZCL commands by their tables: read field by field, written value
 * by value. Reading allocates and copies nothing; what is left behind the last
 * field of a table is a field "rest", so that later versions of a command can
 * be read, and written again to the same octets. Without a table (NULL) all of
 * it is one field "payload".
 */
#ifndef HEARTH_ZCL_PAYLOAD_H
#define HEARTH_ZCL_PAYLOAD_H

#include "zcl-table.h"

/* Groups inside groups; the tables need 2. */
#define ZCL_MAX_DEPTH 2

/* Follows a table; for zcl_reader and zcl_writer. */
struct zcl_cursor {
	const struct zcl_command *command;
	size_t at;
	uint64_t kept[ZCL_SLOTS];
	unsigned int depth; /* groups that are repeated */
	struct {
		const struct zcl_field *rule;
		size_t first, end;
		uint32_t index;
		uint32_t left; /* with this one; UINT32_MAX: to the end */
	} group[ZCL_MAX_DEPTH];
	bool rest; /* what is behind the last field is done */
};

/* --- reading */

struct zcl_item {
	const char *name; /* of the field */
	struct zcl_value value;
	struct zcl_about about; /* for zcl_value_to_text() */
	struct span raw;
	unsigned int depth; /* 0, or in how many repeated groups */
	const char *group;  /* its name */
	size_t members;	    /* fields in it */
	uint32_t index;	    /* which one of its group, from 0 */
	bool first;	    /* the first field of a group */
};

struct zcl_reader {
	struct reader from;
	struct zcl_cursor cursor;
	struct zcl_about about;
};

/*
 * command may be NULL. cluster and frame control are the component's, for the
 * meanings of numbers.
 */
struct zcl_reader zcl_reader_of(const struct zcl_command *command,
				uint16_t cluster, uint8_t frame_control,
				struct span payload);
/* False: no more, or from.bad. */
bool zcl_next(struct zcl_reader *r, struct zcl_item *ret);

/*
 * The same without a struct zcl_item for each: the next one if it is there,
 * else from.bad. For those who know what comes; the type is the table's.
 */
uint64_t zcl_next_number(struct zcl_reader *r);
struct span zcl_next_bytes(struct zcl_reader *r);

/* Does the payload fit the command's table? 0 or -EBADMSG. */
int zcl_check(const struct zcl_command *command, struct span payload);
/*
 * The nth field (from 0) of this name, exactly as in the table, of those that
 * are still to be read. -ENOENT: there is none, or it is no number; -EBADMSG.
 */
int zcl_find(struct zcl_reader from, const char *name, size_t nth,
	     struct zcl_item *ret);
int zcl_find_number(struct zcl_reader from, const char *name, uint64_t *ret);

/* --- writing */

/*
 * Takes the values in the order of the table. Groups that go to the end are
 * repeated as values come; how often the others are is what their count said,
 * which is written before.
 */
struct zcl_writer {
	struct wbuf *to;
	struct zcl_cursor cursor;
	struct zcl_about about;
};

struct zcl_writer zcl_writer_of(const struct zcl_command *command,
				uint16_t cluster, uint8_t frame_control,
				struct wbuf *to);
/* Name of the next field, and its type; NULL: there can be no more. */
const char *zcl_write_next(const struct zcl_writer *w, uint8_t *ret_type,
			   struct zcl_about *ret_about);
/*
 * to->bad: not of the type of the next field, out of its range, or no more
 * room. A value of type 0 takes the type of the field.
 */
void zcl_write(struct zcl_writer *w, const struct zcl_value *value);
void zcl_write_number(struct zcl_writer *w, uint64_t number);
void zcl_write_bytes(struct zcl_writer *w, struct span bytes);
/* to->bad if something is missing. */
void zcl_write_end(struct zcl_writer *w);

/* All of it. */
void zcl_put(struct wbuf *w, const struct zcl_command *command,
	     const struct zcl_value *values, size_t count);

/* A field's name (NULL: whatever comes) and its value as text. */
struct zcl_text {
	const char *name, *value;
};

/*
 * All of it from text; store as for zcl_value_from_text(). -EINVAL with *ret_at
 * (if not NULL): the index of what is wrong, count if something is missing;
 * -ENOSPC. w is then undefined.
 */
int zcl_put_text(struct wbuf *w, const struct zcl_command *command,
		 uint16_t cluster, uint8_t frame_control,
		 const struct zcl_text *texts, size_t count, struct wbuf *store,
		 size_t *ret_at);

#endif /* HEARTH_ZCL_PAYLOAD_H */
