#include "service/bus/wire.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/core.h>

#include "service/bus/words.hpp"

namespace nanotune::bus {

namespace {

template <typename T>
T fact(const Facts& facts, const std::string& name, const T& otherwise = {}) {
    const auto found = facts.find(name);
    return found == facts.end() ? otherwise : found->second.get<T>();
}

std::string line_of(std::string_view text) {
    constexpr std::size_t longest = bytes_at_once - 64;  // with what else belongs to it
    std::string line = bus_text(text);
    return line.size() <= longest ? line : std::string(page_of(line, 0, longest)) + "...";
}

std::size_t size_of(const std::string& note) {
    return note.size();
}

std::size_t size_of(const WireProblem& problem) {
    return std::get<0>(problem).size() + std::get<1>(problem).size();
}

std::size_t size_of(const WireRow& wire) {
    const Row row = row_of(wire);
    return row.setting.size() + row.target.name.size() + row.before.size() + row.wanted.size() +
           row.got.size() + row.origin.file.size() + row.message.size() + row.allow.size();
}

WireProblem wire_of(const Error& problem) {
    return {std::string(name_of(problem.code)), line_of(problem.message), problem.kernel_errno};
}

template <typename Wire, typename Item, typename F>
std::vector<Wire> page(const std::vector<Item>& items, std::uint64_t first, F wire_of_item) {
    std::vector<Wire> page;
    std::size_t bytes = 0;
    for (std::size_t i = first; i < items.size() && page.size() < rows_at_once; ++i) {
        Wire wire = wire_of_item(items[i]);
        bytes += size_of(wire);
        if (bytes > bytes_at_once && !page.empty()) {
            break;
        }
        page.push_back(std::move(wire));
    }
    return page;
}

Problems problems_of(const std::vector<WireProblem>& wire) {
    Problems problems;
    for (const WireProblem& problem : wire) {
        const auto& [code, message, kernel_errno] = fields(problem);
        problems.push_back({.code = of_word<ErrorCode>(code).value_or(ErrorCode::invalid),
                            .message = message,
                            .kernel_errno = kernel_errno});
    }
    return problems;
}

WireFrozen wire_of(const Frozen& frozen) {
    return {bus_text(frozen.reason), bus_text(frozen.by), bus_text(frozen.since),
            bus_text(frozen.until)};
}

std::optional<Frozen> frozen_of(const Facts& facts) {
    const auto found = facts.find("frozen");
    if (found == facts.end()) {
        return std::nullopt;
    }
    const auto wire = found->second.get<WireFrozen>();
    const auto& [reason, by, since, until] = fields(wire);
    return Frozen{.reason = reason, .by = by, .since = since, .until = until};
}

HostState state_of(const Facts& facts) {
    return of_word<HostState>(fact<std::string>(facts, "state")).value_or(HostState::unknown);
}

}  // namespace

std::vector<WirePair> wire_of(const std::vector<Override>& overrides) {
    std::vector<WirePair> wire;
    for (const Override& override : overrides) {
        wire.emplace_back(bus_text(override.name), bus_text(override.value));
    }
    return wire;
}

std::vector<Override> overrides_of(const std::vector<WirePair>& wire) {
    std::vector<Override> overrides;
    for (const WirePair& pair : wire) {
        const auto& [name, value] = fields(pair);
        overrides.push_back({.name = name, .value = value});
    }
    return overrides;
}

WireRow wire_of(const Row& row) {
    return {bus_text(row.setting),
            sdbus::make_struct(bus_text(row.target.kind), bus_text(row.target.name)),
            bus_text(row.before),
            bus_text(row.wanted),
            bus_text(row.got),
            std::string(name_of(row.outcome)),
            std::string(name_of(row.impact)),
            sdbus::make_struct(bus_text(row.origin.file), row.origin.line, row.origin.column),
            bus_text(row.message),
            row.is_barred,
            bus_text(row.allow)};
}

Row row_of(const WireRow& wire) {
    const auto& [setting, target, before, wanted, got, outcome, impact, origin, message, barred,
                 allow] = fields(wire);
    const auto& [kind, name] = fields(target);
    const auto& [file, line, column] = fields(origin);
    return {.setting = setting,
            .target = {.kind = kind, .name = name},
            .before = before,
            .wanted = wanted,
            .got = got,
            .outcome = of_word<Outcome>(outcome).value_or(Outcome::not_done),
            .impact = of_word<Impact>(impact).value_or(Impact::none),
            .origin = {.file = file, .line = line, .column = column},
            .message = message,
            .is_barred = barred,
            .allow = allow};
}

std::vector<WireRow> page_of(const std::vector<Row>& rows, std::uint64_t first) {
    return page<WireRow>(rows, first, [](const Row& row) { return wire_of(row); });
}

std::vector<WireProblem> page_of(const Problems& problems, std::uint64_t first) {
    return page<WireProblem>(problems, first, [](const Error& each) { return wire_of(each); });
}

std::vector<std::string> page_of(const std::vector<std::string>& notes, std::uint64_t first) {
    return page<std::string>(notes, first, line_of);
}

std::vector<std::string> page_of(const std::vector<DeviceIdentity>& devices, std::uint64_t first) {
    return page<std::string>(
        devices, first, [](const DeviceIdentity& device) { return bus_text(encoded(device)); });
}

Facts facts_of(const Report& report) {
    return {told("verb", report.verb),
            told("profile", bus_text(report.profile)),
            told("profile_hash", bus_text(report.profile_hash)),
            told("exit", static_cast<std::int32_t>(report.exit)),
            told("state", std::string(name_of(report.state))),
            told("changed", report.changed),
            told("recovered", report.has_recovered),
            told("problems", page_of(report.problems, 0)),
            told("problem_count", std::uint64_t{report.problems.size()}),
            told("notes", page_of(report.notes, 0)),
            told("note_count", std::uint64_t{report.notes.size()}),
            told("devices", page_of(report.devices, 0)),
            told("device_count", std::uint64_t{report.devices.size()}),
            told("rows", std::uint64_t{report.rows.size()})};
}

Facts facts_of(const HostStatus& status) {
    Facts facts = {told("verb", std::string("status")),
                   told("state", std::string(name_of(status.state))),
                   told("profile", bus_text(status.profile)),
                   told("overrides", wire_of(status.overrides)),
                   told("profile_hash", bus_text(status.profile_hash)),
                   told("applied_at", bus_text(status.applied_at)),
                   told("settings_held", std::uint64_t{status.settings_held}),
                   told("applies", std::uint64_t{status.applies}),
                   told("confirm_by", bus_text(status.confirm_by)),
                   told("guarded", status.is_guarded),
                   told("interrupted", bus_text(status.interrupted)),
                   told("notes", page_of(status.notes, 0)),
                   told("note_count", std::uint64_t{status.notes.size()}),
                   told("rows", std::uint64_t{status.rows.size()}),
                   told("left", std::uint64_t{status.left.size()}),
                   told("stranded", std::uint64_t{status.stranded.size()})};
    facts["drifted"] = sdbus::Variant(std::uint64_t{status.drifted.size()});
    if (status.frozen) {
        facts["frozen"] = sdbus::Variant(wire_of(*status.frozen));
    }
    return facts;
}

Report report_of(const Facts& facts) {
    Report report;
    report.verb = fact<std::string>(facts, "verb");
    report.profile = fact<std::string>(facts, "profile");
    report.profile_hash = fact<std::string>(facts, "profile_hash");
    report.exit = static_cast<Exit>(std::clamp(fact<std::int32_t>(facts, "exit"), 0, 7));
    report.state = state_of(facts);
    report.changed = fact<bool>(facts, "changed");
    report.has_recovered = fact<bool>(facts, "recovered");
    report.problems = problems_of(fact<std::vector<WireProblem>>(facts, "problems"));
    report.notes = fact<std::vector<std::string>>(facts, "notes");
    for (const std::string& text : fact<std::vector<std::string>>(facts, "devices")) {
        if (auto device = device_decoded(text)) {
            report.devices.push_back(*std::move(device));
        }
    }
    return report;
}

HostStatus status_of(const Facts& facts) {
    HostStatus status;
    status.state = state_of(facts);
    status.profile = fact<std::string>(facts, "profile");
    status.overrides = overrides_of(fact<std::vector<WirePair>>(facts, "overrides"));
    status.profile_hash = fact<std::string>(facts, "profile_hash");
    status.applied_at = fact<std::string>(facts, "applied_at");
    status.settings_held = fact<std::uint64_t>(facts, "settings_held");
    status.applies = fact<std::uint64_t>(facts, "applies");
    status.confirm_by = fact<std::string>(facts, "confirm_by");
    status.is_guarded = fact<bool>(facts, "guarded");
    status.interrupted = fact<std::string>(facts, "interrupted");
    status.notes = fact<std::vector<std::string>>(facts, "notes");
    status.frozen = frozen_of(facts);
    return status;
}

}  // namespace nanotune::bus
