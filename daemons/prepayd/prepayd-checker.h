/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The process that checks a token (prepayd-token), started for each. */
#ifndef HEARTH_PREPAYD_CHECKER_H
#define HEARTH_PREPAYD_CHECKER_H

#include <limits.h>

#include "prepayd-service.h"

struct prepayd_helper {
	char path[PATH_MAX];
	const char *keys; /* folder; must outlive it */
};

/* It is beside this program. 0 or negative errno. */
int prepayd_helper_find(struct prepayd_helper *helper, const char *keys);
/* As struct prepayd_checker has it; -EHOSTUNREACH if it does not answer. */
struct prepayd_checker prepayd_helper_checker(struct prepayd_helper *helper);

#endif /* HEARTH_PREPAYD_CHECKER_H */
