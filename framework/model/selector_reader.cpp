#include "selector_reader.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include <nanotune/nearest.hpp>
#include <nanotune/workers.hpp>

#include "cpu_expression.hpp"
#include "glob.hpp"

namespace nanotune {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

std::span<const std::string> device_keys() {
    static const std::array<std::string, 9> keys = {
        "name", "driver", "pci", "mac", "altname", "numa_node", "firmware", "master", "kind"};
    return keys;
}

std::span<const std::string> process_keys() {
    static const std::array<std::string, 6> keys = {"unit", "exe",     "comm",
                                                    "user", "kthread", "cgroup"};
    return keys;
}

std::optional<std::string> scalar_text(const Input& input) {
    if (const auto* text = std::get_if<std::string>(&input.content)) {
        return *text;
    }
    if (const auto* number = std::get_if<std::int64_t>(&input.content)) {
        return fmt::format("{}", *number);
    }
    return std::nullopt;
}

/// The word of [cpu.CPUS], by its nearest key: a slip such as [cpu.idel].
std::string no_selector(const SectionText& section) {
    return fmt::format("{} is neither a list of numbers nor the beginning of a setting of {}",
                       section.word, section.plugin->name);
}

/// Of a device's table a glob is no label, but names that whoever wrote it means.
void keep_to_glob(SectionSelector& selector) {
    const std::string& word = selector.text;
    const bool is_named =
        std::ranges::any_of(selector.match, [](const auto& pair) { return pair.first == "name"; });
    if (is_glob(word) && word != "*" && !is_named) {
        selector.match.emplace_back("name", word);
        std::ranges::sort(selector.match);
    }
}

}  // namespace

std::span<const std::string> match_keys(Selector selector) {
    switch (selector) {
        case Selector::device:
            return device_keys();
        case Selector::label:
            return process_keys();
        case Selector::none:
        case Selector::ids:
        case Selector::given:
            break;
    }
    return {};
}

bool SelectorReader::complain(const Origin& origin, std::string message) {
    findings_.push_back({origin, {ErrorCode::invalid, std::move(message)}});
    return false;
}

std::optional<SectionSelector> SelectorReader::read(const SectionText& section) {
    std::optional<SectionSelector> selector = read_word(section);
    if (selector && section.when != nullptr &&
        !read_pairs(*section.when, device_keys(), selector->when)) {
        return std::nullopt;
    }
    if (selector && !section.queues.empty()) {
        auto queues = CpuSet::from_list(section.queues);
        if (!queues || queues->empty()) {
            complain(
                section.origin,
                fmt::format("[{}{}{}.queue.\"{}\"]: a list of queue numbers such as \"0-3\" is "
                            "expected",
                            section.plugin->name, section.word.empty() ? "" : ".", section.word,
                            section.queues));
            return std::nullopt;
        }
        selector->queues = *std::move(queues);
    }
    return selector;
}

std::optional<SectionSelector> SelectorReader::read_word(const SectionText& section) {
    using Kind = SectionSelector::Kind;
    SectionSelector selector;
    selector.text = section.word;
    const bool is_label = section.plugin->selector == Selector::label;
    if (section.match != nullptr) {
        if (section.plugin->selector != Selector::device && !is_label) {
            complain(section.match->origin,
                     fmt::format("match selects devices or processes; {} has neither",
                                 section.plugin->name));
            return std::nullopt;
        }
        const std::span<const std::string> known = match_keys(section.plugin->selector);
        selector.kind = Kind::match;
        if (!section.match->is_table() || section.match->nodes.empty()) {
            complain(section.match->origin,
                     fmt::format("match: a table such as {{ {} = \"...\" }} is expected",
                                 known.front()));
            return std::nullopt;
        }
        if (!read_pairs(*section.match, known, selector.match)) {
            return std::nullopt;
        }
        if (!is_label) {
            keep_to_glob(selector);
        }
        return selector;
    }
    if (is_label) {
        complain(section.origin,
                 fmt::format(
                     "[{0}{1}{2}] needs match = {{ ... }} with unit, exe, comm, user, kthread or "
                     "cgroup: the word after {0} is only a label",
                     section.plugin->name, section.word.empty() ? "" : ".", section.word));
        return std::nullopt;
    }
    if (section.plugin->selector == Selector::given) {
        return read_given(section, selector) ? std::optional(selector) : std::nullopt;
    }
    if (section.word.empty()) {
        return selector;
    }
    if (section.plugin->selector == Selector::ids) {
        return read_ids(section, selector) ? std::optional(selector) : std::nullopt;
    }
    selector.kind = is_glob(section.word) ? Kind::glob : Kind::name;
    return selector;
}

/// What the section brings about is called so from then on, on disk, too.
bool SelectorReader::read_given(const SectionText& section, SectionSelector& selector) {
    selector.kind = SectionSelector::Kind::name;
    if (is_worker_name(section.word)) {
        return true;
    }
    return complain(
        section.origin,
        fmt::format("[{0}{1}{2}]: a name is expected, such as [{0}.orders]: up to 32 letters, "
                    "digits, \"-\" and \"_\"",
                    section.plugin->name, section.word.empty() ? "" : ".", section.word));
}

bool SelectorReader::read_ids(const SectionText& section, SectionSelector& selector) {
    selector.kind = SectionSelector::Kind::ids;
    if (has_cpu_words(section.word)) {
        if (const auto terms = cpu_terms(section.word); !terms) {
            return complain(section.origin,
                            fmt::format("[{}.{}]: {}; {}", section.plugin->name, section.word,
                                        no_selector(section), terms.error().message));
        }
        selector.expression = section.word;
        return true;
    }
    auto ids = CpuSet::from_list(section.word);
    if (!ids || ids->empty()) {
        return complain(section.origin, fmt::format("[{}.\"{}\"]: {}", section.plugin->name,
                                                    section.word, no_selector(section)));
    }
    selector.ids = *std::move(ids);
    selector.text = selector.ids.list();
    return true;
}

bool SelectorReader::read_pairs(const ProfileNode& table, std::span<const std::string> known,
                                Pairs& pairs) {
    bool is_good = true;
    for (const ProfileNode& node : table.nodes) {
        if (std::ranges::find(known, node.key) == known.end()) {
            is_good = complain(node.origin, fmt::format("{} has no key {}{}", table.key, node.key,
                                                        did_you_mean(node.key, known)));
            continue;
        }
        const auto text = node.value ? scalar_text(*node.value) : std::nullopt;
        if (!text) {
            is_good = complain(node.origin, fmt::format("{}.{}: a text or a number is expected",
                                                        table.key, node.key));
            continue;
        }
        const auto made = variables_.joined(*text, node.origin, CpuReference::refused, findings_);
        is_good = is_good && made.has_value();
        pairs.emplace_back(node.key, made.value_or(std::string()));
    }
    std::ranges::sort(pairs);
    return is_good;
}

}  // namespace nanotune
