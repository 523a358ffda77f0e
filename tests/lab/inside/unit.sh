# For tests of units under the guest's systemd. Sourced; a failure shows the journal of `journal_of`.

journal_of=nanotuned
fail() {
    echo "$*"
    [ ! -e said ] || cat said
    journalctl --no-pager --unit=$journal_of | tail -20
    exit 1
}
within() { # SECONDS COMMAND...
    local tries=$(($1 * 5))
    shift
    until "$@" >/dev/null 2>&1; do
        tries=$((tries - 1))
        [ $tries -gt 0 ] || fail "never came true: $*"
        sleep 0.2
    done
}
install_unit() { # as a prefix of /usr has it: systemd, D-Bus and polkit do not look anywhere else
    local prefix
    prefix=$(realpath /opt/nanotune)
    cp "$prefix"/lib/systemd/system/nanotune* /etc/systemd/system/
    cp "$prefix"/share/dbus-1/system.d/org.nanotune1.conf /etc/dbus-1/system.d/
    cp "$prefix"/share/dbus-1/system-services/org.nanotune1.service /usr/share/dbus-1/system-services/
    cp "$prefix"/share/polkit-1/actions/org.nanotune1.policy /usr/share/polkit-1/actions/
    systemctl daemon-reload
    systemctl start dbus
    busctl call org.freedesktop.DBus /org/freedesktop/DBus org.freedesktop.DBus ReloadConfig
}
