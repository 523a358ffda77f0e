# What packages_test.sh does inside of the Debian that it makes: /debs/now and /debs/next are the packages.
set -euo pipefail
cd /debs

fail() {
    echo "$*"
    exit 1
}

# says STATUS TEXT WORDS...: nanotune ends so, and says that.
says() {
    local wanted=$1 text=$2 status=0
    shift 2
    nanotune "$@" >said 2>&1 || status=$?
    [ "$status" -eq "$wanted" ] || { cat said; fail "nanotune $*: $status instead of $wanted"; }
    grep --quiet --fixed-strings -e "$text" said || { cat said; fail "nanotune $*: does not say \"$text\""; }
}

settings() {
    ip -details link show
    { grep --recursive '' /proc/sys/net 2>/dev/null || true; } | sort |
        grep -v -e /stat/ -e /random -e nf_conntrack_count -e fib_ -e inode
}

unmoved() {
    settings >"$1.now"
    diff "$1" "$1.now" || fail "settings have moved: $2"
}

apt() {
    apt-get --quiet=2 --yes --no-install-recommends --option Dpkg::Use-Pty=0 "$@" >apt.log 2>&1
}
apt_does() { apt "$@" || { cat apt.log; fail "apt-get $*"; }; }

files() {
    find / -xdev -not -path '/proc/*' -not -path '/sys/*' -not -path '/debs*' -not -path '/var/lib/dpkg/*' \
        -not -path '/var/cache/*' -not -path '/var/log/*' -not -path '/tmp/*' -not -path '/var/lib/apt/*' | sort
    find /run | sort
}

within() {
    local tries=$(($1 * 20))
    shift
    until "$@" >/dev/null 2>&1; do
        tries=$((tries - 1))
        [ $tries -gt 0 ] || fail "never came true: $*"
        sleep 0.05
    done
}

start_daemon() {
    nanotuned 2>daemon.log &
    daemon=$!
    within 30 test -s /run/nanotuned/instance
}

files >files.before
settings >untouched

echo "== tuning needs one package"
apt_does install /debs/now/nanotune.deb
unmoved untouched "by installing"
says 0 "$version" version
for plugin in boot cpu irq memory nic numa process sysctl; do
    grep --quiet "^ *$plugin\b" said || { cat said; fail "$plugin is not there"; }
done
! grep -i refused said || fail "a packaged plugin is refused"
for page in $(grep --only-matching --no-filename '](\(docs\|plugins\)/[^)#]*[.]md' /usr/share/doc/nanotune/README.md | cut -c 3- | sort -u); do
    [ -s "/usr/share/doc/nanotune/$page" ] || fail "README.md leads to $page, which is not installed"
done
says 0 "nothing is wrong" profile check packaged
says 2 "nic.mtu" plan packaged
says 0 "is applied" apply packaged --allow drops
says 0 "" verify packaged
settings >tuned
! diff --brief untouched tuned >/dev/null || fail "nothing was applied"

echo "== so do the others, which change and start nothing"
apt_does install /debs/now/nanotune-daemon.deb /debs/now/nanotune-datapath.deb
unmoved tuned "by installing"
[ "$(stat --format '%a %U' /run/nanotune /var/lib/nanotune | tr '\n' ' ')" = "755 root 700 root " ] || fail "the folders are not made as they should be"
getent passwd nanotune-worker >/dev/null || fail "workers have no user of their own"
says 0 "datapath" list datapath
says 0 "" verify
[ ! -e /run/nanotuned/instance ] || fail "a daemon runs"
mkdir -p /run/dbus
dbus-daemon --system --nofork --nopidfile 2>bus.log &
bus=$!
within 20 test -S /run/dbus/system_bus_socket
start_daemon
says 0 "packaged" status --bus

echo "== versions do not mix"
! apt install --no-remove /debs/next/nanotune.deb || fail "one package alone is upgraded"
says 0 "$version" version
unmoved tuned "by an upgrade that was refused"
dpkg --force-depends --install /debs/next/nanotune.deb >dpkg.log 2>&1 || { cat dpkg.log; fail "dpkg"; }
says 1 "bus_client.so is of nanotune $version, and this is nanotune $next" status
unmoved tuned "by a mixed set"
dpkg --install /debs/now/nanotune.deb >dpkg.log 2>&1 || { cat dpkg.log; fail "dpkg"; }
says 0 "packaged" status
unmoved tuned "by the way back"

echo "== an upgrade moves nothing, whatever has become of the profile"
apt_does install /debs/next/nanotune.deb /debs/next/nanotune-daemon.deb /debs/next/nanotune-datapath.deb
unmoved tuned "by the upgrade"
says 1 "nanotuned $version runs here, and this is nanotune $next" apply packaged --allow drops
unmoved tuned "by what was refused"
kill "$daemon"
wait "$daemon" || fail "nanotuned ended badly"
unmoved tuned "by the end of the daemon"
start_daemon
says 0 "$next" version
says 0 "packaged" status
says 0 "" verify
says 2 "nic.mtu" verify packaged
unmoved tuned "by the new daemon"

echo "== what an older version wrote down is taken back"
says 0 "" rollback --all --allow drops
unmoved untouched "as they should have gone back"
says 0 "is applied" apply packaged --allow drops
settings >tuned
kill "$daemon"
wait "$daemon" || fail "nanotuned ended badly"

echo "== removing moves nothing, and purging leaves nothing"
apt_does remove nanotune nanotune-daemon nanotune-datapath
grep --quiet "stays as it is" apt.log || { cat apt.log; fail "nobody is told of what stays applied"; }
unmoved tuned "by removing"
[ -e /etc/nanotune/host.toml ] || fail "the configuration went with the package"
apt_does purge nanotune nanotune-daemon nanotune-datapath
unmoved tuned "by purging"
! getent passwd nanotune-worker >/dev/null || fail "the workers' user is left"
kill "$bus"
wait "$bus" || true
rm -rf /run/dbus
files >files.after
diff files.before files.after || fail "something is left"
