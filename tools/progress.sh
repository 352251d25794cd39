# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh
# To be sourced.  progress LABEL LOG EXPECTED-LINES COMMAND...
#
# Run a long command (a shell function will do) with its output in a log and a
# line of progress now and then.  EXPECTED-LINES is how many lines the log
# usually gets; 0: not known.  Returns the command's exit status, and shows the
# end of the log where that is not 0.
progress()
{
	progress_label=$1 progress_log=$2 progress_expect=$3
	shift 3
	mkdir -p "$(dirname "$progress_log")"
	: >"$progress_log"
	progress_start=$(date +%s)
	progress_every=15
	[ -t 1 ] && progress_every=1

	(set -e; "$@") >"$progress_log" 2>&1 &
	progress_pid=$!
	# What a script runs in the background ignores Ctrl-C, so it is ended
	# the polite way, with all it has started: this is their process group.
	trap 'trap "" TERM; kill -TERM 0; exit 130' INT
	progress_last=$progress_start
	while kill -0 "$progress_pid" 2>/dev/null; do
		sleep 0.2
		progress_now=$(date +%s)
		[ $((progress_now - progress_last)) -ge "$progress_every" ] ||
			continue
		progress_last=$progress_now
		progress_text="$(wc -l <"$progress_log") lines"
		if [ "$progress_expect" -gt 0 ]; then
			progress_pct=$((${progress_text% lines} * 100 /
				progress_expect))
			[ "$progress_pct" -le 99 ] || progress_pct=99
			progress_text="$progress_pct %"
		fi
		progress_text="$progress_label: $progress_text,"
		progress_text="$progress_text $((progress_now - progress_start)) s"
		if [ -t 1 ]; then
			printf '\r%s ' "$progress_text"
		else
			printf '%s\n' "$progress_text"
		fi
	done
	[ -t 1 ] && printf '\r'
	progress_r=0
	wait "$progress_pid" || progress_r=$?
	trap - INT
	if [ "$progress_r" -eq 0 ]; then
		printf '%s: done in %s s\n' "$progress_label" \
			$(($(date +%s) - progress_start))
	else
		tail -n 25 "$progress_log" >&2
		echo "$progress_label: failed; the log is $progress_log" >&2
		return "$progress_r"
	fi
}
