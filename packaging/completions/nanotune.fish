# fish completion of nanotune. What may come next is asked of nanotune itself.
function __nanotune_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l head (string match --regex -- '^--[^=]*=' $current); or set head ''
    set -l value (string replace --regex -- '^--[^=]*=' '' $current)
    for line in ($words[1] complete --direct -- $words[2..] $current 2>/dev/null)
        switch $line
            case ':files'
                string join \n -- $head(__fish_complete_path $value)
            case ':folders'
                string join \n -- $head(__fish_complete_directories $value)
            case ':commands'
                __fish_complete_command
            case '*'
                echo $line
        end
    end
end
complete -c nanotune -f -a '(__nanotune_complete)'
