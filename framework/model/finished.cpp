// The last step to a value: what stood for CPUs becomes CPUs.
#include <utility>

#include <fmt/format.h>

#include "cpu_shares.hpp"
#include "findings.hpp"
#include "references.hpp"
#include "resolved.hpp"

namespace nanotune {
namespace {

constexpr std::string_view cpus_prefix = "cpus.";

Result<CpuSet> some_cpus(std::string_view expression, const CpuWords& words) {
    NT_TRY(CpuSet cpus, cpus_of(expression, words));
    if (cpus.empty()) {
        return failure(ErrorCode::unsupported,
                       fmt::format("{} stands for no CPU on this host", expression));
    }
    return cpus;
}

Result<std::string> with_lists(std::string text, const CpuWords& words) {
    for (auto names = references_in(text); !names.empty(); names = references_in(text)) {
        const std::string name(names.front());
        NT_TRY(const CpuSet cpus,
               some_cpus(std::string_view(name).substr(
                             name.starts_with(cpus_prefix) ? cpus_prefix.size() : 0),
                         words));
        const std::string reference = fmt::format("${{{}}}", name);
        text.replace(text.find(reference), reference.size(), cpus.list());
    }
    return text;
}

Result<Value> finished(const ResolvedSetting& setting, const CpuWords& words) {
    if (setting.value) {
        return *setting.value;
    }
    if (setting.domain().kind == Domain::Kind::cpus) {
        NT_TRY(CpuSet cpus, some_cpus(setting.expression, words));
        return Value(std::move(cpus));
    }
    NT_TRY(std::string text, with_lists(setting.expression, words));
    return parsed(setting.domain(), Input{std::move(text), setting.origin});
}

}  // namespace

const Domain& ResolvedSetting::domain() const {
    return parameter.parameter != nullptr ? parameter.parameter->domain
                                          : settings.front().tunable->domain;
}

Result<Value> value_of(const ResolvedSetting& setting, const CpuWords& words) {
    auto value = finished(setting, words);
    if (!value) {
        return std::unexpected(at(setting.origin, std::move(value).error().within(setting.key)));
    }
    return value;
}

Result<Setting> setting_of(const ResolvedSetting& setting, const CpuWords& words) {
    Setting out{.parameter = setting.parameter.parameter,
                .value = {},
                .rows = {},
                .origin = setting.origin};
    if (setting.domain().kind != Domain::Kind::rows) {
        NT_TRY(out.value, value_of(setting, words));
        return out;
    }
    for (const ResolvedRow& row : setting.rows) {
        Settings& settings = out.rows.emplace_back();
        for (const ResolvedSetting& column : row.columns) {
            NT_TRY(Setting cell, setting_of(column, words));
            settings.entries.push_back(std::move(cell));
        }
    }
    return out;
}

Result<SectionSelector> selector_of(const ResolvedSection& section, const CpuWords& words) {
    SectionSelector selector = section.selector;
    if (selector.expression.empty()) {
        return selector;
    }
    auto ids = some_cpus(selector.expression, words);
    if (!ids) {
        return std::unexpected(
            at(section.origin, std::move(ids).error().within(selector.expression)));
    }
    selector.ids = *std::move(ids);
    return selector;
}

}  // namespace nanotune
