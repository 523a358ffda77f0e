#include "tuned_words.hpp"

#include <algorithm>
#include <cctype>
#include <optional>
#include <span>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "model/ini_text.hpp"

namespace nanotune::cli {

namespace {

using Words = std::span<const std::string>;
/// Nothing: it stays as it is. Errors: refused.
using Expansion = Result<std::optional<std::string>>;

/// "0-3,^2, 8" of all arguments; nothing where that is no list of CPUs.
std::optional<CpuSet> cpus_in(Words words) {
    CpuSet wanted;
    CpuSet without;
    for (const std::string& word : words) {
        std::string_view rest = word;
        while (!rest.empty()) {
            std::string_view one = rest.substr(0, rest.find(','));
            rest.remove_prefix(std::min(one.size() + 1, rest.size()));
            one = stripped(one);
            const bool is_excluded = one.starts_with('^');
            one.remove_prefix(is_excluded ? 1 : 0);
            const auto cpus = CpuSet::from_list(one);
            if (!cpus) {
                return std::nullopt;
            }
            (is_excluded ? without : wanted) = (is_excluded ? without : wanted) | *cpus;
        }
    }
    return wanted - without;
}

std::string unpacked(const CpuSet& cpus) {
    return fmt::format("{}", fmt::join(cpus.members(), ","));
}

/// A function of a list of CPUs alone.
template <auto Of>
Expansion of_cpus(Words words, const TunedHost& host) {
    const auto cpus = cpus_in(words);
    return cpus ? std::optional<std::string>(Of(*cpus, host)) : std::nullopt;
}

std::string mask_of(const CpuSet& cpus, const TunedHost& /*host*/) {
    return cpus.empty() ? "0" : cpus.mask();
}
std::string list_of(const CpuSet& cpus, const TunedHost& /*host*/) {
    return unpacked(cpus);
}
std::string packed_of(const CpuSet& cpus, const TunedHost& /*host*/) {
    return cpus.list();
}
std::string others_of(const CpuSet& cpus, const TunedHost& host) {
    return unpacked(host.present() - cpus);
}
std::string mask_of_others(const CpuSet& cpus, const TunedHost& host) {
    return mask_of(host.present() - cpus, host);
}
std::string online_of(const CpuSet& cpus, const TunedHost& host) {
    return unpacked(cpus & host.online());
}
std::string present_of(const CpuSet& cpus, const TunedHost& host) {
    return unpacked(cpus & host.present());
}

Expansion hex2cpulist(Words words, const TunedHost& /*host*/) {
    const auto cpus = CpuSet::from_mask(words.empty() ? "" : words[0]);
    return cpus ? std::optional<std::string>(unpacked(*cpus)) : std::nullopt;
}

Expansion calc_isolated_cores(Words words, const TunedHost& host) {
    const std::size_t reserved =
        words.empty() ? 1 : static_cast<std::size_t>(std::atol(words[0].c_str()));
    return unpacked(host.all_but_first(reserved));
}

Expansion check_net_queue_count(Words words, const TunedHost& host) {
    const bool is_number = words.size() == 1 && !words[0].empty() &&
                           std::ranges::all_of(words[0], [](unsigned char letter) {
                               return std::isdigit(letter) != 0;
                           });
    return is_number ? words[0] : fmt::format("{}", host.online().size());
}

Expansion strip(Words words, const TunedHost& /*host*/) {
    std::string all;
    for (const std::string& word : words) {
        all += word;
    }
    return std::string(stripped(all));
}

Expansion regex_search_ternary(Words words, const TunedHost& /*host*/) {
    const auto found = words.size() == 4 ? finds(words[1], words[0]) : std::nullopt;
    return found ? std::optional<std::string>(*found ? words[2] : words[3]) : std::nullopt;
}

Expansion virt_check(Words words, const TunedHost& host) {
    return words.size() == 2 ? std::optional<std::string>(host.is_virtual() ? words[0] : words[1])
                             : std::nullopt;
}

/// Arguments: an expression, what to say where it fits the processor, another, ..., and for none.
Expansion cpuinfo_check(Words words, const TunedHost& host) {
    const std::string processor = host.processor();
    for (std::size_t i = 0; i + 1 < words.size(); i += 2) {
        if (finds(words[i], processor).value_or(false)) {
            return words[i + 1];
        }
    }
    return words.size() % 2 == 1 ? words.back() : std::string();
}

template <bool Equal>
Expansion assertion(Words words, const TunedHost& /*host*/) {
    if (words.size() == 3 && (words[1] == words[2]) != Equal) {
        return failure(ErrorCode::refused,
                       fmt::format("the profile refuses this host: \"{}\" does not hold: \"{}\" {} "
                                   "\"{}\"",
                                   words[0], words[1], Equal ? "is not" : "is", words[2]));
    }
    return std::string();
}

template <int Times, int Over>
Expansion scaled(Words words, const TunedHost& /*host*/) {
    return words.empty() ? std::nullopt
                         : std::optional<std::string>(
                               fmt::format("{}", std::atol(words[0].c_str()) * Times / Over));
}

struct Function {
    std::string_view name;
    Expansion (*expand)(Words words, const TunedHost& host);
};

// Those of TuneD 2.20 but exec, which runs a program, and those about devices of CPUs.
constexpr Function functions[] = {
    {"assertion", assertion<true>},
    {"assertion_non_equal", assertion<false>},
    {"calc_isolated_cores", calc_isolated_cores},
    {"check_net_queue_count", check_net_queue_count},
    {"cpuinfo_check", cpuinfo_check},
    {"cpulist2hex", of_cpus<mask_of>},
    {"cpulist2hex_invert", of_cpus<mask_of_others>},
    {"cpulist_invert", of_cpus<others_of>},
    {"cpulist_online", of_cpus<online_of>},
    {"cpulist_pack", of_cpus<packed_of>},
    {"cpulist_present", of_cpus<present_of>},
    {"cpulist_unpack", of_cpus<list_of>},
    {"hex2cpulist", hex2cpulist},
    {"kb2s", scaled<2, 1>},
    {"regex_search_ternary", regex_search_ternary},
    {"s2kb", scaled<1, 2>},
    {"strip", strip},
    {"virt_check", virt_check},
};

/// "${f:name:a\:b:c" at its colons.
std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> words(1);
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\' && i + 1 < text.size() && text[i + 1] == ':') {
            words.back() += text[++i];
        } else if (text[i] == ':') {
            words.emplace_back();
        } else {
            words.back() += text[i];
        }
    }
    return words;
}

