# A network namespace fit for the demonstration. Sourced by bash, inside `unshare --net --mount`.

# enter_demo BUILD-FOLDER NAME: installs that build into a folder in memory over BUILD-FOLDER/NAME, which
# must exist, moves there, and makes the veth pair demo0-demo1, and another one, feed0, whose other end
# is in the network namespace "exchange". What nanotune keeps below /run is in memory of the namespace's own, too.
enter_demo() {
    local here work=$1/$2
    here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
    mount -t sysfs sysfs /sys # shows the namespace that it is mounted in
    mount -t tmpfs -o mode=0755 tmpfs /run
    mount -t tmpfs -o mode=0755 tmpfs /var/lib
    mount -t tmpfs -o mode=0755 tmpfs "$work"
    cd "$work"
    cmake --install "$1" --prefix "$work/prefix" >install.log || { cat install.log; return 1; }
    cp "$here"/*.toml .
    nanotune=$work/prefix/bin/nanotune

    ip link add demo0 numrxqueues 2 numtxqueues 2 type veth peer name demo1 numrxqueues 2 numtxqueues 2
    ip link set lo up
    ip link set demo0 up
    ip link set demo1 up
    ip netns add exchange
    ip link add feed0 type veth peer name feed1 netns exchange
    ip address add 192.0.2.1/24 dev feed0
    ip link set feed0 up
    ip -n exchange address add 192.0.2.2/24 dev feed1
    ip -n exchange link set feed1 up
    # The kernel takes up a carrier a moment later, in its own time.
    local device tries=0
    for device in demo0 demo1 feed0; do
        until [ "$(cat "/sys/class/net/$device/operstate")" = up ]; do
            tries=$((tries + 1))
            [ "$tries" -lt 500 ] || { echo "$device has no carrier"; return 1; }
            sleep 0.01
        done
    done
}
