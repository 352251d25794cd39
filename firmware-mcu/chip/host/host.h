/* SPDX-License-Identifier: MIT */
#ifndef HEARTH_CHIP_HOST_H
#define HEARTH_CHIP_HOST_H

/* Take the command line; before chip_init(). Ends the program on errors. */
void host_options(int argc, char **argv);

#endif /* HEARTH_CHIP_HOST_H */
