/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The files of ihdd/static/, part of the program. */
#ifndef HEARTH_IHD_ASSETS_H
#define HEARTH_IHD_ASSETS_H

extern const char asset_index[], asset_index_end[];
extern const char asset_style[], asset_style_end[];
extern const char asset_script[], asset_script_end[];
extern const char asset_icon[], asset_icon_end[];

#endif /* HEARTH_IHD_ASSETS_H */
