// What may come next on a command line, from the tables of verbs and options.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace nanotune::cli {

/// A word that may come next, and what it is; both on one line.
struct CompletionWord {
    std::string word;
    std::string help;
    friend bool operator==(const CompletionWord&, const CompletionWord&) = default;
};

/// What the shell knows better.
enum class ShellWords { none, files, folders, commands };

struct Completion {
    std::vector<CompletionWord> words;  ///< all begin with the last word
    ShellWords also = ShellWords::none;
};

/// What only the installation and the host know; each is asked for when it is needed.
struct CompletionSource {
    std::function<std::vector<CompletionWord>()> profiles;
    std::function<std::vector<CompletionWord>()> settings;
    std::function<std::vector<CompletionWord>()> plugins;
    std::function<std::vector<CompletionWord>()> devices;
    std::function<std::vector<CompletionWord>()> tuned_profiles;
    std::function<std::vector<CompletionWord>()> datapaths;
};

/// `words` follow the program's name; the last of them, which may be "", is the one to complete.
[[nodiscard]] Completion completion_of(std::span<const std::string> words,
                                       const CompletionSource& source);

}  // namespace nanotune::cli
