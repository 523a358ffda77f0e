// The senders that are answered, and how the headers of their answers are made.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>

#include "counters.hpp"
#include "flow_table.hpp"
#include "next_hop.hpp"
#include "options.hpp"

namespace nanotune::datapath {

template <typename Family, NextHops Hops, std::uint32_t answer_size>
class PreparedFlows {
  public:
    /// What is referred to outlives it.
    PreparedFlows(const ProcessorOptions& options, const Hops& hops, Counters& counters)
        : listen_(options.listen),
          respond_(options.respond),
          hops_(hops),
          counters_(counters),
          table_(options.flows),
          generation_(hops.generation()) {}

    [[nodiscard]] FlowTable<Family>& table() noexcept { return table_; }
    [[nodiscard]] const FlowTable<Family>& table() const noexcept { return table_; }

    /// Forgets all of them where link addresses have changed.
    void follow_hops() noexcept {
        if (const std::uint32_t now = hops_.generation(); now != generation_) [[unlikely]] {
            table_.clear();
            generation_ = now;
        }
    }

    /// Of a sender that is not there. Null where nobody knows the way to the receiver.
    [[gnu::noinline]] Flow<Family>* made(const typename Family::Key& key,
                                         const nt_datagram& datagram, std::uint32_t now) noexcept {
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
        const auto place = table_.make_room(key, now);
        (place.was_taken ? counters_.flows_evicted : counters_.flows_made).add();
        Flow<Family>& flow = *place.flow;
        flow.key = key;
        flow.used = now;
        flow.sum = nt_sum_folded(
            Family::write_headers(listen_, receiver, answer_size, flow.headers.data()));
        return &flow;
    }

  private:
    nt_listen listen_;
    std::optional<RespondTo> respond_;
    const Hops& hops_;
    Counters& counters_;
    FlowTable<Family> table_;
    std::uint32_t generation_;
};

}  // namespace nanotune::datapath
