#!/bin/bash
# The deb packages on a Debian that has never seen nanotune: installed, a profile applied and verified, mixed, upgraded,
# rolled back by what an older version has written, removed and purged. Settings move when an operator says so,
# and at no other time.
#
#   tests/packaging/packages_test.sh BUILD-FOLDER
#
# The Debian is made once by mmdebstrap and kept as an archive in the build folder. It runs in namespaces that end with the
# test, with a veth pair of its own; it has no other network.
set -euo pipefail

here=$(dirname "$(realpath "$0")")
build=$(realpath "$1")
work=$build/packages-test
next=9.9.9 # the version to upgrade to: as many letters as today's has

fail() {
    echo "$*"
    exit 1
}

pack() {
    echo "== four packages, in which lintian finds no error"
    rm -rf "$work/debs"
    mkdir -p "$work/debs"
    (cd "$build" && cpack -G DEB -B "$work/debs" -D CPACK_DEBIAN_COMPRESSION_TYPE=gzip >"$work/cpack.log" 2>&1) || { cat "$work/cpack.log"; fail "cpack"; }
    rm -rf "$work/debs/_CPack_Packages"
    [ "$(ls "$work"/debs/*.deb | wc -l)" -eq 4 ] || fail "$(ls "$work/debs"): not four packages"
    lintian --allow-root --fail-on error --tag-display-limit 0 "$work"/debs/*.deb >"$work/lintian.log" 2>&1 ||
        { cat "$work/lintian.log"; fail "lintian finds errors"; }
    [ "$(for deb in "$work"/debs/*.deb; do dpkg-deb --field "$deb" Description | head -n 1; done | sort -u | wc -l)" -eq 4 ] ||
        fail "packages have the same synopsis"
    for deb in "$work"/debs/*.deb; do
        ! dpkg-deb --field "$deb" Depends | grep -q nanotune-datapath || fail "$deb needs the datapath"
    done
}

# No Debian installs them: that they are made, hold the same and need one another.
pack_rpms() {
    local package
    echo "== the same as rpm"
    rm -rf "$work/rpms"
    mkdir -p "$work/rpms"
    (cd "$build" && cpack -G RPM -B "$work/rpms" -D CPACK_RPM_COMPRESSION_TYPE=gzip >"$work/cpack.log" 2>&1) || { cat "$work/cpack.log"; fail "cpack"; }
    rm -rf "$work/rpms/_CPack_Packages"
    for package in nanotune nanotune-daemon nanotune-datapath nanotune-dev; do
        dpkg-deb --contents "$work/debs/${package}_"*.deb | sed -n 's/^-[^.]* [.]//p' | grep --invert-match --fixed-strings /usr/share/doc/ | sort >"$work/in-deb"
        rpm --query --package --list --verbose "$work/rpms/$package-$version-"*.rpm 2>/dev/null | sed -n 's/^-[^/]* //p' | grep --invert-match --fixed-strings /usr/share/doc/ | sort >"$work/in-rpm"
        diff "$work/in-deb" "$work/in-rpm" || fail "$package is another one as rpm"
        [ "$package" = nanotune ] || rpm --query --package --requires "$work/rpms/$package-$version-"*.rpm 2>/dev/null | grep --quiet "^nanotune = $version" ||
            fail "$package does not need nanotune as rpm"
    done
}

# again DEB FOLDER COMMAND: the package taken apart, given to the command by its folder and name, and put together again.
again() {
    local name tree
    name=$(dpkg-deb --field "$1" Package)
    tree=$work/tree
    rm -rf "$tree"
    dpkg-deb --raw-extract "$1" "$tree"
    "$3" "$tree" "$name"
    dpkg-deb --root-owner-group -Znone --build "$tree" "$2/$name.deb" >/dev/null
    rm -rf "$tree"
}

# A packaged profile whose settings are of the test's own network namespace alone.
with_profile() { # TREE NAME VALUE MTU
    [ "$2" = nanotune ] || return 0
    cat >"$1/usr/share/nanotune/profiles/packaged.toml" <<END
[profile]
summary = "One device and its namespace"

[sysctl]
"net.ipv4.tcp_notsent_lowat" = $3

[nic.trade0]
mtu = $4
END
}

as_it_is() { with_profile "$1" "$2" 131072 1400; }

# The next version: other numbers in what is compiled, in the package, and in its profile.
as_next() {
    local file
    sed -i "s/$version-1/$next-1/" "$1/DEBIAN/control"
    for file in usr/bin/nanotune usr/sbin/nanotuned usr/lib/nanotune/bus_client.so; do
        [ ! -e "$1/$file" ] || sed -i "s/${version//./\\.}/$next/g" "$1/$file"
    done
    with_profile "$1" "$2" 262144 1300
}

# The Debian, made once for what the packages depend on today.
debian() {
    local needed
    needed=$(for deb in "$work"/debs/*.deb; do dpkg-deb --field "$deb" Depends; done |
        tr ',' '\n' | sed 's/^ *//; s/[ |].*//; /^nanotune/d' | sort -u | tr '\n' ',')
    archive=$work/debian12-$(echo "$needed" | sha256sum | cut -c 1-12).tar
    [ ! -s "$archive" ] || return 0
    echo "== a Debian 12 with what the packages depend on"
    rm -f "$work"/debian12-*.tar
    mmdebstrap --quiet --mode=root --variant=minbase --dpkgopt=force-unsafe-io --include="${needed}iproute2,ethtool,procps" bookworm "$work/new.tar"
    mv "$work/new.tar" "$archive"
}

if [ "${2:-}" != --inside ]; then
    [ "$(id -u)" -eq 0 ] || fail "namespaces need root"
    mkdir -p "$work"
    exec 9>"$work/lock"
    flock 9
    pack
    version=$(dpkg-deb --field "$(ls "$work"/debs/nanotune_*.deb)" Version)
    version=${version%-*}
    pack_rpms
    [ ${#version} -eq ${#next} ] || fail "$next is to be as long as $version"
    mkdir -p "$work/now" "$work/next"
    for deb in "$work"/debs/*.deb; do
        again "$deb" "$work/now" as_it_is
        again "$deb" "$work/next" as_next
    done
    debian
    mkdir -p "$work/root"
    export version next archive
    exec unshare --net --mount --pid --fork --kill-child --mount-proc -- "$0" "$build" --inside
fi

root=$work/root
mount -t tmpfs -o mode=0755 tmpfs "$root"
tar --extract --file "$archive" --directory "$root" --exclude './dev/*'
mkdir -p "$root/debs" "$root/old"
cp -r "$work/now" "$work/next" "$root/debs/"
cp "$here/packages_inside.sh" "$root/debs/"
ip link set lo up
ip link add trade0 type veth peer name trade1
ip link set trade0 up
ip link set trade1 up
mount --rbind /dev "$root/dev"
mount -t proc proc "$root/proc"
mount -t sysfs sysfs "$root/sys"
mount -t tmpfs -o mode=0755 tmpfs "$root/run"
cd "$root"
pivot_root . old
umount --lazy /old
rmdir /old
exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C DEBIAN_FRONTEND=noninteractive \
    version="$version" next="$next" bash /debs/packages_inside.sh
