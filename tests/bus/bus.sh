# Sourced by the tests of this folder: a system bus with the shipped policy, polkit with the shipped actions and a
# rule for the test, and nanotuned of this build, all of them real, in namespaces that end with the test.
#
# `daemon` (a user that every Debian has) is allowed everything by the rule, `games` only to inspect, `nobody` nothing.

build=$(realpath "$1")
tree=$(realpath "$(dirname "$0")/../..")
# A test that says among_all=yes has folders of its own, and no more: it is in the machine's network and among its
# processes, and touches nothing of either.
among_all=${among_all:-}
if [ "${2:-}" != --inside ]; then
    [ "$(id -u)" -eq 0 ] || { echo "namespaces need root"; exit 1; }
    own=(--net --pid --fork --kill-child --mount-proc)
    [ -z "$among_all" ] || own=()
    exec unshare "${own[@]}" --mount --propagation private -- "$(realpath "$0")" "$build" --inside
fi

# over FOLDER [FILE...]: an empty folder in its place, with copies of the files.
over() {
    local folder=$1
    shift
    mkdir -p /run/copies
    [ $# -eq 0 ] || cp "$@" /run/copies
    mount -t tmpfs -o mode=0755 tmpfs "$folder"
    [ $# -eq 0 ] || mv /run/copies/* "$folder"
}

mount -t tmpfs -o mode=0755 tmpfs /var/lib
mount -t tmpfs -o mode=0755 tmpfs /run
mkdir /run/dbus /run/here
cp --archive /etc /run/etc
mount --bind /run/etc /etc
cd /run/here
if [ -z "$among_all" ]; then
    mount -t sysfs sysfs /sys
    ip link set lo up
    ip link add veth0 type veth peer name veth1
    ip link set veth0 up
    ip link set veth1 up
fi
over /usr/share/dbus-1/system.d /usr/share/dbus-1/system.d/org.freedesktop.PolicyKit1.conf \
    "$tree/packaging/dbus/org.nanotune1.conf"
over /usr/share/dbus-1/system-services
over /etc/dbus-1/system.d
over /usr/share/polkit-1/actions "$tree/packaging/polkit/org.nanotune1.policy"
over /usr/share/polkit-1/rules.d
over /etc/polkit-1/rules.d
cat >/etc/polkit-1/rules.d/10-test.rules <<'END'
polkit.addRule(function(action, subject) {
    var is_ours = action.id.indexOf("org.nanotune1.") == 0;
    if (is_ours && (subject.user == "daemon" || subject.user == "games" && action.id == "org.nanotune1.inspect")) {
        return polkit.Result.YES;
    }
});
END

fail() {
    echo "$*"
    [ ! -s /run/daemon.log ] || { echo "nanotuned said:"; cat /run/daemon.log; }
    exit 1
}

# within SECONDS COMMAND...: until it succeeds.
within() {
    local tries=$(($1 * 20))
    shift
    until "$@" >/dev/null 2>&1; do
        tries=$((tries - 1))
        [ $tries -gt 0 ] || fail "never came true: $*"
        sleep 0.05
    done
}

# hold PROCESS: until none of its threads runs any more, which is not yet so when the signal is sent.
hold() {
    kill -STOP "$1"
    within 10 is_held "$1"
}
is_held() { ! grep -h '^State:' "/proc/$1/task/"*/status | grep -qv 'T (stopped)'; }

# is_owned NAME: on the bus.
is_owned() { busctl call org.freedesktop.DBus /org/freedesktop/DBus org.freedesktop.DBus GetNameOwner s "$1"; }

start_bus() {
    dbus-daemon --system --nofork --nopidfile 2>/run/bus.log &
    bus=$!
    within 20 is_owned org.freedesktop.DBus
}

start_polkit() {
    /usr/lib/polkit-1/polkitd --no-debug >/run/polkit.log 2>&1 &
    polkit=$!
    within 20 is_owned org.freedesktop.PolicyKit1
}

start_daemon() {
    "$build/bin/nanotuned" "$@" 2>>/run/daemon.log &
    daemon=$!
    within 20 is_owned org.nanotune1
}

stop_daemon() {
    kill "$daemon"
    wait "$daemon" || fail "nanotuned ended with $?"
}

as() {
    local user=$1
    shift
    setpriv --reuid="$user" --regid=nogroup --clear-groups -- "$@"
}

nanotune() { "$build/bin/nanotune" "$@"; }

# property NAME: its value, without quotes.
property() {
    busctl get-property org.nanotune1 /org/nanotune1 org.nanotune1.Manager "$1" | sed 's/^s "\(.*\)"$/\1/'
}

# state_is STATE: of the daemon.
state_is() { [ "$(property State)" = "$1" ]; }

# call METHOD [SIGNATURE ARGUMENT...]: of the manager, as the caller; the path of the job.
manager() { busctl call org.nanotune1 /org/nanotune1 org.nanotune1.Manager "$@"; }
job_of() { sed -n 's/^o "\(.*\)"$/\1/p'; }
job() { busctl call org.nanotune1 "$1" org.nanotune1.Job "${@:2}"; }

# The setting that the tests change: its own in each network namespace.
idle=/proc/sys/net/ipv4/tcp_slow_start_after_idle
[ "$among_all" ] || echo 1 >$idle
cat >idle.toml <<'END'
[sysctl]
"net.ipv4.tcp_slow_start_after_idle" = 0
END
mkdir profiles
cp idle.toml profiles/quick.toml
chmod -R a+rX /run/here
is() { [ "$(cat $idle)" = "$1" ]; }
