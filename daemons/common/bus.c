// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bus.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
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

/* By the user database, which is as true at any time; /proc is not. */
static bool in_group(uid_t user, const char *name)
{
	const struct passwd *entry = getpwuid(user);
	const struct group *group;
	char account[256];
	gid_t own;

	if (!entry || strlen(entry->pw_name) >= sizeof(account))
		return false;
	strcpy(account, entry->pw_name);
	own = entry->pw_gid;
	group = getgrnam(name);
	if (!group)
		return false;
	if (group->gr_gid == own)
		return true;
	for (char **member = group->gr_mem; *member; member++)
		if (!strcmp(*member, account))
			return true;
	return false;
}

bool bus_allowed(sd_bus_message *message, enum bus_right right)
{
	CLEANUP(cleanup_creds) sd_bus_creds *creds = NULL;
	uid_t user;

	if (sd_bus_query_sender_creds(message, SD_BUS_CREDS_EUID, &creds) < 0 ||
	    sd_bus_creds_get_euid(creds, &user) < 0)
		return false;
	return !user || user == geteuid() || in_group(user, group_of(right));
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
