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
of_queue() { cat "/sys/class/net/$nic/queues/$1/$2"; }
feature() { ethtool --show-features "$nic" | word_of "$1"; }
coalesce() { ethtool --show-coalesce "$nic" | word_of "$1"; }
adaptive() { ethtool --show-coalesce "$nic" | word_after Adaptive "$1"; }
pause() { ethtool --show-pause "$nic" | word_of "$1" | head -n 1; } # "negotiated" follows
ring() { ethtool --show-ring "$nic" | now | word_of "$1"; }
channels() { ethtool --show-channels "$nic" | now | word_of "$1"; }

# The receive hash's table, its entries with blanks between, repeated ones once.
spread() { ethtool --show-rxfh-indir "$nic" | sed -n 's/^ *[0-9]*:  *//p' | xargs -n 1 | uniq | xargs; }
spread_entries() { # QUEUE: how many of them it has
    ethtool --show-rxfh-indir "$nic" | sed -n 's/^ *[0-9]*:  *//p' | xargs -n 1 | grep --count --line-regexp "$1" || true
}
hash_key() { ethtool --show-rxfh "$nic" | grep --after-context 1 'hash key' | tail -n 1; }
private_flag() { ethtool --show-priv-flags "$nic" | word_of "$1"; }
fec() { ethtool --show-fec "$nic" | sed -n 's/^Supported.*: //p'; }
advertised() { ethtool "$nic" | sed -n '/Advertised link modes/,/Advertised pause/p' | grep --only-matching '[0-9]*base[^ ]*' | xargs; }
speed() { ethtool "$nic" | sed -n 's/^\tSpeed: \([0-9]*\).*/\1/p'; }
stamping() { # tx | rx: the kernel's number (SIOCGHWTSTAMP)
    python3 - "$nic" "$1" <<'END'
import ctypes, fcntl, socket, struct, sys
config = (ctypes.c_int * 3)()
request = struct.pack("16sQ16x", sys.argv[1].encode(), ctypes.addressof(config))
fcntl.ioctl(socket.socket(socket.AF_INET, socket.SOCK_DGRAM), 0x89B1, request)
print(config[{"tx": 1, "rx": 2}[sys.argv[2]]])
END
}
root_qdisc() { tc qdisc show dev "$nic" root | awk '{ print $2 }' | head -n 1; }
root_handle() { tc qdisc show dev "$nic" root | awk '{ print $3 }' | head -n 1; }
of_link() { ip --details link show "$nic" | grep --only-matching " $1 [0-9]*" | awk '{ print $2 }'; }

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

# Pulls a cable out, or puts it in again, outside of the guest (machine.sh).
cable() { # DEVICE on|off
    echo "$1 $2" >/run/lab/share/wire.draft
    mv /run/lab/share/wire.draft /run/lab/share/wire
    while [ -e /run/lab/share/wire ]; do sleep 0.02; done
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

# PID, CPUs and name of each of the kernel's own threads that can be moved. Those of work queues, which come and go and
# are moved by the kernel, are none of them.
kernel_threads() {
    local folder stat flags name
    for folder in /proc/[0-9]*; do
        read -r stat <"$folder/stat" || continue
        flags=$(awk '{ print $7 }' <<<"${stat##*)}")
        [ $((flags & 0x4200000)) -eq $((0x200000)) ] || continue
        name=${stat#*(} name=${name%)*}
        echo "${folder##*/} $(awk '$1 == "Cpus_allowed_list:" { print $2 }' "$folder/status") ${name// /_}"
    done 2>/dev/null
}
