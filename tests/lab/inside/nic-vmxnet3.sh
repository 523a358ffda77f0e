#!/bin/bash
# vmxnet3: eight queue pairs whose number cannot change. Sourced by nic.sh.
# shellcheck disable=SC2154

of_this_model() {
    sets features.tso false off feature tcp-segmentation-offload
    sets napi.threaded true 1 attribute threaded
    sets ring.rx 512 512 ring RX
    sets ring.tx 1024 1024 ring TX
    sets features.gro false off feature generic-receive-offload
    sets features.lro false off feature large-receive-offload
    sets features.rxhash false off feature receive-hashing
    sets xps.cpus '"4-5"' 30 of_queues xps_cpus
    sets rss.queues '"5-6"' 0 spread_entries 0
    lacks rss.queues '"8"'
    lacks coalesce.rx_usecs 8
    lacks pause.rx true
    table "[irq.$nic]"
    sets cpus '"6"' 6 affinities
    sets spread '"all-on-set"'
    check_all vmxnet3

    table "[nic.$nic]"
    sets mtu 9000 9000 attribute mtu
    check_all "vmxnet3 with jumbo frames"
}
