// `nanotune prove`: what it does to the host, and what it says.
#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cmath>
#include <fstream>
#include <string>
#include <thread>

#include <nlohmann/json.hpp>

#include "cli/prove/ablation.hpp"
#include "cli/prove/measure.hpp"
#include "cli/prove/parts.hpp"
#include "cli/prove/proof_text.hpp"
#include "fake_service.hpp"
#include "support/catch.hpp"

using namespace nanotune;
using namespace nanotune::cli;
using namespace nanotune::cli::prove;
using namespace nanotune::test;
using nanotune::test::Contains;

namespace {

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

ExperimentPlan plan_of(Host& host, const std::vector<std::string>& profiles,
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

Proof proof_on(Host& host, const std::vector<std::string>& profiles,
               const std::vector<TriedPart>& parts = {}, std::size_t samples = 300) {
    const ExperimentPlan plan = plan_of(host, profiles, samples);
    auto seen = observe(plan, host.under());
    REQUIRE(seen.has_value());
    return proof_of(plan, std::move(*seen), parts, 0.95);
}

constexpr std::string_view merged = R"([profile]
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

}  // namespace

TEST_CASE("each condition is measured once a round, and every apply is rolled back",
          "[cli][prove]") {
    Host host;
    const ExperimentPlan plan = plan_of(host, {"slow"});
    const auto seen = observe(plan, host.under());
    REQUIRE(seen.has_value());
    CHECK(std::ranges::count(host.done, "measure") == 24);
    CHECK(std::ranges::count(host.done, "apply slow") == 12);
    CHECK(std::ranges::count(host.done, "rollback") == 12);
    for (std::size_t at = 0; at < host.done.size(); ++at) {
        if (host.done[at] == "apply slow") {
            CHECK(host.done[at + 1] == "measure");
            CHECK(host.done[at + 2] == "rollback");
        }
    }
    const auto first = static_cast<std::size_t>(
        std::ranges::count_if(seen->orders, [](const auto& order) { return order.front() == 0; }));
    CHECK(first > 0);
    CHECK(first < 12);
}

TEST_CASE("a planted slow-down is told with its size", "[cli][prove]") {
    Host host;
    const Proof proof = proof_on(host, {"slow"});
    REQUIRE(proof.measures.size() == 1);
    const auto& comparisons = proof.measures.front().comparisons;
    REQUIRE(comparisons.size() == 2);  // 300 samples have a p99, and no p99.9
    for (const Comparison& one : comparisons) {
        CHECK(one.is_difference());
        CHECK(std::abs(one.difference.estimate - 10) < 1);
    }
    CHECK(difference_words(comparisons.front(), "us", false) == "+10 us (+9.8%), worse");
    CHECK(verdict_words(proof) == "slow makes a difference: 2 of 2 figures are worse.");
}

TEST_CASE("a profile that makes none is said to make no difference", "[cli][prove]") {
    Host host;
    const Proof proof = proof_on(host, {"same"});
    CHECK(tally_of(proof).same == 2);
    CHECK(difference_words(proof.measures.front().comparisons.front(), "us", false) ==
          "no difference");
    CHECK_THAT(verdict_words(proof), Contains("same makes no difference that 12 rounds"));
    CHECK(nlohmann::json::parse(prove::json_of(proof)).at("is_difference") == false);
}

TEST_CASE("of few samples no far quantile is told", "[cli][prove]") {
    Host host;
    CHECK(proof_on(host, {"slow"}, {}, 20).measures.front().comparisons.size() == 1);
}

TEST_CASE("the line without which it differs most is ranked first", "[cli][prove]") {
    Host host;
    const Proof proof = proof_on(
        host, {"same", "other", "slow"},
        {{.part = "a: x = 1", .origin = "p.toml:1"}, {.part = "b: y = 2", .origin = "p.toml:2"}});
    REQUIRE(proof.left_out.size() == 2);
    CHECK(proof.left_out.front().part == "b: y = 2");
    CHECK(proof.left_out.front().measures.front().comparisons.front().is_difference());
    CHECK_FALSE(proof.left_out.back().measures.front().comparisons.front().is_difference());
    CHECK(proof.comparisons == 6);
    const auto json = nlohmann::json::parse(prove::json_of(proof));
    CHECK(json.at("left_out").at(0).at("origin") == "p.toml:2");
}

TEST_CASE("a measurement that fails before anything was applied has touched nothing",
          "[cli][prove]") {
    Host host;
    ExperimentPlan plan = plan_of(host, {"slow"});
    auto meter = std::make_unique<Around>(host, 10);
    meter->fails_at = 0;
    plan.measures.front() = std::move(meter);
    plan.seed = 1;
    while (Lot(plan.seed).order(2).front() != 0) {
        ++plan.seed;
    }
    const auto seen = observe(plan, host.under());
    REQUIRE_FALSE(seen.has_value());
    CHECK(seen.error().exit == Exit::refused);
    CHECK(host.done == std::vector<std::string>{"measure"});
}

TEST_CASE("a measurement that fails later ends rolled back", "[cli][prove]") {
    Host host;
    ExperimentPlan plan = plan_of(host, {"slow"});
    auto meter = std::make_unique<Around>(host, 10);
    meter->fails_at = 5;
    plan.measures.front() = std::move(meter);
    const auto seen = observe(plan, host.under());
    REQUIRE_FALSE(seen.has_value());
    CHECK(seen.error().exit == Exit::rolled_back);
    CHECK_THAT(seen.error().problems.front().message, Contains("the meter is broken"));
    CHECK(std::ranges::count(host.done, "apply slow") == std::ranges::count(host.done, "rollback"));
}

TEST_CASE("every setting of a merged profile can be left out, and what selects cannot",
          "[cli][prove]") {
    const std::vector<Part> parts = parts_of(merged);
    REQUIRE(parts.size() == 3);
    CHECK(parts[0].name == "nic.fast: mtu = 1400");
    CHECK(parts[0].origin == "feed.toml:6");
    CHECK_FALSE(parts[0].without.contains("mtu"));
    CHECK(parts[0].without.contains("channels.rx = 1"));
    CHECK(parts[2].name == "sysctl: net.ipv4.tcp_fastopen = 3");
    CHECK(parts[2].without.size() ==
          merged.size() - std::string_view("net.ipv4.tcp_fastopen = 3  # base.toml:10\n").size());
}

TEST_CASE("a program's numbers stand one in a line", "[cli][prove]") {
    CHECK(numbers_of("1\n 2.5 \n\n-3e2\r\n4") == std::vector<double>{1, 2.5, -300, 4});
    CHECK_THAT(numbers_of("1\ntwo\n").error().message, Contains("\"two\""));
    CHECK_THAT(numbers_of("nan\n").error().message, Contains("\"nan\""));
    CHECK_THAT(numbers_of("1 2\n").error().message, Contains("\"1 2\""));
    CHECK_THAT(numbers_of("\n").error().message, Contains("no number"));
}

TEST_CASE("what a measured program leaves behind ends with it", "[cli][prove]") {
    const auto measure = program_samples({.command = "sleep 600 >/dev/null 2>&1 & echo $!",
                                          .unit = {},
                                          .folder = "/",
                                          .limit = std::chrono::minutes(1)});
    const std::atomic<bool> stop = false;
    const auto left = measure->samples(stop);
    REQUIRE(left);
    REQUIRE(left->size() == 1);
    const auto has_ended = [process = static_cast<long>(left->front())] {
        std::ifstream file("/proc/" + std::to_string(process) + "/stat");
        std::string text;
        std::getline(file, text);
        return text.empty() || text.substr(text.rfind(')') + 2, 1) == "Z";
    };
    for (int tries = 0; tries < 500 && !has_ended(); ++tries) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    CHECK(has_ended());
}

TEST_CASE("the page is one file, and carries its plots", "[cli][prove]") {
    Host host;
    const Proof proof = proof_on(host, {"slow"});
    const std::string page = prove::html_of(proof);
    CHECK(is_proof_page(page));
    CHECK(page.contains("<svg"));
    CHECK(page.contains("+10 us (+9.8%), worse"));
    for (const char* fetched :
         {"<script", "http://", "https://", "url(", "src=", "nan,", ",nan", "inf,", ",inf"}) {
        CHECK_FALSE(page.contains(fetched));
    }
}

TEST_CASE("what stands at the axes of a plot stands within it, whatever the unit", "[cli][prove]") {
    Host host;
    Proof proof = proof_on(host, {"slow"});
    for (const std::string unit : {"us", "requests/s"}) {
        CAPTURE(unit);
        proof.measures.front().unit = unit;
        const std::string page = prove::html_of(proof);
        CHECK(page.contains("The median of each round, in requests/s") == (unit != "us"));
        std::size_t seen = 0;
        for (std::size_t at = page.find("<text x="); at != std::string::npos;
             at = page.find("<text x=", at + 1)) {
            const std::string text = page.substr(at, page.find("</text>", at) - at);
            const double x = std::stod(text.substr(9));
            const double wide = 5.6 * static_cast<double>(text.size() - text.find('>') - 1);
            INFO(text);
            if (text.contains("\"end\"") && x < 60) {
                CHECK(wide <= x);
                ++seen;
            } else if (text.contains("\"middle\"") && x > 300 && x <= 420) {
                CHECK(x + wide / 2 <= 420.1);
                ++seen;
            }
        }
        CHECK(seen > 3);
    }
}

TEST_CASE("a single figure is told as one", "[cli][prove]") {
    Host host;
    Proof proof = proof_on(host, {"slow"});
    proof.measures.front().comparisons.resize(1);
    CHECK(verdict_words(proof).ends_with("1 of 1 figure is worse."));
}

TEST_CASE("a page and a document say when and where, and a page that was not written is no success",
          "[cli][prove]") {
    Host host;
    Proof proof = proof_on(host, {"slow"});
    proof.at = "2026-11-29T17:00:00Z";
    proof.host = "colo-7";
    proof.kernel = "6.1.0";
    CHECK(prove::html_of(proof).contains(" on colo-7 (Linux 6.1.0), 2026-11-29T17:00:00Z</small>"));
    const Error full{.code = ErrorCode::io, .message = "write a.html: No space left"};
    const auto json = nlohmann::json::parse(prove::json_of(proof, {full}, 1));
    CHECK(json.at("exit") == 1);
    CHECK(json.at("problems").at(0).at("message") == "write a.html: No space left");
    CHECK(json.at("host") == "colo-7");
    CHECK(json.at("at") == "2026-11-29T17:00:00Z");
}

TEST_CASE("what is worse is not painted as what is better, and which that is the operator says",
          "[cli][prove]") {
    Host host;
    Proof proof = proof_on(host, {"slow"});
    const auto page = [&proof] { return prove::html_of(proof); };
    for (const char* painted :
         {"<td class=\"worse\"", "<line class=\"worse\"", "<circle class=\"worse\""}) {
        CHECK(page().contains(painted));
    }
    CHECK_FALSE(page().contains("class=\"better\""));
    proof.higher_is_better = true;
    CHECK(page().contains("<line class=\"better\""));
    CHECK(page().contains("+10 us (+9.8%), better"));
    CHECK_FALSE(page().contains("class=\"worse\""));
    const auto json = nlohmann::json::parse(prove::json_of(proof));
    CHECK(json.at("measures").at(0).at("figures").at(0).at("effect") == "better");
}

TEST_CASE("too few rounds for the figures are refused before anything is touched", "[cli][prove]") {
    Answers answers;
    const Printed printed =
        test::nanotune(answers, {"prove", "feed", "--measure", "echo 1", "--rounds", "5"});
    CHECK(printed.status == 1);
    CHECK_THAT(printed.error, Contains("take 7 rounds"));
    CHECK(answers.calls.empty());
}
