#!/bin/bash
# What a daemon needs of the guest: systemd runs it, and D-Bus and polkit answer.
set -euo pipefail

[ "$(cat /proc/1/comm)" = systemd ] || { echo "systemd is not the first process"; exit 1; }
systemctl is-system-running --wait
busctl call org.freedesktop.DBus /org/freedesktop/DBus org.freedesktop.DBus GetId
busctl call org.freedesktop.PolicyKit1 /org/freedesktop/PolicyKit1/Authority org.freedesktop.DBus.Peer Ping
systemd-run --wait --quiet --unit=probe nanotune version
nanotune plan hft >/dev/null || [ $? -eq 2 ]
