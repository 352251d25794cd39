// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The day's start on disk: written beside and renamed over, each synced, so
 * that a power cut leaves the old one or the new one.
 */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <string.h>

#include "ihdd.h"

void state_load(struct manager *manager)
{
	CLEANUP(cleanup_close) int fd = -1;
	char text[256];
	ssize_t len;

	fd = open(manager->state_path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		if (errno != ENOENT)
			log_warning("%s: %s", manager->state_path,
				    strerror(errno));
		return;
	}
	len = read(fd, text, sizeof(text));
	if (len < 0 || today_parse(&manager->today, text, (size_t)len))
		log_warning("%s is damaged: energy today is counted from now",
			    manager->state_path);
}

static int sync_folder(const char *path)
{
	CLEANUP(cleanup_close) int fd = -1;
	char copy[512];

	if (strlen(path) >= sizeof(copy))
		return -ENAMETOOLONG;
	strcpy(copy, path);
	fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 || fsync(fd) ? -errno : 0;
}

static int write_state(const struct manager *manager)
{
	CLEANUP(cleanup_close) int fd = -1;
	char text[256], beside[512];
	int len;

	len = today_format(&manager->today, text, sizeof(text));
	if (len < 0)
		return len;
	if ((size_t)snprintf(beside, sizeof(beside), "%s.new",
			     manager->state_path) >= sizeof(beside))
		return -ENAMETOOLONG;
	fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	if (write(fd, text, (size_t)len) != len)
		return -EIO;
	if (fsync(fd) || rename(beside, manager->state_path))
		return -errno;
	return sync_folder(manager->state_path);
}

void state_save(struct manager *manager)
{
	int r = write_state(manager);

	if (r < 0 && !manager->state_failed)
		log_error("%s: %s: energy today will not outlive a restart",
			  manager->state_path, strerror(-r));
	manager->state_failed = r < 0;
}
