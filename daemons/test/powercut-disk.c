// SPDX-License-Identifier: LGPL-2.1-or-later
#include "powercut-disk.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define SECTOR 512 /* torn by that */
#define GARBAGE_ONE_IN 64

uint64_t powercut_random(struct powercut *disk, uint64_t below)
{
	uint64_t x = disk->dice += UINT64_C(0x9e3779b97f4a7c15);

	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return (x ^ x >> 31) % below;
}

void *grown(void *data, size_t size)
{
	data = realloc(data, size);
	if (!data)
		abort();
	return data;
}

/* --- images */

void image_resize(struct image *image, size_t size)
{
	if (size > image->room) {
		image->room = size * 2;
		image->data = grown(image->data, image->room);
	}
	if (size > image->size)
		memset(image->data + image->size, 0, size - image->size);
	image->size = size;
}

void image_write(struct image *image, size_t offset, const void *data,
		 size_t len)
{
	if (offset + len > image->size)
		image_resize(image, offset + len);
	memcpy(image->data + offset, data, len);
}

void image_copy(struct image *image, const struct image *from)
{
	image_resize(image, from->size);
	if (from->size)
		memcpy(image->data, from->data, from->size);
}

void apply(struct image *image, const struct change *change)
{
	if (change->data)
		image_write(image, change->offset, change->data, change->len);
	else
		image_resize(image, change->offset);
}

/* --- files and names */

void add_change(struct inode *inode, const void *data, size_t len,
		size_t offset)
{
	struct change *change;

	if (inode->n_changes == inode->room) {
		inode->room = inode->room ? inode->room * 2 : 16;
		inode->changes = grown(inode->changes,
				       inode->room * sizeof(*inode->changes));
	}
	change = &inode->changes[inode->n_changes++];
	change->offset = offset;
	change->len = len;
	change->data = NULL;
	if (data) {
		change->data = grown(NULL, len ? len : 1);
		memcpy(change->data, data, len);
	}
}

void forget_changes(struct inode *inode)
{
	for (size_t n = 0; n < inode->n_changes; n++)
		free(inode->changes[n].data);
	inode->n_changes = 0;
}

struct inode *new_inode(struct powercut *disk)
{
	struct inode *inode = grown(NULL, sizeof(*inode));

	memset(inode, 0, sizeof(*inode));
	inode->next = disk->inodes;
	disk->inodes = inode;
	return inode;
}

static void free_inode(struct inode *inode)
{
	forget_changes(inode);
	free(inode->changes);
	free(inode->seen.data);
	free(inode->durable.data);
	free(inode);
}

static struct entry *find(const struct powercut *disk, const char *name)
{
	struct entry *entry;

	for (entry = disk->entries; entry; entry = entry->next)
		if (!strcmp(entry->name, name))
			break;
	return entry;
}

static struct inode *now(const struct entry *entry)
{
	if (!entry)
		return NULL;
	return entry->n_versions ? entry->versions[entry->n_versions - 1] :
				   entry->durable;
}

struct inode *present(const struct powercut *disk, const char *name)
{
	return now(find(disk, name));
}

void sync_folder(struct powercut *disk)
{
	for (struct entry *entry = disk->entries; entry; entry = entry->next) {
		entry->durable = now(entry);
		entry->n_versions = 0;
	}
}

void set_version(struct powercut *disk, const char *name, struct inode *inode)
{
	struct entry *entry = find(disk, name);

	if (!entry) {
		assert(strlen(name) < POWERCUT_NAME_ROOM);
		entry = grown(NULL, sizeof(*entry));
		memset(entry, 0, sizeof(*entry));
		strcpy(entry->name, name);
		entry->next = disk->entries;
		disk->entries = entry;
	}
	/* Folders get to the medium by themselves after a while. */
	if (entry->n_versions == POWERCUT_VERSIONS)
		sync_folder(disk);
	entry->versions[entry->n_versions++] = inode;
}

/* --- what may go wrong */

bool is_spared(const char *name)
{
	return !strncmp(name, POWERCUT_SPARED, strlen(POWERCUT_SPARED));
}

