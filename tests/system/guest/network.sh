# SPDX-License-Identifier: LGPL-2.1-or-later
# Objects 4, 7 and 20 from the sandbox: a link with a default route, and the journal with and without its drop-in.

ip link add eth9 type veth peer name eth9-far &&
        ip link set eth9 up && ip link set eth9-far up &&
        ip address add 192.0.2.7/24 dev eth9 && ip route add default via 192.0.2.1 dev eth9
check "the bearer of the default route, 41, Ethernet" within 5 says '"/4/0/0" x 41' at_server Read 'sa{sv}' /4/0 0
check "its address" says '192\.0\.2\.7' at_server Read 'sa{sv}' /4/0/4 0
check "its router" says '192\.0\.2\.1"' at_server Read 'sa{sv}' /4/0/5 0
check "a collection is started" says '2\.04' at_server Execute 'ssa{sv}' /7/0/6 '' 0
ip neigh add 192.0.2.99 lladdr 02:00:00:00:00:99 dev eth9
packet=$(printf '%0972d' 0)
for ((i = 0; i < 200; i++)); do printf %s "$packet" >/dev/udp/192.0.2.99/9; done
check "200 datagrams of 1000 bytes are 200 kB at least" within 5 says '"/7/0/2" x 2[0-9][0-9]' at_server Read 'sa{sv}' /7/0/2 0
ip link del eth9
check "without the link there is no bearer" within 5 fails says '"/4/0/0"' at_server Read 'sa{sv}' /4/0 0
check "what it carried stays counted" says '"/7/0/2" x 2[0-9][0-9]' at_server Read 'sa{sv}' /7/0/2 0

check "without the drop-in there is no event log" says '4\.04' at_server Read 'sa{sv}' /20/0 0
check "and the journal says why" journal_says 'object 20 is not offered: the journal cannot be read'
mkdir -p /etc/systemd/system/lwm2md.service.d
cp /usr/share/doc/lwm2md/examples/lwm2md-journal.conf /etc/systemd/system/lwm2md.service.d/
systemctl daemon-reload
systemctl restart lwm2md
check "with it there is" within 10 says '"/20/0/4010" x 1' at_server Read 'sa{sv}' /20/0/4010 0
check "the score of the sandbox is the same" systemd-analyze security --threshold=15 lwm2md
logger -p daemon.warning 'the pump is dry'
logger -p daemon.info 'the pump is wet'
# The bytes of LogData as text.
log_data()
{
        busctl --json=short call -- "${manager[@]}" Read s /20/0/4014 | grep -o '\[[0-9,]*\]' | tr -c '0-9\n' ' ' |
                LC_ALL=C awk '{ for (i = 1; i <= NF; i++) printf "%c", $i }'
}
check "a warning is a line of the log" within 5 says 'Z warning [^ ]+: the pump is dry$' log_data
check "what is no warning is none" fails says 'the pump is wet' log_data
check "the log is stopped and emptied" says '2\.04' at_server Execute 'ssa{sv}' /20/0/4012 "0='1'" 0
check "its status says so" within 5 says 'x 1' at_server Read 'sa{sv}' /20/0/4013 0
rm -r /etc/systemd/system/lwm2md.service.d
systemctl daemon-reload
systemctl restart lwm2md
check "without the drop-in it is closed again" within 10 state_is online
