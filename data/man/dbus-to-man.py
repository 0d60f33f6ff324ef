#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""
Makes the man page of a D-Bus interface from its XML, which is the one place where its prose is written.

    dbus-to-man.py --errors dbus/errors.xml --version 0.1.0 dbus/org.lwm2md.Manager1.xml >org.lwm2md.Manager1.5

Beside what introspection documents have, ours have these elements, ahead of an element's other children:

    <!-- org.lwm2md.NAME: ... -->   the page's title, above the document
    <doc>       of every interface, member, argument and error: prose; an empty line begins a paragraph
    <word name="...">               one of a closed list of strings, or a key of an a{sv}, which begins with its type
    <error name="...">              of an interface (all its methods) or a method: when it fails so
    <example>   of every interface and member: one line for a shell; it begins with "busctl "

A further interface of the file stands in a <node> below, whose name is an example of its path. The script fails,
with a line for each, when prose or an example is missing or a line of busctl does not fit its member.
"""

import argparse
import datetime
import os
import pathlib
import re
import shlex
import sys
import textwrap
import xml.etree.ElementTree as ET

EMITS = "org.freedesktop.DBus.Property.EmitsChangedSignal"
# What the annotation's value means to who reads the page.
EMISSION = {
    "true": "Its changes are signalled.",
    "false": "Changes are not signalled: read it when you want it.",
    "const": "It never changes.",
    "invalidates": "That it changed is signalled, the new value is not.",
}
MEMBERS = (("method", "METHODS"), ("property", "PROPERTIES"), ("signal", "SIGNALS"))
# Columns of a literal line, so that it fits a terminal of 80.
WIDTH = 67


# --- text to roff

LITERAL = str.maketrans({"\\": "\\e", "'": "\\(aq", "-": "\\-", "`": "\\(ga", "^": "\\(ha", "~": "\\(ti"})


def literal(text):
    """Text that can be pasted from the page: nothing is curled or turned into a dash."""
    return text.translate(LITERAL)


def escape(text):
    """Prose: apostrophes and hyphens in a word may be set as such; a name is never hyphenated."""
    text = re.sub(r"(?<=\w)['-](?=\w)|([\\'`^~-])", lambda found: literal(found.group(1) or "") or found.group(0), text)
    return re.sub(r"(?<!\S)(?=\"|\S*([a-z][A-Z]|[._/]\w))", r"\\%", text)


def guard(line):
    """A line that roff does not take for a request."""
    return "\\&" + line if line[:1] in (".", "'") else line


def argument(text):
    """Text as one argument of a macro."""
    return '"\\&%s"' % literal(text).replace('"', "\\(dq")


def sentences(text):
    """A paragraph, each sentence on lines of its own."""
    lines = []
    for sentence in re.split(r"(?<=[.?!:]) +(?=[A-Z\"])", " ".join(text.split())):
        lines += textwrap.wrap(sentence, 100, break_long_words=False, break_on_hyphens=False)
    return [guard(escape(line)) for line in lines]


def prose(element):
    """The paragraphs of an element's <doc>; a <word> holds its text itself."""
    lines = []
    text = element.text if element.tag == "word" else element.findtext("doc")
    for paragraph in re.split(r"\n\s*\n", (text or "").strip()):
        lines += ([".Pp"] if lines else []) + sentences(paragraph)
    return lines


def folded(words, width=WIDTH):
    """Words on lines that end in a backslash where they go on; none is cut."""
    lines = [""]
    for word in words:
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width - 2:
            lines[-1] += " \\"
            lines.append("       ")
        lines[-1] += (" " if lines[-1].strip() else "") + word
    return lines


def shell_words(text):
    """The words of a line with their quotes, as it is written."""
    return re.findall(r"(?:'[^']*'|\"[^\"]*\"|[^\s'\"])+", text)


def display(lines):
    return [".Bd -literal -offset indent"] + [guard(literal(line)) for line in lines] + [".Ed"]


def examples(element):
    lines = []
    for example in element.findall("example"):
        lines += folded(shell_words(example.text))
    return display(lines)


def tags(elements, tag):
    """A list of what the elements say, each under its tag; nothing for none."""
    if not elements:
        return []
    lines = [".Bl -tag -width Ds -compact"]
    for element in elements:
        lines += [".It " + tag(element)] + prose(element) + words(element)
    return lines + [".El"]


