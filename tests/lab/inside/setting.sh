#!/bin/bash
# Settings all the way: applied by a profile, read by another program, verified, rolled back, read again. A script
# sources this, says what it wants, and has it done; a check that fails is told, and the others go on.
#
#   table TABLE                       what follows belongs to it
#   sets NAME VALUE WANTED READ...    in the next profile: after it, the command READ... prints WANTED
#   lacks NAME VALUE                  the device cannot do that, and a plan says so
#   refuses NAME VALUE                the same, where only the driver knows; apply says so and takes all back
#   check_all WHAT                    does all of it
#   finish                            the script's status

failures=0
complain() { # TEXT [FILE]
    failures=$((failures + 1))
    echo "FAILED $1"
    [ $# -lt 2 ] || sed 's/^/    /' "$2"
}

# runs STATUS VERB...: 0 if nanotune ends so; its words are kept in the file said.
runs() {
    local wanted=$1 status=0
    shift
    nanotune "$@" >said 2>&1 || status=$?
    [ "$status" -eq "$wanted" ] && return
    complain "nanotune $* ended with $status instead of $wanted" said
    return 1
}

begin() {
    names=() wanted=() reads=() lacking=() refused=()
    : >profile.toml
    : >lacking.toml
}
begin

table() { # such as '[nic.eth0]'
    section=$1
    echo "$section" | tee -a profile.toml >>lacking.toml
}
sets() {
    echo "$1 = $2" >>profile.toml
    [ $# -gt 2 ] || return 0
    names+=("$section $1") wanted+=("$3")
    shift 3
    reads+=("$(printf '%q ' "$@")")
}
lacks() {
    echo "$1 = $2" >>lacking.toml
    lacking+=("$1")
}

refuses() { refused+=("$section"$'\n'"$1 = $2"); }

read_all() { # into the array seen
    local index
    seen=()
    for index in "${!reads[@]}"; do seen[index]=$(eval "${reads[index]}"); done
}

check_all() { # WHAT
    local what=$1 index name before=() applied=()
    read_all
    before=("${seen[@]}")
    if runs 0 apply profile.toml --allow all; then
        read_all
        applied=("${seen[@]}")
        cp said applied.txt
        runs 0 verify || cat applied.txt
        runs 0 rollback --all --allow all || true
        read_all
        for index in "${!names[@]}"; do
            compare "$what: ${names[index]}" "${reads[index]}" "${wanted[index]}" \
                "${before[index]}" "${applied[index]}" "${seen[index]}"
        done
    fi
    check_what_cannot_be "$what"
    begin
}

compare() { # NAME READ WANTED BEFORE APPLIED AFTER
    echo "$1: $4 -> $5 -> $6"
    [ "$5" = "$3" ] || complain "$1: after apply, '$2' prints '$5', not '$3'"
    [ "$4" != "$3" ] || complain "$1: '$3' was there before anything was applied"
    [ "$6" = "$4" ] || complain "$1: rolled back, '$2' prints '$6', not '$4'"
}

check_what_cannot_be() { # WHAT
    local name setting
    if [ ${#lacking[@]} -gt 0 ] && runs 1 plan lacking.toml; then
        for name in "${lacking[@]}"; do
            grep --quiet "lacking.toml:$(line_of "$name" lacking.toml):" said ||
                complain "$1: plan does not say that $name cannot be" said
            echo "$1: $name: told by plan that it cannot be"
        done
    fi
    for setting in "${refused[@]}"; do
        echo "$setting" >refused.toml
        runs 4 apply refused.toml --allow all || true
        grep --quiet "refused.toml:2:" said || complain "$1: apply does not say which line is refused" said
        echo "$1: ${setting//$'\n'/ }: refused by the driver, and taken back"
    done
}
line_of() { grep --line-number "^$1 = " "$2" | tail -n 1 | cut -d: -f1; }

finish() {
    [ $failures -eq 0 ] || echo "$failures failed"
    exit $((failures > 0))
}
