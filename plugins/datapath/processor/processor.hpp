// The packet processor: takes bursts from a port, and answers what deserves an answer. Everything
// that it is made of is known when it is compiled, so that a packet costs no call.
//
// One thread runs it. After construction it takes no memory, makes no system call besides its
// port's, and does not throw.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "counters.hpp"
#include "family.hpp"
#include "frame.hpp"
#include "logic.hpp"
#include "options.hpp"
#include "packet_trace.hpp"
#include "prepared_flows.hpp"
#include "sending.hpp"
#include "ticks.hpp"

namespace nanotune::datapath {

template <FramePort Port, typename Family, typename Logic, NextHops Hops>
class Processor {
  public:
    static constexpr std::size_t burst_size = 64;

    /// What is referred to outlives the processor. Takes all memory that it needs.
    Processor(const ProcessorOptions& options, Port& port, const Hops& hops, const Control& control,
              Counters& counters, Logic logic)
        : listen_(options.listen),
          usual_(nt_usual_of(&listen_)),
          logic_(std::move(logic)),
          port_(port),
          control_(control),
          counters_(counters),
          flows_(options, hops, counters) {}

    Processor(const ProcessorOptions& options, Port& port, const Hops& hops, const Control& control,
              Counters& counters)
        : Processor(options, port, hops, control, counters, Logic{}) {}

    /// Who is told of packets while somebody looks; outlives the processor.
    void trace_to(PacketTrace& trace) noexcept { trace_ = &trace; }

    /// Takes one burst and does with it what is to be done. How many packets it had; 0 where none
    /// had come.
    std::size_t poll() noexcept {
        const std::size_t count = port_.receive(burst_);
        if (count == 0) {
            return 0;
        }
        const nt_settings settings = control_.now();
        flows_.follow_hops();
        untimed_ += count;
        const bool is_timed = untimed_ >= sample_every;
        const std::uint64_t began = is_timed ? ticks() : 0;
        process(count, settings);
        if (is_timed) {
            const std::uint64_t each = (ticks() - began) / count;
            counters_.took(each, count);
            untimed_ = 0;
        }
        ++now_;
        counters_.bursts.add();
        port_.release(std::span(burst_).first(count));
        return count;
    }

    [[nodiscard]] const FlowTable<Family>& flows() const noexcept { return flows_.table(); }
    [[nodiscard]] const Logic& logic() const noexcept { return logic_; }

  private:
    // Frames are fetched from memory so many packets before they are looked at, flows later, since
    // their place stands in the frame.
    static constexpr std::size_t frames_ahead = 32;
    static constexpr std::size_t flows_ahead = 8;
    static constexpr std::size_t sample_every = 64;

    void process(std::size_t count, const nt_settings& settings) noexcept {
        if (trace_ != nullptr && trace_->is_on() && trace_->wants(count)) [[unlikely]] {
            process_traced(count, settings);
        } else if constexpr (BurstLogic<Logic>) {
            process_together(count, settings);
        } else if (listen_.tags == 0) {
            process_each<false>(count, settings);
        } else {
            process_each<true>(count, settings);
        }
    }

    /// Packet by packet, each with its time, while somebody looks; who looks is told when all are
    /// done with, so that no packet's time has that in it.
    [[gnu::noinline]] void process_traced(std::size_t count, nt_settings settings) noexcept {
        std::array<SeenPacket, burst_size> seen;
        Sending<Port> sending(port_, counters_, trace_);
        for (std::size_t at = 0; at < count; ++at) {
            const std::uint64_t began = ticks();  // the packet before may have had others sent
            nt_datagram datagram{};
            nt_outcome outcome = Family::classify(listen_, burst_[at], datagram);
            if (outcome == nt_answered) {
                if constexpr (BurstLogic<Logic>) {
                    logic_.decide(settings, std::span<const nt_datagram>(&datagram, 1));
                    settings = still_armed(settings);
                }
                const auto key = Family::Key::at(datagram.source, datagram.source_port);
                outcome = answer_right(listen_, settings, datagram, flows_.table().first(key));
            }
            const std::uint64_t ended = ticks();
            seen[at] = {.source = datagram.source,
                        .ended = ended,
                        .took = ended - began,
                        .source_port = datagram.source_port,
                        .outcome = outcome};
            sending.count(outcome);
        }
        sending.finish();
        trace_->seen(std::span(seen).first(count));
    }

