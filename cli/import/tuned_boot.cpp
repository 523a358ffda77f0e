// TuneD's [bootloader]: words of the kernel's command line, added (+) or taken away (-).
#include <algorithm>

#include <fmt/format.h>

#include "model/ini_text.hpp"
#include "tuned_import.hpp"

namespace nanotune::cli {

namespace {

struct Word {
    TunedOption option;  ///< with the word as its value
    std::string text;
};

std::vector<std::string> boot_words_in(std::string_view text) {
    std::vector<std::string> words;
    while (true) {
        text = stripped(text);
        if (text.empty()) {
            return words;
        }
        words.emplace_back(text.substr(0, text.find(' ')));
        text.remove_prefix(words.back().size());
    }
}

/// The words that are left once every option has added and taken away its own.
std::vector<Word> words_of(const TunedWork& work) {
    std::vector<Word> all;
    for (const TunedOption& option : work.unit.options) {
        if (!option.name.starts_with("cmdline")) {
            work.leave(option, "the initial file system is not what is tuned here");
            continue;
        }
        std::string_view text = stripped(option.value);
        const bool takes_away = text.starts_with('-');
        text.remove_prefix(takes_away || text.starts_with('+') ? 1 : 0);
        for (const std::string& word : boot_words_in(text)) {
            TunedOption one = option;
            one.value = (takes_away ? "-" : "") + word;
            if (!takes_away) {
                all.push_back({std::move(one), word});
                continue;
            }
            const auto gone =
                std::erase_if(all, [&word](const Word& other) { return other.text == word; });
            if (gone == 0) {
                work.leave(one,
                           "a word that is not to be on the command line: nothing here checks "
                           "for that");
            }
        }
    }
    return all;
}

/// isolcpus=managed_irq,domain,2-3: words before the CPUs.
void isolated(const TunedWork& work, const Word& word, std::string_view value) {
    std::string flags;
    while (!value.empty() && (value.front() < '0' || value.front() > '9')) {
        const std::string_view flag = value.substr(0, value.find(','));
        value.remove_prefix(std::min(flag.size() + 1, value.size()));
        flags += fmt::format("{}{}", flags.empty() ? "" : ",", flag);
    }
    if (value.empty()) {
        work.leave(word.option, "it names no CPU");
        return;
    }
    work.carry(word.option, "boot", "isolcpus", value);
    if (!flags.empty()) {
        work.carry(word.option, "boot", "isolcpus_flags", flags);
    }
}

}  // namespace

void import_bootloader(const TunedWork& work) {
    for (const Word& word : words_of(work)) {
        const std::size_t equals = word.text.find('=');
        const std::string key = word.text.substr(0, equals);
        const std::string_view value =
            equals == std::string::npos ? "" : std::string_view(word.text).substr(equals + 1);
        if (const std::string unknown = unexpanded_in(word.text); !unknown.empty()) {
            work.leave(word.option, unknown);
        } else if (key == "isolcpus") {
            isolated(work, word, value);
        } else if (equals != std::string::npos && value.empty()) {
            work.leave(word.option, "its value is empty on this host");
        } else {
            work.carry(word.option, "boot", key, equals == std::string::npos ? "true" : value);
        }
    }
}

}  // namespace nanotune::cli
