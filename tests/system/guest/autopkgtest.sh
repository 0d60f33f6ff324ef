# SPDX-License-Identifier: LGPL-2.1-or-later
# The package's own tests, as Debian runs them, on packages that are installed anew.

check "autopkgtest" autopkgtest -B /boot-debian/debs/*.deb /root/source/ -- null
grep -E '^[a-z-]+ +(PASS|FAIL|SKIP)' "$said" | sed 's/^/    /'
