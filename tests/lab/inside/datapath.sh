#!/bin/bash
# The datapath on real drivers: each NIC with the best backend that it has and with every lesser one, started by a
# profile, on as many queues as it has and on fewer, and again after its link was down.
#
#   datapath.sh MODEL|ways...
set -euo pipefail

here=$(dirname "$(realpath "$0")")
. "$here/setting.sh"
. "$here/readers.sh"

# The other end of the wire; checksums are finished there, as a NIC would.
ip netns add peer
ip link set eth4 netns peer
there() { ip netns exec peer "$@"; }
there ip link set lo up
there ip link set eth4 up
there ethtool -K eth4 tx off >/dev/null
peer_link=$(there cat /sys/class/net/eth4/address)
sysctl -qw net.ipv4.conf.all.arp_ignore=1 # all NICs are on one wire

prepare() { # DEVICE NUMBER: it is 10.9.NUMBER.1 there, and the peer 10.9.NUMBER.2
    ip address add "10.9.$2.1/24" dev "$1"
    ip neighbour replace "10.9.$2.2" lladdr "$peer_link" dev "$1"
    there ip address add "10.9.$2.2/24" dev eth4
    there ip neighbour replace "10.9.$2.1" lladdr "$(cat "/sys/class/net/$1/address")" dev eth4
}

counted() { nanotune datapath stats --json | sed --quiet "s/^ *\"$1\": \([0-9]*\),*\$/\1/p"; }
how() { nanotune datapath stats --json | sed --quiet 's/^ *"how": "\(.*\)",*$/\1/p'; }

asked() { # DEVICE WHEN WORD...: each of 8 senders has its orders; the words are for ask.py
    local answered
    answered=$(there "$here/ask.py" "${@:3}" 8 2 2>&1) || complain "$1, $2: $answered"
    echo "$1, $2: $answered answered"
    local until=$((SECONDS + 20))
    until [ "$(counted answered)" -ge 16 ]; do # the worker tells what the kernel's program has counted a moment later
        [ $SECONDS -lt $until ] || { complain "$1, $2: $(counted answered) counted as answered"; break; }
        sleep 0.1
    done
}

applies() { # DEVICE QUEUES HOW LINE...: a datapath that is told so; QUEUES is "-" where they cannot be chosen
    echo "[profile]" >datapath.toml
    [ "$2" = - ] || printf '[nic.%s]\nchannels.combined = %s\n' "$1" "$2" >>datapath.toml
    printf '[datapath.lab]\ninterface = "%s"\ncpus = "%s"\nenabled = true\n' "$1" "${cpus:-4-5}" >>datapath.toml
    printf '%s\n' "${@:4}" >>datapath.toml
    runs 0 apply datapath.toml --allow all || return 1
    [[ $(how) == $3* ]] || complain "$1 with ${*:4} is '$(how)', not '$3'"
    echo "$1: ${*:4}: $(how)"
    wait_for_carrier "$1"
}

serves() { # DEVICE NUMBER QUEUES BACKEND HOW
    applies "$1" "$3" "$5" "listen = \"10.9.$2.1:8080\"" "backend = \"$4\"" || return 0
    [ "$3" = - ] || [ "$(nic=$1 channels Combined)" = "$3" ] || complain "$1 has other queues than $3"
    asked "$1" "$4 on $3 queues" "10.9.$2.1" 8080
}

goes_on_after_link_down() { # DEVICE NUMBER
    ip link set "$1" down
    ip link set "$1" up
    wait_for_carrier "$1"
    ip neighbour replace "10.9.$2.2" lladdr "$peer_link" dev "$1"
    nanotune datapath reset lab >/dev/null
    asked "$1" "after its link was down" "10.9.$2.1" 8080
}

is_near() { # DEVICE: its memory is where its CPUs are, which numa_maps knows, too
    local node=$(cd /sys/devices/system/cpu/cpu4 && echo node*) told
    told=$(nanotune datapath stats lab --json | sed --quiet 's/^ *"memory": "\(.*\)",*$/\1/p')
    echo "$1: memory $told"
    [ "$told" = "on node ${node#node}" ] || complain "$1: its memory is '$told', not on $node"
}

