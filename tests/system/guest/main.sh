#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Runs in the booted Debian after the installation: all checks of the installed packages, in the order of a host's life.
# The last line is "N passed, M failed".
set -u
cd /root/guest || exit 1
. ./lib.sh

for part in install register callers device network location plugin activation service upgrade sensors purge autopkgtest; do
        section "$part"
        . "./$part.sh"
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
