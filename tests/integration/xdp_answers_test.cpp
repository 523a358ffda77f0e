// The program in the kernel on frames that are put before it (BPF_PROG_TEST_RUN), beside the
// processor in this process: of every frame both must say the same, and answer it with the same
// bytes. The kernel takes frames of 14 bytes and more.
#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <vector>

#include <linux/bpf.h>
#include <time.h>

#include "datapath/xdp/answer_program.hpp"
#include "support/broken_packets.hpp"
#include "support/catch.hpp"
#include "unit/datapath/given_processor.hpp"
#include "xdp_run.hpp"

using namespace nanotune;
using namespace nanotune::datapath;
using namespace nanotune::test;

namespace {

/// The way back is where the frame came from; nobody has a group's address, or none.
struct WayBack {
    explicit WayBack(const LinkAddress& address) : link(address) {}
    bool find(const std::uint8_t* /*address*/, LinkAddress& out) const noexcept {
        out = link;
        return (link[0] & 1) == 0 && link != LinkAddress{};
    }
    [[nodiscard]] std::uint32_t generation() const noexcept { return now; }

    LinkAddress link;
    std::uint32_t now = 0;
};

std::uint64_t soon() {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return (static_cast<std::uint64_t>(now.tv_sec) + 600) * 1'000'000'000;
}

struct Said {
    nt_outcome outcome = nt_outcomes;
    Packet answer = {};
    friend bool operator==(const Said&, const Said&) = default;
};

class InKernel {
  public:
    InKernel(const nt_listen& listen, nt_xdp_logic logic)
        : program_(loaded({.listen = listen, .receiver = {}, .has_receiver = 0, .logic = logic})) {
        program_.set_armed_until(soon());
    }

    AnswerProgram& program() { return program_; }

    Said says_of(const Packet& frame) {
        const auto before = counts();
        const Ran ran = run_on(program_.program(), frame);
        const auto after = counts();
        Said said;
        for (int outcome = 0; outcome < nt_outcomes; ++outcome) {
            const auto at = static_cast<std::size_t>(outcome);
            if (after[at] != before[at]) {
                REQUIRE(after[at] == before[at] + 1);
                REQUIRE(said.outcome == nt_outcomes);
                said.outcome = static_cast<nt_outcome>(outcome);
            }
        }
        if (said.outcome == nt_answered) {
            CHECK(ran.verdict == XDP_TX);
            said.answer = ran.left;
        } else {
            CHECK(ran.verdict == (nt_is_left_to_kernel(said.outcome) != 0 ? XDP_PASS : XDP_DROP));
            CHECK(ran.left == frame);
        }
        return said;
    }

  private:
    static AnswerProgram loaded(const nt_xdp_fixed& fixed) {
        auto program = AnswerProgram::load(fixed);
        if (!program) {
            FAIL(program.error().message);
        }
        return *std::move(program);
    }
    std::array<std::uint64_t, nt_outcomes> counts() const {
        std::array<std::uint64_t, nt_outcomes> sums{};
        for (const nt_xdp_counted& cpu : program_.counted()) {
            for (std::size_t outcome = 0; outcome < sums.size(); ++outcome) {
                sums[outcome] += __atomic_load_n(&cpu.outcomes[outcome], __ATOMIC_RELAXED);
            }
        }
        return sums;
    }

