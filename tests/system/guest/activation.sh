# SPDX-License-Identifier: LGPL-2.1-or-later
# A service that is listed while it sleeps, and started by a request: as a unit of systemd, by the bus, and not at all.

# What the page has compiled is compiled where the packages were.
check "the page of the zoo installs it" \
        bash -exc "$(block zoo 1 | sed 's|^cc .*|install -m 755 /root/bin/zoo /usr/local/bin/zoo|')"
check "the agent is back" within 5 state_is online
check "the server has it listed" says '</26250/0>' at_server Discover 'sa{sv}' /26250 0
systemctl stop lwm2md-zoo
check "it sleeps" fails systemctl is-active lwm2md-zoo

# asked WORDS: a Read of the server starts it, and is answered in time
asked()
{
        local begin
        begin=$(now)
        check "a Read of the server starts it $1, and is answered" at_server_is '"/26250/0/0" s "Ida"' /26250/0/0
        begin=$(($(now) - begin))
        echo "    answered $begin ms after it was asked, the start included"
        check "within the 20 s that start and answer have together" [ "$begin" -lt 20000 ]
        check "it runs, as its user" [ "$(ps -o user= -C zoo)" = zoo ]
}
asked "as a unit"
check "it has registered, by its grant" within 5 journal_says "'zoo' .* provides /26250"
check "the second one does not start anything" at_server_is '"/26250/0/0" s "Ida"' /26250/0/0
check "the page asks it on this host" by_page zoo 2
systemctl stop lwm2md-zoo
check "stopped, it is listed all the same" within 5 says '</26250/0>' at_server Discover 'sa{sv}' /26250 0
begin=$(now)
check "a local Read starts it, too" says '"Ida"' busctl call -- "${manager[@]}" Read s /26250/0/0
echo "    answered $(($(now) - begin)) ms after it was asked, the start included"

systemctl stop lwm2md-zoo
cp /etc/systemd/system/lwm2md-zoo.service /etc/systemd/system/zoo.service
sed -i 's/^Start=.*/Start=zoo.service/' /etc/lwm2md/providers.d/zoo.provider
systemctl daemon-reload
systemctl reload lwm2md
check "units of other names the agent may not start" within 5 at_server_is '5\.03' /26250/0/0
check "and it does not" fails systemctl is-active zoo
check "the journal says why" journal_says "zoo.*(auth|polkit|denied)"
rm /etc/systemd/system/zoo.service

sed -i '/^Start=/d' /etc/lwm2md/providers.d/zoo.provider
mkdir -p /usr/local/share/dbus-1/system-services
cat >/usr/local/share/dbus-1/system-services/org.lwm2md.example.Zoo.service <<'SERVICE'
[D-BUS Service]
Name=org.lwm2md.example.Zoo
Exec=/bin/false
User=zoo
SystemdService=lwm2md-zoo.service
SERVICE
systemctl daemon-reload
systemctl reload dbus
systemctl reload lwm2md
asked "by the bus"
check "somebody else cannot have its name" fails as gauge busctl call org.freedesktop.DBus /org/freedesktop/DBus \
        org.freedesktop.DBus RequestName su org.lwm2md.example.Zoo 4
rm -r /usr/local/share/dbus-1
check "the page takes it away" by_page zoo 3
check "the agent is back again" within 5 state_is online
check "the server sees it no more" within 5 at_server_is '4\.04' /26250
