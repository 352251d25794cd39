#!/bin/sh
# SPDX-License-Identifier: MIT
# Say how much stack the largest function takes (from gcc -fstack-usage), and
# refuse one whose frame is not known when compiling, or is too large.
set -eu

find "$1" -name '*.su' -exec cat {} + | awk -F '\t' -v limit=1024 '
	$3 !~ /static/ { print "stack: not bounded: " $1; bad = 1 }
	$2 > limit { print "stack: over " limit " bytes: " $1; bad = 1 }
	$2 > max { max = $2; name = $1 }
	END {
		sub(/.*:/, "", name)
		print "firmware: largest stack frame " max " bytes (" name ")"
		exit bad
	}'
