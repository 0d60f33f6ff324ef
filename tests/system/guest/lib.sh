# SPDX-License-Identifier: LGPL-2.1-or-later
# What the scripts of the booted system share: checks that are counted, waiting, both ends of the bus.

passed=0 failed=0
said=$(mktemp)

# check WORDS COMMAND...: one line, and what the command said if it failed.
check()
{
        local words=$1
        shift
        if "$@" >"$said" 2>&1 </dev/null; then
                passed=$((passed + 1))
                echo "ok $passed - $words"
        else
                failed=$((failed + 1))
                echo "not ok - $words: $*"
                tail -n 8 "$said" | sed 's/^/    /'
        fi
}

fails()
{
        ! "$@"
}

# says PATTERN COMMAND...: the command's output has the extended regular expression.
says()
{
        local pattern=$1 text
        shift
        text=$("$@" 2>&1)
        printf '%s\n' "$text"
        grep -qE -- "$pattern" <<<"$text"
}

# within SECONDS COMMAND...: it works at last
within()
{
        local begin limit=$(($1 * 1000))
        begin=$(now)
        shift
        until "$@"; do
                [ $(($(now) - begin)) -lt $limit ] || return 1
                sleep 0.05
        done
}

# In milliseconds.
now()
{
        echo $((${EPOCHREALTIME/[.,]/} / 1000))
}

section()
{
        echo "--- $*"
}

manager=(org.lwm2md /org/lwm2md org.lwm2md.Manager1)
server=(org.lwm2md /org/lwm2md/server/101 org.lwm2md.Server1)
registrar=(org.lwm2md /org/lwm2md org.lwm2md.ProviderManager1)

state_is()
{
        says "\"$1\"" busctl get-property "${manager[@]}" State
}

# The test server on loopback, as root; its lines are in the journal.
start_test_server()
{
        systemd-run --quiet --unit=testserver lwm2m-testserver --bus system --listen coap://127.0.0.1 --trace &&
                within 5 busctl --quiet status org.lwm2md.TestServer
}

# What it did with this host: at_server METHOD SIGNATURE ARGUMENT...
at_server()
{
        local path
        path=$(busctl tree --list org.lwm2md.TestServer | grep -m 1 /client/) || return 1
        busctl call -- org.lwm2md.TestServer "$path" org.lwm2md.TestServer1.Client "$@"
}

journal_says()
{
        journalctl --sync
        journalctl --quiet --no-pager -u lwm2md -g "$1"
}

restarts_are()
{
        [ "$(systemctl show -P NRestarts lwm2md)" = "$1" ]
}
