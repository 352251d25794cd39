// SPDX-License-Identifier: LGPL-2.1-or-later
#include "storaged-export.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "../common/util.h"

#define TIME_ROOM 24

/* --- the file */

static int begin(const char *name, FILE **ret)
{
	int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd < 0)
		return -errno;
	*ret = fdopen(fd, "w");
	if (!*ret) {
		close(fd);
		return -ENOMEM;
	}
	return 0;
}

/* Nothing can change it any more. Closes the file. */
static int end(FILE *file, int r, int *ret_fd)
{
	int fd = -1;

	if (r >= 0 && (fflush(file) || ferror(file)))
		r = -ENOMEM;
	if (r >= 0)
		fd = fcntl(fileno(file), F_DUPFD_CLOEXEC, 3);
	if (r >= 0 && (fd < 0 || fcntl(fd, F_ADD_SEALS,
				       F_SEAL_SHRINK | F_SEAL_GROW |
					       F_SEAL_WRITE | F_SEAL_SEAL) < 0))
		r = -errno;
	fclose(file);
	if (r >= 0 && lseek(fd, 0, SEEK_SET) < 0)
		r = -errno;
	if (r < 0) {
		if (fd >= 0)
			close(fd);
		return r;
	}
	*ret_fd = fd;
	return 0;
}

static bool in_range(const struct export_range *range,
		     const struct profile_latch *before,
		     const struct profile_latch *latch)
{
	uint64_t begin_us = before->slot * PROFILE_SLOT_US;

	return latch->slot * PROFILE_SLOT_US > range->from_us &&
	       (!range->to_us || begin_us < range->to_us) &&
	       profile_seen(begin_us, range->tenancy_us);
}

/* There is nothing more for the range. */
static bool is_behind(const struct export_range *range,
		      const struct profile_latch *latch)
{
	return range->to_us && latch->slot * PROFILE_SLOT_US >= range->to_us;
}

/* --- one channel as records */

struct records {
	FILE *file;
	const struct export_range *range;
	unsigned int channel;
	uint32_t n;
	uint64_t begin_us, end_us; /* of all of them */
};

struct record {
	uint64_t begin_us, amount, at_end;
	uint32_t slots;
	uint16_t reason, flags;
};

_Static_assert(sizeof(struct record) == EXPORT_RECORD_OCTETS,
	       "it is as documented");

static int put_record(const struct profile_latch *before,
		      const struct profile_latch *latch, void *userdata)
{
	struct records *records = userdata;
	struct profile_interval interval;
	struct record record;

	if (before && in_range(records->range, before, latch)) {
		interval = profile_interval_of(before, latch, records->channel);
		record = (struct record){
			.begin_us = htole64(interval.slot * PROFILE_SLOT_US),
			.amount = htole64(interval.amount),
			.at_end = htole64(interval.at_end),
			.slots = htole32(interval.slots),
			.reason = htole16(interval.reason),
			.flags = htole16((uint16_t)interval.flags),
		};
		if (!fwrite_unlocked(&record, sizeof(record), 1, records->file))
			return -ENOMEM;
		if (!records->n++)
			records->begin_us = interval.slot * PROFILE_SLOT_US;
		records->end_us = latch->slot * PROFILE_SLOT_US;
	}
	return is_behind(records->range, latch);
}

static int put_header(FILE *file, const struct records *records)
{
	uint8_t octets[EXPORT_HEADER_OCTETS];
	struct wbuf w = wbuf_of(octets, sizeof(octets));

	write_bytes(&w, EXPORT_MAGIC, strlen(EXPORT_MAGIC));
	write_le(&w, EXPORT_RECORD_OCTETS, 4);
	write_le(&w, records->n, 4);
	write_le(&w, records->begin_us, 8);
	write_le(&w, records->end_us, 8);
	rewind(file);
	return fwrite(octets, sizeof(octets), 1, file) ? 0 : -ENOMEM;
}

int export_profile(struct storaged_service *service, int meter,
		   unsigned int channel, const struct export_range *range,
		   int *ret_fd)
{
	struct records records = { .range = range, .channel = channel };
	int r;

	r = begin("hearth-profile", &records.file);
	if (r < 0)
		return r;
	r = put_header(records.file, &records);
	if (!r)
		r = storaged_walk(service, meter, 1u << channel, range->from_us,
				  put_record, &records);
	if (r >= 0)
		r = put_header(records.file, &records);
	return end(records.file, r, ret_fd);
}

