#!/bin/bash
# nanotune certify on NICs of the guest, and on the guest itself: its JSON lies in the folder out.
#
#   certify.sh OUT SUBJECT...      virtio-net e1000e vmxnet3 igb netdevsim veth host
#   certify.sh --agree SUBJECT...  each is what the matrix says, and the guest is as it was before
set -euo pipefail

here=$(dirname "$(realpath "$0")")
. "$here/setting.sh"
. "$here/readers.sh"
. "$here/snapshot.sh"

out=$1
shift
agree=''
[ "$out" != --agree ] || { agree=yes && out=$PWD/out; }
mkdir -p "$out"

device_of() {
    case $1 in
    virtio-net) echo eth0 ;;
    e1000e) echo eth1 ;;
    vmxnet3) echo eth2 ;;
    igb) echo eth3 ;;
    netdevsim) echo eth5 ;;
    veth) echo veth0 ;;
    esac
}

for subject in "$@"; do
    what=(--system)
    devices=()
    if [ "$subject" = netdevsim ]; then
        echo '7 1 4' >/sys/bus/netdevsim/new_device
        ip link set eth5 up
        ethtool --set-fec eth5 encoding off # it begins with none at all, to which nothing goes back
    fi
    if [ "$subject" = veth ]; then
        ip link add veth0 numrxqueues 4 numtxqueues 4 type veth peer name veth1
        ip link set veth1 up
        ip link set veth0 up
        ethtool --features veth0 gro on # without, it does not poll
    fi
    if [ "$subject" != host ]; then
        nic=$(device_of "$subject")
        what=(--nic "$nic")
        devices=("$nic")
    fi
    snapshot "${devices[@]}" >before
    started=$SECONDS
    nanotune certify "${what[@]}" --allow all --json --html "$out/$subject.html" >"$out/$subject.json" || true
    echo "$subject: $((SECONDS - started)) s"
    snapshot "${devices[@]}" >after
    diff before after >differences || complain "$subject: after certify it is not as it was before" differences
    [ -z "$agree" ] || python3 "$here/../matrix.py" agree "$subject" "$out/$subject.json" ||
        complain "$subject: certify and the matrix disagree"
done
finish
