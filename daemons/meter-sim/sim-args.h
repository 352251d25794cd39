/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Arguments of D-Bus calls as words, in the syntax of busctl(1): a signature,
 * then a word each value; arrays begin with their length, variants with their
 * signature. A number may be @TIME or @+DURATION (from now), @-DURATION: us.
 */
#ifndef HEARTH_SIM_ARGS_H
#define HEARTH_SIM_ARGS_H

#include <stddef.h>
#include <stdint.h>

#include <systemd/sd-bus.h>

#define SIM_VALUE_MAX 4096 /* of a value as text, with its end */

/*
 * Do the words fit the signature? 0, or -EINVAL with the reason. A word more or
 * less is an error.
 */
int sim_args_check(const char *signature, char *const *words, size_t n,
		   const char **ret_why);

/* Append checked words; now_s is what @+DURATION counts from. */
int sim_args_append(sd_bus_message *message, const char *signature,
		    char *const *words, size_t n, int64_t now_s);

/*
 * Of an answer: the value that path leads to ("" the first; "1.0": of the
 * second value, the first field or element; variants are looked through), as
 * text. A container's elements are separated by blanks, and what does not fit
 * is cut off. -ENOENT: the path leads nowhere.
 */
int sim_value_text(sd_bus_message *message, const char *path, char *ret,
		   size_t room);

/*
 * Compare values as numbers if both are, else as text (then only equal or
 * not): -EINVAL for an operator that is none, or not for text.
 */
int sim_value_compare(const char *left, const char *op, const char *right);

#endif /* HEARTH_SIM_ARGS_H */
