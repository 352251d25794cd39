/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The view as HTML and JSON, and whom it is for. Pure. */
#ifndef HEARTH_IHD_PAGE_H
#define HEARTH_IHD_PAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "ihd-view.h"

/*
 * Put the view's fields in the places of a template: {{name}} becomes the
 * field's text or number, escaped; nothing where it is missing. Returns an
 * allocated, zero-terminated text with its length, or NULL (no memory).
 */
char *ihd_page_fill(const char *template, size_t len,
		    const struct ihd_view *view, size_t *ret_len);

/* {"name": value, ...}; a missing field is null. As above. */
char *ihd_page_json(const struct ihd_view *view, size_t *ret_len);

/*
 * Whether a request's Host header names us: an address, localhost or the
 * configured name (also as name.local). Anything else may be a foreign page
 * that had its own name point here (DNS rebinding).
 */
bool ihd_page_host_ok(const char *host, const char *own_name);

#endif /* HEARTH_IHD_PAGE_H */
