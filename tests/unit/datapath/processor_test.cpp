// What the processor makes of bursts: answers, counts, and what it does not do.
#include "datapath/processor/processor.hpp"

#include <atomic>
#include <thread>

#include "allocations.hpp"
#include "given_processor.hpp"
#include "support/catch.hpp"

using namespace nanotune::test;
using namespace nanotune::datapath;

namespace {

std::vector<Packet> ticks_from(std::size_t senders, std::size_t each = 1) {
    std::vector<Packet> packets;
    for (std::size_t number = 0; number < senders * each; ++number) {
        const auto sender = static_cast<std::uint16_t>(number % senders);
        packets.push_back(packet({.source_port = static_cast<std::uint16_t>(1024 + sender)}));
    }
    return packets;
}

/// Knows the way to one address alone.
struct OneKnown {
    Packet known = address_bytes("192.168.1.50");
    LinkAddress link = peer_link;
    std::uint32_t changes = 0;

    bool find(const std::uint8_t* address, LinkAddress& out) const noexcept {
        out = link;
        return std::equal(known.begin(), known.end(), address);
    }
    [[nodiscard]] std::uint32_t generation() const noexcept { return changes; }
};

/// A strategy under which the switch is turned off.
struct TurnedOffMeanwhile : Threshold {
    static void decide(const nt_settings& /*settings*/,
                       std::span<const nt_datagram> /*right*/) noexcept {
        control->arm(false);
    }
    static inline Control* control = nullptr;
};

/// Looks at every packet, and tells nobody.
struct Onlooker final : PacketTrace {
    explicit Onlooker(const Counter& is_on) : PacketTrace(is_on) {}
    bool wants(std::size_t /*packets*/) noexcept override { return true; }
    void seen(std::span<const SeenPacket> /*packets*/) noexcept override {}
    void kicked(std::size_t /*answers*/, std::size_t /*lost*/) noexcept override {}
};

}  // namespace

TEST_CASE("every answer is a sound packet to its sender", "[datapath]") {
    GivenIpv4 given;
    for (std::uint64_t time = 1; time < 1ULL << 60; time = time * 3 + 1) {
        const auto answers = given.answers_to({packet(
            {.source_port = 5000, .payload = market_data({.price = 17, .timestamp = time})})});
        REQUIRE(answers.size() == 1);
        CHECK(answers[0].size() == 83);
        CHECK(is_sound(answers[0]));
    }
}

TEST_CASE("IPv6 is answered as IPv4 is", "[datapath]") {
    const PacketOptions options{.source = "2001:db8::50", .destination = "2001:db8::100"};
    GivenIpv6 given({.listen = listening(options)});
    const auto answers = given.answers_to({packet(options)});
    REQUIRE(answers.size() == 1);
    PacketOptions expected{.to = options.from,
                           .from = options.to,
                           .source = options.destination,
                           .destination = options.source,
                           .source_port = options.port,
                           .port = options.source_port};
    expected.payload.assign(answers[0].end() - 41, answers[0].end());
    Packet frame = packet(expected);
    frame[14 + 7] = 64;  // hops
    CHECK(answers[0] == frame);
}

TEST_CASE("answers to tagged frames have their tags", "[datapath]") {
    const PacketOptions options{.tags = {200, 100}};
    GivenIpv4 given({.listen = listening(options)});
    const auto answers = given.answers_to({packet(options)});
    REQUIRE(answers.size() == 1);
    CHECK(Packet(answers[0].begin() + 12, answers[0].begin() + 22) ==
          Packet{0x88, 0xA8, 0, 200, 0x81, 0x00, 0, 100, 0x08, 0x00});
    Packet bare = answers[0];
    bare.erase(bare.begin() + 12, bare.begin() + 20);
    CHECK(is_sound(bare));
}

TEST_CASE("answers go to whom the settings name", "[datapath]") {
    RespondTo respond{.port = nt_swap16(9999)};
    std::ranges::copy(address_bytes("192.168.1.200"), respond.address.begin());
    GivenIpv4 given({.respond = respond});
    const auto answers = given.answers_to(ticks_from(2));
    REQUIRE(answers.size() == 2);
    CHECK(answers[0] == answers[1]);
    CHECK(Packet(answers[0].begin() + 30, answers[0].begin() + 38) ==
          Packet{192, 168, 1, 200, 0x1F, 0x90, 0x27, 0x0F});
    CHECK(is_sound(answers[0]));
}

