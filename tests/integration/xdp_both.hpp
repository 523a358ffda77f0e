// The program in the kernel on frames that are put before it (BPF_PROG_TEST_RUN), beside the
// processor in this process: of every frame both must say the same, and answer it with the same
// bytes. The kernel takes frames of 14 bytes and more.
#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include <linux/bpf.h>
#include <time.h>

#include "datapath/xdp/answer_program.hpp"
#include "support/catch.hpp"
#include "unit/datapath/given_processor.hpp"
#include "xdp_run.hpp"

namespace nanotune::test {

/// The way back is where the frame came from; nobody has a group's address, or none.
struct WayBack {
    explicit WayBack(const datapath::LinkAddress& address) : link(address) {}
    bool find(const std::uint8_t* /*address*/, datapath::LinkAddress& out) const noexcept {
        out = link;
        return (link[0] & 1) == 0 && link != datapath::LinkAddress{};
    }
    [[nodiscard]] std::uint32_t generation() const noexcept { return now; }

    datapath::LinkAddress link;
    std::uint32_t now = 0;
};

/// On the clock that programs in the kernel go by.
inline std::uint64_t soon() {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return (static_cast<std::uint64_t>(now.tv_sec) + 600) * 1'000'000'000;
}

struct Said {
    nt_outcome outcome = nt_outcomes;
    Packet answer = {};
    friend bool operator==(const Said&, const Said&) = default;
};

/// The program in the kernel, which its worker allows to answer for the next minutes.
class InKernel {
  public:
    InKernel(const nt_listen& listen, nt_xdp_logic logic)
        : program_(loaded({.listen = listen, .receiver = {}, .has_receiver = 0, .logic = logic})) {
        program_.set_armed_until(soon());
    }

    datapath::AnswerProgram& program() { return program_; }

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
    static datapath::AnswerProgram loaded(const nt_xdp_fixed& fixed) {
        auto program = datapath::AnswerProgram::load(fixed);
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

    datapath::AnswerProgram program_;
};

template <typename Logic>
inline constexpr nt_xdp_logic word_of = nt_xdp_threshold;
template <>
inline constexpr nt_xdp_logic word_of<datapath::Echo> = nt_xdp_echo;
template <>
inline constexpr nt_xdp_logic word_of<datapath::Discard> = nt_xdp_discard;

/// Both, on one shape of frames.
template <typename Family, typename Logic = datapath::Threshold>
class Both {
  public:
    explicit Both(const PacketOptions& shape)
        : here_({.listen = listening(shape)}, WayBack(datapath::LinkAddress{})),
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

}  // namespace nanotune::test
