# SPDX-License-Identifier: LGPL-2.1-or-later
# What the scripts that build the Debian packages and boot them share: steps that are counted, and the packages. The
# caller has $top, the source, and $out, the folder of its results.

passed=0 failed=0

skip()
{
        echo "skipped: $*"
        exit 77
}

# step WORDS COMMAND...: its output goes to a log, which is shown if it fails.
step()
{
        local words=$1 log=$out/${1// /-}.log begin=$SECONDS
        shift
        if "$@" >"$log" 2>&1 </dev/null; then
                passed=$((passed + 1))
                echo "ok: $words ($((SECONDS - begin)) s)"
                return
        fi
        tail -n 40 "$log"
        echo "FAILED: $words, see $log"
        failed=$((failed + 1))
        return 1
}

finish()
{
        echo "$passed passed, $failed failed"
        [ "$failed" = 0 ]
        exit
}

# What is tracked, and what is new and not ignored; without git all but what was built.
copy_source()
{
        rm -rf "$out/packages"
        mkdir -p "$out/packages/source" && cd "$top" || return 1
        if git rev-parse --is-inside-work-tree >/dev/null; then
                git ls-files -z --cached --others --exclude-standard | while IFS= read -r -d '' file; do
                        [ ! -e "$file" ] || printf '%s\0' "$file"
                done
        else
                find . \( -path ./build -o -path ./.git \) -prune -o -type f -print0
        fi | tar -c --null -T - | tar -x -C "$out/packages/source"
}

build_packages()
{
        cd "$out/packages/source" &&
                DEB_BUILD_OPTIONS="nocheck parallel=$(nproc)" dpkg-buildpackage -b -us -uc -tc
}
