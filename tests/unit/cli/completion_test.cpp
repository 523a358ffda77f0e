// What may come next, as the tables of verbs and options have it.
#include "cli/completion/completion.hpp"

#include <algorithm>

#include "support/catch.hpp"

using namespace nanotune::cli;

namespace {

std::vector<std::string> texts(const Completion& completion) {
    std::vector<std::string> all;
    for (const CompletionWord& each : completion.words) {
        all.push_back(each.word);
    }
    std::ranges::sort(all);
    return all;
}

/// On an installation with two profiles, settings, plugins and devices; `asked` counts who wants to
/// know.
struct Installation {
    int asked = 0;

    Completion completed(const std::vector<std::string>& words) {
        const auto told = [this](const std::vector<CompletionWord>& all) {
            return [this, all] {
                ++asked;
                return all;
            };
        };
        return completion_of(words, {.profiles = told({{"feed", "in /etc"}, {"hft", "in /usr"}}),
                                     .settings = told({{"nic.mtu", {}}, {"nic.wol", {}}}),
                                     .plugins = told({{"irq", {}}, {"nic", {}}}),
                                     .devices = told({{"eth0", {}}, {"eth1", {}}}),
                                     .tuned_profiles = told({{"balanced", {}}, {"realtime", {}}}),
                                     .datapaths = told({{"orders", "runs"}, {"quotes", {}}})});
    }
    std::vector<std::string> offered(const std::vector<std::string>& words) {
        return texts(completed(words));
    }
};

using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("verbs are completed with what they do, and hidden ones are not", "[cli][completion]") {
    Installation host;
    CHECK(host.offered({"ver"}) == Words{"verify", "version"});
    CHECK(host.completed({"roll"}).words ==
          std::vector<CompletionWord>{{"rollback", "undo the last apply, or all of them"}});
    CHECK(host.offered({"compl"}).empty());
    CHECK(host.offered({"help", "thaw"}) == Words{"thaw"});
    CHECK(host.asked == 0);
}

TEST_CASE("a verb's operands are what its usage says, place by place", "[cli][completion]") {
    Installation host;
    CHECK(host.offered({"plan", ""}) == Words{"feed", "hft"});
    CHECK(host.completed({"plan", ""}).also == ShellWords::files);
    CHECK(host.offered({"plan", "feed", ""}).empty());
    CHECK(host.offered({"describe", "nic.m"}) == Words{"nic.mtu"});
    CHECK(host.offered({"describe", "nic.mtu", "irq.cpus", "nic.w"}) == Words{"nic.wol"});
    CHECK(host.offered({"list", ""}) == Words{"irq", "nic"});
    CHECK(host.offered({"profile", "sh"}) == Words{"show"});
    CHECK(host.offered({"profile", "show", "h"}) == Words{"hft"});
    CHECK(host.offered({"profile", "shove", "h"}).empty());
}

TEST_CASE("of several forms the one that was begun goes on", "[cli][completion]") {
    Installation host;
    CHECK(host.offered({"import", ""}) == Words{"link", "sysctl", "tuned"});
    CHECK(host.offered({"import", "tuned", ""}) == Words{"balanced", "realtime"});
    CHECK(host.offered({"import", "tuned", "balanced", "r"}) == Words{"realtime"});
    CHECK(host.completed({"import", "tuned", ""}).also == ShellWords::files);
    CHECK(host.offered({"import", "sysctl", ""}).empty());
    CHECK(host.completed({"import", "sysctl", ""}).also == ShellWords::files);
}

TEST_CASE("a datapath is completed behind what is done with it", "[cli][completion]") {
    Installation host;
    CHECK(host.offered({"datapath", "st"}) == Words{"start", "stats", "stop"});
    CHECK(host.completed({"datapath", "stop", "o"}).words ==
          std::vector<CompletionWord>{{"orders", "runs"}});
    CHECK(host.offered({"datapath", "start", ""}) == Words{"orders", "quotes"});
    CHECK(host.offered({"datapath", "start", "orders", ""}).empty());
    CHECK(host.offered({"datapath", "orders", ""}).empty());
}

TEST_CASE("an option's value is completed, given as a word of its own", "[cli][completion]") {
    Installation host;
    CHECK(host.offered({"certify", "--nic", ""}) == Words{"eth0", "eth1"});
    CHECK(host.offered({"apply", "hft", "--allow", "b"}) == Words{"bounces"});
    CHECK(host.offered({"plan", "--set", "cpus.i"}) == Words{"cpus.irq=", "cpus.isolated="});
    CHECK(host.offered({"plan", "--set", "cpus.irq=2", "h"}) == Words{"hft"});
    CHECK(host.offered({"--colour", "a"}) == Words{"always", "auto"});
    CHECK(host.completed({"status", "--state-dir", ""}).also == ShellWords::folders);
    CHECK(host.completed({"plan", "--out", ""}).also == ShellWords::files);
}

TEST_CASE("an option's value is completed behind its sign, too", "[cli][completion]") {
    Installation host;
    CHECK(host.offered({"status", "--colour=a"}) == Words{"--colour=always", "--colour=auto"});
    CHECK(host.offered({"status", "--color=n"}) == Words{"--color=never"});
    CHECK(host.offered({"--color", "n"}) == Words{"never"});
    CHECK(host.offered({"--color=n"}) == Words{"--color=never"});
    CHECK(host.offered({"plan", "--set=cpus.ir"}) == Words{"--set=cpus.irq="});
    CHECK(host.completed({"plan", "--out="}).also == ShellWords::files);
    CHECK(host.offered({"plan", "--no-such="}).empty());
}

TEST_CASE("a list goes on behind its comma with what is not in it yet", "[cli][completion]") {
    Installation host;
    CHECK(host.offered({"apply", "hft", "--allow", "drops,"}) ==
          Words{"drops,all", "drops,bounces", "drops,clock", "drops,management", "drops,moves"});
    CHECK(host.offered({"apply", "hft", "--allow=moves,d"}) == Words{"--allow=moves,drops"});
    CHECK(host.offered({"exec", "--cpus", "0-1,i"}) == Words{"0-1,irq", "0-1,isolated"});
}

TEST_CASE("lists of CPUs have the words that they may have there", "[cli][completion]") {
    Installation host;
    CHECK(host.offered({"exec", "--cpus", ""}) == Words{"datapath", "housekeeping", "irq",
                                                        "isolated", "numa(eth0)", "numa(eth1)",
                                                        "online"});
    CHECK(host.offered({"prove", "feed", "--cpus", "numa(eth1"}) == Words{"numa(eth1)"});
    CHECK(host.offered({"plan", "--set", "cpus.irq="}) ==
          Words{"cpus.irq=auto", "cpus.irq=datapath", "cpus.irq=housekeeping", "cpus.irq=irq",
                "cpus.irq=isolated", "cpus.irq=online"});
    CHECK(host.offered({"plan", "--set", "cpus.irq=0,a"}).empty());
    CHECK(host.offered({"plan", "--set", "cpus.irq=0,o"}) == Words{"cpus.irq=0,online"});
    CHECK(host.offered({"plan", "--set", "feed="}).empty());
}

TEST_CASE("options are those of the verb and those of all", "[cli][completion]") {
    Installation host;
    CHECK(host.offered({"apply", "--st"}) == Words{"--state-dir", "--strict"});
    CHECK(host.offered({"status", "--st"}) == Words{"--state-dir"});
    CHECK(host.offered({"--js"}) == Words{"--json"});
    CHECK(host.offered({"--json", "thaw", "--js"}) == Words{"--json"});
    CHECK(host.asked == 0);
}

TEST_CASE("what follows -- is a command of the shell's", "[cli][completion]") {
    Installation host;
    CHECK(host.completed({"exec", "--cpus", "2", "--", "ba"}).also == ShellWords::commands);
    CHECK(host.completed({"exec", "--cpus", "2", ""}).also == ShellWords::none);
}

TEST_CASE("nothing comes after a verb that is none", "[cli][completion]") {
    Installation host;
    CHECK(host.offered({"aply", ""}).empty());
    CHECK(host.offered({}).empty());
    CHECK(host.asked == 0);
}
