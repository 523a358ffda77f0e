#!/bin/bash
# igb: eight queue pairs, interrupt moderation, pause frames. Sourced by nic.sh.
# shellcheck disable=SC2154

of_this_model() {
    sets features.tso false off feature tcp-segmentation-offload
    sets napi.threaded true 1 attribute threaded
    sets ring.rx 512 512 ring RX
    sets ring.tx 1024 1024 ring TX
    sets coalesce.rx_usecs 0 0 coalesce rx-usecs
    sets features.gro false off feature generic-receive-offload
    sets features.rxhash false off feature receive-hashing
    sets xps.cpus '"4-5"' 30 of_queues xps_cpus
    sets rss.queues '"2-3"' 64 spread_entries 3
    sets privflags.legacy-rx true on private_flag legacy-rx
    sets timestamping.tx '"on"' 1 stamping tx
    sets timestamping.rx '"ptpv2-event"' 12 stamping rx
    lacks channels.combined 9
    lacks fec.modes '"rs"'
    refuses timestamping.rx '"all"'
    refuses rss.function '"xor"'
    lacks coalesce.adaptive_rx true
    lacks features.lro true
    # What takes the link away has the driver turn them on again when it comes back.
    sets pause.autoneg false off pause Autonegotiate
    sets pause.rx false off pause RX
    sets pause.tx false off pause TX
    table "[irq.$nic]"
    sets cpus '"6"' 6 affinities
    sets spread '"all-on-set"'
    check_all igb

    table "[nic.$nic]"
    sets mtu 9000 9000 attribute mtu
    sets coalesce.rx_usecs 50 50 coalesce rx-usecs
    sets channels.combined 2 2 channels Combined
    sets rss.weights '[3, 1]' 32 spread_entries 1
    table "[nic.$nic.queue.1]"
    sets rps.cpus '"7"' 80 of_queue rx-1 rps_cpus
    sets bql.limit_max '"128KiB"' 131072 of_queue tx-1 byte_queue_limits/limit_max
    table "[irq.$nic]"
    sets cpus '"6-7"' '6 7' affinities_of 'eth3-rx-[01]$'
    sets spread '"one-to-one"'
    check_all "igb with fewer queues"

    table "[nic.$nic]"
    sets link.mode '["auto", "100baseT/Full"]' 100baseT/Full advertised
    lacks rss.queues '"8"'
    check_all "igb with one mode of its link"
}
