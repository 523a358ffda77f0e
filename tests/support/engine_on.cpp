// Wiring of an engine for tests.
#include "support/engine_on.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "model/profile.hpp"
#include "support/given.hpp"
#include "support/plugin_files.hpp"

namespace nanotune::test {

namespace {

Catalog catalog_of_this_build(std::string_view without) {
    Catalog catalog;
    for (PluginFile& file : plugins_of_this_build()) {
        if (file.name == without) {
            continue;
        }
        Plugin plugin;
        plugin.name = file.name;
        plugin.summary = file.summary;
        plugin.file = file.file;
        plugin.selector = file.selector;
        plugin.banks = std::move(file.banks);
        plugin.rules = std::move(file.rules);
        if (!catalog.add(std::move(plugin))) {
            std::abort();
        }
    }
    return catalog;
}

constexpr Consent everything = {
    .drops = true, .bounces = true, .moves = true, .clock = true, .management = true};

Report refused(std::string_view verb, Problems problems) {
    Report report;
    report.verb = verb;
    report.problems = std::move(problems);
    report.exit = Exit::refused;
    return report;
}

}  // namespace

ApplyRequest apply_request() {
    ApplyRequest request;
    request.consent = everything;
    request.timeout = std::chrono::seconds(10);
    return request;
}

RollbackRequest rollback_request() {
    RollbackRequest request;
    request.consent = everything;
    request.timeout = std::chrono::seconds(10);
    return request;
}

EngineOn::EngineOn(FakeHost& host, std::string state_folder, Identity identity,
                   std::chrono::milliseconds lock_patience, std::string_view without)
    : catalog_(catalog_of_this_build(without)),
      state_(std::move(state_folder), std::move(identity),
             [this](const DeviceIdentity& device) { return removed_.contains(device.index); }),
      system_(host),
      time_(std::make_shared<KernelTime>(system_)),
      engine_(EngineParts{.catalog = catalog_,
                          .state = state_,
                          .systems = [this] { return system_.another(); },
                          .now = [this] { return now_; },
                          .command = "test",
                          .lock_patience = lock_patience,
                          .looking_time = std::chrono::milliseconds(600),
                          .least_undo_time = std::chrono::milliseconds(800),
                          .carrier_patience = std::chrono::milliseconds(400),
                          .clock = time_,
                          .cancelled = &cancelled_,
                          .may_write = [this] { return may_write_; },
                          .daemon = [this] { return daemon_; }}) {}

Checked<ResolvedProfile> EngineOn::resolved(std::string_view profile) {
    const ProfileSource source = [&](std::string_view, std::string_view) -> Result<ProfileText> {
        return ProfileText{.file = "test.toml", .text = std::string(profile)};
    };
    auto loaded = loaded_profile("test", source, {});
    if (!loaded) {
        return std::unexpected(std::move(loaded).error());
    }
    PartlyResolved part = partly_resolved(*loaded, catalog_);
    return part.problems.empty()
               ? Checked<ResolvedProfile>(std::move(part.profile))
               : std::unexpected(engine_.all_problems(part.profile, std::move(part.problems)));
}

Report EngineOn::apply(std::string_view profile, const ApplyRequest& request) {
    auto known = resolved(profile);
    return known ? engine_.apply(*known, request) : refused("apply", std::move(known).error());
}

Report EngineOn::planned(std::string_view profile) {
    auto known = resolved(profile);
    return known ? engine_.planned(*known) : refused("plan", std::move(known).error());
}

Report EngineOn::verify(std::string_view profile) {
    auto known = resolved(profile);
    return known ? engine_.verify(&*known) : refused("verify", std::move(known).error());
}

Report EngineOn::rollback(const RollbackRequest& request) {
    return engine_.rollback(request);
}

Report EngineOn::rollback_all() {
    RollbackRequest request = rollback_request();
    request.all = true;
    return engine_.rollback(request);
}

PlainScene::PlainScene() : Scene(given::plain_host()) {}

Row row_at(const Report& report, std::string_view setting, const Target& target) {
    const auto found = std::ranges::find_if(report.rows, [&](const Row& row) {
        return row.setting == setting && row.target == target;
    });
    if (found != report.rows.end()) {
        return *found;
    }
    Row none;
    none.setting = "none";
    return none;
}

std::string text_of(const Report& report) {
    std::string text = report.verb + ": exit " + std::to_string(static_cast<int>(report.exit)) +
                       ", " + std::string(name_of(report.state)) +
                       (report.changed ? ", changed\n" : "\n");
    for (const Row& row : report.rows) {
        text += "  " + row.setting + " on " + row.target.text() + ": " + row.before + " -> " +
                row.wanted + ", got " + row.got + ": " + std::string(name_of(row.outcome)) + " " +
                row.message + "\n";
    }
    for (const Error& problem : report.problems) {
        text += "  problem: " + problem.message + "\n";
    }
    for (const std::string& note : report.notes) {
        text += "  note: " + note + "\n";
    }
    return text;
}

}  // namespace nanotune::test
