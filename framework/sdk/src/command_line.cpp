// The kernel's own rules for its command line (lib/cmdline.c, kernel/params.c), and what it takes
// to change a line without disturbing the rest of it.
#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <utility>

#include <nanotune/command_line.hpp>

#include "text.hpp"

namespace nanotune {

namespace {

bool is_space(char c) {
    return std::isspace(static_cast<unsigned char>(c)) != 0;
}

bool is_same_key(std::string_view a, std::string_view b) {
    const auto folded = [](char c) { return c == '-' ? '_' : c; };
    return std::ranges::equal(a, b, {}, folded, folded);
}

/// The text of the next word: spaces between double quotes belong to it.
std::string_view next_word(std::string_view text) {
    bool is_quoted = false;
    std::size_t end = 0;
    while (end < text.size() && (is_quoted || !is_space(text[end]))) {
        is_quoted = is_quoted != (text[end] == '"');
        ++end;
    }
    return text.substr(0, end);
}

bool is_closed(std::string_view word) {
    return std::ranges::count(word, '"') % 2 == 0;
}

std::string_view without_quotes(std::string_view text) {
    if (text.starts_with('"')) {
        text.remove_prefix(1);
        if (text.ends_with('"')) {
            text.remove_suffix(1);
        }
    }
    return text;
}

bool says_no(std::string_view value) {
    constexpr std::array<std::string_view, 5> words = {"0", "n", "no", "off", "false"};
    return std::ranges::find(words, value) != words.end();
}

std::vector<std::string> strings_of(const std::vector<std::string_view>& words) {
    return {words.begin(), words.end()};
}

std::string joined(const std::vector<std::string>& parts, char separator) {
    std::string out;
    for (const std::string& part : parts) {
        if (!out.empty()) {
            out += separator;
        }
        out += part;
    }
    return out;
}

}  // namespace

WantedParameter parameter_of(const Tunable& tunable, const Value& value) {
    WantedParameter wanted{.key = std::string(tunable.name)};
    if (const bool* flag = std::get_if<bool>(&value)) {
        wanted.present = *flag;
    } else {
        wanted.value = to_kernel(tunable.domain, value);
        wanted.present = !wanted.value->empty();
    }
    return wanted;
}

IsolatedCpus IsolatedCpus::from(std::string_view value) {
    IsolatedCpus parts;
    while (!value.empty() && std::isalpha(static_cast<unsigned char>(value.front())) != 0) {
        const std::size_t comma = std::min(value.find(','), value.size());
        parts.flags.emplace_back(value.substr(0, comma));
        value.remove_prefix(std::min(comma + 1, value.size()));
    }
    parts.cpus = value;
    return parts;
}

std::string IsolatedCpus::text() const {
    std::vector<std::string> parts = flags;
    parts.push_back(cpus);
    return joined(parts, ',');
}

CommandLine::Word CommandLine::word_from(std::string_view text) {
    const std::string_view bare = text.starts_with('"') ? without_quotes(text) : text;
    const std::size_t equals = bare.find('=');
    Word word{.text = std::string(text), .key = std::string(bare.substr(0, equals)), .value = {}};
    if (equals != std::string_view::npos) {
        word.value = without_quotes(bare.substr(equals + 1));
    }
    return word;
}

CommandLine::Word CommandLine::word_of(std::string_view key,
                                       const std::optional<std::string>& value) {
    Word word{.text = std::string(key), .key = std::string(key), .value = value};
    if (value) {
        const bool needs_quotes = std::ranges::any_of(*value, is_space);
        word.text += needs_quotes ? "=\"" + *value + '"' : '=' + *value;
    }
    return word;
}

CommandLine CommandLine::from(std::string_view text) {
    CommandLine line;
    text = trimmed(text);
    while (!text.empty()) {
        const std::string_view word = next_word(text);
        if (word == "--") {
            line.for_init_ = text;
            break;
        }
        line.words_.push_back(word_from(word));
        text = trimmed(text.substr(word.size()));
    }
    return line;
}

bool CommandLine::has(std::string_view key) const {
    return std::ranges::any_of(words_,
                               [&](const Word& word) { return is_same_key(word.key, key); });
}

std::vector<std::string> CommandLine::values_of(std::string_view key) const {
    std::vector<std::string> values;
    for (const Word& word : words_) {
        if (is_same_key(word.key, key)) {
            values.push_back(word.value.value_or(""));
        }
    }
    return values;
}

std::string CommandLine::value_of(std::string_view key) const {
    const std::vector<std::string> values = values_of(key);
    return values.empty() ? std::string{} : values.back();
}

void CommandLine::put(const WantedParameter& wanted) {
    const auto is_it = [&](const Word& word) { return is_same_key(word.key, wanted.key); };
    if (!wanted.present) {
        std::erase_if(words_, is_it);
        return;
    }
    const bool is_added_to = wanted.key == "console";
    const auto values = values_of(wanted.key);
    const bool is_there =
        wanted.value ? std::ranges::find(values, *wanted.value) != values.end() : !values.empty();
    // "nosmt=force" is a stronger "nosmt", so that a bare word is content with any value.
    if (is_there && (is_added_to || (!wanted.value && values.size() == 1))) {
        return;
    }
    if (values.empty() || is_added_to) {
        words_.push_back(word_of(wanted.key, wanted.value));
        return;
    }
    const auto first = std::ranges::find_if(words_, is_it);
    const auto stronger = std::ranges::find_if(first, words_.end(), [&](const Word& word) {
        return !wanted.value && is_it(word) && word.value && !says_no(*word.value);
    });
    if (stronger != words_.end()) {
        *first = Word(*stronger);
    } else if (first->value != wanted.value) {
        *first = word_of(wanted.key, wanted.value);
    }
    words_.erase(std::remove_if(std::next(first), words_.end(), is_it), words_.end());
}

void CommandLine::put_isolated(const std::optional<std::string>& cpus,
                               const std::optional<std::string>& flags) {
    IsolatedCpus parts = IsolatedCpus::from(value_of("isolcpus"));
    if (cpus) {
        parts.cpus = *cpus;
    }
    if (flags) {
        parts.flags = IsolatedCpus::from(*flags + ',').flags;
    }
    // Flags alone isolate nothing, and the kernel would take them for a broken list.
    put({.key = "isolcpus", .value = parts.text(), .present = !parts.cpus.empty()});
}

void CommandLine::put_huge_pages(const std::optional<std::string>& sizes,
                                 const std::optional<std::string>& counts) {
    const auto list_of = [&](const std::optional<std::string>& wanted, std::string_view key) {
        return wanted ? strings_of(split_words(*wanted)) : values_of(key);
    };
    const std::vector<std::string> all_sizes = list_of(sizes, "hugepagesz");
    const std::vector<std::string> all_counts = list_of(counts, "hugepages");
    if (all_sizes == values_of("hugepagesz") && all_counts == values_of("hugepages")) {
        return;
    }
    // A count without a size before it is one of default_hugepagesz, so that it has to come first.
    const std::size_t unsized =
        all_counts.size() > all_sizes.size() ? all_counts.size() - all_sizes.size() : 0;
    std::vector<Word> pairs;
    pairs.reserve(all_sizes.size() + all_counts.size());
    for (std::size_t i = 0; i < unsized; ++i) {
        pairs.push_back(word_of("hugepages", all_counts[i]));
    }
    for (std::size_t i = 0; i < all_sizes.size(); ++i) {
        pairs.push_back(word_of("hugepagesz", all_sizes[i]));
        if (unsized + i < all_counts.size()) {
            pairs.push_back(word_of("hugepages", all_counts[unsized + i]));
        }
    }
    const auto is_one = [](const Word& word) {
        return is_same_key(word.key, "hugepagesz") || is_same_key(word.key, "hugepages");
    };
    const auto place = std::ranges::find_if(words_, is_one) - words_.begin();
    std::erase_if(words_, is_one);
    words_.insert(words_.begin() + place, pairs.begin(), pairs.end());
}

CommandLine CommandLine::merged(std::span<const WantedParameter> wanted) const {
    CommandLine line = *this;
    const auto take = [&](std::string_view key) -> std::optional<std::string> {
        const auto found = std::ranges::find(wanted, key, &WantedParameter::key);
        if (found == wanted.end()) {
            return std::nullopt;
        }
        return found->present ? found->value.value_or("") : std::string{};
    };
    bool is_isolated_done = false;
    bool are_pages_done = false;
    for (const WantedParameter& one : wanted) {
        if (one.key == "isolcpus" || one.key == "isolcpus_flags") {
            if (!std::exchange(is_isolated_done, true)) {
                line.put_isolated(take("isolcpus"), take("isolcpus_flags"));
            }
        } else if (one.key == "hugepagesz" || one.key == "hugepages") {
            if (!std::exchange(are_pages_done, true)) {
                line.put_huge_pages(take("hugepagesz"), take("hugepages"));
            }
        } else {
            line.put(one);
        }
    }
    // What comes behind a quote that is never closed is part of its value.
    std::ranges::stable_partition(line.words_, is_closed, &Word::text);
    return line;
}

std::string CommandLine::text() const {
    std::vector<std::string> parts;
    parts.reserve(words_.size() + 1);
    for (const Word& word : words_) {
        parts.push_back(word.text);
    }
    if (!for_init_.empty()) {
        parts.push_back(for_init_);
    }
    return joined(parts, ' ');
}

}  // namespace nanotune