def words(element):
    return tags(element.findall("word"), lambda each: "Li " + argument(each.get("name")))


# --- the parts of a page

def of_direction(member, direction):
    return [each for each in member.findall("arg") if each.get("direction", direction) == direction]


def listed(arguments):
    return ", ".join("%s\0%s" % (each.get("type"), each.get("name")) for each in arguments)


def signature(member):
    """A member as one line, "Read(s path) -> a{sv} values", with a NUL where it is not to be broken."""
    if member.tag == "property":
        return listed([member])
    text = "%s(%s)" % (member.get("name"), listed(of_direction(member, "in")))
    results = of_direction(member, "out") if member.tag == "method" else []
    return text + (" -> " + listed(results) if results else "")


def wrapped(text):
    lines = textwrap.wrap(text, WIDTH, subsequent_indent="        ", break_long_words=False, break_on_hyphens=False)
    return [line.replace("\0", " ") for line in lines]


def synopsis(interface):
    lines = []
    for tag, title in MEMBERS:
        members = interface.findall(tag)
        if members:
            lines += [".Pp", "%s:" % title.capitalize()]
            lines += display(line for member in members for line in wrapped(signature(member)))
    return lines[1:]


def argument_list(title, arguments):
    if not arguments:
        return []
    return [".Pp", title] + tags(arguments, lambda each: "Fa %s Pq Li %s" % (
        argument(each.get("name")), argument(each.get("type"))))


def errors(element, title):
    found = element.findall("error")
    if not found:
        return []
    return [".Pp", title] + tags(found, lambda each: "Li " + argument(each.get("name")))


def emission(member):
    for annotation in member.findall("annotation"):
        if annotation.get("name") == EMITS:
            return EMISSION[annotation.get("value")]
    return EMISSION["true"]


def describe(member):
    lines = [".Ss " + argument(member.get("name"))]
    lines += display(wrapped(signature(member))) + [".Pp"] + prose(member)
    if member.tag == "property":
        return lines + [emission(member)] + words(member) + examples(member)
    if member.tag == "signal":
        lines += argument_list("It carries:", member.findall("arg"))
        return lines + examples(member)
    lines += argument_list("Arguments:", of_direction(member, "in"))
    lines += argument_list("Results:", of_direction(member, "out"))
    lines += errors(member, "It fails with:")
    return lines + examples(member)


def interface_part(interface, prefix):
    """The sections of one interface; those of a further one begin with its last name."""
    lines = [".Sh " + (prefix.strip() or "DESCRIPTION")]
    if prefix:
        lines += ["The interface", ".Li " + argument(interface.get("name")) + " .", ".Pp"]
    lines += prose(interface) + words(interface)
    lines += errors(interface, "Every method may fail with:")
    lines += examples(interface)
    if prefix:
        lines += synopsis(interface)
    for tag, title in MEMBERS:
        members = interface.findall(tag)
        if members:
            lines.append(".Sh %s%s" % (prefix, title))
            for member in members:
                lines += describe(member)
    return lines


def error_names(interfaces, table):
    """What the names of errors mean: those that the page has, and all codes where it passes on what others answer."""
    prefix = table.get("prefix")
    named = {each.get("name") for interface in interfaces for each in interface.iter("error")}
    known = {prefix + each.get("name"): each for each in table.findall("error")}
    for name in sorted(named):
        if name.startswith(prefix) and name not in known:
            raise ValueError("%s is not in errors.xml" % name)
    passes_on = any(name in known and known[name].get("status") for name in named)
    shown = [each for name, each in known.items() if name in named or (passes_on and each.get("status"))]
    if not shown:
        return []
    lines = [".Sh ERRORS"]
    if passes_on:
        lines += ["A name with a number stands for that response code of the standard, in both directions."]
    lines += [".Bl -tag -width Ds -compact"]
    for each in shown:
        status = each.get("status")
        code = " Pq %s.%s" % (status[0], status[1:]) if status else ""
        lines += [".It Li %s%s" % (argument(prefix + each.get("name")), code)] + prose(each)
    return lines + [".El"]


