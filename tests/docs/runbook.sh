#!/bin/bash
# The runbook of docs/operator.md, row by row: the host is brought into each state, and `status` names it, fits one screen, and
# ends with the command that the runbook names. Then each exit status but 5 (exit_codes.sh has that), and what is to be done.
#
#   tests/docs/runbook.sh BUILD-FOLDER
set -euo pipefail

build=$(realpath "$1")
tree=$(realpath "$(dirname "$0")/../..")
if [ "${2:-}" != --inside ]; then
    [ "$(id -u)" -eq 0 ] || { echo "namespaces need root"; exit 1; }
    exec unshare --net --mount --pid --fork --kill-child --mount-proc -- "$(realpath "$0")" "$build" --inside
fi

mount -t sysfs sysfs /sys
mount -t tmpfs -o mode=0755 tmpfs /run
mount -t tmpfs -o mode=0755 tmpfs /var/lib
mkdir /run/here
cd /run/here
PATH=$build/bin:$PATH
idle=/proc/sys/net/ipv4/tcp_slow_start_after_idle
echo 1 >$idle
ip link add eth1 type veth peer name peer1
cat >edge.toml <<'END'
[nic.eth1]
mtu = 1400
[sysctl]
"net.ipv4.tcp_slow_start_after_idle" = 0
END
cat >reboot.toml <<'END'
[boot]
nosoftlockup = true
END
cat >refused.toml <<'END'
[sysctl]
"net.ipv4.tcp_slow_start_after_idle" = 0
"net.ipv4.ip_local_reserved_ports" = "no-port"
END

fail() {
    echo "$*"
    cat said
    exit 1
}
ends() { # STATUS VERB...
    local wanted=$1 status=0
    shift
    nanotune "$@" >said 2>&1 || status=$?
    [ "$status" -eq "$wanted" ] || fail "nanotune $*: $status instead of $wanted"
}
says() { grep --quiet --fixed-strings -e "$1" said || fail "not said: $1"; }

. "$tree/tests/docs/runbook_rows.sh"

# is STATE [COMMAND...]: so says `status`, as the command runs it.
is() {
    local state=$1 next
    shift
    COLUMNS=80 "$@" nanotune status >said 2>&1 || true
    grep --quiet "^state  *$state\$" said || fail "the state is not \"$state\""
    [ "$(wc -l <said)" -le 23 ] || fail "$state: status takes more than a screen"
    next=$(advice "$state")
    [ -n "$next" ] || fail "the runbook has no row for \"$state\""
    [ "$(last_command)" = "$next" ] || fail "$state: the runbook says \"$next\", and status ends with \"$(last_command)\""
    tail -n 2 said | grep --fixed-strings -e "$next" >/dev/null || fail "$state: \"$next\" does not stand last"
    seen=$((seen + 1))
}
seen=0

echo "-- states"
is "clean"
ends 0 apply edge.toml --allow drops
is "tuned"
ends 0 freeze --reason "trading hours" --until 1h
COLUMNS=80 nanotune status >said || true
says "tuned, frozen"
says "$(advice '..., frozen')"
ends 1 apply edge.toml --allow drops
ends 0 thaw
ends 0 rollback --allow drops

ends 0 apply edge.toml --allow drops --confirm 60s
is "awaiting confirmation"
ends 0 confirm
ends 0 rollback --allow drops

nanotune apply edge.toml --allow drops --confirm 12s >said 2>&1 || fail "not applied"
kill_guards || fail "no guard is found"
tries=0
until { nanotune status >said 2>&1 || true; } && grep --quiet '^state  *overdue' said; do
    tries=$((tries + 1))
    [ $tries -lt 600 ] || fail "never overdue"
    sleep 0.1
done
is "overdue"
ends 6 rollback
ends 2 rollback --plan
says "nanotune rollback --allow drops"
ends 0 rollback --allow drops

ends 0 apply edge.toml --allow drops
head --bytes=-24 /run/nanotune/net-*.journal >cut # what a power cut in the middle leaves
cat cut >"$(echo /run/nanotune/net-*.journal)"
is "interrupted"
nanotune rollback --plan >said 2>&1 || true
is "interrupted"
nanotune rollback --allow drops >said 2>&1 || true
nanotune rollback --all --force --allow drops >said 2>&1 || true
is "clean"

ends 0 apply edge.toml --allow drops
is "unknown" setpriv --reuid=65534 --regid=65534 --clear-groups --
ip netns add elsewhere
ip link set eth1 netns elsewhere
ends 2 rollback --allow drops
is "degraded"
ip -n elsewhere link set eth1 netns 1
ends 0 rollback --allow drops
is "clean"
rows=$(sed -n '/^| state |/,/^$/p' "$tree/docs/operator.md" | grep -c '^| `[a-z]')
[ "$seen" -ge "$rows" ] || fail "the runbook has $rows states, and $seen were seen"

echo "-- exit statuses"
ends 1 apply missing.toml
ends 2 verify edge.toml
ends 3 apply reboot.toml
says "nanotune boot"
ends 0 boot reboot.toml
ends 0 rollback --all
ends 4 apply refused.toml
says "ip_local_reserved_ports"
ends 6 apply edge.toml
bash -c "$(grep -o 'nanotune apply .* --allow .*' said | tail -n 1)" >said 2>&1 || fail "the line with --allow does not apply"
ends 0 verify
ends 0 rollback --allow drops
(
    flock 9
    ends 7 apply edge.toml --allow drops
) 9<>/run/nanotune/lock
