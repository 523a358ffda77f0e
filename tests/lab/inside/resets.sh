#!/bin/bash
# A change of rings or queues resets a NIC, and so does taking its link down and up. Moderation, offloads, the receive
# hash, steering and interrupt affinity that were applied before are right after either, as other programs see them.
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
    [ $nic = eth0 ] || seen="$seen, usecs $(coalesce rx-usecs)"
    [ $nic = eth1 ] || seen="$seen, xps $(of_queues xps_cpus), rss $(spread)"
    echo "$seen"
}
still() { # AFTER-WHAT
    local now
    now=$(look)
    echo "$nic after $1: $now"
    [ "$now" = "$held" ] || complain "$nic: after $1 '$now', not '$held'"
}

for nic in eth0 eth1 eth3; do
    snapshot "$nic" >before
    {
        echo "[nic.$nic]"
        echo 'features.gso = false'
        echo 'rps.cpus = "5"'
        [ $nic = eth0 ] || echo 'coalesce.rx_usecs = 50'
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
        [ $nic = eth1 ] || echo 'channels.combined = 2'
    } >second.toml
    runs 0 apply first.toml --allow all || continue
    held=$(look)
    echo "$nic: $held"
    asked="gso off, rps 20, irq $cpu"
    [ $nic = eth0 ] || asked="$asked, usecs 50"
    [ $nic = eth1 ] || asked="$asked, xps c0, rss 1"
    [ "$held" = "$asked" ] || complain "$nic: '$held' was applied, not '$asked'"

    runs 0 apply second.toml --allow all || true
    still "its rings and queues have changed"
    [ "$(attribute carrier)" = 1 ] || complain "$nic: it has no carrier after apply"
    runs 0 verify || true
    ip link set $nic down
    ip link set $nic up
    wait_for_carrier $nic
    still "its link was down"
    runs 0 verify || true
    runs 0 rollback --all --allow all || true
    [ "$(attribute carrier)" = 1 ] || complain "$nic: it has no carrier after rollback"
    snapshot "$nic" >after
    diff before after >differences || complain "$nic: rolled back, it is not as it was" differences
done
finish
