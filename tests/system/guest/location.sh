# SPDX-License-Identifier: LGPL-2.1-or-later
# Object 6 from GeoClue where nobody sits before the host; GeoClue asks a location service of ours.

ip link add eth9 type veth peer name eth9-far &&
        ip link set eth9 up && ip link set eth9-far up &&
        ip address add 192.0.2.7/24 dev eth9 && ip route add default via 192.0.2.1 dev eth9
cp /etc/lwm2md/lwm2md.conf /root/lwm2md.conf.before
printf '[Location]\nSource=geoclue\n' >>/etc/lwm2md/lwm2md.conf
# a group may come twice
cat >>/etc/geoclue/geoclue.conf <<'CONF'

[wifi]
enable=true
url=http://127.0.0.1:8100/locate
[lwm2md]
allowed=true
system=true
users=
CONF
sed -i 's/^whitelist=/&lwm2md;/' /etc/geoclue/geoclue.conf
systemd-run --quiet --unit=places /root/guest/places.py
systemctl restart lwm2md
check "the agent registers again" within 10 state_is online
check "the server has the latitude from GeoClue" within 30 says '"/6/0/0" d 46\.5197' at_server Read 'sa{sv}' /6/0 0
check "and the longitude" says '"/6/0/1" d 6\.6323' at_server Read 'sa{sv}' /6/0 0
check "with its accuracy" within 5 says '"/6/0/3" d 250' at_server Read 'sa{sv}' /6/0 0
systemctl stop places
ip link del eth9
cp /root/lwm2md.conf.before /etc/lwm2md/lwm2md.conf
systemctl restart lwm2md
check "without a source there is no place" within 10 says '4\.04' at_server Read 'sa{sv}' /6/0 0
