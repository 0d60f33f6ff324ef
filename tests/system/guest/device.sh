# SPDX-License-Identifier: LGPL-2.1-or-later
# Object 3 from the sandbox: what only root may read, and the reboot that logind does for it.

check "the server reads the serial number, which is root's alone" \
        says '"/3/0/2" s "SN-4711"' at_server Read 'sa{sv}' /3/0/2 0
check "a filler of the vendor is no model number" fails says '/3/0/1"' at_server Read 'sa{sv}' /3/0 0
check "the server reads memory through the sandbox" says '"/3/0/21" x [1-9]' at_server Read 'sa{sv}' /3/0/21 0

# What the target of a reboot does is replaced; logind, polkit and our rule are the real ones.
cat >/etc/systemd/system/reboot.target <<'UNIT'
[Unit]
Description=In place of a reboot
DefaultDependencies=no
UNIT
systemctl daemon-reload

systemd-inhibit --what=shutdown --who=test --why="a backup" --mode=block sleep 60 &
inhibitor=$!
check "an inhibitor is there" within 5 says 'a backup' systemd-inhibit --list
check "the server asks for a reboot" says '2\.04' at_server Execute 'ssa{sv}' /3/0/4 '' 0
check "somebody's inhibitor holds it off, and the journal says so" within 5 journal_says 'does not happen: .*inhibit'
check "there is no reboot" fails systemctl is-active reboot.target
kill $inhibitor
wait $inhibitor 2>/dev/null

check "the server asks again" says '2\.04' at_server Execute 'ssa{sv}' /3/0/4 '' 0
check "logind reboots" within 5 systemctl is-active reboot.target
check "the journal says why" journal_says 'rebooting, as /3/0/4 was executed'
systemctl stop reboot.target
rm /etc/systemd/system/reboot.target
systemctl daemon-reload
systemctl restart systemd-logind