/* --- all of it as text */

struct text {
	FILE *file;
	struct storaged_service *service;
	const struct export_range *range;
	const struct meter_kind *kind;
	char meter[METER_NAME_ROOM];
	const char *log;
	const char *between; /* before the next of a list */
};

struct format {
	const char *name;
	void (*begin)(struct text *text);
	void (*meter)(struct text *text);
	storaged_latch_fn *half_hour;
	void (*log)(struct text *text);
	storaged_entry_fn *entry;
	void (*meter_end)(struct text *text, bool last);
	void (*end)(struct text *text);
};

static const char *time_text(uint64_t us, char ret[TIME_ROOM])
{
	time_t seconds = (time_t)(us / USEC_PER_SEC);
	struct tm tm;

	if (!gmtime_r(&seconds, &tm) ||
	    !strftime(ret, TIME_ROOM, "%Y-%m-%dT%H:%M:%SZ", &tm))
		ret[0] = '\0';
	return ret;
}

static const char *latched_by(const struct profile_latch *latch)
{
	return latch->flags & PROFILE_BY_HUB ? "hub" : "meter";
}

/* CSV as RFC 4180 has it: one table, a line a half hour and channel or record */

static void csv_begin(struct text *text)
{
	fputs("meter,series,begin,end,value,unit,register,quality,latched_by,"
	      "code,text,detail\r\n",
	      text->file);
}

static void csv_text(FILE *file, const char *p)
{
	putc('"', file);
	for (; *p; p++) {
		if (*p == '"')
			putc('"', file);
		putc(*p, file);
	}
	putc('"', file);
}

static int csv_half_hour(const struct profile_latch *before,
			 const struct profile_latch *latch, void *userdata)
{
	struct text *text = userdata;
	char from[TIME_ROOM], to[TIME_ROOM];

	if (!before || !in_range(text->range, before, latch))
		return is_behind(text->range, latch);
	time_text(before->slot * PROFILE_SLOT_US, from);
	time_text(latch->slot * PROFILE_SLOT_US, to);
	for (unsigned int n = 0; n < text->kind->channels; n++) {
		struct profile_interval interval =
			profile_interval_of(before, latch, n);

		fprintf(text->file, "%s,%s,%s,%s,", text->meter,
			text->kind->channel[n], from, to);
		/* Nothing is known of what flowed over a break. */
		if (!profile_is_break(interval.reason))
			fprintf(text->file, "%" PRIu64, interval.amount);
		fprintf(text->file, ",%s,%" PRIu64 ",%s,%s,,,\r\n",
			text->kind->unit[n], interval.at_end,
			profile_reason_name(interval.reason),
			latched_by(latch));
	}
	return is_behind(text->range, latch);
}

static int csv_entry(const struct storaged_entry *entry, void *userdata)
{
	struct text *text = userdata;
	char at[TIME_ROOM];

	fprintf(text->file, "%s,%s,%s,,,,,,,%u,", text->meter, text->log,
		time_text(entry->at_us, at), entry->code);
	csv_text(text->file, entry->text);
	putc(',', text->file);
	csv_text(text->file, entry->detail);
	fputs("\r\n", text->file);
	return 0;
}

/* JSON */

static void json_begin(struct text *text)
{
	char from[TIME_ROOM], to[TIME_ROOM];
	const struct export_range *range = text->range;

	fprintf(text->file,
		"{\"format\":\"hearth-export-1\",\"from\":\"%s\",\"to\":\"%s\","
		"\"meters\":[",
		time_text(range->from_us, from),
		range->to_us ? time_text(range->to_us, to) : "");
}

static void json_meter(struct text *text)
{
	fprintf(text->file, "{\"meter\":\"%s\",\"units\":{", text->meter);
	for (unsigned int n = 0; n < text->kind->channels; n++)
		fprintf(text->file, "%s\"%s\":\"%s\"", n ? "," : "",
			text->kind->channel[n], text->kind->unit[n]);
	fputs("},\"half_hours\":[", text->file);
	text->between = "";
}

