// An author's spelling of a value. Strings stand for every type, because variables and --set only
// carry strings.
#include <algorithm>

#include <fmt/format.h>

#include <nanotune/domain.hpp>

#include "quantity.hpp"
#include "text.hpp"

namespace nanotune {

namespace {

std::unexpected<Error> misfit(const Domain& domain, const Input& input,
                              std::string_view hint = {}) {
    return failure(ErrorCode::invalid, fmt::format("expected {}, not {}{}", expectation(domain),
                                                   input.spelling(), hint));
}

bool is_among(std::string_view words, std::string_view word) {
    const auto known = words_of(words);
    return std::ranges::find(known, word) != known.end();
}

Result<Value> parsed_flag(const Domain& domain, const Input& input) {
    if (const bool* flag = std::get_if<bool>(&input.content)) {
        return *flag;
    }
    const auto* text = std::get_if<std::string>(&input.content);
    if (text == nullptr || (*text != "true" && *text != "false")) {
        return misfit(domain, input);
    }
    return *text == "true";
}

/// The word that the kernel spells with this number, which is none of the range's.
std::optional<std::string> word_for(const Domain& domain, std::int64_t number) {
    const auto spellings = words_of(domain.kernel_words);
    const auto words = words_of(domain.words);
    const auto at = static_cast<std::size_t>(
        std::ranges::find(spellings, fmt::format("{}", number)) - spellings.begin());
    return at < std::min(words.size(), spellings.size())
               ? std::optional<std::string>(std::string(words[at]))
               : std::nullopt;
}

Result<Value> parsed_integer(const Domain& domain, const Input& input) {
    const auto in_range = [&](std::int64_t number) -> Result<Value> {
        if (number >= domain.minimum && number <= domain.maximum) {
            return number;
        }
        auto word = word_for(domain, number);
        return word ? Result<Value>(*std::move(word)) : misfit(domain, input);
    };
    if (const auto* number = std::get_if<std::int64_t>(&input.content)) {
        return in_range(*number);
    }
    const auto* text = std::get_if<std::string>(&input.content);
    if (text == nullptr) {
        return misfit(domain, input);
    }
    if (const std::string_view word = trimmed(*text); is_among(domain.words, word)) {
        return std::string(word);
    }
    const auto quantity = quantity_of(*text, domain.unit);
    if (quantity) {
        return in_range(*quantity);
    }
    if (quantity.error() == QuantityFault::unknown_unit && domain.unit != Unit::none) {
        return misfit(domain, input, fmt::format("; its units are {}", suffixes_of(domain.unit)));
    }
    return misfit(domain, input);
}

Result<Value> parsed_choice(const Domain& domain, const Input& input) {
    std::string word;
    if (const auto* text = std::get_if<std::string>(&input.content)) {
        word = trimmed(*text);
    } else if (const auto* number = std::get_if<std::int64_t>(&input.content)) {
        word = fmt::format("{}", *number);
    }
    if (!is_among(domain.words, word)) {
        return misfit(domain, input);
    }
    return word;
}

/// A string, a number, or a list of those with `separator` between; nothing for any other input.
std::optional<std::string> joined(const Input& input, std::string_view separator) {
    if (const auto* text = std::get_if<std::string>(&input.content)) {
        return std::string(trimmed(*text));
    }
    if (const auto* number = std::get_if<std::int64_t>(&input.content)) {
        return fmt::format("{}", *number);
    }
    const auto* list = std::get_if<InputList>(&input.content);
    if (list == nullptr) {
        return std::nullopt;
    }
    std::string out;
    for (const Input& item : *list) {
        const auto word = std::holds_alternative<InputList>(item.content) ? std::nullopt
                                                                          : joined(item, separator);
        if (!word) {
            return std::nullopt;
        }
        out += &item == list->data() ? "" : separator;
        out += *word;
    }
    return out;
}

Result<Value> parsed_text(const Domain& domain, const Input& input) {
    const bool* const flag = std::get_if<bool>(&input.content);
    if (flag != nullptr && domain.normal == nullptr) {
        return misfit(domain, input, "; write 0 or 1");
    }
    const auto text =
        flag == nullptr ? joined(input, ",") : std::optional<std::string>(*flag ? "true" : "false");
    if (!text || !is_one_line(*text)) {
        return misfit(domain, input);
    }
    if (domain.normal == nullptr) {
        return one_spaced(*text);
    }
    auto normal = domain.normal(one_spaced(*text));
    if (!normal) {
        return misfit(domain, input, "; " + normal.error().message);
    }
    return *std::move(normal);
}

Result<Value> parsed_numbers(const Domain& domain, const Input& input) {
    const auto text = joined(input, " ");
    const auto value = text ? numbers_of(*text) : std::nullopt;
    if (!value) {
        return misfit(domain, input);
    }
    std::vector<std::int64_t> each;
    for (const std::string_view word : split_words(*value)) {
        each.push_back(kernel_number(word).value_or(0));
    }
    const auto count = static_cast<std::int64_t>(each.size());
    if (count < domain.minimum || count > domain.maximum ||
        (domain.ascending && !std::ranges::is_sorted(each))) {
        return misfit(domain, input);
    }
    return *value;
}

Result<Value> parsed_cpus(const Domain& domain, const Input& input) {
    const auto text = joined(input, ",");
    if (!text) {
        return misfit(domain, input);
    }
    auto cpus = *text == "none" ? CpuSet{} : CpuSet::from_list(*text);
    if (!cpus) {
        return misfit(domain, input);
    }
    return *std::move(cpus);
}

}  // namespace

Result<Value> parsed(const Domain& domain, const Input& input) {
    switch (domain.kind) {
        case Domain::Kind::flag:
            return parsed_flag(domain, input);
        case Domain::Kind::integer:
            return parsed_integer(domain, input);
        case Domain::Kind::choice:
            return parsed_choice(domain, input);
        case Domain::Kind::text:
            return parsed_text(domain, input);
        case Domain::Kind::numbers:
            return parsed_numbers(domain, input);
        case Domain::Kind::cpus:
            return parsed_cpus(domain, input);
        case Domain::Kind::rows:
            break;
    }
    return misfit(domain, input);
}

}  // namespace nanotune
