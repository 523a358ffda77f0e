// What an author reads of a text that is no TOML.
#include "model/toml_complaint.hpp"

#include "model/toml_nodes.hpp"
#include "support/catch.hpp"
#include "support/held.hpp"

using namespace nanotune;
using nanotune::test::held;

namespace {

std::string problem_in(std::string text) {
    const auto nodes = toml_nodes({.file = "a.toml", .text = std::move(text)});
    return nodes ? std::string() : nodes.error().at(0).message;
}

}  // namespace

TEST_CASE("what is defined twice is named as it is written, with its first line", "[toml]") {
    CHECK(problem_in("[nic.\"eth*\"]\nmtu = 1\n\n[nic.\"eth*\"]  # again\nmtu = 2\n") ==
          "a.toml:4:1: [nic.\"eth*\"] is there already, in line 1");
    CHECK(problem_in("[cpu.\"2-3\"]\nsmt = 1\n[cpu.\"2-3\"]\n") ==
          "a.toml:3:1: [cpu.\"2-3\"] is there already, in line 1");
    CHECK(problem_in("[sysctl]\n\"net.core.rmem_max\" = 1\n\"net.core.rmem_max\" = 2\n") ==
          "a.toml:3:23: \"net.core.rmem_max\" is there already, in line 2");
    CHECK(problem_in("[sysctl]\n\"a\\\"=\" = 1\n\"a\\\"=\" = 2\n") ==
          "a.toml:3:10: \"a\\\"=\" is there already, in line 2");
    CHECK(problem_in("[a]\nmtu = 1\n[b]\nmtu = 1\nmtu = 2\n") ==
          "a.toml:5:7: mtu is there already, in line 4");
    CHECK(problem_in("[nic.eth0]\nchannels = { rx = 1 }\nchannels.tx = 1\n") ==
          "a.toml:3:1: channels.tx is there already");
}

TEST_CASE("a syntax error says what was expected, and not that there is an error", "[toml]") {
    CHECK(problem_in("[nic.eth0\nmtu = 1\n") ==
          "a.toml:1:10: table header: expected ']', saw the end of the line");
    CHECK(problem_in("[nic.eth0]\nmtu = 14x0\n") ==
          "a.toml:2:9: decimal integer: expected digit, saw 'x'");
}

TEST_CASE("a key of endlessly many parts is told by its line, and not taken apart", "[toml]") {
    std::string deep = "a";
    for (int part = 0; part < 20'000; ++part) {
        deep += ".a";
    }
    CHECK(endless_key_line("[nic.eth1]\n" + deep + " = 3\n") == 2);
    CHECK(endless_key_line("[" + deep + "]\n") == 1);
    CHECK(endless_key_line("x = \"" + deep + "\"\n") == 0);
    CHECK(endless_key_line("[a.b]\nc.d = 1.5\n") == 0);
    const auto nodes = toml_nodes({.file = "deep.toml", .text = "[nic.eth1]\n" + deep + " = 3\n"});
    REQUIRE_FALSE(nodes);
    CHECK(nodes.error().front().message.starts_with("deep.toml:2:1: a key of more than 256 parts"));
}

TEST_CASE("a file of very many values is read so far, and told", "[toml]") {
    std::string many = "[vars]\nx = [0";
    for (int i = 0; i < 200'000; ++i) {
        many += ",0";
    }
    const auto nodes = toml_nodes({.file = "many.toml", .text = many + "]\ny = 1\n"});
    REQUIRE(nodes);
    REQUIRE(nodes->findings.size() == 1);
    CHECK(nodes->findings.front().error.code == ErrorCode::exhausted);
    const Input value = held(nodes->nodes.front().nodes.front().value);
    CHECK(std::get<InputList>(value.content).size() < 50'000);
}
