#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Fails when a file of the tree is not in Makefile.am, or a package of configure.ac is not in .ci/packages: what
# nobody builds rots, and what is not distributed is missing for everybody else.
set -euo pipefail
shopt -s nullglob
cd "${srcdir:-.}"

failures=0
missing()
{
        echo "$1"
        failures=$((failures + 1))
}

# Every word of Makefile.am, one a line.
words=$(tr -s ' \t\\=' '\n' <Makefile.am)
count=0
while IFS= read -r file; do
        count=$((count + 1))
        grep -qxF "$file" <<<"$words" || missing "$file is not in Makefile.am"
done < <(find src data dbus tests -type f \( -name '*.[ch]' -o -name '*.sh' -o -name '*.xml' -o -name '*.py' \
        -o -name '*.java' -o -name '*.conf' -o -name '*.in' -o -name '*.[1-9]' \) ! -path 'tests/data/*' ! -path 'tests/fuzz/corpus/*' |
        sort)

# Each suite runs the cases of each of its files.
for run in tests/*/run.c; do
        for file in "${run%/*}"/test-*.c; do
                name=${file##*/}
                name=${name%.c}
                grep -q "\b${name//-/_}\b" "$run" || missing "$file is not run by $run"
        done
done

# Each fuzz target has a corpus to start from, which make check runs.
for file in tests/fuzz/fuzz-*.c; do
        name=${file##*/fuzz-}
        [ -n "$(ls "tests/fuzz/corpus/${name%.c}" 2>/dev/null)" ] || missing "$file has no corpus"
done

while IFS= read -r package; do
        grep -qxE "$package( .*)?" .ci/packages || missing "configure.ac asks for $package, .ci/packages does not"
done < <(sed -nE 's/^LW_REQUIRE\(.*\[([^]]*)\]\)$/\1/p' configure.ac)

echo "$count files looked at, $failures not in their list"
[ "$failures" = 0 ]
