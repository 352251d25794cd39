#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Static checks over every file git knows (or would take).
# Usage: tools/lint.sh KERNEL-FOLDER
set -u

kernel=$1
build=${BUILD:-build}
mkdir -p "$build/lint"
failed=0
# checkpatch keeps what it has learnt of the tree in its top folder.
trap 'rm -f .checkpatch-camelcase.*' EXIT
trap 'exit 130' INT TERM

step()
{
	label=$1
	shift
	if "$@" >"$build/lint/$label.log" 2>&1; then
		echo "lint: $label: ok"
	else
		cat "$build/lint/$label.log"
		echo "lint: $label: FAILED"
		failed=1
	fi
}

files()
{
	git ls-files --cached --others --exclude-standard -- "$@" |
		while read -r f; do [ -f "$f" ] && echo "$f"; done
}

kernel_c='drivers/*.[ch] kunit/*.[ch]'
selftest_c='selftests/*.[ch]'
other_c='daemons/*.[ch] firmware-mcu/*.[ch] include/hearth/*.h'

# In user space and firmware the fixed-width types of C17 are the house's
# types, the kernel's macros (BIT, ARRAY_SIZE, fallthrough) are not there, and
# the layout is clang-format's business. What remains is worth listening to.
user_ignore=PREFER_KERNEL_TYPES,ENOSYS,PREFER_DEFINED_ATTRIBUTE_MACRO
user_ignore=$user_ignore,SPLIT_STRING,LINE_SPACING,OPEN_ENDED_LINE,LONG_LINE
user_ignore=$user_ignore,PARENTHESIS_ALIGNMENT,MACRO_ARG_REUSE,SSCANF_TO_KSTRTO
user_ignore=$user_ignore,VOLATILE,AVOID_EXTERNS,NEW_TYPEDEFS,STRCPY,STRNCPY
user_ignore=$user_ignore,CONST_STRUCT,BIT_MACRO,ARRAY_SIZE,SPACING,PREFER_FALLTHROUGH
user_ignore=$user_ignore,SUSPECT_COMMA_SEMICOLON,EMBEDDED_FUNCTION_NAME,MISSING_SPACE
user_ignore=$user_ignore,QUOTED_WHITESPACE_BEFORE_NEWLINE,COMPLEX_MACRO,LOGICAL_CONTINUATIONS
user_ignore=$user_ignore,MULTIPLE_ASSIGNMENTS,STRLCPY,CAMELCASE,INDENTED_LABEL

checkpatch_kernel()
{
	# FILE_PATH_CHANGES speaks of a kernel tree's MAINTAINERS.
	# shellcheck disable=SC2046,SC2086
	perl "$kernel/linux/scripts/checkpatch.pl" --terse --no-summary \
		--ignore FILE_PATH_CHANGES,LINUX_VERSION_CODE \
		--file $(files $kernel_c) &&
	# These are user space in the kernel's style.
	perl "$kernel/linux/scripts/checkpatch.pl" --terse --no-summary \
		--ignore FILE_PATH_CHANGES,PREFER_KERNEL_TYPES,CAMELCASE \
		--file $(files "$selftest_c")
}

checkpatch_user()
{
	# shellcheck disable=SC2046,SC2086
	perl "$kernel/linux/scripts/checkpatch.pl" --terse --no-summary \
		--ignore "FILE_PATH_CHANGES,$user_ignore" \
		--file $(files $other_c)
}

format()
{
	# shellcheck disable=SC2046,SC2086
	clang-format --dry-run --Werror $(files $other_c)
}

# cppcheck knows neither cleanup attributes (resourceLeak), nor symbols of a
# linker script or an assembler file (comparePointers), nor OpenSSL's templates
# (unknownMacro).
cppcheck_user()
{
	# shellcheck disable=SC2046,SC2086
	cppcheck --quiet --error-exitcode=1 --std=c11 --inline-suppr \
		--enable=warning,portability,performance -I include \
		--suppress=missingIncludeSystem --suppress=unusedFunction \
		--suppress=resourceLeak:daemons/* \
		--suppress=comparePointers:firmware-mcu/chip/mps2/startup.c \
		--suppress=comparePointers:firmware-mcu/chip/stm32/startup.c \
		--suppress=comparePointers:daemons/ihdd/ihd-http.c \
		--suppress=unknownMacro:daemons/proto/gbcs-asn1-item.c \
		-i daemons/test -j "$(nproc)" \
		$(files 'daemons/*.c' 'firmware-mcu/*.c')
}

# CHECK= goes to sparse; W=1 to the compiler. Both only print, so any line
# that names one of our files is a failure.
kernel_static()
{
	rm -rf "$build/lint/modules"
	image/modules.sh "$kernel" "$build/lint/modules" W=1 C=2 \
		>"$build/lint/sparse.out" 2>&1 || {
		cat "$build/lint/sparse.out"
		return 1
	}
	! grep -E '(warning|error):' "$build/lint/sparse.out"
}

shell_syntax()
{
	for f in $(files '*.sh' '.ci/run' 'image/test-root/hearth-agent'); do
		sh -n "$f" || return 1
	done
}

python_syntax()
{
	for f in $(files '*.py'); do
		/usr/bin/python3 -B -c \
			'import ast, sys; ast.parse(open(sys.argv[1]).read())' \
			"$f" || return 1
	done
}

spdx()
{
	bad=
	for f in $(files '*.c' '*.h' '*.py' '*.sh' '*.S' '*.ld' '*.dts' '*.css' \
		'*.js' '*Makefile' '*Kbuild' '*.service' '*.config' '*.yaml'); do
		head -n 5 "$f" | grep -q 'SPDX-License-Identifier:' ||
			bad="$bad $f"
	done
	[ -z "$bad" ] || {
		echo "no SPDX line in:$bad"
		return 1
	}
}

xml_wellformed()
{
	# shellcheck disable=SC2046
	xmllint --noout --nonet $(files 'dbus/*.xml')
}

bindings()
{
	tools/check-bindings.sh "$kernel" "$build/image/hub.dtb" \
		"$build/lint/bindings"
}

step checkpatch-kernel checkpatch_kernel
step checkpatch-user checkpatch_user
step clang-format format
step cppcheck cppcheck_user
step sparse-w1 kernel_static
step shell-syntax shell_syntax
step python-syntax python_syntax
step spdx spdx
step xml xml_wellformed
step bindings bindings
exit "$failed"
