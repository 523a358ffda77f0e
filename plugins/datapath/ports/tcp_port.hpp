// A listening endpoint of kernel TCP sockets that are never waited for: many sessions, in each of
// which messages follow one another without anything between, however segments cut them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <nanotune/error.hpp>

#include "datapath/packet/packet.h"
#include "datapath/processor/connections.hpp"
#include "datapath/processor/frame.hpp"
#include "go_home.hpp"
#include "stream_buffer.hpp"
#include "system/storage/storage.hpp"
#include "tcp_listener.hpp"
#include "usage.hpp"

namespace nanotune::datapath {

/// A FramePort of messages, each with 16 bytes in front that stand for its session where a socket
/// address of IPv4 would stand for its sender: an answer with the same in front goes to that
/// session. What is left of a session that ends in the middle of a message is a frame that is too
/// short.
class TcpPort {
  public:
    static constexpr std::size_t slot_size = 256;
    static constexpr bool has_sessions = true;  ///< they are what stands for senders

    /// So many on one address and port: the kernel gives each session to one of them. Errors: busy
    /// where somebody has the port; not_found where the address is not this host's.
    static Result<std::vector<TcpPort>> open(const TcpPortOptions& options, std::size_t count,
                                             const GoHome& go_home = stay);

    TcpPort(const TcpPort&) = delete;
    TcpPort& operator=(const TcpPort&) = delete;
    TcpPort(TcpPort&&) = default;
    TcpPort& operator=(TcpPort&&) = delete;
    ~TcpPort() = default;

    /// Where sessions are counted from now on.
    void count_in(Connections& connections) noexcept { connections_ = &connections; }
    /// Closes all sessions.
    void clear() noexcept;
    /// Orders that wait for their sessions do not leave any more.
    void withdraw() noexcept;

    std::size_t receive(std::span<Frame> frames) noexcept;
    void release(std::span<const Frame> done) noexcept;
    std::uint8_t* slot() noexcept { return answer_.data(); }
    void commit(std::uint32_t length) noexcept;
    /// Orders are whole or not at all: one that a session has no room for is lost.
    std::size_t flush() noexcept;
    /// By any thread.
    [[nodiscard]] static Usage usage() noexcept;

  private:
    static constexpr std::size_t header = 16;
    static constexpr std::size_t burst = 64;
    static constexpr std::size_t in_size = 4096;
    static constexpr std::size_t out_size = 16384;
    static constexpr std::size_t few = 4;  ///< sessions that are asked one by one

    struct Session {
        Descriptor socket;
        std::uint16_t generation = 0;  ///< never 0 once it was used
        bool has_ended = false;        ///< the peer sends no more
        bool is_waiting = false;       ///< in waiting_: has messages that did not fit the burst
        bool is_sending = false;       ///< in sending_
        std::uint32_t begin = 0;       ///< of what was received and not taken
        std::uint32_t end = 0;
        std::uint64_t heard = 0;  ///< seconds
        std::array<std::uint8_t, in_size> in_bytes;
        StreamBuffer<out_size> out;
    };

    TcpPort(Descriptor listener, Descriptor ready, const TcpPortOptions& options);

    void accept() noexcept;
    void read_ready(std::span<Frame> frames, std::size_t& count) noexcept;
    void read(std::uint32_t number, std::span<Frame> frames, std::size_t& count) noexcept;
    void take(std::uint32_t number, std::span<Frame> frames, std::size_t& count) noexcept;
    void put_frame(std::uint32_t number, std::uint32_t length, Frame& frame,
                   std::size_t place) noexcept;
    void send(std::uint32_t number) noexcept;
    void close(std::uint32_t number) noexcept;
    void expire() noexcept;

    Descriptor listener_;
    Descriptor ready_;  ///< epoll
    std::uint64_t idle_after_;
    std::unique_ptr<Session[]> sessions_;
    std::vector<std::uint32_t> free_;  ///< none of these ever grows
    std::vector<std::uint32_t> open_;
    std::vector<std::uint32_t> waiting_;
    std::vector<std::uint32_t> sending_;
    std::unique_ptr<std::array<std::array<std::uint8_t, 64>, burst>> in_;
    alignas(64) std::array<std::uint8_t, slot_size> answer_{};
    Connections* connections_ = nullptr;
    std::uint32_t order_size_ = 1;
    std::size_t lost_ = 0;
    std::uint32_t turns_ = 0;
    std::uint64_t now_ = 0;  ///< seconds
};

}  // namespace nanotune::datapath
