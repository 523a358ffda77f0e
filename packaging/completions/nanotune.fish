# fish completion of nanotune. What may come next is asked of nanotune itself.
function __nanotune_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    for line in ($words[1] complete --direct -- $words[2..] $current 2>/dev/null)
        switch $line
            case ':files'
                __fish_complete_path $current
            case ':folders'
                __fish_complete_directories $current
            case ':commands'
                __fish_complete_command
            case '*'
                echo $line
        end
    end
end
complete -c nanotune -f -a '(__nanotune_complete)'
