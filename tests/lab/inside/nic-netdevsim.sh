#!/bin/bash
# netdevsim: has every coalescing parameter there is, and keeps what it is told. Sourced by nic.sh.
# shellcheck disable=SC2154

of_this_model() {
    sets channels.combined 2 2 channels Combined
    sets ring.rx 512 512 ring RX
    sets ring.tx 256 256 ring TX
    sets coalesce.adaptive_rx true on adaptive RX
    sets coalesce.adaptive_tx true on adaptive TX
    sets coalesce.rx_usecs 8 8 coalesce rx-usecs
    sets coalesce.rx_max_frames 16 16 coalesce rx-frames
    sets coalesce.rx_usecs_irq 9 9 coalesce rx-usecs-irq
    sets coalesce.rx_max_frames_irq 17 17 coalesce rx-frames-irq
    sets coalesce.tx_usecs 10 10 coalesce tx-usecs
    sets coalesce.tx_max_frames 18 18 coalesce tx-frames
    sets coalesce.tx_usecs_irq 11 11 coalesce tx-usecs-irq
    sets coalesce.tx_max_frames_irq 19 19 coalesce tx-frames-irq
    sets coalesce.stats_block_usecs 1000 1000 coalesce stats-block-usecs
    sets coalesce.pkt_rate_low 1000 1000 coalesce pkt-rate-low
    sets coalesce.rx_usecs_low 12 12 coalesce rx-usecs-low
    sets coalesce.rx_max_frames_low 20 20 coalesce rx-frame-low
    sets coalesce.tx_usecs_low 13 13 coalesce tx-usecs-low
    sets coalesce.tx_max_frames_low 21 21 coalesce tx-frame-low
    sets coalesce.pkt_rate_high 90000 90000 coalesce pkt-rate-high
    sets coalesce.rx_usecs_high 14 14 coalesce rx-usecs-high
    sets coalesce.rx_max_frames_high 22 22 coalesce rx-frame-high
    sets coalesce.tx_usecs_high 15 15 coalesce tx-usecs-high
    sets coalesce.tx_max_frames_high 23 23 coalesce tx-frame-high
    sets coalesce.sample_interval '"2s"' 2 coalesce sample-interval
    sets fec.modes '"rs"' RS fec
    lacks link.mode '"auto"'
    refuses coalesce.cqe_mode_rx true # it says yes, and forgets it
    refuses napi.threaded true        # it does not poll
    sets pause.rx true on pause RX
    sets pause.tx true on pause TX
    sets features.gro false off feature generic-receive-offload
    sets features.hw-tc-offload true on feature hw-tc-offload
    lacks features.tso false # its main part is fixed as on
    check_all netdevsim

    # What only a reload of the driver brings into force is checked.
    local max_macs=(devlink dev param set netdevsim/netdevsim7 name max_macs cmode driverinit value)
    printf '[nic.%s]\ndevlink.max_macs.driverinit = 32\n' "$nic" >devlink.toml
    runs 0 apply devlink.toml || true
    "${max_macs[@]}" 16
    runs 2 verify && grep --quiet 'nic.devlink.max_macs.driverinit  *eth5  *32 *16 *differs' said ||
        complain "verify does not tell of another devlink parameter" said
    "${max_macs[@]}" 32
    runs 0 verify || true
    runs 0 rollback || true
}
