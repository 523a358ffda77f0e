#!/bin/bash
# Every exit status from the command line, on the running kernel, in a network namespace of its own.
#
#   tests/integration/exit_codes.sh BUILD-FOLDER
set -euo pipefail

build=$(realpath "$1")
if [ "${2:-}" != --inside ]; then
    [ "$(id -u)" -eq 0 ] || { echo "a network namespace needs root"; exit 1; }
    mkdir -p "$build/exit-codes"
    exec unshare --net --mount --pid --fork --kill-child --mount-proc -- "$(realpath "$0")" "$build" --inside
fi

mount -t sysfs sysfs /sys # shows the namespace that it is mounted in
mount -t tmpfs -o mode=0755 tmpfs "$build/exit-codes"
mount -t tmpfs -o mode=0755 tmpfs /run # nobody but root may replace a state folder, whoever owns this build
cd "$build/exit-codes"
ip link add veth0 type veth peer name veth1
idle=/proc/sys/net/ipv4/tcp_slow_start_after_idle
echo 1 >$idle

# ends STATUS VERB...: what the verb prints is shown only when it ends otherwise.
ends() {
    local wanted=$1 status=0
    shift
    "$build/bin/nanotune" "$@" --state-dir /run/state >said 2>&1 || status=$?
    [ "$status" -eq "$wanted" ] && return
    echo "nanotune $*: $status instead of $wanted"
    cat said
    exit 1
}
# says TEXT: in what the last verb printed.
says() {
    grep --quiet --fixed-strings "$1" said || { echo "not said: $1"; cat said; exit 1; }
}

cat >idle.toml <<'END'
[sysctl]
"net.ipv4.tcp_slow_start_after_idle" = 0
END
cat >reboot.toml <<'END'
[profile]
extends = ["./idle.toml"]
[boot]
isolcpus_flags = "nohz"
nosoftlockup = true
END
cat >unknown.toml <<'END'
[profile]
extends = ["./idle.toml"]
[sysctl]
"net.ipv4.ip_local_reserved_ports" = "no-port"
END
cat >mtu.toml <<'END'
[nic.veth0]
mtu = 1400
END

# A limit on the size of files is as a disk that is full: it kills nothing.
for limit in 0 1; do
    status=0
    (ulimit -f $limit && "$build/bin/nanotune" apply idle.toml --state-dir /run/state >/dev/null 2>&1) || status=$?
    [ $status -eq 1 ] || { echo "with ulimit -f $limit apply ended with $status instead of 1"; exit 1; }
    [ "$(cat $idle)" = 1 ] || { echo "with ulimit -f $limit something was written"; exit 1; }
done

cat >first.toml <<'END'
[profile]
extends = ["./idle.toml"]
[sysctl]
"net.core.rmem_max" = { value = 1000000007, optional = true }
END

echo "-- 0 where what is the first network namespace's is optional, 1 where it is not"
ends 0 apply first.toml
says unsupported
ends 0 verify first.toml
ends 0 rollback
sed --in-place 's/{ value = 1000000007, optional = true }/1000000007/' first.toml
ends 1 apply first.toml
says "net.core.rmem_max on host: "

echo "-- 2 differs, 0 as wanted, 1 refused"
ends 2 plan idle.toml
ends 2 verify idle.toml
ends 0 apply idle.toml
ends 0 verify
ends 0 plan idle.toml
ends 1 apply missing.toml
echo 1 >$idle
ends 2 verify
ends 0 rollback --force

echo "-- 3 needs a reboot, and 2 before it"
ends 3 apply reboot.toml
says "nanotune boot"
ends 3 apply reboot.toml
ends 3 verify reboot.toml
says "nanotune boot"
ends 3 plan reboot.toml
echo 1 >$idle
ends 2 verify reboot.toml
ends 2 plan reboot.toml
ends 0 rollback --force

echo "-- 4 failed and rolled back, 6 not allowed"
ends 4 apply unknown.toml
[ "$(cat $idle)" = 1 ] || { echo "not rolled back"; exit 1; }
ends 6 apply mtu.toml

echo "-- 7 somebody else is at work"
mkdir -p /run/state
(
    flock 9
    ends 7 apply idle.toml
) 9<>/run/state/lock

echo "-- 5 what was cut off cannot be restored"
ends 0 apply idle.toml
journal=$(echo /run/state/net-*.journal)
head --bytes=-24 "$journal" >cut # the end of the apply is lost
cat cut >"$journal"
ends 2 status
says "was cut off"
mount --bind /proc/sys /proc/sys
mount -o remount,bind,ro /proc/sys
ends 5 apply idle.toml
says "not everything could be restored"
ends 1 rollback # seen before anything is touched
umount /proc/sys
ends 5 rollback # all that is known, but not what is lost
says "the damaged file is kept as"
[ "$(cat $idle)" = 1 ] || { echo "not restored in the end"; exit 1; }
ends 2 status
ends 5 rollback --all --force # takes that as it is
ends 0 status
ends 0 rollback

# ignored SIGNAL-OPTION [WORD...]: the signals that a command ignores which is started so, by those words. What started
# this test may itself ignore some, of which not all can be taken back.
ignored() {
    env --default-signal "$1" "${@:2}" sed -n 's/^SigIgn:\t//p' /proc/self/status
}
for option in --ignore-signal=XFSZ --default-signal=XFSZ; do
    by_itself=$(ignored $option)
    by_exec=$(ignored $option "$build/bin/nanotune" exec --)
    [ "$by_exec" = "$by_itself" ] || { echo "started with $option, a command of exec ignores $by_exec, by itself $by_itself"; exit 1; }
done
[ "$(ignored --ignore-signal=XFSZ)" != "$by_itself" ] || { echo "whether SIGXFSZ is ignored makes no difference"; exit 1; }
