#include "market_data.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>

#include <sys/socket.h>

#include "datapath/packet/packet.h"

namespace nanotune::cli::bench {

namespace {

/// A refusal that an earlier packet earned (ICMP) is told at the next call: once more.
template <typename Send>
auto despite_refusals(Send send) noexcept {
    const auto sent = send();
    return sent < 0 && errno == ECONNREFUSED ? send() : sent;
}

void put32(std::uint8_t* place, std::uint32_t number, bool network_order) {
    number = network_order ? __builtin_bswap32(number) : number;
    std::memcpy(place, &number, sizeof number);
}

void put64(std::uint8_t* place, std::uint64_t number, bool network_order) {
    number = network_order ? __builtin_bswap64(number) : number;
    std::memcpy(place, &number, sizeof number);
}

/// An order has its number behind the side; anything else that is long enough is taken for an echo.
constexpr std::size_t order_timestamp_at = nt_timestamp_at + 1;

}  // namespace

std::uint64_t now() noexcept {
    timespec time{};
    ::clock_gettime(CLOCK_MONOTONIC, &time);
    return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000 +
           static_cast<std::uint64_t>(time.tv_nsec);
}

bool wait_until(std::uint64_t moment, const std::atomic<bool>& stopped) noexcept {
    constexpr std::uint64_t long_enough = 2'000'000;
    constexpr std::uint64_t margin = 1'000'000;
    constexpr std::uint64_t longest = 100'000'000;
    for (std::uint64_t at = now(); at < moment && !stopped.load(std::memory_order_relaxed);
         at = now()) {
        if (moment - at > long_enough) {
            const std::uint64_t until = std::min(moment - margin, at + longest);
            const timespec time{.tv_sec = static_cast<time_t>(until / 1'000'000'000),
                                .tv_nsec = static_cast<long>(until % 1'000'000'000)};
            ::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nullptr);
        }
    }
    return !stopped.load(std::memory_order_relaxed);
}

Sender::Sender(Feed feed, std::vector<MarketSocket> sockets)
    : feed_(std::move(feed)),
      sockets_(std::move(sockets)),
      streams_(feed_.route.is_tcp ? std::make_unique<Stream[]>(sockets_.size()) : nullptr),
      packet_(std::make_unique<std::array<std::uint8_t, 65536>>()) {}

Result<Sender> Sender::open(const Feed& feed) {
    std::vector<MarketSocket> sockets;
    for (std::uint32_t flow = 0; flow < feed.flows; ++flow) {
        NT_TRY(MarketSocket socket, market_socket(feed.route, flow));
        sockets.push_back(std::move(socket));
    }
    return Sender(feed, std::move(sockets));
}

/// That which comes so many after the next.
Sender::Tick Sender::tick(std::size_t ahead, std::uint64_t timestamp) const noexcept {
    static_assert(std::tuple_size_v<Tick> == nt_market_data_size);
    Tick data{'A', 'A', 'P', 'L', ' ', ' ', ' ', ' '};
    const std::uint32_t price = feed_.prices[(next_price_ + ahead) % feed_.prices.size()];
    put32(&data[nt_price_at], price, feed_.network_order);
    put32(&data[nt_price_at + 4], 1000, feed_.network_order);
    put64(&data[nt_timestamp_at], timestamp, feed_.network_order);
    return data;
}

/// The flow whose turn it is.
std::size_t Sender::turn() noexcept {
    const std::size_t flow = next_flow_;
    next_flow_ = next_flow_ + 1 == sockets_.size() ? 0 : next_flow_ + 1;
    return flow;
}

bool Sender::send(std::uint64_t timestamp) noexcept {
    const Tick data = tick(0, timestamp);
    next_price_ = (next_price_ + 1) % feed_.prices.size();
    last_ = timestamp;
    return send(data);
}

bool Sender::send(std::span<const std::uint8_t> payload) noexcept {
    const std::size_t flow = turn();
    errno = 0;
    const bool is_taken =
        streams_ != nullptr ? send_stream(flow, payload) : send_packet(flow, payload);
    if (!is_taken) {
        note_refusal();
    }
    return is_taken;
}

void Sender::note_refusal() noexcept {
    const bool lacks_room = errno == 0 || errno == EAGAIN || errno == ENOBUFS;
    refusal_ = lacks_room ? 0 : errno;
}

std::optional<std::size_t> Sender::send_many(std::size_t count, std::uint64_t timestamp) noexcept {
    std::array<Tick, most_at_once> ticks;
    count = std::min(count, ticks.size());
    for (std::size_t at = 0; at < count; ++at) {
        ticks[at] = tick(at, timestamp);
    }
    last_ = timestamp;
    const std::size_t flow = turn();
    errno = 0;
    const auto wanted = std::span<const Tick>(ticks).first(count);
    const auto* const bytes = reinterpret_cast<const std::uint8_t*>(wanted.data());
    const std::size_t sent = streams_ == nullptr ? send_packets(flow, wanted)
                             : send_stream(flow, {bytes, wanted.size_bytes()}) ? count
                                                                               : 0;
    next_price_ = (next_price_ + sent) % feed_.prices.size();
    if (sent == 0) {
        note_refusal();
    }
    return sent != 0 || refusal_ == 0 ? std::optional(sent) : std::nullopt;
}

std::size_t Sender::send_packets(std::size_t flow, std::span<const Tick> ticks) noexcept {
    MarketSocket& to = sockets_[flow];
    std::array<iovec, most_at_once> places;
    std::array<mmsghdr, most_at_once> messages{};
    for (std::size_t at = 0; at < ticks.size(); ++at) {
        places[at] = {.iov_base = const_cast<std::uint8_t*>(ticks[at].data()),
                      .iov_len = ticks[at].size()};
        messages[at].msg_hdr.msg_name = to.group_size == 0 ? nullptr : &to.group;
        messages[at].msg_hdr.msg_namelen = to.group_size;
        messages[at].msg_hdr.msg_iov = &places[at];
        messages[at].msg_hdr.msg_iovlen = 1;
    }
    const int sent = despite_refusals([&] {
        return ::sendmmsg(to.socket.number(), messages.data(), static_cast<unsigned>(ticks.size()),
                          MSG_DONTWAIT | MSG_NOSIGNAL);
    });
    return sent < 0 ? 0 : static_cast<std::size_t>(sent);
}

bool Sender::send_packet(std::size_t flow, std::span<const std::uint8_t> payload) noexcept {
    const MarketSocket& to = sockets_[flow];
    const auto* const group =
        to.group_size == 0 ? nullptr : reinterpret_cast<const sockaddr*>(&to.group);
    return despite_refusals([&] {
               return ::sendto(to.socket.number(), payload.data(), payload.size(),
                               MSG_DONTWAIT | MSG_NOSIGNAL, group, to.group_size);
           }) >= 0;
}

/// Of the message before. Whether all of it has left.
bool Sender::send_rest(std::size_t flow) noexcept {
    Stream& stream = streams_[flow];
    if (stream.unsent != 0) {
        const ssize_t sent = ::send(sockets_[flow].socket.number(), stream.out.data(),
                                    stream.unsent, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent > 0) {
            stream.unsent -= static_cast<std::size_t>(sent);
            std::memmove(stream.out.data(), stream.out.data() + sent, stream.unsent);
        }
    }
    return stream.unsent == 0;
}

void Sender::end() noexcept {
    constexpr std::uint64_t patience = 1'000'000'000;
    const std::uint64_t until = now() + patience;
    for (std::size_t flow = 0; streams_ != nullptr && flow < sockets_.size(); ++flow) {
        while (!send_rest(flow) && now() < until) {
        }
        ::shutdown(sockets_[flow].socket.number(), SHUT_WR);
    }
}

bool Sender::has_ended() const noexcept {
    return streams_ != nullptr &&
           std::ranges::all_of(std::span(streams_.get(), sockets_.size()), &Stream::has_ended);
}

/// All of it, now or with the next one; or nothing.
bool Sender::send_stream(std::size_t flow, std::span<const std::uint8_t> payload) noexcept {
    Stream& stream = streams_[flow];
    if (!send_rest(flow)) {
        return false;
    }
    const ssize_t sent = ::send(sockets_[flow].socket.number(), payload.data(), payload.size(),
                                MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0) {
        return false;
    }
    const auto rest = payload.subspan(static_cast<std::size_t>(sent));
    stream.unsent = std::min(rest.size(), stream.out.size());
    std::copy_n(rest.begin(), stream.unsent, stream.out.begin());
    return true;
}

std::span<const std::uint8_t> Sender::received(std::size_t flow) noexcept {
    if (streams_ != nullptr) {
        return received_in_stream(flow);
    }
    const ssize_t got =
        ::recv(sockets_[flow].socket.number(), packet_->data(), packet_->size(), MSG_DONTWAIT);
    return std::span<const std::uint8_t>(*packet_).first(got < 0 ? 0
                                                                 : static_cast<std::size_t>(got));
}

std::span<const std::uint8_t> Sender::received_in_stream(std::size_t flow) noexcept {
    Stream& stream = streams_[flow];
    const std::size_t size =
        feed_.is_echoed ? std::size_t{nt_market_data_size} : std::size_t{nt_order_size};
    if (stream.end - stream.begin < size) {
        std::memmove(stream.in.data(), stream.in.data() + stream.begin, stream.end - stream.begin);
        stream.end -= stream.begin;
        stream.begin = 0;
        const ssize_t got = ::recv(sockets_[flow].socket.number(), stream.in.data() + stream.end,
                                   stream.in.size() - stream.end, MSG_DONTWAIT);
        stream.end += got > 0 ? static_cast<std::size_t>(got) : 0;
        stream.has_ended = got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR);
    }
    if (stream.end - stream.begin < size) {
        return {};
    }
    stream.begin += size;
    return std::span<const std::uint8_t>(stream.in).subspan(stream.begin - size, size);
}

Answer Sender::answer_in(std::span<const std::uint8_t> bytes) const noexcept {
    if (bytes.size() < nt_market_data_size) {
        return {.timestamp = last_, .is_its_own = false};
    }
    std::uint64_t stamp = 0;
    const std::size_t at =
        bytes.size() == nt_order_size ? order_timestamp_at : std::size_t{nt_timestamp_at};
    std::memcpy(&stamp, bytes.data() + at, sizeof stamp);
    return {.timestamp = feed_.network_order ? __builtin_bswap64(stamp) : stamp};
}

std::optional<Answer> Sender::answer() noexcept {
    for (std::size_t looked = 0; looked < sockets_.size(); ++looked) {
        const auto answer = received(next_answer_);
        if (!answer.empty()) {
            return answer_in(answer);
        }
        next_answer_ = next_answer_ + 1 == sockets_.size() ? 0 : next_answer_ + 1;
    }
    return std::nullopt;
}

}  // namespace nanotune::cli::bench
