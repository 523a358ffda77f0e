#include "market_data.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <ctime>

#include <arpa/inet.h>
#include <fmt/core.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "datapath/packet/packet.h"

namespace nanotune::cli::bench {

namespace {

struct Address {
    sockaddr_storage storage{};
    socklen_t size = 0;

    [[nodiscard]] const sockaddr* get() const {
        return reinterpret_cast<const sockaddr*>(&storage);
    }
};

/// "192.0.2.1" or "2001:db8::1" with a port.
std::optional<Address> address_of(const std::string& host, std::uint16_t port) {
    Address address;
    sockaddr_in ipv4{};
    sockaddr_in6 ipv6{};
    if (::inet_pton(AF_INET, host.c_str(), &ipv4.sin_addr) == 1) {
        ipv4.sin_family = AF_INET;
        ipv4.sin_port = htons(port);
        std::memcpy(&address.storage, &ipv4, sizeof ipv4);
        address.size = sizeof ipv4;
        return address;
    }
    if (::inet_pton(AF_INET6, host.c_str(), &ipv6.sin6_addr) == 1) {
        ipv6.sin6_family = AF_INET6;
        ipv6.sin6_port = htons(port);
        std::memcpy(&address.storage, &ipv6, sizeof ipv6);
        address.size = sizeof ipv6;
        return address;
    }
    return std::nullopt;
}

Result<Address> target_of(const std::string& text) {
    const auto colon = text.rfind(':');
    std::uint16_t port = 0;
    std::string host = text.substr(0, colon == std::string::npos ? 0 : colon);
    if (colon != std::string::npos) {
        std::from_chars(text.data() + colon + 1, text.data() + text.size(), port);
    }
    if (host.starts_with('[') && host.ends_with(']')) {
        host = host.substr(1, host.size() - 2);
    }
    const auto address = address_of(host, port);
    if (!address || port == 0) {
        return failure(ErrorCode::invalid,
                       fmt::format("{}: expected a target such as 192.0.2.1:8080 or "
                                   "[2001:db8::1]:8080",
                                   text));
    }
    return *address;
}

Result<Descriptor> connected(const Feed& feed, const Address& target) {
    Descriptor socket(
        ::socket(target.storage.ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!socket.is_open()) {
        return kernel_failure("make a UDP socket", errno);
    }
    const int buffer = 4 << 20;  // as far as the kernel lets it
    ::setsockopt(socket.number(), SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
    ::setsockopt(socket.number(), SOL_SOCKET, SO_SNDBUF, &buffer, sizeof buffer);
    if (!feed.from.empty()) {
        const auto own = address_of(feed.from, 0);
        if (!own || ::bind(socket.number(), own->get(), own->size) != 0) {
            return own ? kernel_failure("send from " + feed.from, errno)
                       : failure(ErrorCode::invalid, "--from " + feed.from + ": no address");
        }
    }
    if (::connect(socket.number(), target.get(), target.size) != 0) {
        return kernel_failure("connect to " + feed.target, errno);
    }
    return socket;
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

void wait_until(std::uint64_t moment) noexcept {
    constexpr std::uint64_t long_enough = 2'000'000;
    constexpr std::uint64_t margin = 1'000'000;
    if (const std::uint64_t left = now(); moment > left && moment - left > long_enough) {
        const std::uint64_t until = moment - margin;
        const timespec time{.tv_sec = static_cast<time_t>(until / 1'000'000'000),
                            .tv_nsec = static_cast<long>(until % 1'000'000'000)};
        ::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nullptr);
    }
    while (now() < moment) {
    }
}

Result<Sender> Sender::open(const Feed& feed) {
    NT_TRY(const Address target, target_of(feed.target));
    std::vector<Descriptor> sockets;
    for (std::uint32_t flow = 0; flow < feed.flows; ++flow) {
        NT_TRY(Descriptor socket, connected(feed, target));
        sockets.push_back(std::move(socket));
    }
    return Sender(feed, std::move(sockets));
}

bool Sender::send(std::uint64_t timestamp) noexcept {
    std::array<std::uint8_t, nt_market_data_size> data{'A', 'A', 'P', 'L', ' ', ' ', ' ', ' '};
    put32(&data[nt_price_at], feed_.prices[next_price_], feed_.network_order);
    put32(&data[nt_price_at + 4], 1000, feed_.network_order);
    put64(&data[nt_timestamp_at], timestamp, feed_.network_order);
    const int socket = sockets_[next_flow_].number();
    next_flow_ = next_flow_ + 1 == sockets_.size() ? 0 : next_flow_ + 1;
    next_price_ = next_price_ + 1 == feed_.prices.size() ? 0 : next_price_ + 1;
    last_ = timestamp;
    // A refusal that an earlier packet earned (ICMP) is told at the next call: once more.
    for (int attempt = 0; attempt < 2; ++attempt) {
        if (::send(socket, data.data(), data.size(), MSG_DONTWAIT | MSG_NOSIGNAL) >= 0) {
            return true;
        }
        if (errno != ECONNREFUSED) {
            break;
        }
    }
    return false;
}

std::optional<std::uint64_t> Sender::answer() noexcept {
    std::array<std::uint8_t, 2048> data;
    for (std::size_t looked = 0; looked < sockets_.size(); ++looked) {
        const int socket = sockets_[next_answer_].number();
        const ssize_t got = ::recv(socket, data.data(), data.size(), MSG_DONTWAIT);
        if (got < 0) {
            next_answer_ = next_answer_ + 1 == sockets_.size() ? 0 : next_answer_ + 1;
            continue;
        }
        const auto size = static_cast<std::size_t>(got);
        if (size < nt_market_data_size) {
            return last_;
        }
        std::uint64_t stamp = 0;
        std::memcpy(
            &stamp,
            &data[size == nt_order_size ? order_timestamp_at : std::size_t{nt_timestamp_at}],
            sizeof stamp);
        return feed_.network_order ? __builtin_bswap64(stamp) : stamp;
    }
    return std::nullopt;
}

}  // namespace nanotune::cli::bench
