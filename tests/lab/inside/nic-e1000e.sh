#!/bin/bash
# e1000e: one queue, three interrupts, interrupt moderation. Sourced by nic.sh.
# shellcheck disable=SC2154

of_this_model() {
    sets features.tso false off feature tcp-segmentation-offload
    sets napi.threaded true 1 attribute threaded
    sets ring.rx 512 512 ring RX
    sets ring.tx 1024 1024 ring TX
    sets coalesce.rx_usecs 0 0 coalesce rx-usecs
    sets features.gro false off feature generic-receive-offload
    sets features.rxhash false off feature receive-hashing
    lacks channels.combined 1
    lacks coalesce.tx_usecs 8
    lacks coalesce.adaptive_rx true
    lacks features.lro true
    lacks xps.cpus '"0"'
    # What takes the link away has the driver turn them on again when it comes back.
    sets pause.autoneg false off pause Autonegotiate
    sets pause.rx false off pause RX
    sets pause.tx false off pause TX
    table "[irq.$nic]"
    sets cpus '"2"' 2 affinities
    sets spread '"all-on-set"'
    check_all e1000e

    table "[nic.$nic]"
    sets mtu 9000 9000 attribute mtu
    sets coalesce.rx_usecs 50 50 coalesce rx-usecs
    check_all "e1000e with jumbo frames"

    table "[nic.$nic]"
    sets link.mode '"100/full"' 100 speed
    sets timestamping.tx '"on"' 1 stamping tx
    lacks rss.queues '"0"'
    lacks privflags.legacy-rx true
    refuses privflags.s0ix-enabled true # this chip is too old for it
    check_all "e1000e with a forced link"
}
