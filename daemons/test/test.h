/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What every unit test includes. */
#ifndef HEARTH_TEST_H
#define HEARTH_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../common/util.h"

#endif /* HEARTH_TEST_H */
