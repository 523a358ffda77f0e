#include "cpu_expression.hpp"

#include <algorithm>

#include <fmt/format.h>

#include <nanotune/cpu_set.hpp>
#include <nanotune/nearest.hpp>

#include "layer_reader.hpp"

namespace nanotune {
namespace {

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blanks = " \t";
    const std::size_t begin = text.find_first_not_of(blanks);
    if (begin == std::string_view::npos) {
        return {};
    }
    return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

std::string spoken_words() {
    const std::vector<std::string> words = cpu_words();
    return fmt::format("{} and {}", fmt::join(words.begin(), words.end() - 1, ", "), words.back());
}

Result<CpuTerm> call(std::string_view text, std::size_t parenthesis) {
    const std::string_view name = trimmed(text.substr(0, parenthesis));
    const std::string_view inside =
        trimmed(text.substr(parenthesis + 1, text.size() - parenthesis - 2));
    if (text.back() != ')' || inside.empty() || inside.find('(') != std::string_view::npos) {
        return failure(ErrorCode::invalid,
                       fmt::format("{} should read NAME(WORD), as in numa(eth0)", text));
    }
    if (name == "numa") {
        return CpuTerm{CpuTerm::Kind::near, inside};
    }
    if (name == "siblings") {
        const auto cpu = CpuSet::from_list(inside);
        if (!cpu || cpu->size() != 1) {
            return failure(ErrorCode::invalid,
                           fmt::format("siblings({}) needs the number of one CPU", inside));
        }
        return CpuTerm{CpuTerm::Kind::siblings, inside};
    }
    return failure(ErrorCode::invalid,
                   fmt::format("{}(...) is neither numa nor siblings{}", name,
                               did_you_mean(name, std::vector<std::string>{"numa", "siblings"})));
}

Result<CpuTerm> term(std::string_view text) {
    if (text.empty()) {
        return failure(ErrorCode::invalid, "a CPU number, a range or a word is missing");
    }
    if (const std::size_t parenthesis = text.find('('); parenthesis != std::string_view::npos) {
        return call(text, parenthesis);
    }
    if (text == "online") {
        return CpuTerm{CpuTerm::Kind::online, text};
    }
    if (std::ranges::find(cpu_set_names, text) != std::end(cpu_set_names)) {
        return CpuTerm{CpuTerm::Kind::set, text};
    }
    if (text.find_first_not_of("0123456789-:/") != std::string_view::npos) {
        return failure(ErrorCode::invalid,
                       fmt::format("{} is neither a CPU list nor one of {}{}", text, spoken_words(),
                                   did_you_mean(text, cpu_words())));
    }
    NT_CHECK(CpuSet::from_list(text));
    return CpuTerm{CpuTerm::Kind::list, text};
}

}  // namespace

std::vector<std::string> cpu_words() {
    std::vector<std::string> words(std::begin(cpu_set_names), std::end(cpu_set_names));
    words.insert(words.end(), {"online", "numa(DEVICE)", "siblings(CPU)"});
    return words;
}

Result<std::vector<CpuTerm>> cpu_terms(std::string_view expression) {
    std::vector<CpuTerm> terms;
    while (true) {
        const std::size_t comma = expression.find(',');
        NT_TRY(CpuTerm next, term(trimmed(expression.substr(0, comma))));
        terms.push_back(next);
        if (comma == std::string_view::npos) {
            return terms;
        }
        expression.remove_prefix(comma + 1);
    }
}

bool has_cpu_words(std::string_view expression) {
    return trimmed(expression) != "none" &&
           expression.find_first_not_of("0123456789-:/, \t") != std::string_view::npos;
}

}  // namespace nanotune
