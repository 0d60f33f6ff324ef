# SPDX-License-Identifier: LGPL-2.1-or-later
# Just installed, nothing configured.

check "it runs" systemctl is-active lwm2md
check "at the first start, too" restarts_are 0
check "and without a warning: the bus knew its user in time" \
        fails says . journalctl --quiet --no-pager -u lwm2md -p warning
check "it is started at boot" systemctl is-enabled lwm2md
check "it is unconfigured" state_is unconfigured
check "systemctl status says where to write" \
        says 'Status: "no server configured: .*/etc/lwm2md/lwm2md.conf' systemctl status lwm2md
check "the journal says so, too" journal_says 'no server configured'
check "polkit came with it" systemctl cat polkit
check "no unit has failed" fails says . systemctl --failed --no-legend --plain
check "it is the user _lwm2md" [ "$(ps -o user= -C lwm2md)" = _lwm2md ]
check "it has no capabilities" grep -qx 'CapEff:	0*' "/proc/$(pidof lwm2md)/status"
check "there is a group for people" getent group lwm2md
check "the state is its own" [ "$(stat -c %U:%a /var/lib/lwm2md)" = _lwm2md:700 ]
check "the configuration is root's" [ "$(stat -c %U:%a /etc/lwm2md/lwm2md.conf)" = root:644 ]
check "the configuration as installed is good" says ': 0 servers' lwm2md --check-config
check "nothing listens" fails says lwm2md ss -Hlntup
check "the unit is without mistakes" systemd-analyze verify --man=no lwm2md.service
check "the sandbox scores at most 1.5" systemd-analyze security --no-pager --threshold=15 lwm2md
systemd-analyze security --no-pager lwm2md | sed -n 's/^.*\(Overall exposure.*: [0-9.]*\).*/    \1/p'

systemctl stop lwm2md
check "a call on the bus starts it" state_is unconfigured
systemctl disable --quiet --now lwm2md
check "disabled, it is not started by a call" fails state_is unconfigured
systemctl enable --quiet --now lwm2md
check "enabled, it is" state_is unconfigured
