#!/bin/bash
# A change of rings or queues resets a NIC, and so does taking its link down and up. Moderation, offloads, the receive
# hash, steering and interrupt affinity that were applied before are right after either, as other programs see them; but
# for what vmxnet3's driver forgets with its link, which verify tells and the next apply gives it again.
#
#   resets.sh [NIC...]
# shellcheck disable=SC2317
set -euo pipefail

here=$(dirname "$(realpath "$0")")
. "$here/setting.sh"
. "$here/readers.sh"
. "$here/snapshot.sh"

cpu=4
look() { # each as it was applied?
    local seen
    seen="gso $(feature generic-segmentation-offload), rps $(of_queues rps_cpus), irq $(affinities)"
    case $nic in eth1 | eth3) seen="$seen, usecs $(coalesce rx-usecs)" ;; esac
    [ $nic = eth1 ] || seen="$seen, xps $(of_queues xps_cpus), rss $(spread)"
    echo "$seen"
}
still() { # AFTER-WHAT
    local now
    now=$(look)
    echo "$nic after $1: $now"
    [ "$now" = "$held" ] || complain "$nic: after $1 '$now', not '$held'"
}

[ $# -gt 0 ] || set -- eth0 eth1 eth2 eth3
for nic in "$@"; do
    snapshot "$nic" >before
    {
        echo "[nic.$nic]"
        echo 'features.gso = false'
        echo 'rps.cpus = "5"'
        case $nic in eth1 | eth3) echo 'coalesce.rx_usecs = 50' ;; esac
        [ $nic = eth1 ] || echo 'xps.cpus = "6-7"'
        [ $nic = eth1 ] || echo 'rss.queues = "1"'
        echo "[irq.$nic]"
        echo "cpus = \"$cpu\""
    } >first.toml
    {
        echo '[profile]'
        echo 'extends = ["./first.toml"]'
        echo "[nic.$nic]"
        echo 'ring.rx = 512'
        case $nic in eth0 | eth3) echo 'channels.combined = 2' ;; esac
    } >second.toml
    runs 0 apply first.toml --allow all || continue
    held=$(look)
    echo "$nic: $held"
    asked="gso off, rps 20, irq $cpu"
    case $nic in eth1 | eth3) asked="$asked, usecs 50" ;; esac
    [ $nic = eth1 ] || asked="$asked, xps c0, rss 1"
    [ "$held" = "$asked" ] || complain "$nic: '$held' was applied, not '$asked'"

    runs 0 apply second.toml --allow all || true
    still "its rings and queues have changed"
    [ "$(attribute carrier)" = 1 ] || complain "$nic: it has no carrier after apply"
    runs 0 verify || true
    ip link set $nic down
    ip link set $nic up
    wait_for_carrier $nic
    if [ $nic = eth2 ]; then # whose driver deals its table out anew then: that is told, and given again
        runs 2 verify && grep --quiet 'nic.rss.table  *eth2  *1 x128  *all  *differs' said || complain "the table that vmxnet3 has lost is not told" said
        runs 0 apply second.toml || true
    fi
    still "its link was down"
    runs 0 verify || true
    runs 0 rollback --all --allow all || true
    [ "$(attribute carrier)" = 1 ] || complain "$nic: it has no carrier after rollback"

    snapshot "$nic" >after
    diff before after >differences || complain "$nic: rolled back, it is not as it was" differences

    # What no profile says is kept, too.
    if [ $nic != eth1 ]; then
        ethtool --set-rxfh-indir $nic start 1 equal 1
        own=$(spread)
        for change in 'ring.rx = 512' 'mtu = 1400'; do
            printf '[nic.%s]\n%s\n' $nic "$change" >third.toml
            runs 0 apply third.toml --allow all || true
            [ "$(spread)" = "$own" ] || complain "$nic: with $change its receive hash has $(spread), not $own"
            runs 0 rollback --all --allow all || true
            [ "$(spread)" = "$own" ] || complain "$nic: rolled back $change, its receive hash has $(spread), not $own"
        done
        echo "$nic, what nobody asked to change: rss $own"
    fi
done
finish
