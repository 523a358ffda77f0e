#!/bin/bash
# Reboots of the guest, for real: its memory, its cards and /run begin anew, and what its disk keeps is there again. From
# the second boot on nanotune.off is on the kernel's command line; where that is not the subject, a mount hides it. The
# profile is a packaged one, which an upgrade changes before the second boot.
#
#   reboot.sh [LAST]    LAST: the boot that ends it, 5 if not given
set -euo pipefail
. "$(dirname "$0")/readers.sh"

fail() {
    echo "$1"
    [ ! -s said ] || cat said
    journalctl --no-pager --boot --unit='nanotune*' | tail -20
    exit 1
}
idle=/proc/sys/net/ipv4/tcp_slow_start_after_idle
nic=eth1
is() { [ "$(cat $idle) $(ring RX)" = "$1" ] || fail "$2: $(cat $idle) $(ring RX)"; }
unit_says() { journalctl --no-pager --boot --unit="$1" | grep --quiet --fixed-strings -- "$2" || fail "$1 does not say: $2"; }
says() { # WORDS COMMAND...
    local words=$1
    shift
    "$@" >said || fail "$* ended with $?"
    grep --quiet --fixed-strings -- "$words" said || fail "$* does not say: $words"
}
last=${1:-5}
reboots() { # at once, as a power failure does: what nanotune has not written by now is lost
    [ "$LAB_BOOT" -lt "$last" ] || exit 0
    rm -rf "$LAB_DISK/draft"
    cp -a /var/lib/nanotune "$LAB_DISK/draft"
    rm -rf "$LAB_DISK/lasting"
    mv "$LAB_DISK/draft" "$LAB_DISK/lasting"
    /run/lab/busybox reboot -f
    sleep 600
}
hide_the_word() {
    sed 's/nanotune.off//' /proc/cmdline >/run/cmdline
    mount --bind /run/cmdline /proc/cmdline
}
packaged() { # SLOW-START-AFTER-IDLE RING
    cat >/opt/nanotune/share/nanotune/profiles/feed.toml <<END
[sysctl]
"net.ipv4.tcp_slow_start_after_idle" = $1

[nic.eth1]
ring.rx = $2

[irq.eth1]
cpus = "1"
END
}

boot=$(cat /proc/sys/kernel/random/boot_id)
! grep --quiet --no-messages "$boot" "$LAB_DISK/boots" || fail "it is the same boot"
echo "$boot" >>"$LAB_DISK/boots"
cp "$(realpath /opt/nanotune)"/lib/systemd/system/nanotune* /etc/systemd/system/
systemctl daemon-reload
mkdir -p /var/lib/nanotune
[ ! -d "$LAB_DISK/lasting" ] || cp -a "$LAB_DISK/lasting/." /var/lib/nanotune
is '1 256' "boot $LAB_BOOT begins with what was set before it"
[ "$LAB_BOOT" = 1 ] || grep --quiet nanotune.off /proc/cmdline || fail "the kernel's command line has not changed"

case $LAB_BOOT in
1)
    packaged 0 512
    nanotune apply feed --direct --allow drops,bounces >said || fail "not applied"
    is '0 512' "not as applied"
    reboots
    ;;
2)
    echo "== nanotune.off on the kernel's command line: nothing is applied, and the boot is none that failed"
    packaged 1 1024
    says clean nanotune status --direct
    systemctl start nanotune-boot-early nanotune-boot || fail "a step that does nothing fails"
    unit_says nanotune-boot-early 'nanotune.off on the kernel'
    is '1 256' "applied all the same"
    ! systemctl start nanotune-tuned.target 2>said || fail "an untuned host counts as tuned"
    [ ! -e /var/lib/nanotune/boots ] || fail "it counts as failed"
    systemctl stop nanotune-verify nanotune-boot nanotune-boot-early

    echo "== without it the host is tuned as it was, though the packaged profile is another by now"
    hide_the_word
    systemctl start nanotune-boot-early || fail "the first step"
    is '0 512' "not tuned by the first step"
    [ -e /var/lib/nanotune/boots ] || fail "a boot that has not ended well yet does not count"
    systemctl start nanotune-tuned.target || fail "the target"
    is '0 512' "not as it was tuned"
    says irq.affinity nanotune verify --direct --held --verbose
    says 'feed has changed since it was applied' nanotune status --direct
    [ ! -e /var/lib/nanotune/boots ] || fail "a boot that ended well counts"
    says 'before links are up' nanotune history --direct
    grep --quiet ' apply  *feed  *0(root)  ' said || fail "no record from before the boot"
    reboots
    ;;
3 | 4)
    echo "== boot $LAB_BOOT begins, and ends with the first step"
    hide_the_word
    systemctl start nanotune-boot-early || fail "the first step"
    is '0 512' "not tuned by the first step"
    reboots
    ;;
5)
    echo "== after two boots that failed nothing is applied, until somebody applies it"
    hide_the_word
    systemctl start nanotune-boot-early nanotune-boot || fail "a step that does nothing fails"
    unit_says nanotune-boot-early "the last 2 boots did not end well"
    is '1 256' "applied all the same"
    ! systemctl start nanotune-tuned.target 2>said || fail "an untuned host counts as tuned"
    ;;
*) fail "there is no boot $LAB_BOOT" ;;
esac
