# SPDX-License-Identifier: LGPL-2.1-or-later
# Upgrade to a package of another version, whose configuration file is another one, too.

new=/root/upgrade
dpkg-deb -R /boot-debian/debs/lwm2md_*.deb $new
sed -i 's/^Version: .*/&+upgrade/' $new/DEBIAN/control
echo '# a new comment' >>$new/etc/lwm2md/lwm2md.conf
dpkg-deb -b $new /root/upgrade.deb >/dev/null

at_server Write 'sva{sv}' /1/0/1 u 700 0 >/dev/null
before=$(busctl get-property "${manager[@]}" EndpointName)
pid=$(pidof lwm2md)
begin=$(now)
check "the upgrade installs" dpkg --force-confold -i /root/upgrade.deb
check "another process runs" [ "$(pidof lwm2md)" != "$pid" ]
check "registered again within 5 s" within 5 state_is online
echo "    registered $(($(now) - begin)) ms after the upgrade was begun"
check "under the same name" [ "$(busctl get-property "${manager[@]}" EndpointName)" = "$before" ]
check "with what the server wrote" says 'u 700' busctl get-property "${server[@]}" Lifetime
check "the administrator's file is as it was" grep -q '^ShortServerId=101' /etc/lwm2md/lwm2md.conf
check "the server answers" at_server Read 'sa{sv}' /3/0/0 0

systemctl disable --quiet --now lwm2md
check "what the administrator disabled" dpkg --force-confold -i /boot-debian/debs/lwm2md_*.deb
check "stays so over a change of version" fails systemctl is-enabled lwm2md
systemctl enable --quiet --now lwm2md
check "until he enables it" within 5 state_is online

printf '[Agent]\nNonsense=1\n' >/etc/lwm2md/lwm2md.conf.d/mistake.conf
check "an upgrade tells mistakes in the configuration" \
        says 'mistake.conf:2: ' dpkg --force-confold -i /root/upgrade.deb
check "and works" within 5 state_is online
rm /etc/lwm2md/lwm2md.conf.d/mistake.conf
