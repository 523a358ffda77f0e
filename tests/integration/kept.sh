#!/bin/bash
# What the next boot applies is what is applied now: nothing that nobody has confirmed, and nothing that was
# taken back.
#
#   tests/integration/kept.sh BUILD-FOLDER
set -euo pipefail

build=$(realpath "$1")
if [ "${2:-}" != --inside ]; then
    [ "$(id -u)" -eq 0 ] || { echo "a network namespace needs root"; exit 1; }
    mkdir -p "$build/kept"
    exec unshare --net --mount --pid --fork --kill-child --mount-proc --propagation private -- \
        "$(realpath "$0")" "$build" --inside
fi

mount -t sysfs sysfs /sys
mount -t tmpfs -o mode=0755 tmpfs "$build/kept"
cd "$build/kept"
for number in 0 1; do
    printf '[sysctl]\n"net.ipv4.tcp_slow_start_after_idle" = 0\n"net.ipv4.tcp_sack" = %s\n' $number >p$number.toml
done
nanotune() { "$build/bin/nanotune" "$@" --state-dir "$build/kept/state" >said 2>&1 || { cat said; exit 1; }; }
kept() { # kept WHICH AFTER
    local found
    found=$(sed -n '4s/^# //p' state/lasting/profile.toml 2>/dev/null || true)
    [ "$(basename "${found:-none}")" = "$1" ] || { echo "after $2 the next boot applies ${found:-none}, not $1"; exit 1; }
}

nanotune apply p0.toml
kept p0.toml "an apply"
nanotune apply p1.toml --confirm 60s
kept p0.toml "an apply that awaits confirmation"
nanotune rollback
kept p0.toml "its rollback"
nanotune apply p1.toml --confirm 60s
nanotune confirm
kept p1.toml "a confirmation"
nanotune rollback
kept p0.toml "a rollback to another profile"
echo '"net.ipv4.tcp_window_scaling" = 1' >>p0.toml # edited since
nanotune status
tr --squeeze-repeats ' \n' ' ' <said | grep -q "p0.toml has changed since it was applied" || { cat said; exit 1; }
nanotune apply p1.toml
nanotune rollback
as_applied() { # as_applied AFTER
    ! grep -q tcp_window_scaling state/lasting/profile.toml || { echo "after $1 the next boot applies what was never applied"; exit 1; }
    ! grep -q "not kept" said || { cat said; exit 1; }
}
kept p0.toml "a rollback to a profile that has been edited since"
as_applied "a rollback"
nanotune apply p1.toml --confirm 60s
echo '"net.ipv4.tcp_window_scaling" = 1' >>p1.toml
nanotune confirm
kept p1.toml "a confirmation of a profile that has been edited since"
as_applied "a confirmation"
nanotune apply p0.toml
nanotune rollback --all
kept none "a rollback of everything"
[ -z "$(find state/lasting -name 'profile-*')" ] || { ls state/lasting; echo "what nobody can want again is kept"; exit 1; }

# What a boot has begun with is no other profile, and not all of it.
sleep 1000 &
sleeper=$!
until [ "$(cat /proc/$sleeper/comm)" = sleep ]; do sleep 0.01; done # it is a copy of this shell at first
cat >steps.toml <<'END'
[sysctl]
"net.ipv4.tcp_slow_start_after_idle" = 0
[process.feed]
match = { comm = "sleep" }
policy = "fifo"
priority = 5
END
step_is() { # step_is EXPECTED-NOTES SETTINGS WHEN
    nanotune status
    tr --squeeze-repeats ' \n' ' ' <said >words
    grep -q "holds $2 setting" words || { cat said; echo "not $2 settings $3"; exit 1; }
    ! grep -q "has changed since\|next boot\|not kept" words || { cat said; echo "$3 it is taken for another profile"; exit 1; }
    [ "$(grep -c "first step of the boot alone" words)" = "$1" ] || { cat said; echo "status $3"; exit 1; }
}
nanotune apply steps.toml
step_is 0 2 "after an apply"
rm state/net-*.journal # as a boot does
nanotune status
tr --squeeze-repeats ' \n' ' ' <said | grep -q "boots with .*steps.toml, which is not applied now" ||
    { cat said; echo "status does not say that what boots is not applied"; exit 1; }
echo 1 >/proc/sys/net/ipv4/tcp_slow_start_after_idle
chrt --other --pid 0 $sleeper
nanotune start before-links
step_is 1 1 "between the two steps of a boot"
chrt --pid $sleeper | grep -q SCHED_OTHER || { echo "the first step is both"; exit 1; }
nanotune start after-links
step_is 0 2 "after both steps of a boot"
chrt --pid $sleeper | grep -q SCHED_FIFO || { echo "the second step left it out"; exit 1; }
kept steps.toml "a boot"
echo 1 >/proc/sys/net/ipv4/tcp_slow_start_after_idle
"$build/bin/nanotune" verify --state-dir "$build/kept/state" >said 2>&1 || true
line=$(sed -n 's/.*tcp_slow_start_after_idle .* profile.toml:\([0-9]*\)$/\1/p' said)
sed -n "${line:-1}p" state/lasting/profile.toml | grep -q tcp_slow_start_after_idle ||
    { cat said state/lasting/profile.toml; echo "after a boot a setting is from a line where it does not stand"; exit 1; }
echo 0 >/proc/sys/net/ipv4/tcp_slow_start_after_idle
kill $sleeper

# With the state folder that all have by default.
mount -t tmpfs -o mode=0755 tmpfs /run
mount -t tmpfs -o mode=0755 tmpfs /var/lib
on_host() { "$@" --direct >said 2>&1 || { cat said; exit 1; }; }
boots() { # boots WHICH AFTER
    grep -q "$1" /var/lib/nanotune/profile.toml || { echo "after $2 the next boot does not apply $1"; exit 1; }
}
tool=$build/bin/nanotune
on_host "$tool" apply p0.toml
on_host unshare --net "$tool" apply p1.toml
boots p0.toml "an apply in another network namespace"
tr --squeeze-repeats ' \n' ' ' <said | grep -q "the host's next boot does not apply this" || { cat said; exit 1; }
on_host unshare --net sh -c "'$tool' apply p1.toml --direct && '$tool' start after-links \"\$@\"" -
[ ! -e /var/lib/nanotune/boots ] || { echo "a start in another network namespace counts as a boot of the host"; exit 1; }
on_host unshare --net sh -c "'$tool' apply p1.toml --direct && '$tool' rollback --all \"\$@\"" -
boots p0.toml "a rollback in another network namespace"
on_host "$tool" status
! grep -q "next boot" said || { cat said; exit 1; }
