# SPDX-License-Identifier: LGPL-2.1-or-later
# Remove keeps what is the administrator's and the state; purge takes it.

at_server Write 'sva{sv}' /1/0/1 u 700 0 >/dev/null
check "it is removed" apt-get -y -q remove lwm2md
check "it does not run" fails pidof lwm2md
check "it took its leave of the server" fails at_server Read 'sa{sv}' /3/0/0 0
check "the bus does not start it" fails state_is online
check "the configuration is kept" grep -q '^ShortServerId=101' /etc/lwm2md/lwm2md.conf
check "the state is kept" [ -n "$(ls -A /var/lib/lwm2md)" ]
check "it is installed again" apt-get -y -q install /root/upgrade.deb
check "and is what it was" within 5 says 'u 700' busctl get-property "${server[@]}" Lifetime

touch /etc/lwm2md/lwm2md.conf.d/ours.conf
check "all is purged" apt-get -y -q purge lwm2md lwm2m-testserver lwm2md-examples
systemctl stop testserver
leftovers()
{
        find /etc /usr /var /lib /run -xdev \( -name '*lwm2m*' \) ! -path '/var/log/journal/*' ! -path '/var/cache/apt/*' \
                ! -path '/etc/apparmor.d/*' -print | grep . && return 0
        systemctl list-unit-files --no-legend '*lwm2m*' | grep .
}
check "nothing is left but the locked user and the group" fails leftovers
check "no unit has failed" fails says . systemctl --failed --no-legend --plain