TEST_CASE("what is not armed sends nothing, and counts what it would have sent", "[datapath]") {
    GivenIpv4 given({.is_armed = false});
    CHECK(given.answers_to(ticks_from(3)).empty());
    CHECK(given.counted(nt_withheld) == 3);
    CHECK(given.port.kicks() == 0);
    given.control.arm(true);
    CHECK(given.answers_to(ticks_from(3)).size() == 3);
    given.control.arm(false);
    CHECK(given.answers_to(ticks_from(3)).empty());
    CHECK(given.counted(nt_withheld) == 6);
    CHECK(given.counted(nt_answered) == 3);
}

TEST_CASE("what a strategy decided on while it was disarmed is withheld", "[datapath]") {
    GivenProcessor<Ipv4, TurnedOffMeanwhile> given;
    TurnedOffMeanwhile::control = &given.control;
    Counter is_on;
    Onlooker onlooker(is_on);
    given.processor.trace_to(onlooker);
    SECTION("together") {}
    SECTION("packet by packet, while somebody looks") {
        is_on.set(1);
    }
    CHECK(given.answers_to(ticks_from(3)).empty());
    CHECK(given.counted(nt_withheld) == 3);
    CHECK(given.port.kicks() == 0);
}

TEST_CASE("price and quantity change between two bursts", "[datapath]") {
    GivenIpv4 given;
    CHECK(given.answers_to({packet({})}).size() == 1);
    given.control.set_order(9999, 7);
    CHECK(given.answers_to({packet({})}).empty());
    CHECK(given.counted(nt_declined) == 1);
    given.control.set_order(10'001, 7);
    const auto answers = given.answers_to({packet({})});
    REQUIRE(answers.size() == 1);
    CHECK(answers[0][42 + 12] == 7);
}

TEST_CASE("every packet is counted once, by what became of it", "[datapath]") {
    GivenIpv4 given;
    std::vector<Packet> packets = ticks_from(100);
    packets.push_back(packet({.port = 1}));
    packets.push_back(packet({.payload = Packet(5)}));
    packets.push_back(packet({.payload = market_data({.price = 10'000})}));
    packets.emplace_back();
    CHECK(given.answers_to(packets).size() == 100);
    CHECK(given.counters.received() == 104);
    CHECK(given.counted(nt_answered) == 100);
    CHECK(given.counted(nt_bypassed) == 1);
    CHECK(given.counted(nt_short_payload) == 1);
    CHECK(given.counted(nt_declined) == 1);
    CHECK(given.counted(nt_runt) == 1);
    CHECK(given.counters.bursts.now() == 2);
}

TEST_CASE("nobody who could not be answered gets an answer, whoever is known already",
          "[datapath]") {
    GivenIpv4 given;
    std::uint64_t zeros = 0;
    std::uint64_t martians = 0;
    for (int round = 0; round < 2; ++round) {  // no sender is known, and then one is
        for (const char* source : {"0.0.0.0", "127.0.0.1", "192.168.1.100", "224.0.0.1"}) {
            for (const std::uint16_t port : std::to_array<std::uint16_t>({0, 5000})) {
                INFO(source << ":" << port);
                CHECK(given.answers_to({packet({.source = source, .source_port = port})}).empty());
                const bool is_zero = source == std::string_view("0.0.0.0") || port == 0;
                ++(is_zero ? zeros : martians);
                CHECK(given.counted(nt_zero_source) == zeros);
                CHECK(given.counted(nt_martian_source) == martians);
            }
        }
        CHECK(given.answers_to({packet({})}).size() == 1);
    }
}

TEST_CASE("where no slot is free, the packet is counted and the next ones go on", "[datapath]") {
    GivenIpv4 given({.slots = 16});
    CHECK(given.answers_to(ticks_from(20)).size() == 16);
    CHECK(given.counted(nt_pool_exhausted) == 4);
    CHECK(given.answers_to(ticks_from(16)).size() == 16);
    CHECK(given.counters.received() == 36);
}

TEST_CASE("32 orders leave with one kick", "[datapath]") {
    GivenIpv4 given;
    given.answers_to(ticks_from(1, 64));
    CHECK(given.port.kicks() == 2);
    given.answers_to(ticks_from(1));
    CHECK(given.port.kicks() == 3);
}

TEST_CASE("whoever the way is not known to is counted and not answered", "[datapath]") {
    GivenProcessor<Ipv4, Threshold, OneKnown> given({}, OneKnown());
    const Packet unknown = packet({.source = "192.168.1.51"});
    CHECK(given.answers_to({packet({}), unknown, unknown}).size() == 1);
    CHECK(given.counted(nt_no_next_hop) == 2);
    CHECK(given.processor.flows().size() == 1);
}

TEST_CASE("a link address that changes is followed", "[datapath]") {
    GivenProcessor<Ipv4, Threshold, OneKnown> given({}, OneKnown());
    given.answers_to({packet({})});
    given.hops.link = {0x02, 0, 0, 0, 0, 0x77};
    given.hops.changes = 1;
    const auto answers = given.answers_to({packet({})});
    REQUIRE(answers.size() == 1);
    CHECK(answers[0][5] == 0x77);
}

TEST_CASE("more senders than there is room for are all answered", "[datapath]") {
    GivenIpv4 given({.flows = 8});
    for (int round = 0; round < 3; ++round) {
        const auto answers = given.answers_to(ticks_from(100));
        REQUIRE(answers.size() == 100);
        for (const Packet& answer : answers) {
            CHECK(is_sound(answer));
        }
    }
    CHECK(given.counters.flows_evicted.now() > 0);
    CHECK(given.processor.flows().size() <= 32);
}

TEST_CASE("echo sends back what came, and discard nothing", "[datapath]") {
    const Packet expensive = packet({.payload = market_data({.price = 50'000})});
    GivenProcessor<Ipv4, Echo> echo;
    const auto answers = echo.answers_to({expensive});
    REQUIRE(answers.size() == 1);
    CHECK(is_sound(answers[0]));
    CHECK(Packet(answers[0].begin() + 42, answers[0].end()) == market_data({.price = 50'000}));
    GivenProcessor<Ipv4, Discard> discard;
    CHECK(discard.answers_to({packet({})}).empty());
    CHECK(discard.counted(nt_declined) == 1);
}

TEST_CASE("once it is made, the processor takes no memory", "[datapath]") {
    GivenIpv4 given({.flows = 8});
    std::vector<Packet> packets = ticks_from(40, 10);
    packets.push_back(packet({.port = 1}));
    packets.push_back(packet({.fragment = 1}));
    packets.emplace_back();
    std::vector<Frame> frames;
    for (const Packet& packet : packets) {
        frames.push_back(
            {.data = begin_of(packet), .length = static_cast<std::uint32_t>(packet.size())});
    }
    const std::size_t before = allocations();
    given.port.feed(frames);
    std::size_t taken = 0;
    while (const std::size_t count = given.processor.poll()) {
        taken += count;
        given.port.take_all();
    }
    CHECK(allocations() == before);
    CHECK(taken == packets.size());
    CHECK(before > 0);  // they are counted
}

TEST_CASE("how long packets take is sampled", "[datapath]") {
    GivenIpv4 given;
    given.answers_to(ticks_from(1));
    CHECK(given.counters.times.count() == 0);
    given.answers_to(ticks_from(1, 128));
    CHECK(given.counters.times.count() == 64UL * 2);
    CHECK(given.counters.last_time.now() > 0);
}

TEST_CASE("who turns one switch leaves the others to those who turn them", "[datapath]") {
    Control control;
    std::atomic<bool> is_over{false};
    std::thread other([&] {
        for (bool is_on = true; !is_over.load(); is_on = !is_on) {
            control.set_network_order(is_on);
        }
    });
    bool was_kept = true;
    for (int time = 0; time < 200'000; ++time) {
        control.arm(time % 2 == 0);
        was_kept = was_kept && (control.now().is_armed != 0) == (time % 2 == 0);
    }
    is_over.store(true);
    other.join();
    CHECK(was_kept);
}
