// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bus.h"

#include <errno.h>
#include <grp.h>
#include <string.h>

#include "store.h"

static const char *group_of(enum bus_right right)
{
	static const char *const groups[] = { "hearth-local", "hearth-supplier",
					      "hearth-daemon" };

	return groups[right];
}

static void cleanup_creds(sd_bus_creds **creds)
{
	sd_bus_creds_unref(*creds);
}

static bool in_group(const sd_bus_creds *creds, gid_t wanted)
{
	const gid_t *groups;
	gid_t group;
	int n;

	if (!sd_bus_creds_get_egid((sd_bus_creds *)creds, &group) &&
	    group == wanted)
		return true;
	n = sd_bus_creds_get_supplementary_gids((sd_bus_creds *)creds, &groups);
	for (int i = 0; i < n; i++)
		if (groups[i] == wanted)
			return true;
	return false;
}

bool bus_allowed(sd_bus_message *message, enum bus_right right)
{
	CLEANUP(cleanup_creds) sd_bus_creds *creds = NULL;
	const struct group *group;
	uid_t user;

	if (sd_bus_query_sender_creds(message,
				      SD_BUS_CREDS_EUID | SD_BUS_CREDS_EGID |
					      SD_BUS_CREDS_SUPPLEMENTARY_GIDS |
					      SD_BUS_CREDS_AUGMENT,
				      &creds) < 0)
		return false;
	if (sd_bus_creds_get_euid(creds, &user) < 0)
		return false;
	if (!user || user == geteuid())
		return true;
	group = getgrnam(group_of(right));
	return group && in_group(creds, group->gr_gid);
}

int bus_require(sd_bus_message *message, enum bus_right right,
		sd_bus_error *error)
{
	if (bus_allowed(message, right))
		return 0;
	sd_bus_error_setf(error, ERROR_NOT_ALLOWED,
			  "only root and group %s may do this",
			  group_of(right));
	return -EPERM;
}

static const struct {
	int error;
	const char *name, *text;
} failures[] = {
	{ -EINVAL, ERROR_INVALID, "not a valid value" },
	{ -ERANGE, ERROR_RANGE, "out of bounds" },
	{ -EOVERFLOW, ERROR_RANGE, "out of bounds" },
	{ -EPERM, ERROR_NOT_NOW, "not possible in the present state" },
	{ -EALREADY, ERROR_NOT_NOW, "it is so already" },
	{ -ESTALE, ERROR_NOT_NOW, "too late for that" },
	{ -ENOENT, ERROR_NO_SUCH, "there is no such thing" },
	{ -ENOSPC, ERROR_STORAGE, NULL },
	{ -EROFS, ERROR_STORAGE, NULL },
	{ -EACCES, ERROR_STORAGE, NULL },
	{ -EBADMSG, ERROR_STORAGE, NULL },
	{ -EIO, ERROR_STORAGE, NULL },
	{ -EBUSY, ERROR_STORAGE, NULL },
};

int bus_fail(sd_bus_error *error, int r, const char *why)
{
	for (size_t n = 0; n < ARRAY_SIZE(failures); n++) {
		if (failures[n].error != r)
			continue;
		if (!failures[n].text)
			sd_bus_error_setf(error, failures[n].name,
					  "nothing was done: %s",
					  why ? why : store_error_text(r));
		else
			sd_bus_error_set(error, failures[n].name,
					 why ? why : failures[n].text);
		return r;
	}
	sd_bus_error_set(error, ERROR_UNAVAILABLE, why ? why : strerror(-r));
	return r;
}

const char *bus_meter_name(const char *path)
{
	static const char root[] = METER_ROOT "/";

	if (strncmp(path, root, sizeof(root) - 1) != 0)
		return NULL;
	path += sizeof(root) - 1;
	return *path && !strchr(path, '/') ? path : NULL;
}
