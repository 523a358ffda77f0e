// What the tests of `nanotune prove` measure: a host that is one number.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cli/prove/ablation.hpp"
#include "cli/prove/measure.hpp"
#include "cli/prove/parts.hpp"
#include "cli/prove/proof_text.hpp"
#include "support/catch.hpp"

namespace nanotune::cli::prove::given {

/// A host with one number, which profiles change.
struct Host {
    double number = 100;
    std::vector<std::string> done;

    Under under() {
        return [this](const ProfileRequest& profile,
                      const std::function<Status()>& work) -> std::expected<Applied, Setback> {
            done.push_back("apply " + profile.name);
            const double before = number;
            number += profile.name == "slow" ? 10 : 0;
            const Status worked = work();
            number = before;
            done.emplace_back("rollback");
            if (!worked) {
                return std::unexpected(
                    Setback{.problems = {worked.error()}, .exit = Exit::rolled_back});
            }
            Applied applied;
            applied.apply.changed = true;
            applied.apply.profile = profile.name;
            return applied;
        };
    }
};

/// Samples around the host's number, the same pattern each time.
class Around : public Measure {
  public:
    Around(Host& host, std::size_t count) : host_(host), count_(count) {}
    [[nodiscard]] std::string name() const override { return "number"; }
    [[nodiscard]] std::string unit() const override { return "us"; }
    [[nodiscard]] std::chrono::milliseconds limit() const override { return {}; }
    Result<std::vector<double>> samples(const std::atomic<bool>& /*stop*/) override {
        host_.done.emplace_back("measure");
        if (calls_++ == fails_at) {
            return failure(ErrorCode::io, "the meter is broken");
        }
        std::vector<double> samples;
        samples.reserve(count_);
        for (std::size_t i = 0; i < count_; ++i) {
            samples.push_back(host_.number + static_cast<double>((i * 7 + calls_ * 3) % 5));
        }
        return samples;
    }

    std::size_t fails_at = 1'000'000;

  private:
    Host& host_;
    std::size_t count_;
    std::size_t calls_ = 0;
};

inline ExperimentPlan plan_of(Host& host, const std::vector<std::string>& profiles,
                              std::size_t samples = 300) {
    ExperimentPlan plan;
    plan.conditions.push_back({.name = "before", .profile = {}});
    for (const std::string& profile : profiles) {
        plan.conditions.push_back(
            {.name = profile, .profile = ProfileRequest{.name = profile, .overrides = {}}});
    }
    plan.measures.push_back(std::make_unique<Around>(host, samples));
    plan.rounds = 12;
    plan.seed = 3;
    return plan;
}

inline Proof proof_on(Host& host, const std::vector<std::string>& profiles,
                      const std::vector<TriedPart>& parts = {}, std::size_t samples = 300) {
    const ExperimentPlan plan = plan_of(host, profiles, samples);
    auto seen = observe(plan, host.under());
    REQUIRE(seen.has_value());
    return proof_of(plan, std::move(*seen), parts, 0.95);
}

inline constexpr std::string_view merged = R"([profile]
summary = "a = b"

[cpus]
irq = "auto"  # base.toml:3

[nic.fast]  # feed.toml:4
match = { driver = "ice" }  # feed.toml:5
mtu = 1400  # feed.toml:6
channels.rx = 1  # feed.toml:7

[sysctl]  # feed.toml:9
net.ipv4.tcp_fastopen = 3  # base.toml:10
)";

}  // namespace nanotune::cli::prove::given
