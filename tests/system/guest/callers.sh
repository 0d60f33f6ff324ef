# SPDX-License-Identifier: LGPL-2.1-or-later
# Who may do what: every kind of caller, every method that asks for it, the real bus and the real polkit.
#   alice     a member of the group lwm2md
#   olga      somebody for whom the administrator wrote a polkit rule
#   nobody    nobody

useradd --groups lwm2md alice
useradd olga
cat >/etc/polkit-1/rules.d/40-olga.rules <<'RULES'
polkit.addRule(function(action, subject) {
    if (subject.user == "olga" && (action.id == "org.lwm2md.write" || action.id == "org.lwm2md.manage-servers"))
        return polkit.Result.YES;
    return polkit.Result.NOT_HANDLED;
});
RULES
systemctl try-restart polkit

# How a call ends for somebody: yes, asks (polkit would ask a person), no (AccessDenied), or what else it says.
outcome()
{
        local text
        if text=$(runuser -u "$1" -- busctl --allow-interactive-authorization=no "${@:2}" 2>&1); then
                echo yes
                return
        fi
        case $text in
        *"polkit would ask a person"*) echo asks ;;
        *"Access denied"*) echo no ;;
        *) echo "$text" ;;
        esac
}

callers=(root alice olga nobody)
# row "yes no asks yes" WORDS BUSCTL-ARGUMENT...: one outcome for each caller
row()
{
        local expected words=$2 i
        read -r -a expected <<<"$1"
        shift 2
        for ((i = 0; i < ${#callers[@]}; i++)); do
                # after a Disable
                within 5 state_is online >/dev/null
                check "$words: ${callers[i]}: ${expected[i]}" says "^${expected[i]}\$" outcome "${callers[i]}" "$@"
        done
}

add=(call -- "${manager[@]}" AddServer 'a{sv}' 2 Uri s coap://127.0.0.1:56830 ShortServerId q 102)
remove=(call -- "${manager[@]}" RemoveServer o /org/lwm2md/server/102)

#    root alice olga nobody
row "yes  yes   yes  yes " "property" get-property "${manager[@]}" State
row "yes  yes   yes  yes " "property of a server" get-property "${server[@]}" LastError
row "yes  yes   yes  yes " "introspect" introspect "${manager[@]:0:2}"
row "yes  yes   asks asks" "Read" call -- "${manager[@]}" Read s /3/0/0
row "yes  yes   asks asks" "Discover" call -- "${manager[@]}" Discover 'sa{sv}' /3 0
row "no   no    asks asks" "Read of the keys" call -- "${manager[@]}" Read s /0/0/5
row "yes  yes   asks asks" "Update" call -- "${manager[@]}" Update
row "yes  yes   asks asks" "Update of a server" call -- "${server[@]}" Update
row "yes  asks  yes  asks" "Write" call -- "${manager[@]}" Write sv /1/0/1 u 3600
row "yes  asks  asks asks" "Execute" call -- "${manager[@]}" Execute ss /3/0/12 ''
row "yes  no    no   no  " "RegisterProvider" \
        call -- "${registrar[@]}" RegisterProvider 'oa{saq}a{sv}' /P 1 '/3303/*x' 1 5700 0
row "yes  asks  yes  asks" "Disable of a server" call -- "${server[@]}" Disable u 1
row "yes  asks  yes  asks" "Reload" call -- "${manager[@]}" Reload
row "yes  yes   yes  yes " "property: what went over the network" get-property "${server[@]}" Counters
check "FactoryReset: alice: asks" says '^asks$' outcome alice call -- "${manager[@]}" FactoryReset
check "FactoryReset: olga: asks" says '^asks$' outcome olga call -- "${manager[@]}" FactoryReset
check "FactoryReset: nobody: asks" says '^asks$' outcome nobody call -- "${manager[@]}" FactoryReset
# added and removed by each who may
check "AddServer: root: yes" says '^yes$' outcome root "${add[@]}"
check "RemoveServer: olga: yes" says '^yes$' outcome olga "${remove[@]}"
check "AddServer: olga: yes" says '^yes$' outcome olga "${add[@]}"
check "RemoveServer: alice: asks" says '^asks$' outcome alice "${remove[@]}"
check "RemoveServer: nobody: asks" says '^asks$' outcome nobody "${remove[@]}"
check "RemoveServer: root: yes" says '^yes$' outcome root "${remove[@]}"
check "AddServer: alice: asks" says '^asks$' outcome alice "${add[@]}"
check "AddServer: nobody: asks" says '^asks$' outcome nobody "${add[@]}"
row "yes  no    no   no  " "the test server" \
        call -- org.lwm2md.TestServer /org/lwm2md/TestServer org.freedesktop.DBus.Peer Ping
row "yes  yes   asks asks" "ListObservations" call -- "${server[@]}" ListObservations uu 0 0
row "yes  asks  yes  asks" "Register" call -- "${server[@]}" Register
row "yes  asks  yes  asks" "Deregister" call -- "${server[@]}" Deregister
check "Register brings back who was sent away" busctl call -- "${server[@]}" Register
check "online again" within 5 state_is online
check "the lifetime is the one that was written" says '"/1/0/1" . 3600' busctl call -- "${manager[@]}" Read s /1/0/1

# busctl says "Access denied" and no more; this shows the sentence. caller_reads USER PATH
caller_reads()
{
        runuser -u "$1" -- dbus-send --system --print-reply --dest=org.lwm2md /org/lwm2md org.lwm2md.Manager1.Read \
                "string:$2"
}
check "who may not is told what polkit wants" \
        says 'InteractiveAuthorizationRequired: polkit would ask a person' caller_reads nobody /3/0/0
check "root is told why he does not get the keys" says 'AccessDenied: object 0 holds credentials' caller_reads root /0/0/5

# A host without polkit
activation=/usr/share/dbus-1/system-services/org.freedesktop.PolicyKit1.service
reload_bus()
{
        busctl call org.freedesktop.DBus /org/freedesktop/DBus org.freedesktop.DBus ReloadConfig
}
mv "$activation" "$activation.away"
systemctl stop polkit
reload_bus
check "without polkit: alice reads" says '^yes$' outcome alice call -- "${manager[@]}" Read s /3/0/0
check "without polkit: root writes" says '^yes$' outcome root call -- "${manager[@]}" Write sv /1/0/1 u 3600
check "without polkit: nobody is told" says 'AccessDenied: polkit is not running; use root' caller_reads nobody /3/0/0
mv "$activation.away" "$activation"
reload_bus
