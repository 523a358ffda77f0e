#!/bin/bash
# How other programs than nanotune read the settings of $nic. Sourced by the scripts here.
# shellcheck disable=SC2154

word_of() { awk -v name="$1:" '$1 == name { print $2 }'; }
word_after() { # LINE WORD: of a line such as "Adaptive RX: off  TX: on"
    awk -v line="$1" -v word="$2:" '$0 ~ "^" line { for (i = 1; i < NF; i++) if ($i == word) print $(i + 1) }'
}
now() { sed '1,/^Current/d'; }

attribute() { cat "/sys/class/net/$nic/$1"; }
of_queues() { cat "/sys/class/net/$nic/queues/"*"/$1" | sort -u | xargs; }
feature() { ethtool --show-features "$nic" | word_of "$1"; }
coalesce() { ethtool --show-coalesce "$nic" | word_of "$1"; }
adaptive() { ethtool --show-coalesce "$nic" | word_after Adaptive "$1"; }
pause() { ethtool --show-pause "$nic" | word_of "$1" | head -n 1; } # "negotiated" follows
ring() { ethtool --show-ring "$nic" | now | word_of "$1"; }
channels() { ethtool --show-channels "$nic" | now | word_of "$1"; }

# A change of queues, rings or pause frames takes the link away for some seconds on real NICs.
wait_for_carrier() { # DEVICE...
    local device tries=0
    for device in "$@"; do
        until [ "$(cat "/sys/class/net/$device/carrier")" = 1 ]; do
            tries=$((tries + 1))
            [ $tries -lt 300 ] || { echo "$device has no carrier"; return 1; }
            sleep 0.1
        done
    done
}

# The interrupts of a virtio device belong to the PCI device above it.
interrupts() {
    local device
    device=$(realpath "/sys/class/net/$nic/device")
    [ -d "$device/msi_irqs" ] || device=${device%/*}
    ls "$device/msi_irqs"
}
affinities() { # each CPU list that one of them is bound to
    local number
    for number in $(interrupts); do cat "/proc/irq/$number/smp_affinity_list"; done | sort -u | xargs
}
affinities_of() { # PATTERN: of the name that the driver gives them
    awk -v name="$1" '$NF ~ name { sub(":", "", $1); print $1 }' /proc/interrupts | while read -r number; do
        cat "/proc/irq/$number/smp_affinity_list"
    done | xargs
}
