# SPDX-License-Identifier: LGPL-2.1-or-later
# The root of a disposable Debian: where its packages come from, commands in it, the base that is made once. The caller
# has $suite, $refresh, $work, a folder of its own, $root below it, and the functions note and die.

cache=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/boot-debian
base=$cache/$suite
mkdir -p "$cache" || die "cannot make $cache"

# --- the mirror, as this machine's apt has it ---------------------------------------------------

targets=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' | sort -u)
mirror=$(awk -v suite="$suite" '$2 == suite && $1 ~ /\/debian\/?$/ { print $1; exit }' <<<"$targets")
[ -n "$mirror" ] || mirror=$(awk '$1 ~ /\/debian\/?$/ { print $1; exit }' <<<"$targets")
[ -n "$mirror" ] || die "apt has no Debian mirror; apt-get update, or see to /etc/apt/sources.list"
security=$(awk '$2 ~ /-security$/ { print $1; exit }' <<<"$targets")

set_sources()
{
        rm -f "$1"/etc/apt/sources.list.d/*
        {
                echo "deb $mirror $suite main"
                echo "deb $mirror $suite-updates main"
                [ -z "$security" ] || echo "deb $security $suite-security main"
        } >"$1/etc/apt/sources.list"
        rm -f "$1/etc/resolv.conf"
        cp /etc/resolv.conf "$1/etc/resolv.conf" 2>/dev/null || :
}

# In the root, with this machine's network, starting no service.
in_root()
{
        local root=$1 status
        shift
        printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
        chmod 755 "$root/usr/sbin/policy-rc.d"
        env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
                ${http_proxy:+http_proxy="$http_proxy"} ${https_proxy:+https_proxy="$https_proxy"} \
                unshare --pid --fork --mount --mount-proc="$root/proc" chroot "$root" "$@" </dev/null
        status=$?
        rm -f "$root/usr/sbin/policy-rc.d"
        return $status
}

# --- the base root: made once, kept ---------------------------------------------------------------

included=systemd,systemd-sysv,dbus,libnss-systemd,libpam-systemd,udev,kmod,iproute2,procps

make_base()
{
        local new=$cache/.new-$suite.$$ log=$work/base.log
        note "making the base root of $suite; it is kept in $cache"
        {
                debootstrap --variant=minbase --include="$included" "$suite" "$new" "$mirror" &&
                        set_sources "$new" &&
                        echo force-unsafe-io >"$new/etc/dpkg/dpkg.cfg.d/boot-debian" &&
                        printf '%s\n' 'Acquire::Languages "none";' 'APT::Sandbox::User "root";' \
                                >"$new/etc/apt/apt.conf.d/90boot-debian" &&
                        in_root "$new" apt-get update -q &&
                        in_root "$new" apt-get -y -q dist-upgrade &&
                        in_root "$new" apt-get clean
        } >"$log" 2>&1 || {
                tail -n 20 "$log" >&2
                rm -rf --one-file-system "$new"
                die "cannot make the base root"
        }
        : >"$new/etc/machine-id"
        rm -f "$new/var/lib/dbus/machine-id" "$new/etc/hostname"
        mv "$new" "$base"
}

ensure_base()
{
        (
                flock 9
                ! $refresh || rm -rf --one-file-system "$base"
                [ -d "$base" ] || make_base
        ) 9>"$cache/lock-$suite" || exit 125
}

# --- a root of one's own on top of it, at $root, in a mount namespace of the caller's -----------------

mount_root()
{
        mkdir -p "$work/upper" "$work/overlay" "$root"
        if ! mount -t overlay overlay -o "lowerdir=$1,upperdir=$work/upper,workdir=$work/overlay" "$root" 2>/dev/null; then
                cp -a --reflink=auto "$1/." "$root/" && mount --bind "$root" "$root" || die "cannot copy the base root"
        fi
        set_sources "$root"
}
