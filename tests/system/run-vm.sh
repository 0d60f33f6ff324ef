#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Builds the Debian packages, boots them on an emulated machine with a battery, mains, sensors, a WLAN and a modem, and
# holds what a server reads against what the kernel and the desktop services say, value by value (guest/vm/main.py).
# run-vm.sh [OUT]; OUT is build/vm if not given. It takes a quarter of an hour without KVM, which is not used. The last
# line is "N passed, M failed"; the status is 77, and it begins with "skipped", where this machine cannot.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
out=${1:-$top/build/vm}
. "$here/packages.sh"

[ "$(id -u)" = 0 ] || skip "only root can mount what the machine boots from"
[ "$(dpkg --print-architecture)" = amd64 ] || skip "the machine is one of amd64"
unshare --mount true 2>/dev/null || skip "this machine lets nobody make namespaces"
mkdir -p "$out" && out=$(cd "$out" && pwd) || exit 1
"$top/.ci/install" build check package vm || exit 1
step "copy of the source" copy_source || finish
step "Debian packages" build_packages || finish

mapfile -t debs < <(find "$out/packages" -maxdepth 1 -name '*.deb' ! -name '*-dbgsym_*')
"$here/boot-vm" "$out/results" "$here/guest/vm" "${debs[@]}" </dev/null
status=$?
read -r boot_passed _ boot_failed _ < <(tail -n 1 "$out/results/output.log" | grep -E '^[0-9]+ passed,' | tr -d ,)
passed=$((passed + ${boot_passed:-0})) failed=$((failed + ${boot_failed:-0}))
if [ $status != 0 ] && [ "${boot_failed:-0}" = 0 ]; then
        echo "FAILED: the emulated machine ended with status $status"
        failed=$((failed + 1))
fi
[ "$failed" = 0 ] || echo "the journal and all else: $out/results"
finish
