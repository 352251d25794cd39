/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The inside of powercut-vfs.h: files and names, what of them is durable. */
#ifndef HEARTH_POWERCUT_DISK_H
#define HEARTH_POWERCUT_DISK_H

#include <sqlite3.h>

#include "powercut-vfs.h"

#define POWERCUT_NAME_ROOM 128
#define POWERCUT_VERSIONS 16

struct image {
	uint8_t *data;
	size_t size, room;
};

/* Not on the medium yet. data NULL: a truncation to offset. */
struct change {
	size_t offset, len;
	uint8_t *data;
};

struct inode {
	struct image seen, durable;
	struct change *changes;
	size_t n_changes, room;
	int opened;
	bool sync_folder; /* its first sync is the folder's as well */
	bool spared;	  /* on another disk, that never fails */
	struct inode *next;
};

/* A name: what it is on the medium, and what has become of it since. */
struct entry {
	char name[POWERCUT_NAME_ROOM];
	struct inode *durable;
	struct inode *versions[POWERCUT_VERSIONS]; /* NULL: deleted */
	unsigned int n_versions;
	struct entry *next;
};

struct powercut {
	sqlite3_vfs vfs;
	sqlite3_vfs *before; /* the default one until now */
	struct inode *inodes;
	struct entry *entries;
	uint64_t dice;
	uint64_t points, cut_at, fail_from, fail_to, reads, fail_read_at;
	bool off, full, read_only;
	struct powercut_wear wear;
};

enum way {
	WAY_FINE,
	WAY_FAILS, /* without effect */
	WAY_LAST,  /* the power goes in the midst of it */
	WAY_OFF,
};

enum way at_point(struct powercut *disk, bool spared);

void *grown(void *data, size_t size);
void image_resize(struct image *image, size_t size);
void image_write(struct image *image, size_t offset, const void *data,
		 size_t len);
void image_copy(struct image *image, const struct image *from);
void apply(struct image *image, const struct change *change);
/* data NULL: a truncation to offset. */
void add_change(struct inode *inode, const void *data, size_t len,
		size_t offset);
void forget_changes(struct inode *inode);
struct inode *new_inode(struct powercut *disk);
/* What a name is now; NULL: not there. */
struct inode *present(const struct powercut *disk, const char *name);
bool is_spared(const char *name);
void set_version(struct powercut *disk, const char *name, struct inode *inode);
void sync_folder(struct powercut *disk);
void forget_all(struct powercut *disk);

#endif /* HEARTH_POWERCUT_DISK_H */
