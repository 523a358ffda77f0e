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
#include <optional>
#include <span>
#include <utility>

#include "counters.hpp"
#include "family.hpp"
#include "flow_table.hpp"
#include "frame.hpp"
#include "logic.hpp"
#include "next_hop.hpp"
#include "options.hpp"
#include "packet_trace.hpp"
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
          respond_(options.respond),
          logic_(std::move(logic)),
          port_(port),
          hops_(hops),
          control_(control),
          counters_(counters),
          flows_(options.flows),
          generation_(hops.generation()) {}

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
        if (const std::uint32_t now = hops_.generation(); now != generation_) [[unlikely]] {
            flows_.clear();
            generation_ = now;
        }
        untimed_ += count;
        const bool is_timed = untimed_ >= sample_every;
        const std::uint64_t began = is_timed ? ticks() : 0;
        if (listen_.tags == 0) {
            process<false>(count, settings);
        } else {
            process<true>(count, settings);
        }
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

    [[nodiscard]] const FlowTable<Family>& flows() const noexcept { return flows_; }

  private:
    // Frames are fetched from memory so many packets before they are looked at, flows later, since
    // their place stands in the frame.
    static constexpr std::size_t frames_ahead = 32;
    static constexpr std::size_t flows_ahead = 8;
    static constexpr std::size_t sample_every = 64;

    // Where things stand without tags is known when this is compiled.
    template <bool has_tags>
    void process(std::size_t count, const nt_settings settings) noexcept {
        // Of its own: no byte that is written can be one of it, as far as the compiler knows.
        nt_listen listen = listen_;
        listen.tags = has_tags ? listen.tags : 0;
        if (trace_ != nullptr && trace_->is_on() && trace_->wants(count)) [[unlikely]] {
            process_traced(listen, count, settings);
        } else if constexpr (BurstLogic<Logic>) {
            process_together(listen, count, settings);
        } else {
            process_each(listen, count, settings);
        }
    }

    /// Packet by packet, each with its time, while somebody looks; who looks is told when all are
    /// done with, so that no packet's time has that in it.
    [[gnu::noinline]] void process_traced(const nt_listen& listen, std::size_t count,
                                          const nt_settings& settings) noexcept {
        std::array<SeenPacket, burst_size> seen;
        Sending<Port> sending(port_, counters_, trace_);
        for (std::size_t at = 0; at < count; ++at) {
            const std::uint64_t began = ticks();  // the packet before may have had others sent
            nt_datagram datagram{};
            nt_outcome outcome = Family::classify(listen, burst_[at], datagram);
            if (outcome == nt_answered) {
                if constexpr (BurstLogic<Logic>) {
                    logic_.decide(settings, std::span<const nt_datagram>(&datagram, 1));
                }
                const auto key = Family::Key::at(datagram.source, datagram.source_port);
                outcome = answer_right(listen, settings, datagram,
                                       static_cast<std::uint32_t>(flows_.home(key)));
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

    void process_together(const nt_listen& listen, std::size_t count,
                          const nt_settings& settings) noexcept {
        std::array<nt_datagram, burst_size> right;
        std::size_t rights = 0;
        Sending<Port> sending(port_, counters_, nullptr);
        for (std::size_t at = 0; at < count; ++at) {
            const nt_outcome outcome = Family::classify(listen, burst_[at], right[rights]);
            if (outcome == nt_answered) {
                ++rights;
            } else {
                counters_.outcomes[outcome].add();
            }
        }
        if (rights != 0) {
            logic_.decide(settings, std::span<const nt_datagram>(right).first(rights));
        }
        for (std::size_t at = 0; at < rights; ++at) {
            const auto key = Family::Key::at(right[at].source, right[at].source_port);
            const auto home = static_cast<std::uint32_t>(flows_.home(key));
            sending.count(answer_right(listen, settings, right[at], home));
        }
        sending.finish();
    }

    [[gnu::always_inline]] void process_each(const nt_listen& listen, std::size_t count,
                                             const nt_settings& settings) noexcept {
        std::array<std::uint32_t, burst_size> homes;
        Sending<Port> sending(port_, counters_, nullptr);
        for (std::size_t ahead = 0; ahead < std::min(frames_ahead, count); ++ahead) {
            fetch_frame(burst_[ahead]);
        }
        for (std::size_t ahead = 0; ahead < std::min(flows_ahead, count); ++ahead) {
            homes[ahead] = fetch_flow(listen, burst_[ahead]);
        }
        for (std::size_t at = 0; at < count; ++at) {
            if (at + frames_ahead < count) {
                fetch_frame(burst_[at + frames_ahead]);
            }
            if (at + flows_ahead < count) {
                homes[at + flows_ahead] = fetch_flow(listen, burst_[at + flows_ahead]);
            }
            sending.count(answer(listen, settings, burst_[at], homes[at]));
        }
        sending.finish();
    }

    // Inlined by order: g++ forgets a call whose only effect is a prefetch.
    [[gnu::always_inline]] static void fetch_frame(const Frame& frame) noexcept {
        __builtin_prefetch(frame.data);
        __builtin_prefetch(frame.data + 64);
    }

    /// Where the sender's flow is looked for, if the frame is ours: then its sender stands there.
    [[gnu::always_inline]] std::uint32_t fetch_flow(const nt_listen& listen,
                                                    const Frame& frame) const noexcept {
        if (Logic::answer_size == 0 || frame.length < Family::header_size(listen)) {
            return 0;
        }
        const std::size_t home = flows_.home(Family::key_in(listen, frame));
        flows_.prefetch(home);
        return static_cast<std::uint32_t>(home);
    }

    [[gnu::always_inline]] nt_outcome answer(const nt_listen& listen, const nt_settings& settings,
                                             const Frame& frame, std::uint32_t home) noexcept {
        nt_datagram datagram;
        if (const nt_outcome outcome = Family::classify(listen, frame, datagram);
            outcome != nt_answered) {
            return outcome;
        }
        return answer_right(listen, settings, datagram, home);
    }

    /// A packet that is ours and right.
    [[gnu::always_inline]] nt_outcome answer_right(const nt_listen& listen,
                                                   const nt_settings& settings,
                                                   const nt_datagram& datagram,
                                                   std::uint32_t home) noexcept {
        if (!logic_.wants(settings, datagram)) {
            return nt_declined;
        }
        if constexpr (Logic::answer_size != 0) {
            const auto key = Family::Key::at(datagram.source, datagram.source_port);
            Flow<Family>* flow = flows_.find(key, home);
            if (flow == nullptr) [[unlikely]] {
                flow = made_flow(key, datagram);
                if (flow == nullptr) {
                    return nt_no_next_hop;
                }
            }
            if (!settings.is_armed) [[unlikely]] {
                flow->used = now_;
                return nt_withheld;
            }
            return sent(listen, settings, datagram, *flow);
        }
        return nt_declined;
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
        flow.used = now_;
        port_.commit(size + Logic::answer_size);
        return nt_answered;
    }

    /// Null where nobody knows the way to the receiver.
    [[gnu::noinline]] Flow<Family>* made_flow(const typename Family::Key& key,
                                              const nt_datagram& datagram) noexcept {
        nt_receiver receiver{};
        if (respond_) {
            std::memcpy(receiver.address, respond_->address.data(), Family::address_size);
            receiver.port = respond_->port;
        } else {
            std::memcpy(receiver.address, datagram.source, Family::address_size);
            receiver.port = datagram.source_port;
        }
        LinkAddress link{};
        if (!hops_.find(receiver.address, link)) {
            return nullptr;
        }
        std::memcpy(receiver.link, link.data(), link.size());
        const auto place = flows_.make_room(key, now_);
        (place.was_taken ? counters_.flows_evicted : counters_.flows_made).add();
        Flow<Family>& flow = *place.flow;
        flow.key = key;
        flow.used = now_;
        flow.sum = nt_sum_folded(
            Family::write_headers(listen_, receiver, Logic::answer_size, flow.headers.data()));
        return &flow;
    }

    nt_listen listen_;
    std::optional<RespondTo> respond_;
    [[no_unique_address]] Logic logic_;
    Port& port_;
    const Hops& hops_;
    const Control& control_;
    Counters& counters_;
    FlowTable<Family> flows_;
    std::uint32_t generation_;
    PacketTrace* trace_ = nullptr;
    std::uint32_t now_ = 0;  ///< bursts so far
    std::size_t untimed_ = 0;
    std::array<Frame, burst_size> burst_{};
};

}  // namespace nanotune::datapath
