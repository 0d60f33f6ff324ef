#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Fails when a header does not compile alone: each includes what it uses.
# LWM2MD_COMPILE: the compiler with its flags, as make check passes it.
set -euo pipefail
: "${LWM2MD_COMPILE:?is not set; run this by make check}"
cd "${srcdir:-.}"

compile_alone()
{
        # shellcheck disable=SC2086 # words of a command line
        printf '#include "%s"\n' "${1#*/}" |
                eval "$LWM2MD_COMPILE -Isrc -Itests -fsyntax-only -x c -" || echo "$1 does not compile alone"
}
export -f compile_alone

mapfile -t headers < <(find src tests -name '*.h' | sort)
complaints=$(printf '%s\0' "${headers[@]}" |
        xargs -0 -P "$(nproc)" -I '{}' bash -c 'compile_alone {}' 2>&1)
if [ -n "$complaints" ]; then
        printf '%s\n' "$complaints"
        exit 1
fi
echo "${#headers[@]} headers compile alone"
