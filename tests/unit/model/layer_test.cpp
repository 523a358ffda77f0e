// One TOML file as a layer.
#include "given_profile.hpp"
#include "support/catch.hpp"
#include "support/held.hpp"

using namespace nanotune;
using nanotune::test::held;

namespace {

std::vector<std::string> findings_of(const std::string& text) {
    const auto layer = layer_of({"host.toml", text});
    REQUIRE(layer.has_value());
    std::vector<std::string> messages;
    for (const Error& problem : problems_of(layer->findings, {"host.toml"})) {
        messages.push_back(problem.message);
    }
    return messages;
}

}  // namespace

TEST_CASE("every key knows its line and column", "[layer]") {
    const auto layer = layer_of({"host.toml", "[nic.eth0]\nmtu = 1500\n  coalesce.rx_usecs = 0\n"});
    REQUIRE(layer.has_value());
    REQUIRE(layer->tables.size() == 1);
    const ProfileNode& nic = layer->tables.front();
    CHECK(nic.key == "nic");
    const ProfileNode* eth0 = nic.find("eth0");
    REQUIRE(eth0 != nullptr);
    CHECK(eth0->origin == Origin{"host.toml", 1, 6});
    CHECK(eth0->find("mtu")->origin == Origin{"host.toml", 2, 1});
    CHECK(held(eth0->find("mtu")->value).origin == Origin{"host.toml", 2, 7});
    CHECK(eth0->find("coalesce")->find("rx_usecs")->origin.text() == "host.toml:3:12");
}

TEST_CASE("keys stay in the order of their lines", "[layer]") {
    const auto layer = layer_of({"host.toml", "[zebra]\nb = 1\na = 2\n[apple]\n"});
    REQUIRE(layer.has_value());
    REQUIRE(layer->tables.size() == 2);
    CHECK(layer->tables[0].key == "zebra");
    CHECK(layer->tables[0].nodes[0].key == "b");
    CHECK(layer->tables[1].key == "apple");
}

TEST_CASE("broken TOML is told at its place in the parser's words", "[layer][bad input]") {
    const auto layer = layer_of({"host.toml", "[nic.eth0]\nmtu = = 9000\n"});
    REQUIRE_FALSE(layer.has_value());
    REQUIRE(layer.error().size() == 1);
    CHECK(layer.error().front().message.starts_with("host.toml:2:7: "));
    CHECK(layer.error().front().message.size() > std::string("host.toml:2:7: ").size());
}

TEST_CASE("what is no text at all is broken TOML too", "[layer][bad input]") {
    for (const std::string& text : {std::string("\xff\xfe\0\0", 4), std::string("a = \"\0\"", 7),
                                    std::string(5000, '['), std::string("[a]\n[a]\n")}) {
        const auto layer = layer_of({"host.toml", text});
        REQUIRE_FALSE(layer.has_value());
        CHECK(layer.error().front().message.starts_with("host.toml"));
    }
}

TEST_CASE("a profile of 3 MB is refused with its size and the limit", "[layer][bad input]") {
    const auto layer = layer_of({"host.toml", std::string(3'000'000, '#')});
    REQUIRE_FALSE(layer.has_value());
    CHECK(layer.error().front().message ==
          "host.toml: a profile of 3000000 bytes is refused: the limit is 1048576 bytes (1 MiB)");
}

TEST_CASE("the profile table is understood", "[layer]") {
    const auto layer = layer_of({"host.toml",
                                 "[profile]\nsummary = \"s\"\nextends = [\"a\", \"b\"]\n"
                                 "on_failure = \"keep\"\nforbid = [\"bounces\", \"clock\"]\n"});
    REQUIRE(layer.has_value());
    CHECK(layer->findings.empty());
    CHECK(layer->summary == "s");
    REQUIRE(layer->extends.size() == 2);
    CHECK(layer->extends[1].first == "b");
    CHECK(layer->extends[1].second.line == 3);
    CHECK(layer->on_failure == "keep");
    CHECK(layer->forbidden == std::vector{Impact::bounces_link, Impact::disturbs_clock});
}

TEST_CASE("wrong shapes in the reserved tables are all found", "[layer][bad input]") {
    CHECK(
        findings_of("mtu = 1500\n"
                    "[profile]\n"
                    "sumary = \"s\"\n"
                    "on_failure = \"kept\"\n"
                    "forbid = [\"bounce\"]\n"
                    "[vars]\n"
                    "mtu = 1500\n"
                    "[cpus]\n"
                    "datapaths = \"2\"\n"
                    "irq = 1\n") ==
        std::vector<std::string>{
            std::string(
                "host.toml:1:1: mtu stands outside every table; settings stand below the [name] of "
                "their plugin"),
            "host.toml:3:1: [profile] has no key sumary; did you mean summary?",
            R"(host.toml:4:1: profile.on_failure: "rollback" or "keep" is expected, not "kept")",
            std::string("host.toml:5:11: profile.forbid: bounce is none of drops, bounces, moves "
                        "and clock; did you mean bounces?"),
            "host.toml:7:1: vars.mtu: a text or a list of texts is expected, not 1500",
            "host.toml:9:1: [cpus] has no set datapaths; did you mean datapath?",
            std::string("host.toml:10:1: cpus.irq: a CPU list such as \"2-3\", or \"auto\", is "
                        "expected, not 1")});
}

TEST_CASE("a date is no value", "[layer][bad input]") {
    CHECK(findings_of("[nic.eth0]\nmtu = 2024-01-01\n") ==
          std::vector<std::string>{"host.toml:2:7: a date or time is no value of any setting; "
                                   "quote it if it is meant as text"});
}
