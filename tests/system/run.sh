#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Builds the Debian packages, has lintian look at them, installs them in a booted Debian and runs guest/ there.
# run.sh [OUT [OPTION OF boot-debian]...]; OUT is build/system if not given. The last line is "N passed, M failed". The
# status is 77, and the last line begins with "skipped", where this machine cannot boot a container.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
out=${1:-$top/build/system}
[ $# = 0 ] || shift
. "$here/packages.sh"

run_lintian()
{
        lintian --allow-root --fail-on error,warning "$out"/packages/*.changes
}

# The examples in C, by the line of their page.
compile_examples()
{
        local page
        mkdir -p "$out/bin" && cd "$top/data/examples" || return 1
        for page in thermometer zoo; do
                bash -exc "$(sed -n "s|^    \(cc .*\)|\1|p" $page.md | sed "s|/usr/local/bin|$out/bin|")" || return 1
        done
}

# A machine whose firmware knows its serial number and has a filler for its model.
make_sys_class()
{
        local dmi=$out/sys-class/dmi/id
        rm -rf "$out/sys-class"
        mkdir -p "$dmi" "$out/sys-class/net" &&
                echo 'Bench Works' >"$dmi/sys_vendor" && echo 'Default string' >"$dmi/product_name" &&
                echo 'SN-4711' >"$dmi/product_serial" && chmod 400 "$dmi/product_serial" || return 1
        mkdir -p "$out/sys-class/power_supply/BAT0" "$out/sys-class/hwmon/hwmon0" "$out/sys-class/thermal/thermal_zone0" &&
                printf 'POWER_SUPPLY_%s\n' TYPE=Battery STATUS=Discharging CAPACITY=77 VOLTAGE_NOW=11800000 \
                        >"$out/sys-class/power_supply/BAT0/uevent" &&
                echo lm75 >"$out/sys-class/hwmon/hwmon0/name" && echo 25500 >"$out/sys-class/hwmon/hwmon0/temp1_input" &&
                echo acpitz >"$out/sys-class/thermal/thermal_zone0/type" &&
                echo 45000 >"$out/sys-class/thermal/thermal_zone0/temp"
}

boot()
{
        local debs
        mapfile -t debs < <(find "$out/packages" -maxdepth 1 -name '*.deb' ! -name '*-dbgsym_*' | sort)
        "$here/boot-debian" --out "$out/results" --sys-class "$out/sys-class" --copy "$here/guest:/root/guest" \
                --copy "$out/packages/source:/root/source" --copy "$out/bin:/root/bin" \
                --prepare 'apt-get -y -q --no-install-recommends install autopkgtest dpkg-dev geoclue-2.0' \
                "$@" "${debs[@]}" -- "$here/guest/main.sh" </dev/null
}

[ "$(id -u)" = 0 ] || skip "only root can boot a container"
unshare --mount --pid --net --ipc --uts --fork true 2>/dev/null || skip "this machine lets nobody make namespaces"
mkdir -p "$out" && out=$(cd "$out" && pwd) || exit 1
"$top/.ci/install" build check package || exit 1
step "copy of the source" copy_source || finish
step "Debian packages" build_packages || finish
step "lintian" run_lintian
step "examples in C, by their pages" compile_examples
(cd "$out/packages" && du -k --apparent-size ./*.deb | sed -n 's|^\([0-9]*\)\t\./\(.*\)|    \1 KiB \2|p' | grep -v dbgsym)
make_sys_class || exit 1

boot "$@"
status=$?
read -r boot_passed _ boot_failed _ < <(tail -n 1 "$out/results/output.log" | grep -E '^[0-9]+ passed,' | tr -d ,)
passed=$((passed + ${boot_passed:-0})) failed=$((failed + ${boot_failed:-0}))
if [ $status != 0 ] && [ "${boot_failed:-0}" = 0 ]; then
        echo "FAILED: the booted test ended with status $status"
        failed=$((failed + 1))
fi
[ "$failed" = 0 ] || echo "the journal and all else: $out/results"
finish
