#include "tcp_port.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "tcp_listener.hpp"

namespace nanotune::datapath {

namespace {

constexpr std::uint32_t turns_between_accepts = 64;
constexpr std::uint32_t turns_between_clocks = 4096;

std::uint64_t seconds() {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return static_cast<std::uint64_t>(now.tv_sec);
}

/// Without keeping order.
void remove(std::vector<std::uint32_t>& from, std::uint32_t number) noexcept {
    if (const auto found = std::ranges::find(from, number); found != from.end()) {
        *found = from.back();
        from.pop_back();
    }
}

}  // namespace

Result<std::vector<TcpPort>> TcpPort::open(const TcpPortOptions& options, std::size_t count,
                                           const GoHome& go_home) {
    NT_CHECK(allow_sessions(options.sessions * count));
    std::vector<TcpPort> ports;
    for (std::size_t at = 0; at < count; ++at) {
        NT_CHECK(go_home(at));
        NT_TRY(Descriptor listener, listening_socket(options, at == 0, count == 1));
        Descriptor ready(::epoll_create1(EPOLL_CLOEXEC));
        if (!ready.is_open()) {
            return kernel_failure("make an epoll descriptor", errno);
        }
        ports.push_back(TcpPort(std::move(listener), std::move(ready), options));
    }
    return ports;
}

TcpPort::TcpPort(Descriptor listener, Descriptor ready, const TcpPortOptions& options)
    : listener_(std::move(listener)),
      ready_(std::move(ready)),
      idle_after_(options.idle_after),
      sessions_(std::make_unique<Session[]>(options.sessions)),
      in_(std::make_unique<std::array<std::array<std::uint8_t, 64>, burst>>()),
      now_(seconds()) {
    for (std::vector<std::uint32_t>* const list : {&free_, &open_, &waiting_, &sending_}) {
        list->reserve(options.sessions);
    }
    for (std::size_t number = options.sessions; number != 0; --number) {
        free_.push_back(static_cast<std::uint32_t>(number - 1));
    }
}

void TcpPort::accept() noexcept {
    // A flood of connects keeps no session from its orders: the kernel queues the rest.
    constexpr unsigned most_at_once = 16;
    for (unsigned count = 0; count < most_at_once; ++count) {
        Descriptor socket(
            ::accept4(listener_.number(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
        if (!socket.is_open()) {
            return;
        }
        if (free_.empty()) {
            connections_->refused.add();
            continue;  // closed with the object
        }
        const int yes = 1;
        ::setsockopt(socket.number(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        const std::uint32_t number = free_.back();
        epoll_event event{.events = EPOLLIN, .data = {.u32 = number}};
        if (::epoll_ctl(ready_.number(), EPOLL_CTL_ADD, socket.number(), &event) != 0) {
            connections_->refused.add();
            continue;
        }
        free_.pop_back();
        open_.push_back(number);
        Session& session = sessions_[number];
        session.socket = std::move(socket);
        session.generation = session.generation == UINT16_MAX
                                 ? std::uint16_t{1}
                                 : static_cast<std::uint16_t>(session.generation + 1);
        session.has_ended = session.is_waiting = session.is_sending = false;
        session.begin = session.end = 0;
        session.heard = now_;
        connections_->opened.add();
        connections_->active.set(open_.size());
    }
}

std::size_t TcpPort::receive(std::span<Frame> frames) noexcept {
    frames = frames.first(std::min(frames.size(), burst));
    std::size_t count = 0;
    ++turns_;
    if (turns_ % turns_between_accepts == 0) {
        accept();
    }
    if (turns_ % turns_between_clocks == 0) {
        expire();
    }
    for (std::size_t at = sending_.size(); at != 0; --at) {
        send(sending_[at - 1]);
    }
    while (!waiting_.empty() && count < frames.size()) {
        const std::uint32_t number = waiting_.back();
        waiting_.pop_back();
        sessions_[number].is_waiting = false;
        take(number, frames, count);
    }
    if (count == 0) {
        read_ready(frames, count);
    }
    return count;
}

void TcpPort::read_ready(std::span<Frame> frames, std::size_t& count) noexcept {
    if (open_.size() <= few) {
        for (std::size_t at = open_.size(); at != 0 && count < frames.size(); --at) {
            read(open_[at - 1], frames, count);
        }
        return;
    }
    std::array<epoll_event, burst> events;
    const int ready =
        ::epoll_wait(ready_.number(), events.data(), static_cast<int>(events.size()), 0);
    for (int at = 0; at < ready && count < frames.size(); ++at) {
        read(events[static_cast<std::size_t>(at)].data.u32, frames, count);
    }
}

void TcpPort::read(std::uint32_t number, std::span<Frame> frames, std::size_t& count) noexcept {
    Session& session = sessions_[number];
    if (session.begin != 0) {  // what is left is less than a message
        std::memmove(session.in_bytes.data(), session.in_bytes.data() + session.begin,
                     session.end - session.begin);
        session.end -= session.begin;
        session.begin = 0;
    }
    const ssize_t got = ::recv(session.socket.number(), session.in_bytes.data() + session.end,
                               in_size - session.end, MSG_DONTWAIT);
    if (got > 0) {
        session.end += static_cast<std::uint32_t>(got);
        session.heard = now_;
    } else if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
        return;
    } else {
        session.has_ended = true;
    }
    take(number, frames, count);
}

/// Whole messages of a session, and at its end what is no whole one.
void TcpPort::take(std::uint32_t number, std::span<Frame> frames, std::size_t& count) noexcept {
    Session& session = sessions_[number];
    while (session.end - session.begin >= nt_market_data_size && count < frames.size()) {
        put_frame(number, nt_market_data_size, frames[count], count);
        ++count;
    }
    const bool is_full = count == frames.size();
    if (session.end - session.begin >= nt_market_data_size || (session.has_ended && is_full)) {
        session.is_waiting = true;
        waiting_.push_back(number);
        return;
    }
    if (session.has_ended) {
        if (session.end != session.begin) {
            put_frame(number, session.end - session.begin, frames[count], count);
            ++count;
        }
        connections_->closed.add();
        close(number);
    }
}

void TcpPort::put_frame(std::uint32_t number, std::uint32_t length, Frame& frame,
                        std::size_t place) noexcept {
    Session& session = sessions_[number];
    std::uint8_t* const at = (*in_)[place].data();
    std::memset(at, 0, header);
    nt_store16(at, AF_INET);
    nt_store16(at + 2, session.generation);
    nt_store32(at + 4, number);
    std::memcpy(at + header, session.in_bytes.data() + session.begin, length);
    session.begin += length;
    frame = {.data = at, .length = static_cast<std::uint32_t>(header) + length};
}

void TcpPort::release(std::span<const Frame> /*done*/) noexcept {}

void TcpPort::commit(std::uint32_t length) noexcept {
    const std::uint32_t number = nt_load32(answer_.data() + 4);
    order_size_ = length - static_cast<std::uint32_t>(header);
    Session& session = sessions_[number];
    if (!session.socket.is_open() || session.generation != nt_load16(answer_.data() + 2) ||
        !session.out.put(answer_.data() + header, order_size_)) {
        ++lost_;
        return;
    }
    if (!session.is_sending) {
        session.is_sending = true;
        sending_.push_back(number);
    }
}

/// What the kernel does not take stays, and is offered again with the next burst.
void TcpPort::send(std::uint32_t number) noexcept {
    Session& session = sessions_[number];
    if (!session.out.send(session.socket.number())) {
        // The session is broken, as the next read finds out.
        connections_->unsent.add(session.out.give_up(order_size_));
    }
    if (session.out.waiting() == 0) {
        session.is_sending = false;
        remove(sending_, number);
    }
}

std::size_t TcpPort::flush() noexcept {
    for (std::size_t at = sending_.size(); at != 0; --at) {
        send(sending_[at - 1]);
    }
    return std::exchange(lost_, 0);
}

void TcpPort::close(std::uint32_t number) noexcept {
    Session& session = sessions_[number];
    session.socket = Descriptor();
    connections_->unsent.add(session.out.give_up(order_size_));
    for (std::vector<std::uint32_t>* const list : {&open_, &waiting_, &sending_}) {
        remove(*list, number);
    }
    free_.push_back(number);
    connections_->active.set(open_.size());
}

void TcpPort::expire() noexcept {
    now_ = seconds();
    for (std::size_t at = open_.size(); idle_after_ != 0 && at != 0; --at) {
        const std::uint32_t number = open_[at - 1];
        if (now_ - sessions_[number].heard > idle_after_) {
            connections_->expired.add();
            close(number);
        }
    }
}

void TcpPort::clear() noexcept {
    connections_->dropped.add(open_.size());
    while (!open_.empty()) {
        close(open_.back());
    }
}

void TcpPort::withdraw() noexcept {
    for (const std::uint32_t number : sending_) {
        connections_->unsent.add(sessions_[number].out.give_up_whole(order_size_));
    }
}

Usage TcpPort::usage() noexcept {
    // How full each session's buffers are is between the peer and the kernel: nothing is dropped.
    return {.is_bytes = true};
}

static_assert(FramePort<TcpPort>);

}  // namespace nanotune::datapath
