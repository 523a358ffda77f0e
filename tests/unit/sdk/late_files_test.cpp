// Files that take a value over later, refuse it at first, or must not have it.
#include <cerrno>
#include <chrono>
#include <thread>

#include <nanotune/discover.hpp>
#include <nanotune/ethtool_bank.hpp>
#include <nanotune/file_bank.hpp>

#include "banks_given.hpp"
#include "support/catch.hpp"
#include "support/fake_system.hpp"
#include "support/given.hpp"

using namespace nanotune;
using namespace nanotune::test;
using namespace nanotune::test::banks;

namespace {

constexpr FileRow settling[] = {
    {.tunable = {.name = "max", .domain = integer(0, 5'000'000)},
     .path = "/sys/policy{}/max",
     .settles = true,
     .least = "/sys/policy{}/lowest",
     .most = "/sys/policy{}/highest"},
};

constexpr FileRow perilous[] = {
    {.tunable = {.name = "runtime", .domain = integer(0, 5'000'000)},
     .path = "/sys/server",
     .forbidden = {.by = "/proc/sys/panics", .why = "it would end"}},
};

constexpr int never = -1000;

// Files whose values are taken over a moment after they were written: so many reads later. With
// `never` their driver is not at work.
class LateFiles final : public Files {
  public:
    /// Until then they are `meanwhile`, if that is something.
    LateFiles(Files& files, int reads, std::string meanwhile, std::chrono::milliseconds each)
        : files_(&files), reads_(reads), meanwhile_(std::move(meanwhile)), each_(each) {}

    Result<std::string> read(const std::string& path) override {
        std::this_thread::sleep_for(each_);
        if (reads_ == never && pending_.empty()) {
            return kernel_failure("read " + path, EAGAIN);
        }
        asked_ += pending_.empty() ? 0 : 1;
        if (!pending_.empty() && reads_-- == 0) {
            NT_CHECK(files_->write(path, pending_));
            pending_.clear();
        }
        if (!pending_.empty() && !meanwhile_.empty() && files_->exists(path)) {
            return meanwhile_;
        }
        return files_->read(path);
    }
    Status write(const std::string& /*path*/, std::string_view text) override {
        pending_ = text;
        return {};
    }
    Result<std::vector<std::string>> list(const std::string& folder) override {
        return files_->list(folder);
    }
    Result<std::string> link_name(const std::string& path) override {
        return files_->link_name(path);
    }
    Result<std::string> resolved(const std::string& path) override {
        return files_->resolved(path);
    }
    bool exists(const std::string& path) override { return files_->exists(path); }
    Status may_write(const std::string& path) override { return files_->may_write(path); }

    /// How often what is pending was asked for.
    [[nodiscard]] int reads() const { return asked_; }

  private:
    Files* files_;
    int reads_;
    int asked_ = 0;
    std::string pending_;
    std::string meanwhile_;
    std::chrono::milliseconds each_;  // that a read takes, as on a busy machine
};

class LateSystem final : public System {
  public:
    LateSystem(System& system, int reads, std::string meanwhile = {},
               std::chrono::milliseconds each = {})
        : system_(&system), files_(system.files(), reads, std::move(meanwhile), each) {}
    [[nodiscard]] int reads() const { return files_.reads(); }

    Files& files() override { return files_; }
    Ethtool& ethtool() override { return system_->ethtool(); }
    Links& links() override { return system_->links(); }
    Tasks& tasks() override { return system_->tasks(); }
    Devlink& devlink() override { return system_->devlink(); }
    [[nodiscard]] bool has(Capability capability) const override {
        return system_->has(capability);
    }
    [[nodiscard]] std::string session_address() const override {
        return system_->session_address();
    }

  private:
    System* system_;
    LateFiles files_;
};

// A driver that keeps the minimum below the maximum.
FakeHost host_with_limits() {
    FakeHost host = given::host().with("/sys/policy0/min", "800").with("/sys/policy0/max", "1600");
    host.check("/sys/policy0/min", [](const Cells& cells, const Write& write) {
        const bool fits = number_of(cells, "/sys/policy0/max") >= std::stol(write.text);
        return fits ? std::optional<Refusal>() : Refusal{.error = EINVAL};
    });
    return host;
}

}  // namespace

TEST_CASE("a file whose driver is not at work is a setting that the target lacks", "[banks]") {
    FakeHost host = host_with_limits();
    FakeSystem system(host);
    LateSystem idle(system, never);
    const auto reading = frequency_bank().read(idle, policy, frequency_bank().tunables()).at(0);
    REQUIRE_FALSE(reading);
    CHECK(reading.error().code == ErrorCode::unsupported);
    CHECK(reading.error().message.contains("/sys/policy0/min"));
}

TEST_CASE("a write that another one makes possible is tried once more", "[banks]") {
    FakeHost host = host_with_limits();
    FakeSystem system(host);
    const Assignment assignments[] = {{&frequencies[0].tunable, Value(std::int64_t{2400})},
                                      {&frequencies[1].tunable, Value(std::int64_t{3200})}};
    const auto outcomes = frequency_bank().write(system, policy, assignments);
    CHECK(outcomes.at(0));
    CHECK(outcomes.at(1));
    CHECK(host.text("/sys/policy0/min") == "2400");
    CHECK(host.text("/sys/policy0/max") == "3200");
    CHECK(system.writes().size() == 3);
}

