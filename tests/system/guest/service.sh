# SPDX-License-Identifier: LGPL-2.1-or-later
# The unit: reload, watchdog, crash.

pid=$(pidof lwm2md)
echo 'ShortServerId=nonsense' >>/etc/lwm2md/lwm2md.conf
check "a reload with a mistake fails" fails systemctl reload lwm2md
check "what the mistake is stands in the journal" journal_says 'lwm2md.conf:[0-9]+: .*nonsense'
check "it stays registered" state_is online
sed -i '/nonsense/d; /^ShortServerId=101/a Lifetime=900' /etc/lwm2md/lwm2md.conf
check "mended, it reloads" systemctl reload lwm2md
check "the same process goes on" [ "$(pidof lwm2md)" = "$pid" ]
check "with what the section says now" within 5 says 'u 900' busctl get-property "${server[@]}" Lifetime
check "and registered" within 5 state_is online

mkdir -p /etc/systemd/system/lwm2md.service.d
printf '[Service]\nWatchdogSec=3s\nRestartSec=1s\n' >/etc/systemd/system/lwm2md.service.d/short.conf
systemctl daemon-reload
systemctl restart lwm2md
check "with a watchdog of 3 s" within 5 state_is online
sleep 4
check "it is fed" restarts_are 0
kill -STOP "$(pidof lwm2md)"
check "a process that hangs is restarted" within 20 restarts_are 1
check "and registers" within 5 state_is online
kill -KILL "$(pidof lwm2md)"
check "a killed one, too" within 10 restarts_are 2
check "and registers again" within 5 state_is online
rm -r /etc/systemd/system/lwm2md.service.d
systemctl daemon-reload
systemctl restart lwm2md
check "with its own settings" within 5 state_is online