bool is_word(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](unsigned char letter) {
        return std::isalnum(letter) != 0 || letter == '_';
    });
}

Expansion called(std::string_view text, const TunedHost& host) {
    const auto words = split(text);
    if (words.size() < 2 || words[0] != "${f") {
        return std::nullopt;
    }
    const auto* const found = std::ranges::find(functions, words[1], &Function::name);
    return found == std::end(functions) ? Expansion(std::nullopt)
                                        : found->expand(Words(words).subspan(2), host);
}

}  // namespace

std::string TunedWords::with_variables(std::string_view text) const {
    std::string out;
    while (!text.empty()) {
        const std::size_t end = text.starts_with("${") ? text.find('}') : std::string_view::npos;
        if (end != std::string_view::npos && !out.ends_with('\\')) {
            const auto found = variables_.find(text.substr(2, end - 2));
            if (found != variables_.end()) {
                out += found->second;
                text.remove_prefix(end + 1);
                continue;
            }
        } else if (end != std::string_view::npos && is_word(text.substr(2, end - 2))) {
            out.pop_back();  // what was escaped is so no longer
        }
        out += text.front();
        text.remove_prefix(1);
    }
    return out;
}

Status TunedWords::define(const std::string& name, std::string_view value) {
    NT_TRY(variables_[name], expanded(value));
    return {};
}

Result<std::string> TunedWords::expanded(std::string_view text) const {
    std::string out;
    std::vector<std::size_t> begun;  // where each ${ stands in it
    const std::string given = with_variables(text);
    for (std::size_t i = 0; i < given.size(); ++i) {
        if (given.substr(i, 2) == "${") {
            begun.push_back(out.size());
        }
        out += given[i];
        if (given[i] == '}' && !begun.empty()) {
            const std::size_t start = begun.back();
            begun.pop_back();
            if (start > 0 && out[start - 1] == '\\') {
                continue;
            }
            const std::string_view call = std::string_view(out).substr(start);
            NT_TRY(const auto value, called(call.substr(0, call.size() - 1), host_));
            if (value) {
                out.resize(start);
                out += *value;
            }
        }
    }
    return out;
}

std::string unexpanded_in(std::string_view text) {
    for (std::size_t at = text.find("${"); at != std::string_view::npos;
         at = text.find("${", at + 1)) {
        const std::string_view rest = text.substr(at, text.find('}', at) - at);
        if (rest.starts_with("${f:exec")) {
            return "takes what a program prints, and none is run here";
        }
        return fmt::format("{}}} stands for nothing that is known here", rest);
    }
    return {};
}

}  // namespace nanotune::cli
