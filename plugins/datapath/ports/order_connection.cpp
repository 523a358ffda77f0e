#include "order_connection.hpp"

#include <cerrno>
#include <string>
#include <utility>

#include <arpa/inet.h>
#include <fmt/core.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>

#include "datapath/processor/frame.hpp"
#include "socket_address.hpp"

namespace nanotune::datapath {

namespace {

constexpr int patience_seconds = 5;
constexpr int patience = patience_seconds * 1'000;  // ms

std::string text_of(const OrderReceiver& receiver) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    ::inet_ntop(receiver.is_ipv6 ? AF_INET6 : AF_INET, receiver.address.data(), text.data(),
                text.size());
    return receiver.is_ipv6 ? fmt::format("[{}]:{}", text.data(), receiver.port)
                            : fmt::format("{}:{}", text.data(), receiver.port);
}

/// Small orders leave at once, and a receiver that says nothing for 5 seconds is given up.
Status prepare(const Descriptor& socket) {
    const std::pair<std::pair<int, int>, int> options[] = {
        {{IPPROTO_TCP, TCP_NODELAY}, 1},
        {{SOL_SOCKET, SO_KEEPALIVE}, 1},
        {{IPPROTO_TCP, TCP_KEEPIDLE}, 1},
        {{IPPROTO_TCP, TCP_KEEPINTVL}, 1},
        {{IPPROTO_TCP, TCP_USER_TIMEOUT}, patience}};
    for (const auto& [option, value] : options) {
        if (::setsockopt(socket.number(), option.first, option.second, &value, sizeof value) != 0) {
            return kernel_failure("prepare the socket of the order connection", errno);
        }
    }
    return {};
}

/// 0 once it stands; EINPROGRESS until then.
int connected(int socket, int wait) noexcept {
    pollfd wanted{.fd = socket, .events = POLLOUT, .revents = 0};
    if (::poll(&wanted, 1, wait) <= 0) {
        return EINPROGRESS;
    }
    int error = 0;
    socklen_t size = sizeof error;
    return ::getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

}  // namespace

Result<OrderConnection> OrderConnection::open(const OrderReceiver& receiver, std::size_t header) {
    const std::string what = "connect to " + text_of(receiver) + " for orders";
    Descriptor socket(::socket(receiver.is_ipv6 ? AF_INET6 : AF_INET,
                               SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!socket.is_open()) {
        return kernel_failure("make a TCP socket", errno);
    }
    NT_CHECK(prepare(socket));
    const SocketAddress address =
        socket_address(receiver.address, receiver.is_ipv6, receiver.port, receiver.device);
    if (::connect(socket.number(), address.get(), address.size) != 0) {
        const int error = errno == EINPROGRESS ? connected(socket.number(), patience) : errno;
        if (error != 0) {
            return kernel_failure(what, error == EINPROGRESS ? ETIMEDOUT : error);
        }
    }
    return OrderConnection(std::move(socket), receiver, header);
}

OrderConnection::OrderConnection(Descriptor socket, const OrderReceiver& receiver,
                                 std::size_t header)
    : socket_(std::move(socket)),
      receiver_(receiver),
      header_(static_cast<std::uint32_t>(header)),
      parts_(std::make_unique<Parts>()) {}

void OrderConnection::count_in(OrderLine& counted) noexcept {
    counted_ = &counted;
    counted_->is_wanted.set(1);
    counted_->is_up.set(1);
    counted_->made.add();
}

void OrderConnection::commit(std::uint32_t length) noexcept {
    order_size_ = length - header_;
    if (state_ != State::up || !parts_->out.put(parts_->order.data() + header_, order_size_)) {
        ++lost_;
    }
}

std::size_t OrderConnection::flush() noexcept {
    if (state_ == State::up && parts_->out.waiting() != 0 && !parts_->out.send(socket_.number())) {
        break_off();
    }
    return std::exchange(lost_, 0);
}

void OrderConnection::look(std::uint64_t now) noexcept {
    now_ = now;
    switch (state_) {
        case State::up:
            read();
            break;
        case State::connecting:
            finish();
            break;
        case State::down:
            if (now_ > since_) {
                begin();
            }
            break;
    }
}

/// The peer's end, or that it broke, is found here where no order finds it.
void OrderConnection::read() noexcept {
    std::array<std::uint8_t, 4096> ignored;
    const ssize_t got = ::recv(socket_.number(), ignored.data(), ignored.size(), MSG_DONTWAIT);
    const bool is_over = got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR);
    if (is_over || (parts_->out.waiting() != 0 && !parts_->out.send(socket_.number()))) {
        break_off();
    }
}

void OrderConnection::break_off() noexcept {
    // Of a part of an order that has left, nothing follows: what begins on the next one is whole.
    counted_->unsent.add(parts_->out.give_up(order_size_));
    counted_->broken.add();
    counted_->is_up.set(0);
    state_ = State::down;
    since_ = now_;
}

/// With the socket that there is: a connection that is over is dissolved first (AF_UNSPEC).
void OrderConnection::begin() noexcept {
    sockaddr nobody{};
    nobody.sa_family = AF_UNSPEC;
    static_cast<void>(::connect(socket_.number(), &nobody, sizeof nobody));  // or there was none
    const SocketAddress address =
        socket_address(receiver_.address, receiver_.is_ipv6, receiver_.port, receiver_.device);
    state_ = State::connecting;
    since_ = now_;
    if (::connect(socket_.number(), address.get(), address.size) != 0 && errno != EINPROGRESS) {
        fail();
    }
}

void OrderConnection::finish() noexcept {
    const int error = connected(socket_.number(), 0);
    if (error == 0) {
        state_ = State::up;
        counted_->is_up.set(1);
        counted_->made.add();
    } else if (error != EINPROGRESS || now_ - since_ > patience_seconds) {
        fail();
    }
}

void OrderConnection::fail() noexcept {
    counted_->failed.add();
    state_ = State::down;
    since_ = now_;
}

static_assert(TxPort<OrderConnection>);

}  // namespace nanotune::datapath
