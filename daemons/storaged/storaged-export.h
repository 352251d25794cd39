/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * History in a sealed memfd: half hours of one channel as fixed records, and
 * all there is as CSV or JSON (L-5). Times are microseconds of UTC, to_us 0 is
 * no end, tenancy_us 0 hides nothing. An interval belongs to a range that it
 * overlaps; it is seen if it begins at or after tenancy_us.
 *
 * 0 or negative errno; *ret_fd is the caller's.
 */
#ifndef HEARTH_STORAGED_EXPORT_H
#define HEARTH_STORAGED_EXPORT_H

#include "storaged-service.h"

/*
 * First a header, then records, ascending, all little endian. Documented in
 * dbus/uk.hearth.Storage1.xml.
 */
#define EXPORT_MAGIC "HEARTHP1"
#define EXPORT_HEADER_OCTETS 32
#define EXPORT_RECORD_OCTETS 32

struct export_range {
	uint64_t from_us, to_us, tenancy_us;
};

int export_profile(struct storaged_service *service, int meter,
		   unsigned int channel, const struct export_range *range,
		   int *ret_fd);

/* format: "csv" or "json"; -EINVAL otherwise. */
int export_all(struct storaged_service *service, const char *format,
	       const struct export_range *range, int *ret_fd);

#endif /* HEARTH_STORAGED_EXPORT_H */
