/* SPDX-License-Identifier: GPL-2.0 */
/* Reading and writing attributes of a device found by a pattern. */
#ifndef HEARTH_SELFTESTS_SYSFS_H
#define HEARTH_SELFTESTS_SYSFS_H

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Text without its newline: its length, or negative errno. */
static inline int sysfs_read(const char *dir, const char *name, char *text,
			     size_t room)
{
	char path[512];
	ssize_t len;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_RDONLY);
	if (fd < 0)
		return -errno;
	len = read(fd, text, room - 1);
	if (len < 0)
		len = -errno;
	close(fd);
	if (len < 0)
		return len;
	text[len] = 0;
	text[strcspn(text, "\n")] = 0;
	return strlen(text);
}

static inline int sysfs_write(const char *dir, const char *name,
			      const char *text)
{
	char path[512];
	int fd, ret = 0;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_WRONLY);
	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		ret = -errno;
	close(fd);
	return ret;
}

/* The first folder of the pattern whose attribute has this text (NULL: any). */
static inline int sysfs_find(const char *pattern, const char *name,
			     const char *wanted, char *dir, size_t room)
{
	char text[128];
	glob_t found;
	size_t n;
	int ret = -ENODEV;

	if (glob(pattern, 0, NULL, &found))
		return -ENODEV;
	for (n = 0; ret && n < found.gl_pathc; n++) {
		if (sysfs_read(found.gl_pathv[n], name, text,
			       sizeof(text)) < 0)
			continue;
		if (wanted && strcmp(text, wanted))
			continue;
		snprintf(dir, room, "%s", found.gl_pathv[n]);
		ret = 0;
	}
	globfree(&found);
	return ret;
}

#endif /* HEARTH_SELFTESTS_SYSFS_H */
