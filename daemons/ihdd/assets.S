/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The files of ihdd/static/, as they are. */
	.macro asset name, file
	.globl asset_\name, asset_\name\()_end
asset_\name:
	.incbin "\file"
asset_\name\()_end:
	.byte 0
	.endm

	.section .rodata
	asset index, index.html
	asset style, style.css
	asset script, ihd.js
	asset icon, icon.svg

	.section .note.GNU-stack, "", %progbits