TEST_CASE("a write of what the kernel takes over later waits for it", "[banks]") {
    FakeHost host = host_with_limits();
    FakeSystem system(host);
    LateSystem late(system, 3);
    const FileBank bank{settling, anywhere};
    const Assignment maximum[] = {{&settling[0].tunable, Value(std::int64_t{3200})}};
    CHECK(bank.write(late, policy, maximum).at(0));
    CHECK(host.text("/sys/policy0/max") == "3200");
}

TEST_CASE("a write that stands at another limit for a moment waits until it is taken over",
          "[banks]") {
    FakeHost host = host_with_limits();
    FakeSystem system(host);
    LateSystem late(system, 5, "2000", std::chrono::milliseconds(GENERATE(0, 30)));
    const FileBank bank{settling, anywhere};
    const Assignment maximum[] = {{&settling[0].tunable, Value(std::int64_t{3200})}};
    CHECK(bank.write(late, policy, maximum).at(0));
    CHECK(host.text("/sys/policy0/max") == "3200");
}

TEST_CASE("a write that the driver rounds is waited for until it stays", "[banks]") {
    FakeHost host = host_with_limits();
    FakeSystem system(host);
    LateSystem late(system, 1'000'000, "3100");
    const FileBank bank{settling, anywhere};
    const Assignment maximum[] = {{&settling[0].tunable, Value(std::int64_t{3200})}};
    CHECK(bank.write(late, policy, maximum).at(0));
    CHECK(late.reads() < 50);
}

TEST_CASE("a write that is never taken over is waited for no longer than a moment", "[banks]") {
    FakeHost host = host_with_limits();
    FakeSystem system(host);
    LateSystem late(system, 1'000'000);
    const FileBank bank{settling, anywhere};
    const Assignment maximum[] = {{&settling[0].tunable, Value(std::int64_t{3200})}};
    CHECK(bank.write(late, policy, maximum).at(0));
    CHECK(host.text("/sys/policy0/max") == "1600");
}

TEST_CASE("a limit that the kernel clamps to what it was already is not waited for", "[banks]") {
    const auto [was, wanted] = GENERATE(table<std::string, std::int64_t>({
        {"1600", 3200},  // the highest already
        {"800", 400},    // the lowest
    }));
    FakeHost host = host_with_limits()
                        .with("/sys/policy0/lowest", "800")
                        .with("/sys/policy0/highest", "1600")
                        .with("/sys/policy0/max", was);
    FakeSystem system(host);
    LateSystem late(system, 1'000'000);
    const FileBank bank{settling, anywhere};
    const Assignment maximum[] = {{&settling[0].tunable, Value(wanted)}};
    CHECK(bank.write(late, policy, maximum).at(0));
    CHECK(late.reads() < 5);
}

TEST_CASE("a write that stays refused is tried twice at most and keeps its error", "[banks]") {
    FakeHost host = host_with_limits();
    FakeSystem system(host);
    const Assignment assignments[] = {{&frequencies[0].tunable, Value(std::int64_t{2400})},
                                      {&frequencies[1].tunable, Value(std::int64_t{2000})}};
    const auto outcomes = frequency_bank().write(system, policy, assignments);
    CHECK(outcomes.at(0).error().code == ErrorCode::refused);
    CHECK(outcomes.at(1));
    CHECK(host.text("/sys/policy0/min") == "800");
    CHECK(system.writes().size() == 3);
}

TEST_CASE("a write that another file forbids is told of beforehand, and never tried", "[banks]") {
    FakeHost host = given::host().with("/sys/server", "800").with("/proc/sys/panics", "1");
    FakeSystem system(host);
    const FileBank bank{perilous, anywhere};
    const Assignment wanted[] = {{&perilous[0].tunable, std::int64_t{900}}};
    const Target server{"host", ""};

    const Status told = bank.may_hold(system, server, wanted).at(0);
    REQUIRE_FALSE(told);
    CHECK(told.error().message == "/proc/sys/panics is 1: it would end");
    CHECK_FALSE(bank.write(system, server, wanted).at(0));
    CHECK(host.cells.at("/sys/server") == "800");
    CHECK(bank.read(system, server, bank.tunables()).at(0));

    host.with("/proc/sys/panics", "0");
    CHECK(bank.may_hold(system, server, wanted).at(0));
    CHECK(bank.write(system, server, wanted).at(0));
    CHECK(host.cells.at("/sys/server") == "900");
}

TEST_CASE("a file of a mount that is read-only is denied before it is tried", "[banks]") {
    FakeHost host = given::host().with("/sys/policy0/min", "800").read_only("/sys/policy0/min");
    FakeSystem system(host);
    const auto allowed = frequency_bank().may_write(system, policy, frequencies[0].tunable);
    REQUIRE_FALSE(allowed);
    CHECK(allowed.error().code == ErrorCode::denied);
    CHECK(system.writes().empty());
}
