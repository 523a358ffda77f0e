#!/bin/bash
# The runbook of docs/operator.md under the guest's systemd, with the installed unit of nanotuned and a real card: each of its states
# is reached, by nanotune's own verbs or by a kill; `status`, on a terminal of 80 by 24, fits it and ends with the runbook's
# command; and that command, run, leads to where the runbook says.
set -euo pipefail
here=$(dirname "$(realpath "$0")")
tree=$(realpath "$here/../../..")
. "$here/readers.sh"
. "$here/unit.sh"
. "$tree/tests/docs/runbook_rows.sh"
nic=eth1

says() { grep --quiet --fixed-strings -e "$1" said || fail "not said: $1"; }
ends() { # STATUS VERB...
    local wanted=$1 status=0
    shift
    nanotune "$@" >said 2>&1 || status=$?
    [ "$status" -eq "$wanted" ] || fail "nanotune $*: $status instead of $wanted"
}

export NO_COLOR=1
# status_on_terminal [VERB...]: as an operator sees it, into the file said.
status_on_terminal() {
    script --quiet --return --command "stty rows 24 cols 80; ${*:-nanotune status}" /dev/null </dev/null >typed || true
    tr --delete '\r' <typed >said
    [ "$(wc -l <said)" -le 23 ] || fail "status takes more than a screen"
    ! grep --quiet '.\{81\}' said || fail "status is wider than the terminal"
}
shows() { # STATE [COMMAND...]
    local state=$1
    shift
    status_on_terminal "$@"
    grep --quiet "^state  *$state\$" said
}
is() { # STATE [COMMAND...]: it has the state, and ends with what the runbook names
    local state=$1 next
    shift
    shows "$state" "$@" || fail "the state is not \"$state\""
    next=$(advice "$state")
    [ "$next" ] || next=$(advice "..., ${state##*, }")
    [ "$next" ] || fail "the runbook has no row for \"$state\""
    next=${next/PROFILE/feed}
    [ "$(last_command)" = "$next" ] || fail "$state: the runbook says \"$next\", and status ends with \"$(last_command)\""
    echo "$state: $next"
}
# follow STATUS: the last command on the screen, run; and of one that wants consent, the one that it ends with.
follow() {
    local next status=0
    for _ in 1 2; do
        next=$(last_command)
        status=0
        bash -c "$next" >said 2>&1 || status=$?
        [ $status -eq 6 ] || break
    done
    [ $status -eq "$1" ] || fail "$next: $status instead of $1"
}
idle=/proc/sys/net/ipv4/tcp_slow_start_after_idle
untouched() { [ "$(cat $idle) $(ring RX) $(attribute tx_queue_len)" = '1 256 1000' ]; }
tuned() { [ "$(cat $idle) $(ring RX) $(attribute tx_queue_len)" = '0 512 500' ]; }

install_unit
systemctl start nanotuned || fail "nanotuned does not start"
cat >"/opt/nanotune/share/nanotune/profiles/feed.toml" <<'END'
[sysctl]
"net.ipv4.tcp_slow_start_after_idle" = 0

[nic.eth1]
ring.rx = 512
txqueuelen = 500
END
echo 1 >$idle
untouched || fail "the guest is not as this test expects it"

is clean
follow 2 # a plan with changes
says "Apply it with: nanotune apply base"
untouched || fail "a plan has changed something"

ends 0 apply feed --allow drops --confirm 10m
is 'awaiting confirmation'
follow 0
is tuned
follow 0
tuned || fail "confirmed and verified, but not tuned"

echo 1 >$idle
within 20 shows 'tuned, drifted'
is 'tuned, drifted'
follow 2
says tcp_slow_start_after_idle
follow 0 # what the plan ends with
tuned || fail "what has drifted is not put right"
within 20 shows tuned

ends 0 freeze --reason "trading hours" --until 1h
shows 'tuned, frozen' || fail "not frozen"
[ "$(last_command)" = "$(advice tuned)" ] || fail "frozen, it ends with $(last_command)"
says "$(advice '..., frozen')"
follow 0
ends 1 apply feed --allow drops
says "trading hours"
bash -c "$(advice '..., frozen')" >said 2>&1 || fail "no thaw"
is tuned

ip netns add elsewhere
ip link set eth1 netns elsewhere
ends 2 rollback --all --allow drops
is degraded
ip -n elsewhere link set eth1 netns 1
ip link set eth1 up
within 60 wait_for_carrier eth1
is degraded # and what was away is back
follow 0
is clean
untouched || fail "not as it was"

# half_applied: in the variable apply, a command that is stopped in the middle: it has written the ring, waits for the link that
# this took away, and comes to the sysctl last. How long the link is away is for the host to say that emulates it.
half_applied() {
    local carrier
    for _ in 1 2 3 4 5; do
        wait_for_carrier "$nic"
        nanotune apply feed --direct --allow drops >/dev/null 2>&1 &
        apply=$!
        until { read -r carrier <"/sys/class/net/$nic/carrier"; } && [ "$carrier" = 0 ]; do
            kill -0 "$apply" 2>/dev/null || break
        done
        kill -STOP "$apply" 2>/dev/null || true
        [ "$(ring RX) $(cat $idle)" != '512 1' ] || return 0
        kill -CONT "$apply" 2>/dev/null || true
        wait "$apply" || true
        ends 0 rollback --all --allow drops
    done
    fail "never found in the middle"
}
killed() {
    kill -9 "$apply"
    ! wait "$apply" 2>/dev/null || fail "it had ended before it was killed"
}
state() { busctl get-property org.nanotune1 /org/nanotune1 org.nanotune1.Manager State; }

systemctl stop nanotuned
half_applied
is unknown
killed
is interrupted
follow 2 # a plan with changes
follow 0
is clean
untouched || fail "what was cut off is not taken back"

systemctl enable nanotuned 2>/dev/null # so that the bus starts it, and asks before anybody else can
for _ in 1 2 3; do # recovering is over as soon as the link is back
    half_applied
    killed
    seen=$(state)
    bash -c "$(advice recovering)" >said || fail "no status from who recovers"
    says clean
    untouched || fail "nanotuned has not taken back what was cut off"
    [ "$seen" != 's "recovering"' ] || break
    systemctl stop nanotuned
done
[ "$seen" = 's "recovering"' ] || fail "never seen to recover: $seen"
echo "recovering: $(advice recovering)"

mkdir --parents /run/systemd/system/nanotuned.service.d
printf '[Service]\nRestart=no\n' >/run/systemd/system/nanotuned.service.d/gone.conf
systemctl daemon-reload
ends 0 apply feed --allow drops --confirm 10s
systemctl kill --signal=KILL nanotuned
within 60 shows overdue
is overdue
tuned || fail "killed, it has written"
follow 2
follow 0
is clean
untouched || fail "what nobody confirmed is not taken back"
