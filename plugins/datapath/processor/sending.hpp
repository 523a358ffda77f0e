// Outcomes of one burst, and its answers sent on in good time.
#pragma once

#include <cstddef>

#include "counters.hpp"
#include "frame.hpp"
#include "packet_trace.hpp"

namespace nanotune::datapath {

template <FramePort Port>
class Sending {
  public:
    /// `trace` may be null.
    Sending(Port& port, Counters& counters, PacketTrace* trace) noexcept
        : port_(port), counters_(counters), trace_(trace) {}

    [[gnu::always_inline]] void count(nt_outcome outcome) noexcept {
        if (outcome == nt_answered) {
            if (++answered_ % kick_every == 0) {
                flush(kick_every);
            }
        } else {
            counters_.outcomes[outcome].add();
        }
    }
    [[gnu::always_inline]] void finish() noexcept {
        if (answered_ % kick_every != 0) {
            flush(answered_ % kick_every);
        }
        counters_.outcomes[nt_answered].add(answered_ - lost_);
        if (lost_ != 0) [[unlikely]] {
            counters_.outcomes[nt_transmit_full].add(lost_);
        }
    }

  private:
    static constexpr std::size_t kick_every = 32;

    [[gnu::always_inline]] void flush(std::size_t answers) noexcept {
        const std::size_t lost = port_.flush();
        lost_ += lost;
        if (trace_ != nullptr) [[unlikely]] {
            trace_->kicked(answers, lost);
        }
    }

    Port& port_;
    Counters& counters_;
    PacketTrace* trace_;
    std::size_t answered_ = 0;
    std::size_t lost_ = 0;  ///< committed, and not taken by whoever sends
};

}  // namespace nanotune::datapath
