#!/bin/bash
# virtio-net with four queue pairs. Sourced by nic.sh.
# shellcheck disable=SC2154

key_of() { # DEVICE: another key of the same length
    local now
    now=$(hash_key)
    printf '"01:02%s"' "${now:5}"
}
first_of_key() { hash_key | cut -c 1-5; }

of_this_model() {
    sets features.tso false off feature tcp-segmentation-offload
    sets napi.threaded true 1 attribute threaded
    sets ring.rx 512 512 ring RX
    sets ring.tx 128 128 ring TX
    sets features.gro false off feature generic-receive-offload
    sets features.rx-gro-hw false off feature rx-gro-hw
    sets xps.cpus '"0,3"' 09 of_queues xps_cpus
    sets rss.queues '"1-2"' 64 spread_entries 2
    sets rss.key "$(key_of "$nic")" 01:02 first_of_key
    lacks channels.combined 5
    lacks ring.rx 2048
    refuses coalesce.rx_usecs 8
    lacks pause.rx true
    lacks features.lro true
    table "[irq.$nic]"
    sets cpus '"3"' 3 affinities
    sets spread '"all-on-set"'
    check_all virtio

    table "[nic.$nic]"
    sets channels.combined 2 2 channels Combined
    sets rss.queues '"1"' 1 spread
    table "[irq.$nic]"
    sets cpus '"2-3"' '2 3' affinities_of 'virtio4-input.[01]$'
    sets spread '"one-to-one"'
    check_all "virtio with fewer queues"
}
