# SPDX-License-Identifier: LGPL-2.1-or-later
# Plugins: programs of ordinary users, without a file on the bus of their own. Who may provide what, by nobody's leave,
# by polkit's, by a grant for a user and by one for a unit; the examples, by the lines of their pages.
#   gauge         somebody without a grant
#   thermometer   an example with a grant for object 3303
#   commands      an example with a grant for its unit alone

examples=/usr/share/doc/lwm2md/examples
install -m 755 try-register.py /usr/local/bin/try-register
useradd gauge
echo 42500 >/run/temperature

# block PAGE NUMBER: lines of an example's page that are to be typed, as they stand there
block()
{
        awk -v wanted="$2" '/^    / { if (!inside) count++; inside = 1; if (count == wanted) print substr($0, 5); next }
                { inside = 0 }' "$examples/$1.md"
}
by_page()
{
        bash -exc "$(block "$1" "$2")"
}
# page.sh HEADING: those of the first provider
first_provider()
{
        python3 /root/source/tests/integration/page.py "$examples/first-provider.md" "$1"
}
as()
{
        runuser -u "$1" -- "${@:2}"
}
at_server_is()
{
        says "$1" at_server Read 'sa{sv}' "$2" 0
}
# Ids from 100 on are those of services; the host's own sensors have the others.
temperature_is()
{
        at_server_is "\"/3303/1[0-9][0-9]/5700\" d $1" /3303
}
is_gone()
{
        local text
        text=$(at_server Read 'sa{sv}' /3303 0 2>&1)
        printf '%s\n' "$text"
        grep -qE '4\.04|2\.05' <<<"$text" && ! grep -qE '"/3303/1[0-9][0-9]/' <<<"$text"
}
plugin()
{
        systemctl stop gauge 2>/dev/null
        systemd-run --quiet --collect --unit=gauge --uid=gauge "$examples/thermometer.py" /run/temperature
}

# Nobody's leave, and polkit's
check "who has no grant is refused, and told what to do" \
        says "AccessDenied: .*/3303/170/5700.*User=$(id -u gauge) and Objects=3303 to .*/providers\.d" as gauge try-register /3303/170=5700
check "and the server sees nothing of it" at_server_is '4\.04' /3303/170
cat >/etc/polkit-1/rules.d/40-gauge.rules <<'RULES'
polkit.addRule(function(action, subject) {
    if (action.id == "org.lwm2md.register-provider" && subject.user == "gauge")
        return polkit.Result.YES;
    return polkit.Result.NOT_HANDLED;
});
RULES
systemctl try-restart polkit
check "the administrator writes a rule for him, and he starts his" plugin
check "the server reads its value" within 10 temperature_is '42\.5'
echo 17250 >/run/temperature
check "the server sees it change" within 10 temperature_is '17\.25'
check "the journal names it" journal_says "'thermometer'.* provides /3303/"
systemctl restart lwm2md
check "it finds the agent again after a restart" within 10 temperature_is '17\.25'
systemctl stop gauge
rm /etc/polkit-1/rules.d/40-gauge.rules
systemctl try-restart polkit
check "it goes, and the object with it" within 10 is_gone

# A grant for a user
check "the page of the thermometer installs it" by_page thermometer 1
check "the server reads its value" within 10 temperature_is '[0-9]'
check "the page shows it" by_page thermometer 3
check "it is an ordinary user without capabilities" \
        [ "$(ps -o user= -p "$(systemctl show -P MainPID thermometer)")" = thermometer ]
check "its grant is for object 3303" says '^registered' as thermometer try-register /3303/170=5700
refused="AccessDenied: .*'thermometer' does not cover"
check "and for no other" says "$refused /26250/0/0" as thermometer try-register /26250/0=0
check "nor for what is the agent's own" says "$refused /3/0/9" as thermometer try-register /3/0=9
check "nor for some of each" says "$refused /3304/0/5700" as thermometer try-register /3303/180=5700 /3304/0=5700
check "and then nothing is registered" at_server_is '4\.04' /3303/180
check "reserved is what root may not provide, either" says 'ReservedObject' try-register /1/0=1
rm /etc/lwm2md/providers.d/thermometer.grant
check "the grant is taken away, and the agent reads that" systemctl reload lwm2md
check "what was provided by it goes" within 10 is_gone
check "and nothing can be provided" says 'AccessDenied: .*providers\.d' as thermometer try-register /3303/170=5700
install -m 644 "$examples/thermometer.grant" /etc/lwm2md/providers.d
systemctl reload lwm2md
systemctl restart thermometer
check "with the grant it is back, in its place" within 10 temperature_is '[0-9]'

# A grant for a unit
check "the page of the commands installs them" by_page commands 1
check "the server sees the program" within 10 at_server_is '"/26251/100/0" s "uptime"' /26251
check "and no more: it may be run, not written" says '4\.0[45]' at_server Write 'sva{sv}' /26251/100/0 s other 0
check "the page runs it" by_page commands 2
check "the server reads what it wrote" within 10 at_server_is '"/26251/100/5" s ".*load average' /26251/100
check "and that it ended well" at_server_is '"/26251/100/4" x 0' /26251/100
unit="AccessDenied: .*'commands' is for the unit commands.service"
check "the same user outside the unit may not" says "$unit" as commands try-register /26251/7=0
check "nor in another unit" says "$unit" \
        systemd-run --quiet --wait --pipe --collect --unit=other --uid=commands try-register /26251/7=0
check "nor another user in a unit of its own" says 'AccessDenied' \
        systemd-run --quiet --wait --pipe --collect --uid=gauge try-register /26251/7=0
# in_unit PATH=IDS...: a process of the unit, in the place of its own program, registers
in_unit()
{
        local drop_in=/run/systemd/system/commands.service.d
        systemctl stop commands
        systemctl reset-failed commands 2>/dev/null
        mkdir -p $drop_in
        printf '%s\n' '[Service]' Type=oneshot Restart=no ExecStart= "ExecStart=-/usr/local/bin/try-register $*" \
                StandardOutput=truncate:/run/try-register StandardError=inherit >$drop_in/try.conf
        systemctl daemon-reload
        systemctl start commands
        cat /run/try-register
}
check "in the unit its grant is for object 26251" says '^registered' in_unit /26251/7=0
refused="AccessDenied: .*'commands' does not cover"
check "and for no other" says "$refused /3303/171/5700" in_unit /3303/171=5700
check "nor for one more beside it" says "$refused /26252/0" in_unit /26251/7=0 /26252/0=0
rm -r /run/systemd/system/commands.service.d
systemctl daemon-reload
systemctl reset-failed commands 2>/dev/null
systemctl restart commands
check "the unit's own program is back" within 10 at_server_is '"/26251/100/0" s "uptime"' /26251
check "the page takes the commands away" by_page commands 3
check "the server sees them no more" within 10 at_server_is '4\.04' /26251

# The first provider, as its page installs it
mkdir /root/oven && cd /root/oven || exit 1
bash -c "$(first_provider "Changes, and what servers write" | sed -n "/^cat >oven.py/,/^EOF/p")"
echo 180.5 >sensor
check "the page of the first provider installs it" bash -exc "$(first_provider "On a host")"
check "the server reads its value" within 10 temperature_is '180\.5'
systemctl disable --quiet --now oven
cd /root/guest || exit 1
rm -r /root/oven /usr/local/bin/oven /etc/systemd/system/oven.service /etc/lwm2md/providers.d/oven.grant
check "the page takes the thermometer away" by_page thermometer 4
check "and the object goes" within 10 is_gone
