#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Fails on an include that tests/layers does not grant, and on headers that include each other in a circle.
set -euo pipefail
cd "${srcdir:-.}"

# "FILE INCLUDED" for each include line of ours; <...> and "..." stay as they are, to be told apart.
includes()
{
        find src tests -name '*.[ch]' -print0 | sort -z |
                xargs -0 grep -HoE '^[[:space:]]*#[[:space:]]*include[[:space:]]*[<"][^>"]*[>"]' |
                sed -E 's/^([^:]+):[^<"]*/\1 /'
}

includes | LC_ALL=C awk '
function fail(text) { print text; failures++ }

# The library behind <name>; "" for what everybody may include.
function library(name)
{
        if (name ~ /^glib(\.h$|\/)/ || name ~ /^(assert|ctype|errno|float|inttypes|limits|locale|math|stdalign|stdarg|stdbool|stddef|stdint|stdio|stdlib|stdnoreturn|string|strings|time|wchar)\.h$/)
                return ""
        if (name ~ /^cbor(\.h$|\/)/)
                return "libcbor"
        if (name ~ /^systemd\//)
                return "libsystemd"
        if (name ~ /^coap3?\//)
                return "libcoap"
        if (name ~ /^openssl\//)
                return "openssl"
        if (name ~ /^libmnl\//)
                return "libmnl"
        if (name ~ /^curl\//)
                return "libcurl"
        if (name == "check.h")
                return "check"
        if (name == "sys/random.h")
                return "random"
        if (name ~ /^(gio|gobject|gmodule|glib-unix|glib-object)/)
                return "gio" # granted to nobody
        return "system"
}

# The folder of tests/layers that a path below src/ or tests/ belongs to.
function folder_of(path, prefix,    parts, count)
{
        count = split(path, parts, "/")
        if (count > 2 && (parts[1] "/" parts[2]) in known)
                return parts[1] "/" parts[2]
        return prefix parts[1]
}

function grants(folder, word)
{
        return (folder, word) in granted
}

# Depth first through the headers; `stack` is the way that led here.
function visit(file, stack,    list, count, i)
{
        if (state[file] == "done")
                return
        if (state[file] == "open") {
                fail("circle of includes: " stack " " file)
                return
        }
        state[file] = "open"
        count = split(edges[file], list, " ")
        for (i = 1; i <= count; i++)
                visit(list[i], stack " " file)
        state[file] = "done"
}

FILENAME == "tests/layers" {
        sub(/#.*/, "")
        if (!/:/)
                next
        folder = $1
        sub(/:$/, "", folder)
        known[folder] = 1
        for (i = 2; i <= NF; i++)
                granted[folder, $i] = 1
        next
}

{
        file = $1
        name = substr($2, 2, length($2) - 2)
        total++
        path = file
        in_tests = sub(/^tests\//, "", path)
        sub(/^src\//, "", path)
        own = folder_of(path, "")
        if (in_tests && ("tests/" own) in known)
                own = "tests/" own
        else if (in_tests && own == "providers")
                own = "daemon" # tests/providers has one program for all three kinds
        if (!(own in known)) {
                if (!(own in unknown))
                        fail(file ": tests/layers does not name this folder")
                unknown[own] = 1
                next
        }

        if ($2 ~ /^</) {
                wanted = library(name)
                if (wanted == "" || grants(own, wanted) || (wanted == "random" && grants(own, "system")))
                        next
                if (in_tests && (wanted == "check" || wanted == "system"))
                        next
                fail(file ": <" name "> is of " wanted ", which " own " may not use")
                next
        }

        target = folder_of(name, "")
        if (in_tests && name ~ /^lib\//)
                next
        if (name !~ /\//) {
                fail(file ": \"" name "\" is not a path below src/ or tests/")
                next
        }
        top = target
        sub(/\/.*/, "", top)
        if (("tests/" target) == own || ("tests/" top) == own)
                ; # its own folder of tests/
        else if (target != own && !grants(own, target) && !grants(own, top))
                fail(file ": \"" name "\" is of " target ", which " own " may not include")
        if (!in_tests && file ~ /\.h$/)
                edges[file] = edges[file] " src/" name
}

END {
        if (!total) {
                print "no includes found in " ENVIRON["PWD"]
                exit 1
        }
        for (file in edges)
                visit(file, "")
        printf "%d includes in %d folders looked at, %d not granted\n", total, length(known), failures
        exit failures > 0
}
' tests/layers -
