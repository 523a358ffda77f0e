// The receive hash of a device: read as it is, written as a whole, refused before where the device
// says so.
#include <nanotune/discover.hpp>

#include "nic/receive_hash_bank.hpp"
#include "support/catch.hpp"
#include "support/fake_system.hpp"
#include "support/given.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

const nic::ReceiveHashBank bank{{.stage = Stage::interrupts, .discovery = discover::nics}};
const Target eth0 = Target::nic("eth0");

const Tunable& table() {
    return *bank.tunables().at(0);
}
const Tunable& key() {
    return *bank.tunables().at(1);
}

Status held(FakeHost& host, const Tunable& tunable, std::string value) {
    FakeSystem system(host);
    const Assignment assignments[] = {{&tunable, std::move(value)}};
    return bank.may_hold(system, eth0, assignments).at(0);
}

}  // namespace

TEST_CASE("the receive hash reads as pattern, bytes and name", "[nic][rss]") {
    FakeHost host = given::host().with_nic("eth0");
    host.with(rss_cell("eth0", "table"), "0 1 0 1 0 1 0 1");
    FakeSystem system(host);
    const auto readings = bank.read(system, eth0, bank.tunables());
    CHECK(readings.at(0)->value == Value("0 1 x4"));
    CHECK(readings.at(1)->value == Value("6d:5a:56:da:25:5b:0e:c2:41:67"));
    CHECK(readings.at(2)->value == Value("toeplitz"));
}

TEST_CASE("a device without a receive hash has none of its settings", "[nic][rss]") {
    FakeHost host = given::host().with_nic("veth0", {.kind = "veth"});
    FakeSystem system(host);
    for (const auto& reading : bank.read(system, Target::nic("veth0"), bank.tunables())) {
        REQUIRE_FALSE(reading);
        CHECK(reading.error().code == ErrorCode::unsupported);
    }
}

TEST_CASE("a key is hexadecimal bytes, with colons or without", "[nic][rss]") {
    CHECK(nic::normal_key("6D:5a") == "6d:5a");
    CHECK(nic::normal_key("6d5a") == "6d:5a");
    CHECK(nic::normal_key("6d 5a") == "6d:5a");
    for (const char* text : {"", "6", "6d:5", "0x6d", "6g"}) {
        INFO(text);
        CHECK_FALSE(nic::normal_key(text));
    }
}

TEST_CASE("what the device's table or key cannot hold is told before anything is written",
          "[nic][rss]") {
    FakeHost host = given::host().with_nic("eth0");
    CHECK(held(host, table(), "0 1 x4"));
    CHECK(held(host, table(), "all"));
    CHECK(held(host, table(), "0 1").error().message == "the table of eth0 has 8 entries, not 2");
    CHECK(held(host, table(), "0 4 x4").error().message == "eth0 has no queue 4; 4 receive");
    CHECK(held(host, table(), "0 1 2 3 x2").error().message == "eth0 reads it as \"all\"");
    CHECK(held(host, key(), "6d:5a").error().message == "the key of eth0 has 10 bytes, not 2");
}

TEST_CASE("table, key and function travel in one request", "[nic][rss]") {
    FakeHost host = given::host().with_nic("eth0");
    FakeSystem system(host);
    const Assignment assignments[] = {{bank.tunables().at(0), "0*4 1*4"},
                                      {bank.tunables().at(1), "00:01:02:03:04:05:06:07:08:09"},
                                      {bank.tunables().at(2), "xor"}};
    for (const Status& status : bank.write(system, eth0, assignments)) {
        CHECK(status);
    }
    CHECK(system.writes().size() == 1);
    CHECK(host.text(rss_cell("eth0", "table")) == "0 0 0 0 1 1 1 1");
    CHECK(host.text(rss_cell("eth0", "key")) == "00 01 02 03 04 05 06 07 08 09");
    CHECK(host.text(rss_cell("eth0", "function")) == "2");
}
