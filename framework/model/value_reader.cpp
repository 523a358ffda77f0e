#include "value_reader.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include <nanotune/nearest.hpp>

#include "cpu_expression.hpp"
#include "references.hpp"

namespace nanotune {
namespace {

/// "0-3", 2 and ["0", "irq"] alike as one text; nothing for anything else.
std::optional<std::string> cpu_text(const Input& input) {
    if (const auto* text = std::get_if<std::string>(&input.content)) {
        return *text;
    }
    if (const auto* number = std::get_if<std::int64_t>(&input.content)) {
        return fmt::format("{}", *number);
    }
    const auto* list = std::get_if<InputList>(&input.content);
    if (list == nullptr) {
        return std::nullopt;
    }
    std::string joined;
    for (const Input& element : *list) {
        const bool is_list = std::holds_alternative<InputList>(element.content);
        const auto part = is_list ? std::nullopt : cpu_text(element);
        if (!part) {
            return std::nullopt;
        }
        joined += joined.empty() ? *part : "," + *part;
    }
    return joined;
}

}  // namespace

bool ValueReader::complain(std::string_view full_name, const Origin& origin, Error error) {
    error.message = fmt::format("{}: {}", full_name, error.message);
    findings_.push_back({origin, std::move(error)});
    return false;
}

bool ValueReader::put_in_variables(Input& input, CpuReference cpus) {
    if (auto* text = std::get_if<std::string>(&input.content)) {
        auto made = variables_.joined(*text, input.origin, cpus, findings_);
        if (!made) {
            return false;
        }
        *text = *std::move(made);
        return true;
    }
    bool is_good = true;
    if (auto* list = std::get_if<InputList>(&input.content)) {
        for (Input& element : *list) {
            is_good = put_in_variables(element, cpus) && is_good;
        }
    }
    return is_good;
}

bool ValueReader::read(ResolvedSetting& setting, std::string_view full_name, const Input& input) {
    switch (setting.domain().kind) {
        case Domain::Kind::cpus:
            return read_cpus(setting, full_name, input);
        case Domain::Kind::text:
            return read_text(setting, full_name, input);
        case Domain::Kind::rows:
            return read_rows(setting, full_name, input);
        default: {
            Input made = input;
            return put_in_variables(made, CpuReference::refused) && take(setting, full_name, made);
        }
    }
}

namespace {

/// The alias of a file (sysctl."kernel.numa_balancing" = 0) may be spelled as the file is.
Result<Value> in_the_kernels_spelling(const Domain& domain, const Input& input,
                                      Result<Value> otherwise) {
    const auto* number = std::get_if<std::int64_t>(&input.content);
    const auto* word = std::get_if<std::string>(&input.content);
    if (number == nullptr && word == nullptr) {
        return otherwise;
    }
    auto value = from_kernel(domain, number != nullptr ? std::to_string(*number) : *word);
    const auto is_taken = [&domain](const Value& read) {
        return from_kernel(domain, to_kernel(domain, read)) == read &&
               parsed(domain, {.content = printed(domain, read), .origin = {}}) == read;
    };
    return value && is_taken(*value) ? value : otherwise;
}

}  // namespace

bool ValueReader::take(ResolvedSetting& setting, std::string_view full_name, const Input& input) {
    auto value = parsed(setting.domain(), input);
    const auto is_alias = [&setting, full_name] {
        return !setting.settings.empty() &&
               !full_name.starts_with(setting.settings.front().plugin->name + ".");
    };
    if (!value && is_alias()) {
        value = in_the_kernels_spelling(setting.domain(), input, std::move(value));
    }
    if (!value) {
        return complain(full_name, input.origin, std::move(value).error());
    }
    setting.value = *std::move(value);
    return true;
}

bool ValueReader::read_cpus(ResolvedSetting& setting, std::string_view full_name,
                            const Input& input) {
    Input made = input;
    if (!put_in_variables(made, CpuReference::as_word)) {
        return false;
    }
    const auto text = cpu_text(made);
    if (!text || !has_cpu_words(*text) || setting.domain().numbers != Domain::Numbers::cpus) {
        return take(setting, full_name, made);
    }
    if (auto terms = cpu_terms(*text); !terms) {
        return complain(full_name, input.origin, std::move(terms).error());
    }
    setting.expression = *text;
    return true;
}

bool ValueReader::read_text(ResolvedSetting& setting, std::string_view full_name,
                            const Input& input) {
    Input made = input;
    if (!put_in_variables(made, CpuReference::kept)) {
        return false;
    }
    if (!take(setting, full_name, made)) {
        return false;
    }
    const auto* text = setting.value ? std::get_if<std::string>(&*setting.value) : nullptr;
    if (text != nullptr && !references_in(*text).empty()) {
        setting.expression = *text;
        setting.value.reset();
    }
    return true;
}

bool ValueReader::read_rows(ResolvedSetting& setting, std::string_view full_name,
                            const Input& input) {
    const auto* list = std::get_if<InputList>(&input.content);
    if (list == nullptr) {
        return take(setting, full_name, input);
    }
    bool is_good = true;
    for (const Input& element : *list) {
        is_good =
            read_row(setting.rows.emplace_back(), setting.domain(), full_name, element) && is_good;
    }
    return is_good;
}

bool ValueReader::read_row(ResolvedRow& row, const Domain& domain, std::string_view full_name,
                           const Input& input) {
    const auto* table = std::get_if<InputTable>(&input.content);
    if (table == nullptr) {
        return complain(full_name, input.origin,
                        {ErrorCode::invalid, fmt::format("expected {}, not {} in it",
                                                         expectation(domain), input.spelling())});
    }
    bool is_good = true;
    for (const auto& [key, value] : *table) {
        const auto column = std::ranges::find(domain.columns, key, &Tunable::name);
        if (column == domain.columns.end()) {
            std::vector<std::string> known;
            for (const Tunable& each : domain.columns) {
                known.emplace_back(each.name);
            }
            is_good = complain(full_name, value.origin,
                               {ErrorCode::not_found, fmt::format("there is no key {}{}", key,
                                                                  did_you_mean(key, known))});
            continue;
        }
        ResolvedSetting cell{.key = key,
                             .settings = {},
                             .parameter = {nullptr, &*column},
                             .value = {},
                             .expression = {},
                             .rows = {},
                             .optional = false,
                             .origin = value.origin};
        is_good = read(cell, fmt::format("{}.{}", full_name, key), value) && is_good;
        row.columns.push_back(std::move(cell));
    }
    return is_good;
}

}  // namespace nanotune
