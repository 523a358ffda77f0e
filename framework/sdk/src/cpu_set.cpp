// Sets of numbers as words of 64 bits, and the kernel's two spellings of them.
#include <algorithm>
#include <bit>
#include <charconv>
#include <iterator>

#include <fmt/format.h>

#include <nanotune/cpu_set.hpp>

#include "text.hpp"

namespace nanotune {

namespace {

constexpr unsigned word_bits = 64;
constexpr std::size_t mask_digits = 8;  // of one group: 32 CPUs

std::uint64_t bit_of(unsigned cpu) noexcept {
    return std::uint64_t{1} << (cpu % word_bits);
}

std::unexpected<Error> no_list(std::string_view text, std::string_view reason) {
    return failure(ErrorCode::invalid,
                   fmt::format("{} is no list of CPUs: {}", in_quotes(text), reason));
}

std::unexpected<Error> no_mask(std::string_view text, std::string_view reason) {
    return failure(ErrorCode::invalid,
                   fmt::format("{} is no CPU mask: {}", in_quotes(text), reason));
}

std::optional<unsigned> cpu_number(std::string_view text) {
    const auto number = decimal(text);
    if (!number || *number < 0 || *number >= CpuSet::limit || text.starts_with('-')) {
        return std::nullopt;
    }
    return static_cast<unsigned>(*number);
}

}  // namespace

CpuSet CpuSet::range(unsigned first, unsigned last) {
    CpuSet set;
    for (unsigned cpu = first; cpu <= last && cpu < limit; ++cpu) {
        set.add(cpu);
    }
    return set;
}

Result<CpuSet> CpuSet::from_list(std::string_view text) {
    CpuSet set;
    std::string_view rest = trimmed(text);
    while (!rest.empty()) {
        const std::size_t comma = rest.find(',');
        const std::string_view part = trimmed(rest.substr(0, comma));
        if (part.contains(':') || part.contains('/')) {
            return no_list(text, "groups such as 0-15:2/4 are not taken");
        }
        const std::size_t dash = part.find('-');
        const auto first = cpu_number(part.substr(0, dash));
        const auto last =
            dash == std::string_view::npos ? first : cpu_number(part.substr(dash + 1));
        if (!first || !last) {
            return no_list(text, fmt::format("{} is no number or range of numbers below {}",
                                             in_quotes(part), limit));
        }
        if (*last < *first) {
            return no_list(text, fmt::format("{} runs backwards", part));
        }
        for (unsigned cpu = *first; cpu <= *last; ++cpu) {
            set.add(cpu);
        }
        if (comma == std::string_view::npos) {
            return set;
        }
        rest.remove_prefix(comma + 1);
        if (trimmed(rest).empty()) {
            return no_list(text, "it ends in a comma");
        }
    }
    return set;
}

Result<CpuSet> CpuSet::from_mask(std::string_view text) {
    const std::string_view mask = trimmed(text);
    if (mask.empty()) {
        return no_mask(text, "it is empty");
    }
    CpuSet set;
    unsigned base = 0;
    std::size_t end = mask.size();
    while (true) {
        const std::size_t comma = mask.substr(0, end).rfind(',');
        const std::size_t begin = comma == std::string_view::npos ? 0 : comma + 1;
        const std::string_view group = mask.substr(begin, end - begin);
        std::uint32_t bits = 0;
        const auto [at, fault] = std::from_chars(group.begin(), group.end(), bits, 16);
        if (group.empty() || group.size() > mask_digits || at != group.end() ||
            fault != std::errc{}) {
            return no_mask(text,
                           fmt::format("{} is not 1 to 8 hexadecimal digits", in_quotes(group)));
        }
        for (unsigned bit = 0; bit < 32; ++bit) {
            if ((bits >> bit & 1U) == 0) {
                continue;
            }
            if (base + bit >= limit) {
                return no_mask(text, fmt::format("it names a CPU at or above {}", limit));
            }
            set.add(base + bit);
        }
        if (begin == 0) {
            return set;
        }
        end = begin - 1;
        base = std::min(base + 32, limit);
    }
}

void CpuSet::add(unsigned cpu) {
    if (cpu >= limit) {
        return;
    }
    if (words_.size() <= cpu / word_bits) {
        words_.resize(cpu / word_bits + 1);
    }
    words_[cpu / word_bits] |= bit_of(cpu);
}

void CpuSet::remove(unsigned cpu) {
    if (contains(cpu)) {
        words_[cpu / word_bits] &= ~bit_of(cpu);
        trim();
    }
}

bool CpuSet::contains(unsigned cpu) const noexcept {
    return cpu / word_bits < words_.size() && (words_[cpu / word_bits] & bit_of(cpu)) != 0;
}

bool CpuSet::contains_all(const CpuSet& other) const {
    return (other - *this).empty();
}

bool CpuSet::intersects(const CpuSet& other) const {
    return !(*this & other).empty();
}

std::size_t CpuSet::size() const noexcept {
    std::size_t count = 0;
    for (const std::uint64_t word : words_) {
        count += static_cast<std::size_t>(std::popcount(word));
    }
    return count;
}

std::optional<unsigned> CpuSet::first() const noexcept {
    for (std::size_t i = 0; i < words_.size(); ++i) {
        if (words_[i] != 0) {
            return static_cast<unsigned>(i * word_bits) +
                   static_cast<unsigned>(std::countr_zero(words_[i]));
        }
    }
    return std::nullopt;
}

std::optional<unsigned> CpuSet::last() const noexcept {
    if (words_.empty()) {
        return std::nullopt;
    }
    return static_cast<unsigned>(words_.size() * word_bits) - 1U -
           static_cast<unsigned>(std::countl_zero(words_.back()));
}

std::vector<unsigned> CpuSet::members() const {
    std::vector<unsigned> cpus;
    for (std::size_t i = 0; i < words_.size(); ++i) {
        for (std::uint64_t rest = words_[i]; rest != 0; rest &= rest - 1) {
            cpus.push_back(static_cast<unsigned>(i * word_bits) +
                           static_cast<unsigned>(std::countr_zero(rest)));
        }
    }
    return cpus;
}

std::string CpuSet::list() const {
    const std::vector<unsigned> cpus = members();
    std::string out;
    for (std::size_t i = 0; i < cpus.size();) {
        std::size_t end = i + 1;
        while (end < cpus.size() && cpus[end] == cpus[end - 1] + 1) {
            ++end;
        }
        out += out.empty() ? "" : ",";
        out += end - i == 1 ? fmt::format("{}", cpus[i])
                            : fmt::format("{}-{}", cpus[i], cpus[end - 1]);
        i = end;
    }
    return out;
}

std::string CpuSet::mask() const {
    std::string out;
    for (std::size_t i = words_.size() * 2; i-- > 0;) {
        const std::uint64_t group = words_[i / 2] >> (32 * (i % 2)) & 0xffff'ffffU;
        if (!out.empty()) {
            fmt::format_to(std::back_inserter(out), ",{:08x}", group);
        } else if (group != 0) {
            out = fmt::format("{:x}", group);
        }
    }
    return out.empty() ? "0" : out;
}

CpuSet operator|(const CpuSet& a, const CpuSet& b) {
    CpuSet both = a;
    both.words_.resize(std::max(a.words_.size(), b.words_.size()));
    for (std::size_t i = 0; i < b.words_.size(); ++i) {
        both.words_[i] |= b.words_[i];
    }
    return both;
}

CpuSet operator&(const CpuSet& a, const CpuSet& b) {
    CpuSet common;
    common.words_.resize(std::min(a.words_.size(), b.words_.size()));
    for (std::size_t i = 0; i < common.words_.size(); ++i) {
        common.words_[i] = a.words_[i] & b.words_[i];
    }
    common.trim();
    return common;
}

CpuSet operator-(const CpuSet& a, const CpuSet& b) {
    CpuSet rest = a;
    for (std::size_t i = 0; i < std::min(a.words_.size(), b.words_.size()); ++i) {
        rest.words_[i] &= ~b.words_[i];
    }
    rest.trim();
    return rest;
}

void CpuSet::trim() {
    while (!words_.empty() && words_.back() == 0) {
        words_.pop_back();
    }
}

}  // namespace nanotune
