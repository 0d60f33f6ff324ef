# SPDX-License-Identifier: LGPL-2.1-or-later
# A plugin: a program of an ordinary user, without a file on the bus of its own.

example=/usr/share/doc/lwm2md/examples/thermometer.py
useradd gauge
echo 42500 >/run/temperature

plugin()
{
        systemctl stop thermometer 2>/dev/null
        systemd-run --quiet --collect --unit=thermometer --uid=gauge "$example" /run/temperature
}
plugin_says()
{
        journalctl --sync
        journalctl --quiet --no-pager -u thermometer -g "$1"
}
temperature_is()
{
        says "\"/3303/[0-9]+/5700\" d $1" at_server Read 'sa{sv}' /3303 0
}

# Ids from 100 on are those of services; the host's own sensors have the others.
is_gone()
{
        local text
        text=$(at_server Read 'sa{sv}' /3303 0 2>&1)
        printf '%s\n' "$text"
        grep -qE '4\.04|2\.05' <<<"$text" && ! grep -qE '"/3303/1[0-9][0-9]/' <<<"$text"
}

check "an ordinary user starts it" plugin
check "and may not provide objects by himself" \
        within 10 plugin_says 'InteractiveAuthorizationRequired: polkit would ask a person'
cat >/etc/polkit-1/rules.d/40-thermometer.rules <<'RULES'
polkit.addRule(function(action, subject) {
    if (action.id == "org.lwm2md.register-provider" && subject.user == "gauge")
        return polkit.Result.YES;
    return polkit.Result.NOT_HANDLED;
});
RULES
systemctl try-restart polkit
check "the administrator writes a rule for him, and he starts it again" plugin
check "the server reads its value" within 10 temperature_is '42\.5'
echo 17250 >/run/temperature
check "the server sees it change" within 10 temperature_is '17\.25'
check "the journal names it" journal_says "'thermometer'.* provides /3303/"
systemctl restart lwm2md
check "it finds the agent again after a restart" within 10 temperature_is '17\.25'
systemctl stop thermometer
check "it goes" within 10 is_gone

install -m 755 "$example" /usr/local/bin/thermometer
cp "${example%.py}.service" /etc/systemd/system/
systemctl daemon-reload
check "the example's unit starts it as root, without any rule" systemctl start thermometer
check "the server reads its value again" within 10 temperature_is '[0-9]'
systemctl stop thermometer
rm /usr/local/bin/thermometer /etc/systemd/system/thermometer.service
systemctl daemon-reload
