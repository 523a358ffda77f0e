#include "daemon/metrics_server.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include <arpa/inet.h>
#include <fmt/core.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <nanotune/numbers.hpp>

#include "daemon/patience.hpp"

namespace nanotune::daemon {

namespace {

constexpr std::size_t most_clients = 8;
constexpr std::size_t longest_request = 4096;
constexpr std::chrono::seconds client_patience{5};
constexpr std::chrono::seconds rest_from_accepting{1};  // while who waits to be accepted cannot be

struct Address {
    sockaddr_storage bytes{};
    socklen_t size = 0;
};

std::unexpected<Error> no_address(const std::string& text) {
    return failure(ErrorCode::invalid,
                   fmt::format("metrics.listen: {}: 127.0.0.1:PORT or [::1]:PORT is expected: "
                               "everybody who reaches it may read it",
                               text));
}

Result<Address> address_of(const std::string& text) {
    const std::size_t colon = text.rfind(':');
    const std::string host = text.substr(0, std::min(colon, text.size()));
    const auto port = colon == std::string::npos
                          ? std::nullopt
                          : whole_number<std::uint16_t>(std::string_view(text).substr(colon + 1));
    if (!port) {
        return no_address(text);
    }
    Address address;
    if (host == "[::1]") {
        sockaddr_in6 six{};
        six.sin6_family = AF_INET6;
        six.sin6_addr = IN6ADDR_LOOPBACK_INIT;
        six.sin6_port = htons(*port);
        std::memcpy(&address.bytes, &six, sizeof six);
        address.size = sizeof six;
        return address;
    }
    sockaddr_in four{};
    four.sin_family = AF_INET;
    four.sin_port = htons(*port);
    if (::inet_pton(AF_INET, host.c_str(), &four.sin_addr) != 1 ||
        ntohl(four.sin_addr.s_addr) >> 24U != IN_LOOPBACKNET) {
        return no_address(text);
    }
    std::memcpy(&address.bytes, &four, sizeof four);
    address.size = sizeof four;
    return address;
}

std::uint16_t port_of(const Descriptor& socket) {
    sockaddr_storage bytes{};
    socklen_t size = sizeof bytes;
    ::getsockname(socket.number(), reinterpret_cast<sockaddr*>(&bytes), &size);
    // Both families have the port at the same place.
    sockaddr_in four{};
    std::memcpy(&four, &bytes, sizeof four);
    return ntohs(four.sin_port);
}

std::string response(std::string_view status, std::string_view type, std::string_view body) {
    return fmt::format(
        "HTTP/1.1 {}\r\nContent-Type: {}\r\nContent-Length: {}\r\nConnection: close"
        "\r\n\r\n{}",
        status, type, body.size(), body);
}

}  // namespace

std::string_view refusal_of(std::string_view request) {
    const std::string_view line = request.substr(0, request.find("\r\n"));
    const std::size_t first = line.find(' ');
    const std::size_t second = first == std::string_view::npos ? first : line.find(' ', first + 1);
    if (second == std::string_view::npos || !line.substr(second + 1).starts_with("HTTP/1.")) {
        return "400 Bad Request";
    }
    if (line.substr(0, first) != "GET") {
        return "405 Method Not Allowed";
    }
    const std::string_view target = line.substr(first + 1, second - first - 1);
    return target.substr(0, target.find('?')) == "/metrics" ? "" : "404 Not Found";
}

Result<MetricsServer> MetricsServer::open(const std::string& address, Asked asked) {
    NT_TRY(const Address where, address_of(address));
    Descriptor socket(
        ::socket(where.bytes.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    const int yes = 1;
    if (!socket.is_open() ||
        ::setsockopt(socket.number(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0 ||
        ::bind(socket.number(), reinterpret_cast<const sockaddr*>(&where.bytes), where.size) != 0 ||
        ::listen(socket.number(), most_clients) != 0) {
        return kernel_failure("metrics.listen: " + address, errno);
    }
    const std::uint16_t port = port_of(socket);
    return MetricsServer(std::move(socket), port, std::move(asked));
}

void MetricsServer::add_to(std::vector<pollfd>& waited) const {
    if (has_room() && !is_resting_) {
        waited.push_back({.fd = socket_.number(), .events = POLLIN, .revents = 0});
    }
    for (const auto& [number, client] : clients_) {
        const bool writes = !client.answer.empty();
        if (writes || !client.is_asked || client.is_answered) {
            const short events = writes ? POLLOUT : POLLIN;
            waited.push_back({.fd = client.socket.number(), .events = events, .revents = 0});
        }
    }
}

int MetricsServer::patience(Clock::time_point now) const {
    auto due = is_resting_ ? accepts_from_ : Clock::time_point::max();
    for (const auto& [number, client] : clients_) {
        due = std::min(due, client.due);
    }
    return patience_until(due, now);
}

void MetricsServer::process(Clock::time_point now) {
    accept(now);
    for (auto client = clients_.begin(); client != clients_.end();) {
        const bool goes_on = now < client->second.due && advance(client->first, client->second);
        client = goes_on ? std::next(client) : clients_.erase(client);
    }
}

bool MetricsServer::has_room() const {
    return clients_.size() < most_clients ||
           std::ranges::any_of(clients_, [](const auto& each) { return !each.second.is_asked; });
}

void MetricsServer::make_room() {
    if (clients_.size() == most_clients) {
        clients_.erase(
            std::ranges::find_if(clients_, [](const auto& each) { return !each.second.is_asked; }));
    }
}

void MetricsServer::accept(Clock::time_point now) {
    is_resting_ = is_resting_ && now < accepts_from_;
    for (std::size_t i = 0; i < most_clients && !is_resting_ && has_room(); ++i) {
        Descriptor socket(
            ::accept4(socket_.number(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
        if (!socket.is_open()) {
            is_resting_ = errno != EAGAIN && errno != EINTR && errno != ECONNABORTED;
            accepts_from_ = now + rest_from_accepting;
            return;
        }
        make_room();
        clients_.emplace(++last_,
                         Client{.socket = std::move(socket), .due = now + client_patience});
    }
}

/// The kernel takes an answer back from who is closed with something unread.
bool MetricsServer::drain(Client& client) {
    std::array<char, longest_request> chunk;
    const ssize_t got = ::recv(client.socket.number(), chunk.data(), chunk.size(), 0);
    return got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR));
}

bool MetricsServer::advance(std::uint64_t number, Client& client) {
    if (client.is_answered) {
        return drain(client);
    }
    if (client.answer.empty()) {
        return client.is_asked || read(number, client);
    }
    const ssize_t sent =
        ::send(client.socket.number(), client.answer.data(), client.answer.size(), MSG_NOSIGNAL);
    if (sent < 0) {
        return errno == EAGAIN || errno == EINTR;
    }
    client.answer.erase(0, static_cast<std::size_t>(sent));
    if (client.answer.empty()) {
        client.is_answered = true;
        ::shutdown(client.socket.number(), SHUT_WR);
    }
    return true;
}

bool MetricsServer::read(std::uint64_t number, Client& client) {
    std::array<char, longest_request> chunk;
    const ssize_t got = ::recv(client.socket.number(), chunk.data(), chunk.size(), 0);
    if (got <= 0) {
        return got < 0 && (errno == EAGAIN || errno == EINTR);
    }
    client.request.append(chunk.data(), static_cast<std::size_t>(got));
    const bool is_whole = client.request.find("\r\n\r\n") != std::string::npos;
    if (!is_whole && client.request.size() < longest_request) {
        return true;
    }
    client.is_asked = true;
    const std::string_view refusal =
        is_whole ? refusal_of(client.request) : "431 Request Header Fields Too Large";
    if (refusal.empty()) {
        asked_(number);
    } else {
        client.answer = response(refusal, "text/plain", "GET /metrics is all there is here\n");
    }
    return true;
}

void MetricsServer::answer(std::uint64_t number, std::string_view text) {
    if (const auto found = clients_.find(number); found != clients_.end()) {
        found->second.answer = response("200 OK", "text/plain; version=0.0.4; charset=utf-8", text);
    }
}

}  // namespace nanotune::daemon
