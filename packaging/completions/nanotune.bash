# bash completion of nanotune. What may come next is asked of nanotune itself.
_nanotune() {
    local word help cur=${COMP_WORDS[COMP_CWORD]} IFS=$'\n'
    # bash takes --set cpus.irq=2 apart at the "="; nothing is completed behind it.
    [ "$cur" != = ] && [ "${COMP_WORDS[COMP_CWORD - 1]}" != = ] || return 0
    COMPREPLY=()
    while IFS=$'\t' read -r word help; do
        case $word in
        :files) compopt -o filenames; COMPREPLY+=($(compgen -f -- "$cur")) ;;
        :folders) compopt -o filenames; COMPREPLY+=($(compgen -d -- "$cur")) ;;
        :commands) COMPREPLY+=($(compgen -c -- "$cur")) ;;
        *=) compopt -o nospace; COMPREPLY+=("$word") ;;
        *) COMPREPLY+=("$word") ;;
        esac
    done < <("${COMP_WORDS[0]}" complete --direct -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _nanotune nanotune
