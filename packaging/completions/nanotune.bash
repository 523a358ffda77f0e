# bash completion of nanotune. What may come next is asked of nanotune itself.
_nanotune() {
    local word help cur=${COMP_WORDS[COMP_CWORD]} head i IFS=$'\n'
    local -a words=()
    # bash takes words apart at "=" and ":", and completes what is behind.
    for ((i = 1; i <= COMP_CWORD; i++)); do
        if ((i > 1)) && [[ ${COMP_WORDS[i]} == [=:] || ${COMP_WORDS[i - 1]} == [=:] ]]; then
            words[-1]+=${COMP_WORDS[i]}
        else
            words+=("${COMP_WORDS[i]}")
        fi
    done
    [[ $cur != [=:] ]] || cur=
    head=${words[-1]%"$cur"}
    COMPREPLY=()
    while IFS=$'\t' read -r word help; do
        case $word in
        :files) compopt -o filenames; COMPREPLY+=($(compgen -f -- "$cur")) ;;
        :folders) compopt -o filenames; COMPREPLY+=($(compgen -d -- "$cur")) ;;
        :commands) COMPREPLY+=($(compgen -c -- "$cur")) ;;
        *=) compopt -o nospace; COMPREPLY+=("${word#"$head"}") ;;
        *\(*) COMPREPLY+=("$(printf %q "${word#"$head"}")") ;;
        *) COMPREPLY+=("${word#"$head"}") ;;
        esac
    done < <("${COMP_WORDS[0]}" complete --direct -- "${words[@]}" 2>/dev/null)
}
complete -F _nanotune nanotune
