// SPDX-License-Identifier: LGPL-2.1-or-later
#include "switchgear.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../common/util.h"

/* -ENODEV where the meter has no folder. */
static int open_meter(const char *dir, const char *meter)
{
	char path[PATH_MAX];
	int n = snprintf(path, sizeof(path), "%s/%s", dir, meter), fd;

	if (!*dir)
		return -ENODEV;
	if (n < 0 || (size_t)n >= sizeof(path))
		return -ENAMETOOLONG;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? -ENODEV : -errno;
	return fd;
}

static int write_word(int folder, const char *word)
{
	CLEANUP(cleanup_close)
	int fd = openat(folder, "commanded.new",
			O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	char line[16];
	int len = snprintf(line, sizeof(line), "%s\n", word);
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = write(fd, line, (size_t)len);
	if (n != len)
		return n < 0 ? -errno : -EIO;
	if (renameat(folder, "commanded.new", folder, "commanded") < 0)
		return -errno;
	return 0;
}

static int command(void *gear, const char *meter, bool on)
{
	CLEANUP(cleanup_close) int folder = open_meter(gear, meter);

	if (folder < 0)
		return folder;
	return write_word(folder, on ? "on" : "off");
}

static int read_word(int folder, const char *name, enum supply_sensed *ret)
{
	CLEANUP(cleanup_close)
	int fd = openat(folder, name, O_RDONLY | O_CLOEXEC);
	char word[16] = "";
	ssize_t n;

	if (fd < 0 && errno != ENOENT)
		return -errno;
	n = fd < 0 ? 0 : read(fd, word, sizeof(word) - 1);
	if (n < 0)
		return -errno;
	word[strcspn(word, "\n")] = 0;
	if (!strcmp(word, "on"))
		*ret = SUPPLY_SENSED_ON;
	else if (!strcmp(word, "off"))
		*ret = SUPPLY_SENSED_OFF;
	else if (fd < 0 || !strcmp(word, "unknown"))
		*ret = SUPPLY_SENSED_UNKNOWN;
	else
		return -EPROTO;
	return 0;
}

static int read_state(void *gear, const char *meter, struct switch_state *ret)
{
	CLEANUP(cleanup_close) int folder = open_meter(gear, meter);
	struct switch_state state;
	int r;

	if (folder < 0)
		return folder;
	r = read_word(folder, "commanded", &state.commanded);
	if (!r)
		r = read_word(folder, "sensed", &state.sensed);
	if (!r)
		*ret = state;
	return r;
}

static const struct switchgear_ops folder_ops = {
	.command = command,
	.read = read_state,
};

struct switchgear switchgear_folder(const char *dir)
{
	return (struct switchgear){ &folder_ops, (void *)dir };
}

const char *switchgear_error_text(int error)
{
	switch (error) {
	case -ENODEV:
		return "this meter has no switch, or none yet";
	case -EPROTO:
		return "the switch says something that is neither on, off nor "
		       "unknown";
	case -EACCES:
	case -EPERM:
		return "the switch may not be used";
	default:
		return strerror(-error);
	}
}