each_is_near() { # DEVICE: of two queues, each has its 8 MB of frames on the node of the CPU that serves it
    local worker=$(nanotune datapath stats lab --json | sed --quiet 's/^ *"process": \([0-9]*\),*$/\1/p' | head -1) node
    local pages=($(awk '/ anon=/ { for (at = 3; at <= NF; ++at) if (split($at, part, /N|=/) == 3 && $at ~ /^N/) sum[part[2]] += part[3] }
        END { print sum[0] + 0, sum[1] + 0 }' "/proc/$worker/numa_maps"))
    echo "$1: ${pages[0]} pages on node 0, ${pages[1]} on node 1"
    for node in 0 1; do
        [ "${pages[node]}" -ge 2048 ] || complain "$1: only ${pages[node]} pages of its worker are on node $node"
    done
}

leaves() { # DEVICE
    runs 0 rollback --all --allow all || true
    ! ip link show "$1" | grep -q 'xdp' || complain "$1 still has an XDP program"
}

virtio-net() {
    prepare eth0 1
    serves eth0 1 4 auto "xdp, native"
    goes_on_after_link_down eth0 1
    is_near eth0
    serves eth0 1 2 af_xdp "af_xdp, native" # its driver changes no queues under a program: it pauses
    cpus=3-4 serves eth0 1 2 af_xdp "af_xdp, native"
    each_is_near eth0
    serves eth0 1 2 packet packet
    serves eth0 1 2 udp udp
    leaves eth0
}

# What else there is but UDP that is answered: a group, a strategy of others, sessions, and connections of others.
ways() {
    local backend listens='listen = "10.9.1.1:8080"' elsewhere='respond = "10.9.1.2:9999"' orders=(--orders-to 10.9.1.2 9999)
    prepare eth0 1
    for backend in xdp af_xdp packet; do
        applies eth0 2 $backend "backend = \"$backend\"" 'listen = "239.1.1.1:8080"' "$elsewhere" || continue
        asked eth0 "a group by $backend" --from 10.9.1.2 "${orders[@]}" 239.1.1.1 8080
        nanotune status | grep --quiet "multicast group joined" || complain "eth0: status does not tell of the group"
    done
    cc -O2 -shared -fPIC -I "$here/../../../framework/sdk/include" -o dip.so "$here/../../outside-strategy/dip.c"
    if applies eth0 2 af_xdp 'backend = "af_xdp"' "$listens" "logic = \"$PWD/dip.so\""; then
        asked eth0 "a strategy" --dearer 0 --quantity 200 10.9.1.1 8080
    fi
    if applies eth0 2 tcp 'protocol = "tcp"' "$listens"; then asked eth0 "sessions" --tcp 10.9.1.1 8080; fi
    "$here/accept.py" 10.9.1.1 8080 &
    for backend in packet xdp; do
        applies eth0 2 $backend "backend = \"$backend\"" 'protocol = "tcp"' "$listens" "$elsewhere" || continue
        asked eth0 "connections of others by $backend" --tcp "${orders[@]}" 10.9.1.1 8080
        [ "$(counted "unknown connection")" = 0 ] || complain "eth0: $backend does not know every connection"
    done
    kill $!
    leaves eth0
}

# On a VLAN's own device, and on one in that: the device takes tags off and puts them on, for each backend.
vlans() {
    local backend how vlan parent=eth0 tag network came
    for vlan in 7/7 9/79; do
        tag=${vlan%/*} network=10.9.${vlan#*/}
        ip link add link $parent name $parent.$tag type vlan id "$tag"
        ip address add "$network.1/24" dev $parent.$tag
        there ip link add link "eth4${parent#eth0}" name "eth4${parent#eth0}.$tag" type vlan id "$tag"
        parent=$parent.$tag
        there ip address add "$network.2/24" dev "eth4${parent#eth0}"
        ip link set $parent up
        there ip link set "eth4${parent#eth0}" up
        ip neighbour replace "$network.2" lladdr "$peer_link" dev $parent
        there ip neighbour replace "$network.1" lladdr "$(cat /sys/class/net/eth0/address)" dev "eth4${parent#eth0}"
        for backend in "xdp/xdp, generic" "af_xdp/af_xdp, generic" packet/packet udp/udp; do
            how=${backend#*/} backend=${backend%%/*}
            applies $parent - "$how" "listen = \"$network.1:8080\"" "backend = \"$backend\"" || continue
            came=$(there cat "/sys/class/net/eth4${parent#eth0}/statistics/rx_packets")
            asked $parent "$backend on a VLAN" "$network.1" 8080
            came=$(($(there cat "/sys/class/net/eth4${parent#eth0}/statistics/rx_packets") - came))
            [ "$came" -ge 16 ] || complain "$parent: $came of 16 orders by $backend came with their tags"
        done
    done
    leaves $parent
}

igb() {
    prepare eth3 4
    serves eth3 4 4 auto "xdp, native"
    goes_on_after_link_down eth3 4
    serves eth3 4 2 af_xdp "af_xdp, native"
    serves eth3 4 2 packet packet
    leaves eth3
}

e1000e() {
    prepare eth1 2
    serves eth1 2 - auto "xdp, generic (native: "
    goes_on_after_link_down eth1 2
    serves eth1 2 - af_xdp "af_xdp, generic"
    serves eth1 2 - packet packet
    leaves eth1
}

vmxnet3() {
    prepare eth2 3
    serves eth2 3 - auto "xdp, generic (native: "
    goes_on_after_link_down eth2 3
    serves eth2 3 - packet packet
    serves eth2 3 - udp udp
    leaves eth2
}

for subject in "$@"; do "$subject"; done
finish