    AnswerProgram program_;
};

template <typename Logic>
constexpr nt_xdp_logic word_of = nt_xdp_threshold;
template <>
constexpr nt_xdp_logic word_of<Echo> = nt_xdp_echo;
template <>
constexpr nt_xdp_logic word_of<Discard> = nt_xdp_discard;

/// Both, on one shape of frames.
template <typename Family, typename Logic = Threshold>
class Both {
  public:
    explicit Both(const PacketOptions& shape)
        : here_({.listen = listening(shape)}, WayBack(LinkAddress{})),
          kernel_(listening(shape), word_of<Logic>) {
        go_by(10'000, 100, false, true);
    }

    void go_by(std::uint32_t price, std::uint32_t quantity, bool network_order, bool armed) {
        here_.control.set_order(price, quantity);
        here_.control.set_network_order(network_order);
        here_.control.arm(armed);
        kernel_.program().set_order(price | std::uint64_t{quantity} << 32);
        kernel_.program().set_switches((network_order ? 1U : 0U) | (armed ? 1U << 8 : 0U));
    }

    /// How many frames were looked at: shorter ones the kernel does not take.
    std::size_t agree_on(const std::vector<Packet>& frames) {
        std::size_t count = 0;
        for (const Packet& frame : frames) {
            if (frame.size() >= least_frame) {
                agree_on(frame);
                ++count;
            }
        }
        return count;
    }
    nt_outcome agree_on(const Packet& frame) {
        const Said here = said_here(frame);
        const Said there = kernel_.says_of(frame);
        if (here != there) {
            std::string bytes;
            for (const std::uint8_t byte : frame) {
                bytes += " " + std::to_string(byte);
            }
            FAIL("here " << here.outcome << ", there " << there.outcome << ":" << bytes);
        }
        return here.outcome;
    }

  private:
    Said said_here(const Packet& frame) {
        std::copy_n(frame.begin() + 6, 6, here_.hops.link.begin());
        ++here_.hops.now;
        std::array<std::uint64_t, nt_outcomes> before{};
        for (std::size_t outcome = 0; outcome < before.size(); ++outcome) {
            before[outcome] = here_.counters.outcomes[outcome].now();
        }
        Said said;
        const auto answers = here_.answers_to({frame});
        for (std::size_t outcome = 0; outcome < before.size(); ++outcome) {
            if (here_.counters.outcomes[outcome].now() != before[outcome]) {
                said.outcome = static_cast<nt_outcome>(outcome);
            }
        }
        said.answer = answers.empty() ? Packet() : answers.front();
        return said;
    }

    GivenProcessor<Family, Logic, WayBack> here_;
    InKernel kernel_;
};

/// What is odd about a frame of this shape in other ways than a bit.
std::vector<Packet> odd(const PacketOptions& shape) {
    std::vector<Packet> all;
    const auto add = [&](auto change) {
        PacketOptions options = shape;
        change(options);
        all.push_back(packet(options));
    };
    for (const int lie : {1, -1, -32, -25, -52, 60'000}) {
        add([lie](PacketOptions& options) { options.ip_length = lie; });
        add([lie](PacketOptions& options) { options.udp_length = lie; });
    }
    for (std::size_t size = 0; size < 200; ++size) {
        add([size](PacketOptions& options) {
            options.payload.assign(size, static_cast<std::uint8_t>(size * 37));
        });
    }
    add([](PacketOptions& options) { options.payload.assign(1400, 0xFF); });
    add([](PacketOptions& options) { options.payload.assign(1452, 0xFF); });
    for (const int fragment : {0, 0x2000, 0x0010, 0x2010, 0x4000}) {
        add([fragment](PacketOptions& options) {
            options.fragment = static_cast<std::uint16_t>(fragment);
        });
    }
    add([](PacketOptions& options) { options.has_udp_checksum = false; });
    add([](PacketOptions& options) { options.source_port = 0; });
    add([](PacketOptions& options) { options.port = 8081; });
    add([](PacketOptions& options) { options.to = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}; });
    add([](PacketOptions& options) { options.from = {}; });
    add([](PacketOptions& options) { options.tags.push_back(7); });
    add([](PacketOptions& options) { options.tags = {300, 200, 100}; });
    return all;
}

template <typename Family, typename Logic = Threshold>
void agree_on_shape(const PacketOptions& shape) {
    Both<Family, Logic> both(shape);
    const auto frames = broken(packet(shape), least_frame);
    CHECK(both.agree_on(frames.front()) == (Logic::answer_size == 0 ? nt_declined : nt_answered));
    CHECK(both.agree_on(frames) == frames.size());
    CHECK(both.agree_on(odd(shape)) > 200);
}

std::vector<Packet> fuzz_corpus() {
    std::vector<Packet> all;
    for (const auto& entry : std::filesystem::directory_iterator(NANOTUNE_PACKET_CORPUS)) {
        std::ifstream file(entry.path(), std::ios::binary);
        Packet bytes{std::istreambuf_iterator<char>(file), {}};
        if (bytes.size() > least_frame) {
            all.emplace_back(bytes.begin() + 1, bytes.end());  // the first byte is the target's
        }
    }
    return all;
}

/// The corpus with some bytes other than they are, the same each time.
std::vector<Packet> mutations(std::size_t count) {
    const auto corpus = fuzz_corpus();
    REQUIRE(corpus.size() > 10);
    std::minstd_rand dice(5);
    std::vector<Packet> all;
    for (std::size_t number = 0; number < count; ++number) {
        Packet frame = corpus[number % corpus.size()];
        for (auto left = dice() % 4; left > 0; --left) {
            frame[dice() % frame.size()] = static_cast<std::uint8_t>(dice() >> 8);
        }
        frame.resize(std::max<std::size_t>(least_frame, frame.size() - dice() % 8 % 3));
        all.push_back(std::move(frame));
    }
    return all;
}

}  // namespace

TEST_CASE("the kernel's program says of every IPv4 frame what the processor says", "[xdp]") {
    for (const PacketOptions& shape : valid_ipv4()) {
        agree_on_shape<Ipv4>(shape);
    }
    Both<Ipv4> both({});
    for (const char* source :
         {"0.0.0.0", "0.0.0.1", "127.0.0.1", "224.0.0.1", "239.1.1.1", "240.0.0.1",
          "255.255.255.255", "192.168.1.100", "223.255.255.254"}) {
        both.agree_on(packet({.source = source}));
    }
    both.agree_on(packet({.ip_options = {1, 1, 1, 1}}));
    both.agree_on(packet({.ip_options = {131, 7, 4, 10, 0, 0, 1, 0}}));
}

TEST_CASE("the kernel's program says of every IPv6 frame what the processor says", "[xdp]") {
    for (const PacketOptions& shape : valid_ipv6()) {
        agree_on_shape<Ipv6>(shape);
        Both<Ipv6> both(shape);
        for (const char* source :
             {"::", "::1", "ff02::1", "2001:db8::100", "fe80::1", "::ffff:192.0.2.1", "::2"}) {
            PacketOptions options = shape;
            options.source = source;
            both.agree_on(packet(options));
        }
    }
}

TEST_CASE("echo and discard are in the kernel what they are here", "[xdp]") {
    agree_on_shape<Ipv4, Echo>({});
    agree_on_shape<Ipv4, Discard>({});
    agree_on_shape<Ipv6, Echo>(valid_ipv6().front());
}

TEST_CASE("the kernel's program agrees on the fuzzer's corpus and what is made of it", "[xdp]") {
    const auto frames = mutations(10'000);
    Both<Ipv4> ipv4({});
    Both<Ipv6> ipv6(valid_ipv6().front());
    CHECK(ipv4.agree_on(frames) == frames.size());
    CHECK(ipv6.agree_on(frames) == frames.size());
}

TEST_CASE("orders in the kernel have every price, quantity, time and byte order", "[xdp]") {
    Both<Ipv4> both({});
    for (const bool network_order : {false, true}) {
        for (const std::uint32_t price : {0U, 1U, 9'999U, 10'000U, 0xFFFFFFFEU, 0xFFFFFFFFU}) {
            for (const std::uint32_t threshold : {0U, 10'000U, 0xFFFFFFFFU}) {
                both.go_by(threshold, price ^ 77U, network_order, true);
                both.agree_on(packet({.payload = market_data({.price = price}, network_order)}));
            }
        }
        both.go_by(10'000, 100, network_order, true);
        for (std::uint64_t time = 1; time != 0; time = time > UINT64_MAX / 10 ? 0 : time * 10) {
            for (const std::uint64_t near : {time - 1, time, time + 1, time * 7}) {
                CHECK(both.agree_on(
                          packet({.payload = market_data({.timestamp = near}, network_order)})) ==
                      nt_answered);
            }
        }
        both.agree_on(packet({.payload = market_data({.timestamp = UINT64_MAX}, network_order)}));
    }
}

TEST_CASE("unarmed, or by a worker that has hung, nothing is sent", "[xdp]") {
    Both<Ipv4> both({});
    both.go_by(10'000, 100, false, false);
    CHECK(both.agree_on(packet({})) == nt_withheld);
    InKernel kernel(listening(), nt_xdp_threshold);
    kernel.program().set_order(10'000 | std::uint64_t{100} << 32);
    kernel.program().set_switches(1U << 8);
    CHECK(kernel.says_of(packet({})).outcome == nt_answered);
    kernel.program().set_armed_until(1);
    CHECK(kernel.says_of(packet({})).outcome == nt_withheld);
}
