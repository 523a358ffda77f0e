// `nanotune prove`: what it does to the host.
#include <algorithm>
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
#include "prove_given.hpp"
#include "support/catch.hpp"

using namespace nanotune;
using namespace nanotune::cli;
using namespace nanotune::cli::prove;
using namespace nanotune::cli::prove::given;
using namespace nanotune::test;
using nanotune::test::Contains;

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

TEST_CASE("too few rounds for the figures are refused before anything is touched", "[cli][prove]") {
    Answers answers;
    const Printed printed =
        test::nanotune(answers, {"prove", "feed", "--measure", "echo 1", "--rounds", "5"});
    CHECK(printed.status == 1);
    CHECK_THAT(printed.error, Contains("take 7 rounds"));
    CHECK(answers.calls.empty());
}
