// Every setting on a host that has them all: found, read, changed, read back, put back.
#include <string>

#include "model/trial_values.hpp"
#include "support/catch.hpp"
#include "support/fake_system.hpp"
#include "support/given.hpp"
#include "support/plugin_files.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

/// Targets that no discovery lists, because only a rule knows which are meant.
struct MeantByRules {
    std::string_view setting;
    Target target;
};
const MeantByRules meant_by_rules[] = {
    {"numa.nodes", Target::nic("eth0")},
    {"process.thread.scheduling", {"thread", "1234/1235:1000"}},
    {"process.thread.cpus", {"thread", "1234/1235:1000"}},
    {"process.thread.timer_slack", {"thread", "1234/1235:1000"}},
    {"process.rlimit.memlock", {"process", "1234:1000"}},
    {"process.rlimit.nofile", {"process", "1234:1000"}},
    {"process.rlimit.rtprio", {"process", "1234:1000"}},
    {"process.rlimit.rttime", {"process", "1234:1000"}},
    {"process.rlimit.nice", {"process", "1234:1000"}},
    {"process.rlimit.nproc", {"process", "1234:1000"}},
    {"process.rlimit.stack", {"process", "1234:1000"}},
    {"process.rlimit.core", {"process", "1234:1000"}},
    {"process.rlimit.msgqueue", {"process", "1234:1000"}},
    {"process.rlimit.sigpending", {"process", "1234:1000"}},
    {"process.cgroup.memory_nodes", {"cgroup", "/sys/fs/cgroup/system.slice/feed.service"}},
    {"process.cgroup.memory_migrate", {"cgroup", "/sys/fs/cgroup/cpuset/legacy"}},
};

const FakeHost& pristine() {
    static const FakeHost host = given::full_host();
    return host;
}

struct Found {
    Target target;
    Value value;
};

Result<Value> read_one(const Bank& bank, System& system, const Target& target,
                       const Tunable& tunable) {
    const Tunable* const wanted[] = {&tunable};
    auto readings = bank.read(system, target, wanted);
    REQUIRE(readings.size() == 1);
    NT_TRY(const Reading reading, std::move(readings.front()));
    return reading.value;
}

Status write_one(const Bank& bank, System& system, const Target& target, const Tunable& tunable,
                 const Value& value) {
    const Assignment assignments[] = {{.tunable = &tunable, .value = value}};
    auto outcomes = bank.write(system, target, assignments);
    REQUIRE(outcomes.size() == 1);
    return outcomes.front();
}

/// The first target that has the setting; otherwise why none has.
Result<Found> found(const std::string& name, const Bank& bank, System& system,
                    const Tunable& tunable) {
    NT_TRY(auto candidates, bank.discovery()(system));
    for (const auto& [setting, target] : meant_by_rules) {
        if (setting == name) {
            candidates.push_back({.target = target});
        }
    }
    std::string reasons = std::to_string(candidates.size()) + " targets";
    for (const Candidate& candidate : candidates) {
        auto value = read_one(bank, system, candidate.target, tunable);
        if (value) {
            return Found{.target = candidate.target, .value = *std::move(value)};
        }
        reasons += "\n  " + candidate.target.text() + ": " + value.error().message;
    }
    return failure(ErrorCode::unsupported, reasons);
}

/// What a trial would give it, too.
std::vector<Value> choices(const Tunable& tunable, const Value& held) {
    const Value now[] = {held};
    const CpuSet two = CpuSet::range(0, 1);
    return trial_values(tunable.domain, now, {.cpus = two, .nodes = two, .queues = two});
}

/// The first other value that the host takes.
Result<Value> changed(const Bank& bank, System& system, const Tunable& tunable, const Found& at) {
    std::string refusals = "no value of " + expectation(tunable.domain);
    for (const Value& value : choices(tunable, at.value)) {
        const Status outcome = write_one(bank, system, at.target, tunable, value);
        if (outcome) {
            return value;
        }
        refusals += "\n  " + printed(tunable.domain, value) + ": " + outcome.error().message;
    }
    return failure(ErrorCode::refused, refusals);
}

