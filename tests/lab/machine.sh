# The virtual machine: its hardware, its state after booting, which is saved once and resumed from then on, and
# the run of one command. Sourced by lab.
# shellcheck shell=bash disable=SC2154,SC2054,SC2086

nic() { # PORT QUEUES MODEL[,OPTION...]: the next ethN, on a bridge with the others
    local number=$((${#nics[@]} / 4)) queues='' several=''
    if [ "$2" -gt 1 ]; then queues=,queues=$2 several=multi_queue; fi
    ip tuntap add dev "tap$number" mode tap $several
    ip link set "tap$number" mtu 9000 master lab up
    nics+=(-netdev "tap,id=n$number,ifname=tap$number,script=no,downscript=no$queues"
        -device "$3,netdev=n$number,mac=52:54:00:00:00:0$number,bus=$1,romfile=")
}

describe_machine() {
    local node port ticks=
    # Since 6.9 idle CPUs hand their timers on in a tree, which breaks now and then where a machine is emulated
    # (timerqueue_add below tmigr_update_events). With ticks all the time no CPU does.
    [ "$kernel" = stock ] || ticks=nohz=off
    ip link set lo up
    ip link add lab type bridge
    ip link set lab mtu 9000 up
    nics=()
    nic rp0 4 virtio-net-pci,mq=on,vectors=10,iommu_platform=on,rss=on,hash=on,rx_queue_size=1024,tx_queue_size=256,speed=10000,duplex=full
    nic rp1 1 e1000e
    nic rp2 1 vmxnet3
    nic rp3 1 igb
    nic rp4 2 virtio-net-pci,mq=on,vectors=6

    # Left out are features for whose sake the kernel would choose what is slow under emulation: strings byte by byte
    # (erms, fsrm), another view of memory at each access to a program's (smap). init_on_alloc, hardened_usercopy and
    # randomize_kstack_offset cost each system call and each page something, and no test is about them.
    # no_timer_check: on a machine with other work an emulated timer misses its first ticks, and the kernel gives up on it.
    machine=(-nodefaults -no-user-config -display none -no-reboot
        # Deeper virtualisation than plain emulation is not to be had where this has to run.
        -accel tcg,thread=single
        -M q35,usb=off,i8042=off
        -cpu max,vendor=GenuineIntel,family=6,model=85,stepping=4,-erms,-fsrm,-smap
        -m "$((2 * memory))M" -smp 8,sockets=2,cores=2,threads=2
        -kernel "$kernel_root/vmlinux" -initrd "$initrd/initrd.img" -acpitable "file=$kernel_root/pstates.aml"
        -append "console=ttyS0 panic=-1 net.ifnames=0 mitigations=off nokaslr no5lvl lpj=10000000 tsc=reliable no_timer_check rcupdate.rcu_expedited=1 cryptomgr.notests nowatchdog init_on_alloc=0 hardened_usercopy=off randomize_kstack_offset=off audit=0 apparmor=0 8250.nr_uarts=1 loglevel=5 $ticks $append"
        -device isa-debug-exit,iobase=0x501,iosize=0x04
        -fsdev local,id=host,path=/,security_model=none,readonly=on,multidevs=remap
        -device virtio-9p-pci,fsdev=host,mount_tag=host,bus=pcie.0,addr=0x10
        -fsdev "local,id=share,path=$run/share,security_model=none"
        -device virtio-9p-pci,fsdev=share,mount_tag=share,bus=pcie.0,addr=0x11
        -device virtio-serial-pci,max_ports=4,bus=pcie.0,addr=0x12
        -device virtconsole,chardev=tty,name=tty
        -device virtserialport,chardev=out,name=out -device virtserialport,chardev=err,name=err)
    for node in 0 1; do
        machine+=(-object "memory-backend-ram,id=m$node,size=${memory}M"
            -numa "node,nodeid=$node,memdev=m$node,cpus=$((4 * node))-$((4 * node + 3))"
            -device "pxb-pcie,id=pxb$node,bus=pcie.0,bus_nr=$((64 * (node + 1))),numa_node=$node,addr=0x1$((3 + node))")
    done
    for port in 0 1 2 3 4; do
        node=$((port > 1))
        machine+=(-device "pcie-root-port,id=rp$port,bus=pxb$node,chassis=$((node + 1)),slot=$((port - 2 * node + 1))")
    done
    machine+=(-numa dist,src=0,dst=1,val=20 "${nics[@]}")
}

# start_qemu OUT ERR TTY OPTION...: three character devices, and what is to be done. The guest's serial console
# reads the pipe console.in, and writes the file console.
start_qemu() {
    local out=$1 err=$2 tty=$3
    shift 3
    timeout --foreground --kill-after=5 "$limit" "${qemu[@]}" "${machine[@]}" \
        -chardev "file,id=con,path=$run/console,input-path=$run/console.in" -serial chardev:con \
        -chardev "$out,id=out" -chardev "$err,id=err" -chardev "$tty,id=tty" "$@"
}

# What a guest boots with when it reboots: -append has no part in the state that it goes on from.
let_it_reboot() {
    local i
    machine+=(-action reboot=reset)
    for ((i = 0; i < ${#machine[@]}; i++)); do
        [ "${machine[i]}" != -append ] || machine[i + 1]+=" $later"
    done
}

# Each boot waits for the word once more.
answer_reboots() {
    local answered=0
    while sleep 0.2; do
        [ "$(grep --count 'lab: ready' "$run/console" || true)" -gt $answered ] || continue
        answered=$((answered + 1))
        echo go >&"$console_in"
    done
}

fail_with_console() {
    [ ! -e "$run/qemu.log" ] || cat "$run/qemu.log" >&2
    tail -n 25 "$run/console" >&2 || true
    fail "$@"
}

# The state is that of a booted kernel with all modules loaded and nothing mounted from the host.
restore_or_make_state() {
    local making key
    local modules=/usr/lib/x86_64-linux-gnu/qemu
    if [ -d "$qemu_root" ]; then
        export QEMU_MODULE_DIR=$qemu_root$modules
        # Those of the installed QEMU would be found first, and refused.
        [ ! -d $modules ] || mount --bind "$qemu_root$modules" $modules
    fi
    mkfifo "$run/console.in"
    exec {console_in}<>"$run/console.in"
    describe_machine
    key=$({
        "${qemu[@]}" --version
        echo "${machine[@]}"
    } | sha256sum | cut -c1-16)
    state=$cache/state-$kernel-$key
    if [ ! -s "$state" ]; then
        exec {making}>"$cache/saving.lock"
        flock "$making"
        [ -s "$state" ] || save_state
        exec {making}>&-
    fi
    touch "$state"
}

save_state() {
    local qemu_pid monitor tries=0 limit=600 # however little time is left for the command
    echo "lab: booting the guest and saving its state; this is done once" >&2
    mkfifo "$run/monitor"
    exec {monitor}<>"$run/monitor"
    start_qemu null null null -action reboot=reset -monitor stdio <"$run/monitor" >"$run/monitor.log" 2>"$run/qemu.log" &
    qemu_pid=$!
    : >>"$run/console"
    until grep --quiet --no-messages 'lab: ready' "$run/console"; do
        tries=$((tries + 1))
        if [ $tries -gt 6000 ] || ! kill -0 "$qemu_pid" 2>/dev/null; then
            fail_with_console "the guest does not boot"
        fi
        sleep 0.1
    done
    sleep 0.3 # it is at rest
    printf 'migrate_set_parameter max-bandwidth 10G\nmigrate "exec:cat >%s"\nquit\n' "$state.draft" >&$monitor
    wait $qemu_pid || fail_with_console "QEMU ended with $? when the guest's state was saved"
    [ -s "$state.draft" ] || { cat "$run/monitor.log" >&2; fail "QEMU saved no state"; }
    mv "$state.draft" "$state"
    exec {monitor}>&-
}

# What the guest writes into the file wire of the share, such as "eth1 off", is done to that NIC's cable; then the file
# is gone.
mind_the_cables() { # MONITOR: descriptor of QEMU's
    local idle nic way
    mkfifo "$run/idle"
    exec {idle}<>"$run/idle"
    while true; do
        read -r -t 0.05 -u "$idle" _ || true # a pause without a process
        [ -e "$run/share/wire" ] || continue
        read -r nic way <"$run/share/wire"
        printf 'set_link n%s %s\n' "${nic#eth}" "$way" >&"$1"
        rm "$run/share/wire"
    done
}

run_guest() { # COMMAND...
    local status=0 rows=24 columns=80 out err tty=null readers monitor cables answering=
    cp "$here"/guest/{second,systemd} "$run/share/"
    if [ "$interactive" ]; then
        [ -t 0 ] || fail "--shell wants a terminal"
        read -r rows columns < <(stty size)
        [ $# -gt 0 ] || set -- bash --login
        interactive=${TERM:-dumb} tty=stdio,signal=off
    fi
    printf 'exec %s\n' "$(printf '%q ' "$@")" >"$run/share/command"
    printf '%s=%q\n' init "$init" kernel_root "$kernel_root" folder "$PWD" interactive "$interactive" \
        rows "$rows" columns "$columns" package_roots "${package_roots[*]}" >"$run/share/settings"

    if [ "$reboots" ]; then
        let_it_reboot
        mkdir "$run/share/disk"
        : >"$run/console" # a boot that was saved is none of them
        answer_reboots &
        answering=$!
    fi

    mkfifo "$run/out" "$run/err"
    cat "$run/out" &
    readers=$!
    cat "$run/err" >&2 &
    readers="$readers $!"
    exec {out}>"$run/out" {err}>"$run/err"
    mkfifo "$run/monitor.in"
    exec {monitor}<>"$run/monitor.in"
    mind_the_cables "$monitor" &
    cables=$!
    echo go >&"$console_in"
    start_qemu "file,path=/dev/fd/$out,append=on" "file,path=/dev/fd/$err,append=on" "$tty" \
        -chardev "file,id=mon,path=/dev/null,input-path=$run/monitor.in" -mon mon \
        -incoming "exec:cat $state" 2>"$run/qemu.log" || status=$?
    kill $cables
    exec {out}>&- {err}>&-
    [ -z "$answering" ] || kill "$answering"
    wait $readers

    [ -z "$console" ] || cp "$run/console" "$console"
    [ -s "$run/share/status" ] && exit "$(cat "$run/share/status")"
    case $status in
    124 | 137) fail_with_console "the command did not end within $limit s, and the guest was stopped" ;;
    *)
        rm -f "$state" # it may be what is broken: the next guest boots anew
        fail_with_console "the guest ended without the command's status; QEMU ended with $status"
        ;;
    esac
}
