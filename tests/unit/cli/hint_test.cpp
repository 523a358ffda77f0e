// Commands to paste stay whole where a terminal is narrow.
#include "cli/hint.hpp"

#include <algorithm>

#include "cli/text.hpp"
#include "fake_service.hpp"
#include "support/catch.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

const std::string command =
    "/home/op/nanotune/build/bin/nanotune apply './my hft.toml' --set feeds=eth3 --allow "
    "drops,bounces,moves --state-dir '/home/op/my state' --plugin-dir /p";

/// What a shell makes of lines that end with a backslash.
std::string joined_by_shell(const std::vector<std::string>& lines) {
    std::string text;
    for (std::string line : lines) {
        line.erase(0, line.find_first_not_of(' '));
        const bool goes_on = line.ends_with(" \\");
        text += goes_on ? line.substr(0, line.size() - 1) : line;
    }
    return text;
}

}  // namespace

TEST_CASE("a command that is too long goes on in further lines, which a shell takes as one",
          "[cli][hint]") {
    const std::size_t width = GENERATE(60U, 78U, 100U, 140U);
    const auto lines = cli::pasteable(command, width);
    CHECK(lines.size() > 1);
    for (const std::string& line : lines) {
        INFO(line);
        CHECK(cli::columns_of(line) <= width);
    }
    CHECK(joined_by_shell(lines) == command);
}

TEST_CASE("an option and its value stay together, and so does what is quoted", "[cli][hint]") {
    const auto lines = cli::pasteable(command, 40);
    CHECK(std::ranges::find(lines, "  --state-dir '/home/op/my state' \\") != lines.end());
    CHECK(joined_by_shell(lines) == command);
}

TEST_CASE("a command that fits, or goes where no width is, is one line", "[cli][hint]") {
    CHECK(cli::pasteable(command, 0) == std::vector<std::string>{command});
    CHECK(cli::pasteable(command, 500) == std::vector<std::string>{command});
}

TEST_CASE("hints and what status advises fit a terminal of 80 columns", "[cli][hint]") {
    Answers answers;
    answers.plan.exit = Exit::differs;
    answers.plan.rows = {row("nic.mtu", Target::nic("eth0"), "1500", "9000", Outcome::not_done)};
    answers.plan.rows[0].allow = "drops,management";
    answers.status.state = HostState::tuned;
    answers.status.rows = answers.plan.rows;
    answers.keys.emplace_back();
    answers.keys[0].name = "nic.mtu";
    answers.keys[0].summary = "Bytes in the largest packet.";
    cli::Surroundings surroundings;
    surroundings.called = "/home/op/nanotune/build/release/bin/nanotune";
    surroundings.width = 80;
    surroundings.out_is_terminal = true;
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{"plan", "hft"}, {"status"}, {"list"}, {"version"}, {"--help"}}) {
        std::vector<std::string> all = words;
        all.insert(all.end(), {"--state-dir", "/home/op/nanotune/state", "--colour", "never"});
        std::string out = nanotune::test::nanotune(answers, all, surroundings).out;
        INFO(out);
        while (!out.empty()) {
            const std::size_t end = out.find('\n');
            CHECK(cli::columns_of(out.substr(0, end)) <= 80);
            out.erase(0, end + 1);
        }
    }
}