    void process_together(std::size_t count, nt_settings settings) noexcept {
        std::array<nt_datagram, burst_size> right;
        std::size_t rights = 0;
        Sending<Port> sending(port_, counters_, nullptr);
        for (std::size_t at = 0; at < count; ++at) {
            const nt_outcome outcome = Family::classify(listen_, burst_[at], right[rights]);
            if (outcome == nt_answered) {
                ++rights;
            } else {
                counters_.outcomes[outcome].add();
            }
        }
        if (rights != 0) {
            logic_.decide(settings, std::span<const nt_datagram>(right).first(rights));
            settings = still_armed(settings);
        }
        for (std::size_t at = 0; at < rights; ++at) {
            const auto key = Family::Key::at(right[at].source, right[at].source_port);
            sending.count(answer_right(listen_, settings, right[at], flows_.table().first(key)));
        }
        sending.finish();
    }

    /// Who decides may be away for seconds: what was turned off meanwhile is off for that, too.
    [[nodiscard]] nt_settings still_armed(nt_settings settings) const noexcept {
        if (control_.now().is_armed == 0) {
            settings.is_armed = 0;
        }
        return settings;
    }

    // Where things stand without tags is known when this is compiled.
    template <bool has_tags>
    void process_each(std::size_t count, const nt_settings settings) noexcept {
        // Of its own, as the settings are: no byte that is written can be one of it.
        nt_listen listen = listen_;
        listen.tags = has_tags ? listen.tags : 0;
        const nt_usual usual = usual_;
        std::array<Flow<Family>*, burst_size> flows;
        Sending<Port> sending(port_, counters_, nullptr);
        for (std::size_t ahead = 0; ahead < std::min(frames_ahead, count); ++ahead) {
            fetch_frame(burst_[ahead]);
        }
        for (std::size_t ahead = 0; ahead < std::min(flows_ahead, count); ++ahead) {
            flows[ahead] = fetched_flow(listen, burst_[ahead]);
        }
        for (std::size_t at = 0; at < count; ++at) {
            if (at + frames_ahead < count) {
                fetch_frame(burst_[at + frames_ahead]);
            }
            if (at + flows_ahead < count) {
                flows[at + flows_ahead] = fetched_flow(listen, burst_[at + flows_ahead]);
            }
            if constexpr (!has_tags && requires { &Family::is_usual; }) {
                sending.count(answer_usual(listen, usual, settings, burst_[at], flows[at]));
            } else {
                sending.count(answer(listen, settings, burst_[at], flows[at]));
            }
        }
        sending.finish();
    }

    // Inlined by order: g++ forgets a call whose only effect is a prefetch.
    [[gnu::always_inline]] static void fetch_frame(const Frame& frame) noexcept {
        __builtin_prefetch(frame.data);
        __builtin_prefetch(frame.data + 64);
    }

    /// Where the sender's flow is looked for, if the frame is ours: then its sender stands there.
    [[gnu::always_inline]] Flow<Family>* fetched_flow(const nt_listen& listen,
                                                      const Frame& frame) const noexcept {
        if (Logic::answer_size == 0 || frame.length < Family::header_size(listen)) {
            return flows_.table().first({});
        }
        return flows_.table().fetched(Family::key_in(listen, frame));
    }

