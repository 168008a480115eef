#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What can be said about the code without running it, as TAP.

. "$(dirname "$0")/../lib.sh"

cd "$checkout" || bail "no checkout"
kernel=${RSSE_KERNEL:-6.12}

# Debian sid has neither sparse nor checkpatch for us, and what is built now is what
# guests may be using.
if [[ $("$selftests/vm/kernel.sh" headers "$kernel") == */chroots/sid/* ]]; then
	ktap_plan 1
	skip "lint" "not with the kernel of Debian sid"
	ktap_end
fi

source=$("$selftests/vm/kernel.sh" source "$kernel") || bail "no kernel source"

# What only the kernel has a better word for, or a test framework names so.
userspace_ignores=PREFER_KERNEL_TYPES,STRCPY,STRNCPY,BIT_MACRO,ARRAY_SIZE
userspace_ignores+=,PREFER_DEFINED_ATTRIBUTE_MACRO,EMBEDDED_FUNCTION_NAME,CAMELCASE
userspace_ignores+=,SPLIT_STRING,STATIC_CONST_CHAR_ARRAY,MACRO_ARG_REUSE,MACRO_ARG_PRECEDENCE

# What tracepoint headers are made of; the kernel floor, and operations that a module
# parameter has a say in.
trace_ignores=OPEN_ENDED_LINE,PARENTHESIS_ALIGNMENT,SPACING,COMPLEX_MACRO,TRAILING_SEMICOLON
kernel_ignores=LINUX_VERSION_CODE,CONSTANT_COMPARISON,CONST_STRUCT

files()
{
	git ls-files --cached --others --exclude-standard -- "$@"
}

# The compiler's warnings are errors. Of sparse only counts what it says about this
# checkout.
module_warnings()
{
	local output

	output=$(make modules 2>&1 && make modpost 2>&1 && make sparse 2>&1) || { tail -n 30 <<<"$output"; return 1; }
	! grep -E "^($checkout/)?(kmod|include)/.*(warning|error):|^WARNING: modpost" <<<"$output"
}

check_style()
{
	"$source/scripts/checkpatch.pl" --root="$source" --no-tree --strict --terse --quiet \
		--show-types --no-summary --max-line-length=100 "$@"
}

# shellcheck disable=SC2016 # the inner shell expands it
kernel_style()
{
	files 'kmod/*.[ch]' | grep -vE '/nl_gen\.|/trace\.h$' |
		xargs -r bash -c 'check_style --ignore "$kernel_ignores" -f "$@"' _ &&
		check_style --ignore "$trace_ignores" -f kmod/trace.h
}

# shellcheck disable=SC2016 # the inner shell expands it
userspace_style()
{
	files 'tools/*.[ch]' 'selftests/*.[ch]' |
		xargs -r bash -c 'check_style --ignore "$userspace_ignores" -f "$@"' _
}
export -f check_style
export source userspace_ignores kernel_ignores

shell_scripts()
{
	files | xargs grep -lE -m1 '^#!.*\b(ba)?sh$' -- 2>/dev/null
	echo selftests/lib.sh
}

shell_style()
{
	shell_scripts | sort -u | xargs shellcheck -x
}

python_syntax()
{
	files '*.py' | xargs -r python3 -c '
import ast, sys
for name in sys.argv[1:]:
    with open(name, encoding="utf-8") as source:
        ast.parse(source.read(), name)
'
}

man_pages()
{
	local page

	for page in Documentation/*.[1-8].rst; do
		rst2man --exit-status=2 "$page" >/dev/null || return 1
	done
}

licences()
{
	local bare

	bare=$(files '*.[ch]' '*.sh' '*.py' '*.mk' '*.yaml' '*.rst' '*Makefile' '*Kbuild' |
		xargs grep -L 'SPDX-License-Identifier: ')
	[[ -z $bare ]] || { echo "without an SPDX line: $bare"; return 1; }
}

ktap_plan 8
check "modules build without a warning by W=1 or sparse" module_warnings
check "checkpatch --strict on the modules" kernel_style
check "checkpatch --strict on tools and tests" userspace_style
check "shellcheck" shell_style
check "Python parses" python_syntax
check "generated netlink code is what the spec says" "$selftests/lint/nl_regen.sh" check
check "the man pages render" man_pages
check "every source file names its licence" licences
ktap_end
