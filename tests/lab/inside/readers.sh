#!/bin/bash
# How other programs than nanotune read the settings of $nic. Sourced by the scripts here.
# shellcheck disable=SC2154

# Each program that starts costs more than what it does: none starts that need not.
word_of() { awk -v name="$1:" '$1 == name && !found++ { print $2 }'; }
word_of_now() { awk -v name="$1:" '/^Current/ { now = 1 } now && $1 == name && !found++ { print $2 }'; }
word_after() { # LINE WORD: of a line such as "Adaptive RX: off  TX: on"
    awk -v line="$1" -v word="$2:" '$0 ~ "^" line { for (i = 1; i < NF; i++) if ($i == word) print $(i + 1) }'
}
on_one_line() {
    local lines
    mapfile -t lines
    echo "${lines[*]}"
}

attribute() { cat "/sys/class/net/$nic/$1"; }
of_queues() { sort -u "/sys/class/net/$nic/queues/"*"/$1" | on_one_line; }
of_queue() { cat "/sys/class/net/$nic/queues/$1/$2"; }
feature() { ethtool --show-features "$nic" | word_of "$1"; }
coalesce() { ethtool --show-coalesce "$nic" | word_of "$1"; }
adaptive() { ethtool --show-coalesce "$nic" | word_after Adaptive "$1"; }
pause() { ethtool --show-pause "$nic" | word_of "$1"; }
ring() { ethtool --show-ring "$nic" | word_of_now "$1"; }
channels() { ethtool --show-channels "$nic" | word_of_now "$1"; }

# The receive hash's table, its entries with blanks between, repeated ones once.
entries() { ethtool --show-rxfh-indir "$nic" | awk '/^ *[0-9]+:/ { for (at = 2; at <= NF; at++) print $at }'; }
spread() { entries | uniq | on_one_line; }
spread_entries() { # QUEUE: how many of them it has
    entries | grep --count --line-regexp "$1" || true
}
hash_key() { ethtool --show-rxfh "$nic" | grep --after-context 1 'hash key' | tail -n 1; }
private_flag() { ethtool --show-priv-flags "$nic" | word_of "$1"; }
fec() { ethtool --show-fec "$nic" | sed -n 's/^Supported.*: //p'; }
advertised() { ethtool "$nic" | sed -n '/Advertised link modes/,/Advertised pause/p' | grep --only-matching '[0-9]*base[^ ]*' | on_one_line; }
speed() { ethtool "$nic" | sed -n 's/^\tSpeed: \([0-9]*\).*/\1/p'; }
stamping() { # tx | rx: the kernel's number (SIOCGHWTSTAMP)
    python3 -IS - "$nic" "$1" <<'END'
import _socket, array, fcntl, struct, sys
config = array.array("i", [0, 0, 0])
request = struct.pack("16sQ16x", sys.argv[1].encode(), config.buffer_info()[0])
datagrams = _socket.socket(_socket.AF_INET, _socket.SOCK_DGRAM)
fcntl.ioctl(datagrams.fileno(), 0x89B1, request)
print(config[{"tx": 1, "rx": 2}[sys.argv[2]]])
END
}
root_qdisc() { tc qdisc show dev "$nic" root | awk 'NR == 1 { print $2 }'; }
root_handle() { tc qdisc show dev "$nic" root | awk 'NR == 1 { print $3 }'; }
of_link() { ip --details link show "$nic" | grep --only-matching " $1 [0-9]*" | awk '{ print $2 }'; }

# A change of queues, rings or pause frames takes the link away for some seconds on real NICs.
wait_for_carrier() { # DEVICE...
    local device carrier tries=0
    for device in "$@"; do
        until read -r carrier <"/sys/class/net/$device/carrier" && [ "$carrier" = 1 ]; do
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
    local files
    mapfile -t files < <(interrupts)
    [ ${#files[@]} -gt 0 ] || return 0
    files=("${files[@]/#//proc/irq/}")
    sort --unique "${files[@]/%//smp_affinity_list}" | on_one_line
}
affinities_of() { # PATTERN: of the name that the driver gives them
    local number list
    awk -v name="$1" '$NF ~ name { sub(":", "", $1); print $1 }' /proc/interrupts | while read -r number; do
        read -r list <"/proc/irq/$number/smp_affinity_list"
        echo "$list"
    done | on_one_line
}

# PID, CPUs and name of each of the kernel's own threads that can be moved. Those of work queues, which come and go and
# are moved by the kernel, are none of them.
kernel_threads() {
    local list
    until list=$(listed_kernel_threads); do :; done # again where a thread ended as it was read: awk ends with that
    printf '%s\n' "$list"
}
listed_kernel_threads() {
    awk 'BEGIN {
        for (at = 1; at < ARGC; at++) {
            folder = ARGV[at]
            if ((getline stat < (folder "/stat")) <= 0) continue
            close(folder "/stat")
            name = stat
            sub(/^[^(]*[(]/, "", name)
            sub(/[)][^)]*$/, "", name)
            gsub(/ /, "_", name)
            sub(/.*[)]/, "", stat)
            split(stat, field)
            if (int(field[7] / 2 ^ 21) % 2 == 0 || int(field[7] / 2 ^ 26) % 2) continue
            cpus = ""
            while ((getline line < (folder "/status")) > 0)
                if (sub(/^Cpus_allowed_list:[ \t]*/, "", line)) cpus = line
            close(folder "/status")
            sub(/.*\//, "", folder)
            print folder, cpus, name
        }
    }' /proc/[0-9]*
}