def page(path, table, version, others):
    text = path.read_text(encoding="utf-8")
    root = ET.fromstring(text)
    interfaces = list(root.iter("interface"))
    name = interfaces[0].get("name")
    title = re.search(r"<!-- %s: (.*?)\.? -->" % re.escape(name), text, re.DOTALL)
    if title is None:
        raise ValueError("there is no line <!-- %s: TITLE -->" % name)
    when = int(os.environ.get("SOURCE_DATE_EPOCH", path.stat().st_mtime))
    date = datetime.datetime.fromtimestamp(when, datetime.timezone.utc)
    lines = [
        ".\\\" SPDX-License-Identifier: LGPL-2.1-or-later",
        ".\\\" Made from %s by dbus-to-man.py: change that." % path.name,
        ".Dd %s %d, %d" % (date.strftime("%B"), date.day, date.year),
        ".Dt %s 5" % name.upper(),
        ".Os lwm2md %s" % version,
        ".Sh NAME",
    ]
    names = [interface.get("name") for interface in interfaces]
    lines += [".Nm %s ," % each for each in names[:-1]] + [".Nm " + names[-1]]
    lines += [".Nd " + escape(" ".join(title.group(1).split())), ".Sh SYNOPSIS"]
    lines += synopsis(interfaces[0])
    for interface in interfaces:
        prefix = "" if interface is interfaces[0] else interface.get("name").rsplit(".", 1)[1].upper() + " "
        lines += interface_part(interface, prefix)
    lines += error_names(interfaces, table)
    lines += [".Sh SEE ALSO"]
    pages = ["busctl 1", "lwm2m-testserver 1"] + ["%s 5" % each for each in sorted(others) if each != name] + [
        "lwm2md 8"]
    lines += [".Xr %s ," % each for each in pages[:-1]] + [".Xr " + pages[-1]]
    return "\n".join(lines) + "\n"


# --- what is missing

def fits(example, interface, member):
    """Whether a line of busctl is about this member, with the arguments that it takes."""
    parts = shlex.split(example)
    if parts[:2] == ["busctl", "monitor"]:
        return member.tag == "signal" and "member='%s'" % member.get("name") in example
    wanted = [interface.get("name"), member.get("name")]
    if parts[:2] == ["busctl", "get-property"]:
        return member.tag == "property" and parts[4:] == wanted
    if parts[:3] != ["busctl", "call", "--"] or member.tag != "method" or parts[5:7] != wanted:
        return False
    return "".join(each.get("type") for each in of_direction(member, "in")) == "".join(parts[7:8])


def lacks_of(interface, element):
    """One line for each thing that this element should have."""
    name = "%s %s" % (element.tag, element.get("name"))
    if element is not interface:
        name = "%s, %s" % (interface.get("name"), name)
    lacks = [] if prose(element) else [name + ": no prose"]
    if element.tag in ("arg", "error", "word"):
        return lacks
    found = [each.text or "" for each in element.findall("example")]
    if not found:
        lacks.append(name + ": no <example>")
    for example in found:
        if not example.startswith("busctl "):
            lacks.append("%s: the example '%s' is no line of busctl" % (name, example))
        elif element is not interface and not fits(example, interface, element):
            lacks.append("%s: the example '%s' does not fit it" % (name, example))
    return lacks


def lacks(root):
    """What the document should have and has not, a line each."""
    known = ("interface", "method", "property", "signal", "arg", "error", "word")
    found = []
    for interface in root.iter("interface"):
        for element in interface.iter():
            if element.tag in known:
                found += lacks_of(interface, element)
            elif element.tag not in ("doc", "example", "annotation"):
                found.append("%s: <%s> means nothing here" % (interface.get("name"), element.tag))
    return found


def main():
    parser = argparse.ArgumentParser(description="Make a man page from the XML of a D-Bus interface.")
    parser.add_argument("--errors", type=pathlib.Path, required=True, help="the list of the error names")
    parser.add_argument("--version", default="", help="the version to name on the page")
    parser.add_argument("xml", type=pathlib.Path, help="the interface")
    options = parser.parse_args()
    try:
        table = ET.parse(options.errors).getroot()
        problems = lacks(ET.parse(options.xml).getroot())
        others = [path.stem for path in options.xml.parent.glob("org.lwm2md.*1.xml")]
        text = "" if problems else page(options.xml, table, options.version, others)
    except (OSError, ET.ParseError, ValueError) as error:
        problems = [error]
    for problem in problems:
        print("%s: %s" % (options.xml, problem), file=sys.stderr)
    if problems:
        return 1
    sys.stdout.reconfigure(encoding="utf-8")
    sys.stdout.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
