# nanotuned as a client of the bus sees it, and TuneD's daemon where it runs. Sourced by `run`, in its namespaces.

# write_daemon_profiles: one-a, one-b, eight-a, eight-b: the 20 sysctls, and four settings of one or eight veth.
write_daemon_profiles() {
    local which values
    mkdir -p daemon-profiles
    for i in 0 1 2 3 4 5 6 7; do
        ip link add "many$i" type veth peer name "other$i"
        ip link set "many$i" up
        ip link set "other$i" up
    done
    # By their names: globs pass virtual devices by.
    for which in one eight; do
        for values in a b; do
            {
                for i in 0 1 2 3 4 5 6 7; do
                    if [ $which = one ] && [ $i -gt 0 ]; then break; fi
                    echo "[nic.many$i]"
                    if [ $values = a ]; then
                        printf 'mtu = 1400\ntxqueuelen = 500\nfeatures = { tso = false, gso = false }\n'
                    else
                        printf 'mtu = 1450\ntxqueuelen = 800\nfeatures = { tso = true, gso = true }\n'
                    fi
                done
                echo '[sysctl]'
                if [ $values = a ]; then
                    sed 's/^\(.*\) = \(.*\)/"\1" = \2/' new.conf
                else
                    sed 's/^\(.*\) = \(.*\)/"\1" = \2/' old.conf | sed 's/= \(.*[[:space:]].*\)$/= "\1"/'
                fi
            } >"daemon-profiles/$which-$values.toml"
        done
    done
}

# bench_daemons ROUNDS SECONDS: SECONDS of idling
bench_daemons() {
    local rounds=$1 seconds=$2 bus process
    if ! command -v dbus-daemon >/dev/null; then
        echo "The daemon is left out: no dbus-daemon (package dbus)."
        return 0
    fi
    if [ -n "${DBUS_SYSTEM_BUS_ADDRESS:-}" ]; then
        process=$(dbus-send --system --print-reply=literal --dest=org.freedesktop.DBus / \
            org.freedesktop.DBus.GetConnectionUnixProcessID string:com.redhat.tuned | tr -dc '0-9 ' | awk '{print $NF}')
        "$build/tests/bench/daemon-bench" tuned "$process" "$rounds" "$seconds"
    else
        echo "TuneD's daemon is not installed, and is left out."
    fi
    write_daemon_profiles
    cat >daemon-bus.conf <<-END
	<busconfig>
	  <type>system</type>
	  <listen>unix:path=/run/bench-daemon-bus</listen>
	  <policy context="default">
	    <allow user="*"/> <allow own="*"/> <allow send_destination="*"/> <allow send_type="*"/> <allow receive_sender="*"/>
	  </policy>
	</busconfig>
	END
    bus=$(dbus-daemon --config-file=daemon-bus.conf --fork --print-pid)
    DBUS_SYSTEM_BUS_ADDRESS=unix:path=/run/bench-daemon-bus "$build/tests/bench/daemon-bench" nanotuned \
        "$work/prefix/sbin/nanotuned" "$work/daemon-profiles" "$rounds" "$seconds"
    kill "$bus"
}