    [[gnu::always_inline]] nt_outcome answer_usual(const nt_listen& listen, const nt_usual& usual,
                                                   const nt_settings& settings, const Frame& frame,
                                                   Flow<Family>* first) noexcept {
        nt_datagram datagram;
        if (!Family::is_usual(usual, listen, frame, datagram)) [[unlikely]] {
            return answer_other(settings, frame, first);
        }
        if (!logic_.wants(settings, datagram)) {
            const nt_outcome outcome = Family::judge_source(listen, datagram);
            return outcome == nt_answered ? nt_declined : outcome;
        }
        if constexpr (Logic::answer_size != 0) {
            // A sender that is kept has been judged.
            const auto key = Family::Key::at(datagram.source, datagram.source_port);
            if (Flow<Family>* const flow = flows_.table().find(key, first); flow != nullptr)
                [[likely]] {
                return sent_if_armed(listen, settings, datagram, *flow);
            }
        }
        return answer_other(settings, frame, first);
    }
    [[gnu::noinline]] nt_outcome answer_other(const nt_settings settings, const Frame& frame,
                                              Flow<Family>* first) noexcept {
        return answer(listen_, settings, frame, first);
    }

    [[gnu::always_inline]] nt_outcome answer(const nt_listen& listen, const nt_settings& settings,
                                             const Frame& frame, Flow<Family>* first) noexcept {
        nt_datagram datagram;
        if (const nt_outcome outcome = Family::classify(listen, frame, datagram);
            outcome != nt_answered) {
            return outcome;
        }
        return answer_right(listen, settings, datagram, first);
    }

    /// A packet that is ours and right.
    [[gnu::always_inline]] nt_outcome answer_right(const nt_listen& listen,
                                                   const nt_settings& settings,
                                                   const nt_datagram& datagram,
                                                   Flow<Family>* first) noexcept {
        if (!logic_.wants(settings, datagram)) {
            return nt_declined;
        }
        if constexpr (Logic::answer_size != 0) {
            const auto key = Family::Key::at(datagram.source, datagram.source_port);
            Flow<Family>* flow = flows_.table().find(key, first);
            if (flow == nullptr) [[unlikely]] {
                flow = flows_.made(key, datagram, now_);
                if (flow == nullptr) {
                    return nt_no_next_hop;
                }
            }
            return sent_if_armed(listen, settings, datagram, *flow);
        }
        return nt_declined;
    }

    [[gnu::always_inline]] nt_outcome sent_if_armed(const nt_listen& listen,
                                                    const nt_settings& settings,
                                                    const nt_datagram& datagram,
                                                    Flow<Family>& flow) noexcept {
        flow.used = now_;
        return settings.is_armed != 0 ? sent(listen, settings, datagram, flow) : nt_withheld;
    }

    [[gnu::always_inline]] nt_outcome sent(const nt_listen& listen, const nt_settings& settings,
                                           const nt_datagram& datagram,
                                           Flow<Family>& flow) noexcept {
        std::uint8_t* const slot = port_.slot();
        if (slot == nullptr) [[unlikely]] {
            return nt_pool_exhausted;
        }
        const std::uint32_t size = Family::header_size(listen);
        // Some bytes too many: a copy of one size is a few instructions, and what follows goes
        // over.
        __builtin_memcpy(slot, flow.headers.data(), Family::headers_size);
        const std::uint64_t sum = logic_.write(settings, datagram, slot + size);
        if constexpr (Family::has_checksum) {
            nt_store16(slot + size - 2, nt_stored_checksum(nt_sum_add(sum, flow.sum)));
        }
        port_.commit(size + Logic::answer_size);
        return nt_answered;
    }

    nt_listen listen_;
    nt_usual usual_;
    [[no_unique_address]] Logic logic_;
    Port& port_;
    const Control& control_;
    Counters& counters_;
    PreparedFlows<Family, Hops, Logic::answer_size> flows_;
    PacketTrace* trace_ = nullptr;
    std::uint32_t now_ = 0;  ///< bursts so far
    std::size_t untimed_ = 0;
    std::array<Frame, burst_size> burst_{};
};

}  // namespace nanotune::datapath
