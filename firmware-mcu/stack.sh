#!/bin/sh
# SPDX-License-Identifier: MIT
# Say how much stack the firmware takes, from gcc -fcallgraph-info=su, and
# refuse a frame that is not known when compiling or is too large, recursion,
# and too deep calls.
#
# A call through a pointer counts as one of every function that nobody calls
# by name. The C library's functions, which have no frame here, count as 0.
set -eu

find "$1" -name '*.ci' -exec cat {} + | awk -v frame_max=1024 -v depth_max=4096 '
	function quoted(field,	at) {
		at = index($0, field ": \"")
		return at ? substr($0, at + length(field) + 3) : ""
	}
	function name(text) {
		sub(/".*/, "", text)
		return text
	}
	function short(text) {
		sub(/.*:/, "", text)
		return text
	}
	function refuse(why) {
		print "stack: " why
		bad = 1
	}
	# A handler of the vector table, or where it all starts.
	function entry(f) {
		return short(f) ~ /^(reset_handler|hard_fault|unexpected|.*_irq)$/
	}
	function depth(f,	n, list, i, d, most) {
		if (f in known)
			return known[f]
		if (f in open) {
			if (!(f in told))
				refuse("recursion: " short(f))
			told[f] = 1
			return 0
		}
		open[f] = 1
		n = split(calls[f], list, " ")
		for (i = 1; i <= n; i++) {
			d = depth(list[i])
			if (d > most)
				most = d
		}
		delete open[f]
		return known[f] = frame[f] + most
	}
	/^node:/ && match($0, /[0-9]+ bytes \([a-z,]*\)/) {
		f = name(quoted("title"))
		split(substr($0, RSTART, RLENGTH), word, " ")
		frame[f] = word[1] + 0
		functions++
		if (word[3] != "(static)")
			refuse("not bounded: " f)
		if (frame[f] > frame_max)
			refuse("over " frame_max " bytes: " f)
		if (frame[f] > largest) {
			largest = frame[f]
			largest_name = short(f)
		}
	}
	/^edge:/ {
		f = name(quoted("targetname"))
		calls[name(quoted("sourcename"))] = calls[name(quoted("sourcename"))] " " f
		called[f] = 1
	}
	END {
		if (!functions) {
			print "stack: no .ci files: nothing was compiled with -fcallgraph-info=su"
			exit 1
		}
		for (f in frame)
			if (!(f in called) && !entry(f))
				calls["__indirect_call"] = calls["__indirect_call"] " " f
		for (f in frame)
			if (depth(f) > deepest && short(f) !~ /_irq$/)
				deepest = depth(f)
			else if (depth(f) > irq && short(f) ~ /_irq$/)
				irq = depth(f)
		# Eight registers are the hardware'"'"'s; interrupts do not nest.
		deepest += irq + 32
		if (deepest > depth_max)
			refuse("calls over " depth_max " bytes deep: " deepest)
		print "firmware: stack at most " deepest " bytes, largest frame " \
			largest " (" largest_name ")"
		exit bad
	}'
