// Answers GET /metrics on a loopback address. No library: what Debian has for this brings a TLS
// library along, which takes longer to load than all else that the daemon does at its start, and
// more memory than it may have.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <poll.h>

#include "system/storage/storage.hpp"

namespace nanotune::daemon {

/// Used on one thread, which it never blocks: at most 8 connections, each with 5 s and one request
/// of up to 4 KiB, and closed once that is answered. Who connects while there are 8 takes the place
/// of whoever has waited longest without a request.
class MetricsServer {
  public:
    using Clock = std::chrono::steady_clock;
    /// What is to be answered: it is given later, by this number.
    using Asked = std::function<void(std::uint64_t number)>;

    /// `address` is "127.0.0.1:PORT" or "[::1]:PORT"; another one than of this host alone is
    /// refused. Port 0 is any that is free. Errors: invalid; busy; what the kernel says.
    static Result<MetricsServer> open(const std::string& address, Asked asked);

    /// What there is to wait for; nothing of it is kept.
    void add_to(std::vector<pollfd>& waited) const;
    /// Until somebody has taken too long, in milliseconds; -1: any time.
    [[nodiscard]] int patience(Clock::time_point now) const;
    /// Does what can be done without waiting.
    void process(Clock::time_point now);
    void answer(std::uint64_t number, std::string_view text);
    [[nodiscard]] std::uint16_t port() const { return port_; }

  private:
    struct Client {
        Descriptor socket;
        std::string request = {};
        std::string answer = {};
        bool is_asked = false;
        bool is_answered = false;  ///< what it still sends is read, so that it gets its answer
        Clock::time_point due;
    };
    MetricsServer(Descriptor socket, std::uint16_t port, Asked asked)
        : socket_(std::move(socket)), port_(port), asked_(std::move(asked)) {}
    void accept(Clock::time_point now);
    [[nodiscard]] bool has_room() const;
    void make_room();
    /// Whether it goes on.
    bool advance(std::uint64_t number, Client& client);
    bool read(std::uint64_t number, Client& client);
    static bool drain(Client& client);

    Descriptor socket_;
    std::uint16_t port_ = 0;
    Asked asked_;
    std::map<std::uint64_t, Client> clients_;
    std::uint64_t last_ = 0;
    Clock::time_point accepts_from_;  ///< no descriptor was left
    bool is_resting_ = false;
};

/// What a request's first line asks for: "" for /metrics, or the status line of the refusal.
[[nodiscard]] std::string_view refusal_of(std::string_view request);

}  // namespace nanotune::daemon
