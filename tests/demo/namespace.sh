# A network namespace fit for the demonstration. Sourced by bash, inside `unshare --net --mount`.

# enter_demo BUILD-FOLDER NAME: moves to an empty folder in memory over BUILD-FOLDER/NAME, which must
# exist, makes the veth pair demo0-demo1, and sets `nanotune` and `options`.
enter_demo() {
    local here work=$1/$2
    here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
    mount -t sysfs sysfs /sys # shows the namespace that it is mounted in
    mount -t tmpfs -o mode=0755 tmpfs "$work"
    cd "$work"
    mkdir plugins
    cp "$1"/plugins/*.so plugins/ # as root, so that root may load them
    cp "$here/demo.toml" .

    nanotune=$1/bin/nanotune
    options=(--state-dir "$work/state" --plugin-dir "$work/plugins")

    ip link add demo0 numrxqueues 2 numtxqueues 2 type veth peer name demo1 numrxqueues 2 numtxqueues 2
    ip link set lo up
    ip link set demo0 up
    ip link set demo1 up
}
