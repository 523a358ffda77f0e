// The shipped profiles do their whole job on a host that has everything they speak of.
#include <algorithm>
#include <fstream>

#include <nanotune/command_line.hpp>

#include "model/profile.hpp"
#include "support/catch.hpp"
#include "support/engine_on.hpp"
#include "support/foretold.hpp"
#include "support/given.hpp"
#include "support/scratch_folder.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

Result<ProfileText> shipped(std::string_view name, std::string_view /*from*/) {
    const std::string file = std::string(name) + ".toml";
    std::ifstream stream(NANOTUNE_TEST_PROFILES "/" + file);
    if (!stream) {
        return failure(ErrorCode::not_found, "no shipped profile " + file);
    }
    return ProfileText{.file = file, .text = {std::istreambuf_iterator<char>(stream), {}}};
}

Checked<ResolvedProfile> profile(const EngineOn& engine, const std::string& name) {
    auto loaded = loaded_profile(name, shipped, {{.name = "feeds", .value = "eth0"}});
    if (!loaded) {
        return std::unexpected(std::move(loaded).error());
    }
    return resolved(*loaded, engine.catalog());
}

std::string text_of(const Problems& problems) {
    std::string text;
    for (const Error& problem : problems) {
        text += problem.message + "\n";
    }
    return text;
}

/// Without interrupts: how many a driver asks for is known once its queues are changed.
Report known(Report report) {
    std::erase_if(report.rows, [](const Row& row) { return row.target.kind == "irq"; });
    return report;
}

/// All but checks of what only a boot or a cable can change.
bool is_reached(const Report& report) {
    return report.exit == Exit::as_wanted || report.exit == Exit::reboot_needed;
}

}  // namespace

TEST_CASE("each shipped profile applies, verifies, applies again without a write, and goes back",
          "[engine][shipped]") {
    for (const std::string name :
         {"base", "low-latency", "hft", "throughput", "realtime", "cpu-partitioning"}) {
        DYNAMIC_SECTION(name) {
            FakeHost host = given::full_host();
            const FakeHost before = host;
            const ScratchFolder folder;
            EngineOn engine(host, folder.path());
            const auto wanted = profile(engine, name);
            INFO((wanted ? "" : text_of(wanted.error())));
            REQUIRE(wanted);

            const Report planned = engine.engine().planned(*wanted);
            const Report applied = engine.engine().apply(*wanted, apply_request());
            INFO(text_of(applied));
            REQUIRE(is_reached(applied));
            CHECK(applied.changed);
            CHECK(rows_changed(known(applied)) == rows_with(known(planned), Outcome::not_done));
            CHECK_FALSE(std::ranges::any_of(applied.rows, [](const Row& row) {
                return row.outcome == Outcome::refused || row.outcome == Outcome::not_done;
            }));
            const Report verified = engine.engine().verify(&*wanted);
            INFO(text_of(verified));
            CHECK(is_reached(verified));
            CHECK(is_reached(engine.verify()));

            const auto writes = engine.system().writes().size();
            const Report again = engine.engine().apply(*wanted, apply_request());
            INFO(text_of(again));
            CHECK(is_reached(again));
            CHECK_FALSE(again.changed);
            CHECK(engine.system().writes().size() == writes);

            const Report back = engine.rollback();
            INFO(text_of(back));
            CHECK(back.exit == Exit::as_wanted);
            CHECK(difference(before, host) == no_difference);
        }
    }
}

TEST_CASE("a host that was booted with the line of hft-boot needs no other boot",
          "[engine][shipped]") {
    for (const unsigned cores : {1U, 2U, 8U}) {
        DYNAMIC_SECTION(cores << " CPUs") {
            FakeHost host =
                given::host().with_cpus({.cores = cores}).with("/proc/cmdline", "quiet");
            const ScratchFolder folder;
            EngineOn engine(host, folder.path());
            auto wanted = profile(engine, "hft-boot");
            REQUIRE(wanted);
            std::erase_if(wanted->sections, [](const ResolvedSection& section) {
                return section.plugin->name != "boot";
            });
            CHECK(engine.engine().planned(*wanted).exit == Exit::reboot_needed);

            const auto plan = engine.engine().plan(*wanted);
            REQUIRE(plan);
            std::vector<WantedParameter> parameters;
            for (const Change& change : plan->changes) {
                parameters.push_back(
                    parameter_of(*change.desired.setting.tunable, change.desired.value));
            }
            host.with("/proc/cmdline", CommandLine::from("quiet").merged(parameters).text());
            const Report booted = engine.engine().planned(*wanted);
            INFO(host.text("/proc/cmdline") << "\n" << text_of(booted));
            CHECK(booted.exit == Exit::as_wanted);
        }
    }
}

TEST_CASE("one shipped profile after another returns what only the first one named",
          "[engine][shipped]") {
    FakeHost host = given::full_host();
    const FakeHost before = host;
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());
    for (const char* name : {"hft", "throughput", "base"}) {
        const auto wanted = profile(engine, name);
        REQUIRE(wanted);
        const Report report = engine.engine().apply(*wanted, apply_request());
        INFO(text_of(report));
        CHECK(is_reached(report));
    }
    FakeHost fresh = given::full_host();
    const ScratchFolder other_folder;
    EngineOn other(fresh, other_folder.path());
    REQUIRE(is_reached(other.engine().apply(*profile(other, "base"), apply_request())));
    CHECK(difference(fresh, host) == no_difference);

    const Report back = engine.rollback_all();
    INFO(text_of(back));
    CHECK(back.exit == Exit::as_wanted);
    CHECK(difference(before, host) == no_difference);
}
