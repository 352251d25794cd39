// SPDX-License-Identifier: LGPL-2.1-or-later
/* Types of channels, one a line, then a scan laid out by them. */
#include <string.h>

#include "../metrologyd/iio-device.h"
#include "../metrologyd/iio-scan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct iio_scan_element element[IIO_SCAN_MAX_CHANNELS];
	uint8_t scan[IIO_SCAN_MAX_LEN] = { 0 };
	size_t n = 0;
	int64_t micro;
	int scan_len;

	memset(element, 0, sizeof(element));
	while (len && n < IIO_SCAN_MAX_CHANNELS) {
		const uint8_t *end = memchr(data, '\n', len);
		size_t part = end ? (size_t)(end - data) + 1 : len;
		char text[64];

		if (part >= sizeof(text))
			return 0;
		memcpy(text, data, part);
		text[part] = 0;
		(void)iio_parse_micro(text, &micro);
		if (!iio_scan_parse_type(text, &element[n])) {
			element[n].index = part > 3 ? data[3] : 0;
			n++;
		}
		data += part;
		len -= part;
	}
	scan_len = iio_scan_layout(element, n);
	if (scan_len < 0)
		return 0;
	if (scan_len > IIO_SCAN_MAX_LEN)
		__builtin_trap();
	memcpy(scan, data, len < sizeof(scan) ? len : sizeof(scan));
	for (size_t i = 0; i < n; i++) {
		if (element[i].offset + element[i].storage > (size_t)scan_len)
			__builtin_trap();
		(void)iio_scan_no_value(&element[i],
					iio_scan_value(&element[i], scan));
	}
	return 0;
}
