# TuneD as a contestant. Sourced by `run`, in its namespaces.

# start_tuned: a message bus and a TuneD daemon of our own, on files of their own, so that neither the
# host's TuneD nor its settings take part. Its net plugin passes over virtual devices, so TuneD has only
# the 20 sysctls to do here.
start_tuned() {
    local folder
    for folder in /etc/tuned /var/log/tuned /var/lib/tuned; do
        [ ! -d "$folder" ] || mount -t tmpfs tmpfs "$folder"
    done
    mkdir -p /etc/tuned/bench /etc/tuned/nothing
    printf 'dynamic_tuning = 0\nreapply_sysctl = 0\n' >/etc/tuned/tuned-main.conf
    { printf '[main]\nsummary=bench\n[sysctl]\n' && sed 's/ = /=/' new.conf; } >/etc/tuned/bench/tuned.conf
    printf '[main]\nsummary=nothing\n' >/etc/tuned/nothing/tuned.conf

    cat >bus.conf <<-EOF
	<busconfig>
	  <type>system</type>
	  <listen>unix:path=/run/bench-bus</listen>
	  <policy context="default">
	    <allow user="*"/> <allow own="*"/> <allow send_destination="*"/> <allow send_type="*"/> <allow receive_sender="*"/>
	  </policy>
	</busconfig>
	EOF
    dbus-daemon --config-file=bus.conf --fork
    export DBUS_SYSTEM_BUS_ADDRESS=unix:path=/run/bench-bus
    tuned --profile nothing >tuned.log 2>&1 &
    local daemon=$!
    until dbus-send --system --reply-timeout=1000 --print-reply=literal --dest=com.redhat.tuned /Tuned \
        com.redhat.tuned.control.is_running 2>/dev/null | grep -q true; do
        if [ $SECONDS -ge 20 ] || ! kill -0 "$daemon" 2>/dev/null; then
            echo "(c) TuneD did not start, and is left out: $(tail -1 tuned.log)"
            return 1
        fi
        sleep 0.1
    done
}

# The switch is answered before it is done: tuned-switch ends when the last value has arrived. It is for
# bash, since dash reads byte by byte, which files below /proc/sys do not support.
write_tuned_steps() {
    cat >tuned-switch <<-'EOF'
	dbus-send --system --print-reply=literal --dest=com.redhat.tuned /Tuned com.redhat.tuned.control.switch_profile "string:$1"
	until read -r value </proc/sys/net/ipv4/udp_rmem_min && [ "$value" = "$2" ]; do :; done
	EOF
    local name='(c) TuneD, sysctls only' old
    old=$(tail -1 old.values)
    tabbed "$name" '~' "bash tuned-switch bench $(tail -1 new.values)"
    tabbed "$name" '~' "bash tuned-switch nothing $old"
    tabbed "$name" '~' 'sleep 0.1'
    tabbed "$name" '~' 'sh check old'
    tabbed "$name" '~' "bash tuned-switch bench $(tail -1 new.values)"
    tabbed "$name" '~' "bash tuned-switch nothing $old"
    tabbed "$name" - 'sleep 0.1'
    tabbed "$name" apply "bash tuned-switch bench $(tail -1 new.values)"
    tabbed "$name" - 'sleep 0.1'
    tabbed "$name" verify \
        'dbus-send --system --print-reply=literal --dest=com.redhat.tuned /Tuned com.redhat.tuned.control.verify_profile'
    tabbed "$name" - "bash tuned-switch nothing $old"
    tabbed "$name" - 'sleep 0.1'
    tabbed "$name" - 'sh check old'
}
