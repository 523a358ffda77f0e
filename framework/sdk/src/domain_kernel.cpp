// The kernel's spelling of a value. What the kernel holds may lie outside of what an author may
// ask for; it is still read, because it has to be shown and put back.
#include <algorithm>

#include <fmt/format.h>

#include <nanotune/domain.hpp>

#include "text.hpp"

namespace nanotune {

namespace {

constexpr unsigned mask_bits = 64;

/// Whether the kernel's `text` is this spelling; numbers are compared as numbers.
bool is_spelled(std::string_view text, std::string_view spelling) {
    if (text == spelling) {
        return true;
    }
    const auto number = kernel_number(text);
    return number && number == kernel_number(spelling);
}

std::vector<std::string_view> kernel_words_of(const Domain& domain) {
    return words_of(domain.kernel_words.empty() ? domain.words : domain.kernel_words);
}

/// The author's word for the kernel's.
std::optional<std::string> word_for(const Domain& domain, std::string_view text) {
    const auto spellings = kernel_words_of(domain);
    const auto words = words_of(domain.words);
    for (std::size_t i = 0; i < std::min(words.size(), spellings.size()); ++i) {
        if (is_spelled(text, spellings[i])) {
            return std::string(words[i]);
        }
    }
    return std::nullopt;
}

/// The kernel's word for the author's.
std::string spelling_of(const Domain& domain, const std::string& word) {
    const auto spellings = kernel_words_of(domain);
    const auto words = words_of(domain.words);
    const auto at = static_cast<std::size_t>(std::ranges::find(words, word) - words.begin());
    return at < words.size() && at < spellings.size() ? std::string(spellings[at]) : word;
}

std::optional<Value> flag_of(const Domain& domain, std::string_view text) {
    const auto spellings = words_of(domain.kernel_words);
    const bool is_numeric = domain.kernel_words == "1 | 0";
    if (spellings.size() != 2) {
        return std::nullopt;
    }
    const auto word = chosen_word(text);
    if (!word) {
        return std::nullopt;
    }
    if (is_spelled(*word, spellings[0]) || (is_numeric && *word == "Y")) {
        return true;
    }
    if (is_spelled(*word, spellings[1]) || (is_numeric && *word == "N")) {
        return false;
    }
    const auto number = is_numeric ? kernel_number(*word) : std::nullopt;
    return number ? std::optional<Value>(*number) : std::nullopt;
}

std::optional<Value> integer_of(const Domain& domain, std::string_view text) {
    if (!domain.kernel_zero.empty() && text == domain.kernel_zero) {
        return std::int64_t{0};
    }
    if (auto word = word_for(domain, text)) {
        return *std::move(word);
    }
    const auto number = kernel_number(text);
    return number ? std::optional<Value>(*number) : std::nullopt;
}

std::optional<Value> choice_of(const Domain& domain, std::string_view text) {
    if (auto whole = word_for(domain, text)) {
        return *std::move(whole);
    }
    const auto chosen = chosen_word(text);
    if (!chosen) {
        return std::nullopt;
    }
    auto word = word_for(domain, *chosen);
    return word ? *std::move(word) : std::string(*chosen);
}

std::optional<Value> cpus_of(const Domain& domain, std::string_view text) {
    if (text == "(null)") {  // nohz_full prints this when the kernel was started without it
        return CpuSet{};
    }
    auto cpus = domain.kernel_mask ? CpuSet::from_mask(text) : CpuSet::from_list(text);
    return cpus ? std::optional<Value>(*std::move(cpus)) : std::nullopt;
}

std::optional<Value> value_of(const Domain& domain, std::string_view text) {
    switch (domain.kind) {
        case Domain::Kind::flag:
            return flag_of(domain, text);
        case Domain::Kind::integer:
            return integer_of(domain, text);
        case Domain::Kind::choice:
            return choice_of(domain, text);
        case Domain::Kind::text:
            return one_spaced(text);
        case Domain::Kind::numbers: {
            auto numbers = numbers_of(text);
            return numbers ? std::optional<Value>(*std::move(numbers)) : std::nullopt;
        }
        case Domain::Kind::cpus:
            return cpus_of(domain, text);
        case Domain::Kind::rows:
            break;
    }
    return std::nullopt;
}

CpuSet set_of_bits(std::uint64_t bits) {
    CpuSet cpus;
    for (unsigned bit = 0; bit < mask_bits; ++bit) {
        if ((bits >> bit & 1U) != 0) {
            cpus.add(bit);
        }
    }
    return cpus;
}

std::uint64_t bits_of(const CpuSet& cpus) {
    std::uint64_t bits = 0;
    for (const unsigned cpu : cpus.members()) {
        bits |= cpu < mask_bits ? std::uint64_t{1} << cpu : 0;
    }
    return bits;
}

struct KernelSpelling {
    const Domain& domain;

    std::string operator()(bool flag) const {
        const auto spellings = words_of(domain.kernel_words);
        const std::size_t at = flag ? 0 : 1;
        return std::string(at < spellings.size() ? spellings[at] : flag ? "1" : "0");
    }
    std::string operator()(std::int64_t number) const {
        return number == 0 && !domain.kernel_zero.empty() ? std::string(domain.kernel_zero)
                                                          : fmt::format("{}", number);
    }
    std::string operator()(const std::string& text) const { return spelling_of(domain, text); }
    std::string operator()(const CpuSet& cpus) const {
        return domain.kernel_mask ? cpus.mask() : cpus.list();
    }
};

struct KernelNumber {
    const Domain& domain;

    std::uint64_t operator()(bool flag) const { return flag ? 1 : 0; }
    std::uint64_t operator()(std::int64_t number) const {
        return static_cast<std::uint64_t>(number);
    }
    std::uint64_t operator()(const std::string& text) const {
        return static_cast<std::uint64_t>(kernel_number(spelling_of(domain, text)).value_or(0));
    }
    std::uint64_t operator()(const CpuSet& cpus) const {
        return domain.kernel_mask ? bits_of(cpus) : cpus.first().value_or(0);
    }
};

}  // namespace

Result<Value> from_kernel(const Domain& domain, std::string_view text) {
    auto value = value_of(domain, trimmed(text));
    if (!value) {
        return failure(ErrorCode::invalid,
                       fmt::format("expected {}, but the kernel says {}", expectation(domain),
                                   in_quotes(trimmed(text))));
    }
    return *std::move(value);
}

std::string to_kernel(const Domain& domain, const Value& value) {
    return std::visit(KernelSpelling{domain}, value);
}

Result<Value> from_number(const Domain& domain, std::uint64_t number) {
    if (domain.kind == Domain::Kind::flag && number <= 1) {
        return number == 1;
    }
    if (domain.kind == Domain::Kind::cpus && domain.kernel_mask) {
        return set_of_bits(number);
    }
    const std::string text = std::to_string(number);
    if (domain.kind != Domain::Kind::flag) {
        return from_kernel(domain, text);
    }
    return failure(ErrorCode::invalid,
                   fmt::format("expected {}, but the kernel says {}", expectation(domain), text));
}

std::uint64_t to_number(const Domain& domain, const Value& value) {
    return std::visit(KernelNumber{domain}, value);
}

}  // namespace nanotune
