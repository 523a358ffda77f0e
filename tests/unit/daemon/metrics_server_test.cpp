// Who scrapes, while others keep connections for themselves.
#include "daemon/metrics_server.hpp"

#include <array>
#include <cerrno>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support/catch.hpp"

using namespace nanotune;
using namespace nanotune::daemon;
using nanotune::test::Contains;

namespace {

Descriptor connected_to(std::uint16_t port) {
    Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::connect(socket.number(), reinterpret_cast<const sockaddr*>(&address),
                      sizeof address) == 0);
    return socket;
}

void say(const Descriptor& socket, std::string_view text) {
    REQUIRE(::send(socket.number(), text.data(), text.size(), MSG_NOSIGNAL) ==
            static_cast<ssize_t>(text.size()));
}

/// What has come by now; nothing where the other side has closed.
std::optional<std::string> heard(const Descriptor& socket) {
    std::array<char, 4096> buffer{};
    const ssize_t size = ::recv(socket.number(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (size == 0 || (size < 0 && errno != EAGAIN)) {
        return std::nullopt;
    }
    return std::string(buffer.data(), size < 0 ? 0 : static_cast<std::size_t>(size));
}

constexpr std::string_view scrape = "GET /metrics HTTP/1.1\r\n\r\n";

}  // namespace

TEST_CASE("connections on which nobody asks make way for one on which somebody does",
          "[daemon][metrics]") {
    std::vector<std::uint64_t> asked;
    auto server = MetricsServer::open("127.0.0.1:0",
                                      [&asked](std::uint64_t number) { asked.push_back(number); });
    REQUIRE(server);
    const auto now = MetricsServer::Clock::now();
    const Descriptor first = connected_to(server->port());
    say(first, scrape);
    server->process(now);
    REQUIRE(asked.size() == 1);
    std::vector<Descriptor> idle;
    for (int i = 0; i < 20; ++i) {
        idle.push_back(connected_to(server->port()));
        server->process(now);
    }
    const Descriptor last = connected_to(server->port());
    say(last, scrape);
    server->process(now);
    REQUIRE(asked.size() == 2);
    server->answer(asked[0], "one\n");
    server->answer(asked[1], "two\n");
    server->process(now);
    CHECK_THAT(heard(first).value_or("closed"), Contains("one"));  // who had asked stays
    CHECK_THAT(heard(last).value_or("closed"), Contains("two"));
    CHECK_FALSE(heard(idle.front()));
    CHECK(heard(idle.back()) == "");
}