static int json_half_hour(const struct profile_latch *before,
			  const struct profile_latch *latch, void *userdata)
{
	struct text *text = userdata;
	char from[TIME_ROOM], to[TIME_ROOM];

	if (!before || !in_range(text->range, before, latch))
		return is_behind(text->range, latch);
	fprintf(text->file,
		"%s\n{\"begin\":\"%s\",\"end\":\"%s\",\"quality\":\"%s\","
		"\"latched_by\":\"%s\"",
		text->between, time_text(before->slot * PROFILE_SLOT_US, from),
		time_text(latch->slot * PROFILE_SLOT_US, to),
		profile_reason_name(latch->reason), latched_by(latch));
	text->between = ",";
	for (unsigned int n = 0; n < text->kind->channels; n++) {
		struct profile_interval interval =
			profile_interval_of(before, latch, n);

		fprintf(text->file, ",\"%s\":{", text->kind->channel[n]);
		if (!profile_is_break(interval.reason))
			fprintf(text->file, "\"value\":%" PRIu64 ",",
				interval.amount);
		fprintf(text->file, "\"register\":%" PRIu64 "}",
			interval.at_end);
	}
	putc('}', text->file);
	return is_behind(text->range, latch);
}

static void json_log(struct text *text)
{
	fprintf(text->file, "%s\"%s\":[",
		text->log == log_name_of(1) ? "],\n\"logs\":{" : "],\n",
		text->log);
	text->between = "";
}

/* UTF-8, as the bus has it; the control characters are left to be escaped. */
static void json_text(FILE *file, const char *p)
{
	putc('"', file);
	for (; *p; p++) {
		if (*p == '"' || *p == '\\')
			fprintf(file, "\\%c", *p);
		else if ((unsigned char)*p < 0x20)
			fprintf(file, "\\u%04x", (unsigned int)*p);
		else
			putc(*p, file);
	}
	putc('"', file);
}

static int json_entry(const struct storaged_entry *entry, void *userdata)
{
	struct text *text = userdata;
	char at[TIME_ROOM];

	fprintf(text->file,
		"%s\n{\"number\":%" PRIu64 ",\"at\":\"%s\",\"code\":%u,"
		"\"text\":",
		text->between, entry->number, time_text(entry->at_us, at),
		entry->code);
	json_text(text->file, entry->text);
	fputs(",\"detail\":", text->file);
	json_text(text->file, entry->detail);
	putc('}', text->file);
	text->between = ",";
	return 0;
}

static void json_meter_end(struct text *text, bool last)
{
	fputs(last ? "]}}" : "]}},\n", text->file);
}

static void json_end(struct text *text)
{
	fputs("]}\n", text->file);
}

static const struct format formats[] = {
	{ .name = "csv",
	  .begin = csv_begin,
	  .half_hour = csv_half_hour,
	  .entry = csv_entry },
	{ .name = "json",
	  .begin = json_begin,
	  .meter = json_meter,
	  .half_hour = json_half_hour,
	  .log = json_log,
	  .entry = json_entry,
	  .meter_end = json_meter_end,
	  .end = json_end },
};

static int put_log(struct text *text, const struct format *format, int meter,
		   const char *log)
{
	text->log = log;
	if (format->log)
		format->log(text);
	return storaged_read_log(text->service, meter, log,
				 text->range->from_us, text->range->to_us,
				 text->range->tenancy_us, format->entry, text);
}

static int put_meter(struct text *text, const struct format *format, int meter)
{
	int r;

	text->kind = meter_kind_of(meter);
	meter_name_of(meter, text->meter);
	if (format->meter)
		format->meter(text);
	r = storaged_walk(text->service, meter, PROFILE_ALL,
			  text->range->from_us, format->half_hour, text);
	for (int log = 1; log <= LOG_ID_MAX && r >= 0; log++)
		r = put_log(text, format, meter, log_name_of(log));
	if (r >= 0)
		r = put_log(text, format, meter, LOG_DAILY_CONSUMPTION);
	return r;
}

int export_all(struct storaged_service *service, const char *format_name,
	       const struct export_range *range, int *ret_fd)
{
	struct text text = { .service = service, .range = range };
	const struct format *format = NULL;
	int meters[METER_ID_MAX], n, r = 0;

	for (size_t at = 0; at < ARRAY_SIZE(formats); at++)
		if (!strcmp(formats[at].name, format_name))
			format = &formats[at];
	if (!format)
		return -EINVAL;
	n = storaged_meters(service, meters);
	if (n < 0)
		return n;
	r = begin("hearth-export", &text.file);
	if (r < 0)
		return r;
	format->begin(&text);
	for (int at = 0; at < n && r >= 0; at++) {
		r = put_meter(&text, format, meters[at]);
		if (format->meter_end)
			format->meter_end(&text, at == n - 1);
	}
	if (format->end)
		format->end(&text);
	return end(text.file, r, ret_fd);
}
