#!/bin/bash
# What nanotune sets on one NIC, checked with ethtool, ip and the kernel's files.
#
#   nic.sh virtio|e1000e|vmxnet3|igb|netdevsim
set -euo pipefail

here=$(dirname "$(realpath "$0")")
. "$here/setting.sh"
. "$here/readers.sh"
. "$here/snapshot.sh"

model=$1
case $model in
virtio) nic=eth0 ;;
e1000e) nic=eth1 ;;
vmxnet3) nic=eth2 ;;
igb) nic=eth3 ;;
netdevsim)
    nic=eth5
    echo '7 1 4' >/sys/bus/netdevsim/new_device
    ip link set $nic up
    ethtool --set-fec $nic encoding off # it begins with none at all, to which nothing goes back
    ;;
esac
# shellcheck source=/dev/null
. "$here/nic-$model.sh"
snapshot "$nic" >before

table "[nic.$nic]"
sets mtu 1400 1400 attribute mtu
sets txqueuelen 500 500 attribute tx_queue_len
sets napi.defer_hard_irqs 20 20 attribute napi_defer_hard_irqs
sets napi.gro_flush_timeout '"30us"' 30000 attribute gro_flush_timeout
sets rps.cpus '"1,5"' 22 of_queues rps_cpus
sets rps.flow_cnt 256 256 of_queues rps_flow_cnt
sets bql.limit_max '"64KiB"' 65536 of_queues byte_queue_limits/limit_max
sets bql.hold_time 500 500 of_queues byte_queue_limits/hold_time
sets gso_max_size 32768 32768 of_link gso_max_size
sets gso_max_segs 100 100 of_link gso_max_segs
sets gro_max_size 32768 32768 of_link gro_max_size
sets qdisc '"fq"' fq root_qdisc
sets features.gso false off feature generic-segmentation-offload
of_this_model

[ "$model" = netdevsim ] || [ "$(attribute carrier)" = 1 ] || complain "$model: rolled back, it has no carrier"
snapshot "$nic" >after
diff before after >differences || complain "$model: rolled back, it is not as it was" differences
finish
