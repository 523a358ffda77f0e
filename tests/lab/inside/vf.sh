#!/bin/bash
# Virtual functions of igb: tuned where they are named or meant by their kind, passed by where all NICs are meant, in the
# topology with their card, and not made or taken away by a profile, which only checks how many there are.
# shellcheck disable=SC2154
set -euo pipefail

here=$(dirname "$(realpath "$0")")
. "$here/setting.sh"
. "$here/readers.sh"
. "$here/snapshot.sh"

says() { tr -s ' \n' ' ' <said | grep -qF "$1" || complain "not said: $1" said; }

echo 2 >/sys/class/net/eth3/device/sriov_numvfs
modprobe igbvf
until [ -e /sys/class/net/eth6 ]; do sleep 0.1; done
for nic in eth5 eth6; do ip link set $nic up; done
wait_for_carrier eth3 eth5 eth6
for nic in eth6 eth5; do # their state is told a moment after their carrier
    until [ "$(attribute operstate)" = up ]; do sleep 0.1; done
done
snapshot eth3 eth5 eth6 >before

table '[nic.eth5]'
sets mtu 1400 1400 attribute mtu
sets ring.rx 512 512 ring RX
sets coalesce.rx_usecs 50 50 coalesce rx-usecs
sets features.gso false off feature generic-segmentation-offload
sets rps.cpus '"5"' 20 of_queues rps_cpus
lacks channels.combined 2
refuses pause.rx true
table '[irq.eth5]'
sets cpus '"6"' 6 affinities
check_all "a virtual function"

for_each_vf() { cat /sys/class/net/eth[56]/mtu | xargs; }
table '[nic.functions]'
sets match '{ kind = "vf" }'
sets mtu 1300 '1300 1300' for_each_vf
check_all "all virtual functions"

printf '[nic."eth*"]\nmtu = 1400\n' >all.toml
nanotune plan all.toml --json >said || [ $? -eq 2 ]
[ "$(grep --only-matching '"eth[0-9]"' said | sort -u | xargs)" = 'eth0 eth1 eth2 eth3 eth4' ] ||
    complain "a glob of all NICs means not just the cards" said

printf '[nic.eth3]\nsriov.numvfs = 2\n' >number.toml
runs 0 apply number.toml
runs 0 verify
runs 0 rollback
sed -i 's/= 2/= 4/' number.toml
runs 2 apply number.toml && says "nic.sriov.numvfs eth3 2 -> 2 differs number.toml:2"
runs 0 rollback
[ "$(cat /sys/class/net/eth3/device/sriov_numvfs)" = 2 ] || complain "eth3 has other virtual functions than before"

[ "$(nanotune topology --json | python3 -c 'import json, sys
print([(nic["name"], nic["kind"], nic["node"]) for nic in json.load(sys.stdin)["nics"] if nic["driver"] == "igbvf"])')" = \
    "[('eth5', 'vf', 1), ('eth6', 'vf', 1)]" ] || complain "the topology has other virtual functions"
nanotune topology --colour never >said
grep --quiet 'eth5: igbvf, .*, virtual function, 1 Gb/s' said || complain "the picture has no virtual function" said

snapshot eth3 eth5 eth6 >after
diff before after >differences || complain "rolled back, it is not as it was" differences
finish