void check_contract(const std::string& name, const Bank& bank, const Tunable& tunable) {
    FakeHost host = pristine();
    const FakeHost& before = pristine();
    FakeSystem system(host);

    const auto at = found(name, bank, system, tunable);
    INFO((at ? "on " + at->target.text() + " holds " + printed(tunable.domain, at->value)
             : at.error().message));
    REQUIRE(at);
    CHECK(difference(before, host).empty());
    CHECK(system.writes().empty());
    if (tunable.check_only) {
        return;
    }

    const Status permitted = bank.may_write(system, at->target, tunable);
    INFO((permitted ? "may be written" : permitted.error().message));
    CHECK(permitted);
    CHECK(system.writes().empty());

    const auto value = changed(bank, system, tunable, *at);
    INFO((value ? "now " + printed(tunable.domain, *value) : value.error().message));
    REQUIRE(value);
    const Assignment taken[] = {{.tunable = &tunable, .value = *value}};
    CHECK(bank.may_hold(system, at->target, taken).at(0));
    CHECK_FALSE(host == before);
    const auto again = read_one(bank, system, at->target, tunable);
    INFO((again ? "reads " + printed(tunable.domain, *again) : again.error().message));
    REQUIRE(again);
    CHECK((*again == *value));

    const Status restored = write_one(bank, system, at->target, tunable, at->value);
    INFO((restored ? "put back" : restored.error().message));
    CHECK(restored);
    CHECK(difference(before, host) == no_difference);
}

void check_unprivileged(const std::string& name, const Bank& bank, const Tunable& tunable) {
    FakeHost host = pristine();
    FakeSystem privileged(host);
    const auto at = found(name, bank, privileged, tunable);
    REQUIRE(at);
    FakeHost other = FakeHost(pristine()).unprivileged();
    FakeSystem system(other);
    const Status permitted = bank.may_write(system, at->target, tunable);
    REQUIRE_FALSE(permitted);
    INFO(permitted.error().message);
    CHECK(permitted.error().code == ErrorCode::denied);
    CHECK(permitted.error().message.contains("CAP_"));
    CHECK(system.writes().empty());
}

void check_witness(const std::string& name, const Bank& bank, const Tunable& tunable) {
    FakeHost host = pristine();
    FakeSystem system(host);
    const auto at = found(name, bank, system, tunable);
    REQUIRE(at);
    const auto inquiry = bank.witness(system, at->target, tunable);
    if (!inquiry) {
        CHECK(inquiry.error().code == ErrorCode::unsupported);
        CHECK(inquiry.error().message != inquiry_of(Witness{}, at->target).error().message);
        return;
    }
    REQUIRE_FALSE(inquiry->command.empty());
    for (const std::string& word : inquiry->command) {
        INFO(word);
        CHECK_FALSE(word.empty());
        CHECK(word.find_first_of("{}*?;|&$<>") == std::string::npos);
    }
    CHECK(system.writes().empty());
    CHECK(difference(pristine(), host).empty());
}

template <typename Check>
void for_each_setting(const Check& check) {
    for (const PluginFile& plugin : plugins_of_this_build()) {
        for (const auto& bank : plugin.banks) {
            for (const Tunable* tunable : bank->tunables()) {
                const std::string name = plugin.name + "." + std::string(tunable->name);
                DYNAMIC_SECTION(name) {
                    check(name, *bank, *tunable);
                }
            }
        }
    }
}

}  // namespace

TEST_CASE("every setting reads, changes, reads back and is put back", "[contract]") {
    for_each_setting(check_contract);
}

TEST_CASE("every setting that may not be written names the capability that is missing",
          "[contract]") {
    for_each_setting([](const std::string& name, const Bank& bank, const Tunable& tunable) {
        if (!tunable.check_only) {
            check_unprivileged(name, bank, tunable);
        }
    });
}

TEST_CASE("every setting that is written says which other program tells it, or why none does",
          "[contract]") {
    for_each_setting([](const std::string& name, const Bank& bank, const Tunable& tunable) {
        if (!tunable.check_only) {
            check_witness(name, bank, tunable);
        }
    });
}
