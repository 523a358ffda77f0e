// Round trips, and what is made of them.
#include <atomic>
#include <cmath>
#include <thread>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <sys/socket.h>

#include "cli/bench/round_trips.hpp"
#include "cli/bench/round_trips_text.hpp"
#include "support/catch.hpp"

using namespace nanotune::cli;
using namespace nanotune::cli::bench;

namespace {

std::vector<std::uint64_t> one_to(std::uint64_t last) {
    std::vector<std::uint64_t> times;
    for (std::uint64_t time = 1; time <= last; ++time) {
        times.push_back(time);
    }
    return times;
}

bool about(double number, double expected) {
    return std::abs(number - expected) < 0.01;
}

/// Sends back what comes: every packet once, but every tenth not at all, and the one after it
/// twice.
class Echo {
  public:
    /// `told` is set once so many packets have come, before the last of them is answered.
    explicit Echo(std::atomic<bool>* told = nullptr, std::uint64_t after = 0)
        : told_(told), after_(after), socket_(::socket(AF_INET, SOCK_DGRAM, 0)) {
        sockaddr_in own{.sin_family = AF_INET,
                        .sin_port = 0,
                        .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)},
                        .sin_zero = {}};
        socklen_t size = sizeof own;
        constexpr timeval patience{.tv_sec = 0, .tv_usec = 10'000};
        REQUIRE(::bind(socket_.number(), reinterpret_cast<sockaddr*>(&own), size) == 0);
        REQUIRE(::getsockname(socket_.number(), reinterpret_cast<sockaddr*>(&own), &size) == 0);
        REQUIRE(::setsockopt(socket_.number(), SOL_SOCKET, SO_RCVTIMEO, &patience,
                             sizeof patience) == 0);
        address_ = fmt::format("127.0.0.1:{}", ntohs(own.sin_port));
        thread_ = std::thread([this] { answer(); });
    }
    Echo(const Echo&) = delete;
    Echo& operator=(const Echo&) = delete;
    ~Echo() {
        stop_.store(true);
        thread_.join();
    }

    [[nodiscard]] const std::string& address() const { return address_; }

  private:
    void answer() {
        std::array<char, 64> bytes{};
        for (std::uint64_t number = 0; !stop_.load();) {
            sockaddr_storage from{};
            socklen_t size = sizeof from;
            auto* const to = reinterpret_cast<sockaddr*>(&from);
            const ssize_t got =
                ::recvfrom(socket_.number(), bytes.data(), bytes.size(), 0, to, &size);
            if (got < 0) {
                continue;
            }
            if (told_ != nullptr && number + 1 == after_) {
                told_->store(true);
            }
            const std::uint64_t times = number % 10 == 3 ? 0 : number % 10 == 4 ? 2 : 1;
            for (std::uint64_t time = 0; time < times; ++time) {
                ::sendto(socket_.number(), bytes.data(), static_cast<std::size_t>(got), 0, to,
                         size);
            }
            ++number;
        }
    }

    std::atomic<bool>* told_;
    std::uint64_t after_;
    nanotune::Descriptor socket_;
    std::string address_;
    std::atomic<bool> stop_{false};
    std::thread thread_;
};

}  // namespace

TEST_CASE("a second answer to a packet is no answer to another one", "[cli][bench]") {
    const Echo echo;
    Feed feed;
    feed.route.target = echo.address();
    auto sender = Sender::open(feed);
    REQUIRE(sender);
    for (const std::uint64_t rate : {0U, 500U}) {
        INFO("rate " << rate);
        const RoundTrips trips = round_trips(
            *sender, {.count = 50, .warm_up = 0, .rate = rate, .patience = 200'000'000});
        CHECK(trips.sent == 50);
        CHECK(trips.times.size() == 45);
        CHECK(trips.lost() == 5);
        CHECK(trips.duplicates == 5);
        const std::string json = json_of(echo.address(), trips, {}, 0);
        CHECK(json.contains("\"duplicates\": 5,"));  // whole numbers
        CHECK(json.contains("\"answered\": 45,"));
        CHECK(!trips.is_given_up);
    }
}

TEST_CASE("a packet whose answer an interrupt does not wait for is not lost", "[cli][bench]") {
    for (const std::uint64_t after : {1U, 4U}) {  // the fourth is not answered
        INFO("after " << after);
        std::atomic<bool> stopped{false};
        const Echo echo(&stopped, after);
        Feed feed;
        feed.route.target = echo.address();
        auto sender = Sender::open(feed);
        REQUIRE(sender);
        const RoundTrips trips = round_trips(
            *sender,
            {.count = 50, .warm_up = 0, .patience = 3'600'000'000'000, .stopped = &stopped});
        CHECK(trips.lost() == 0);
        CHECK(trips.sent <= after);
        CHECK(trips.sent + 1 >= after);
        CHECK(trips.not_sent == 0);
    }
}

TEST_CASE("a target that answers nothing at all is not asked to the end", "[cli][bench]") {
    const nanotune::Descriptor silent(::socket(AF_INET, SOCK_DGRAM, 0));
    sockaddr_in own{.sin_family = AF_INET,
                    .sin_port = 0,
                    .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)},
                    .sin_zero = {}};
    socklen_t size = sizeof own;
    REQUIRE(::bind(silent.number(), reinterpret_cast<sockaddr*>(&own), size) == 0);
    REQUIRE(::getsockname(silent.number(), reinterpret_cast<sockaddr*>(&own), &size) == 0);
    Feed feed;
    feed.route.target = fmt::format("127.0.0.1:{}", ntohs(own.sin_port));
    auto sender = Sender::open(feed);
    REQUIRE(sender);
    const RoundTrips trips =
        round_trips(*sender, {.count = 1'000'000, .warm_up = 2, .rate = 0, .patience = 1'000'000});
    CHECK(trips.is_given_up);
    CHECK(trips.sent == 10);
    CHECK(trips.lost() == 10);
}

TEST_CASE("quantiles are times that were seen", "[cli][bench]") {
    const Statistics found = statistics_of(one_to(10'000));
    CHECK(about(found.least, 1));
    CHECK(about(found.most, 10'000));
    CHECK(about(found.mean, 5'000.5));
    CHECK(about(found.deviation, 2'886.90));
    CHECK(about(found.jitter, 1));
    const std::vector<std::pair<double, double>> expected = {
        {50, 5'000}, {90, 9'000}, {95, 9'500}, {99, 9'900}, {99.9, 9'990}, {99.99, 9'999}};
    CHECK(found.quantiles == expected);
}

TEST_CASE("one round trip, or none, has no spread", "[cli][bench]") {
    const Statistics one = statistics_of({70});
    CHECK(about(one.mean, 70));
    CHECK(about(one.deviation, 0));
    CHECK(about(one.jitter, 0));
    CHECK(about(one.quantiles.back().second, 70));
    CHECK(about(statistics_of({}).most, 0));
}

TEST_CASE("what was sent and not answered is lost, and told as such", "[cli][bench]") {
    RoundTrips trips;
    trips.sent = 5;
    trips.times = {1'000, 2'000, 3'000, 150};
    CHECK(trips.lost() == 1);
    const std::string csv = csv_of("192.0.2.1:80", trips);
    CHECK(csv.starts_with("target,loop,sent,answered,lost,duplicates,"));
    CHECK(csv.contains("\n192.0.2.1:80,closed,5,4,1,0,"));
    CHECK(json_of("192.0.2.1:80", trips, {}, 0).contains("\"lost\": 1"));
    CHECK(json_of("192.0.2.1:80", trips, {}, 2).contains("\"exit\": 2"));
}
