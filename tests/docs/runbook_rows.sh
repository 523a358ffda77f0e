# What the runbook of docs/operator.md says, and what takes the guard of an apply away. Sourced by those who hold it against
# `status`; $tree is the source tree.
# shellcheck shell=bash disable=SC2154

# Of the table of states: what stands in a row's last column, the first command there alone.
advice() { sed -n "s/^| \`$1\` |.*| [^|\`]*\`\(nanotune [^\`]*\)\`[^|]*|\$/\1/p" "$tree/docs/operator.md"; }

# The last command of what `status` has printed into the file said.
last_command() { grep -o 'nanotune .*' said | tail -n 1 | sed 's/   *.*//'; }

kill_guards() { # of this host, before their time is up; whether there was one
    local process called verb killed=1
    for process in /proc/[0-9]*; do
        { read -r -d '' called && read -r -d '' verb; } 2>/dev/null <"$process/cmdline" || continue
        if [ "$called $verb" = 'nanotune guard' ]; then
            kill -9 "${process#/proc/}"
            killed=0
        fi
    done
    return $killed
}