enum way at_point(struct powercut *disk, bool spared)
{
	if (spared)
		return WAY_FINE;
	if (disk->off)
		return WAY_OFF;
	disk->points++;
	if (disk->points == disk->cut_at) {
		disk->off = true;
		return WAY_LAST;
	}
	if (disk->points >= disk->fail_from && disk->points < disk->fail_to)
		return WAY_FAILS;
	return WAY_FINE;
}

static void forget_names(struct powercut *disk)
{
	while (disk->entries) {
		struct entry *entry = disk->entries;

		disk->entries = entry->next;
		free(entry);
	}
}

void forget_all(struct powercut *disk)
{
	forget_names(disk);
	while (disk->inodes) {
		struct inode *inode = disk->inodes;

		assert(!inode->opened);
		disk->inodes = inode->next;
		free_inode(inode);
	}
}

/* A piece of a write, within one sector. Chance is in 1/8. */
static void apply_piece(struct powercut *disk, struct image *image,
			const struct change *change, size_t from, size_t len,
			unsigned int chance)
{
	size_t offset = change->offset + from;

	if (powercut_random(disk, 8) < chance) {
		image_write(image, offset, change->data + from, len);
	} else if (chance && !powercut_random(disk, GARBAGE_ONE_IN)) {
		for (size_t n = 0; n < len; n++) {
			uint8_t any = (uint8_t)powercut_random(disk, 256);

			image_write(image, offset + n, &any, 1);
		}
	} else if (!powercut_random(disk, 4) && offset + len > image->size) {
		image_resize(image, offset + len); /* the size alone */
	}
}

static void apply_some(struct powercut *disk, struct image *image,
		       const struct change *change, unsigned int chance)
{
	bool torn = !powercut_random(disk, 4);
	size_t from = 0;

	if (!torn || !change->data) {
		if (powercut_random(disk, 8) < chance)
			apply(image, change);
		return;
	}
	while (from < change->len) {
		size_t len = SECTOR - (change->offset + from) % SECTOR;

		if (len > change->len - from)
			len = change->len - from;
		apply_piece(disk, image, change, from, len, chance);
		from += len;
	}
}

/* From nothing of what was not synced to all of it but for what is torn. */
static void settle(struct powercut *disk, struct inode *inode)
{
	static const unsigned int chances[] = { 0, 1, 4, 7, 8 };
	unsigned int chance = chances[powercut_random(disk, 5)];

	for (size_t n = 0; n < inode->n_changes; n++)
		apply_some(disk, &inode->durable, &inode->changes[n], chance);
	forget_changes(inode);
	image_copy(&inode->seen, &inode->durable);
	inode->sync_folder = false;
}

static bool has_name(const struct powercut *disk, const struct inode *inode)
{
	for (const struct entry *entry = disk->entries; entry;
	     entry = entry->next)
		if (entry->durable == inode)
			return true;
	return false;
}

void powercut_restart(struct powercut *disk)
{
	struct inode **next = &disk->inodes;

	for (struct entry *entry = disk->entries; entry; entry = entry->next) {
		uint64_t n = powercut_random(disk, entry->n_versions + 1);

		if (is_spared(entry->name))
			n = entry->n_versions;
		if (n)
			entry->durable = entry->versions[n - 1];
		entry->n_versions = 0;
	}
	while (*next) {
		struct inode *inode = *next;

		if (inode->spared) {
			next = &inode->next;
			continue;
		}
		assert(!inode->opened);
		if (has_name(disk, inode)) {
			settle(disk, inode);
			next = &inode->next;
		} else {
			*next = inode->next;
			free_inode(inode);
		}
	}
	disk->off = disk->full = disk->read_only = false;
	disk->cut_at = disk->fail_from = disk->fail_to = 0;
	disk->fail_read_at = 0;
}

void powercut_copy(struct powercut *disk, const struct powercut *from)
{
	forget_all(disk);
	for (const struct entry *entry = from->entries; entry;
	     entry = entry->next) {
		const struct inode *other = now(entry);
		struct inode *inode;

		if (!other)
			continue;
		inode = new_inode(disk);
		image_copy(&inode->seen, &other->seen);
		image_copy(&inode->durable, &other->seen);
		set_version(disk, entry->name, inode);
	}
	sync_folder(disk);
}
