// Many clients at once, and clients that say what makes no sense, against a nanotuned that runs:
// clients.sh starts it, and this program on its bus.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <future>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/mman.h>
#include <unistd.h>

#include <nanotune/numbers.hpp>

#include "nonsense.hpp"
#include "service/bus/proxy.hpp"
#include "support/catch.hpp"

using namespace nanotune;
using nanotune::test::Contains;
using nanotune::test::Nonsense;
using nanotune::test::say_nonsense;

namespace {

class Manager final : public sdbus::ProxyInterfaces<org::nanotune1::Manager_proxy> {
  public:
    explicit Manager(sdbus::IConnection& connection)
        : ProxyInterfaces(connection, bus::ServiceName(bus::service_name),
                          sdbus::ObjectPath(bus::manager_path)) {
        registerProxy();
    }
    ~Manager() { unregisterProxy(); }
    Manager(const Manager&) = delete;
    Manager& operator=(const Manager&) = delete;
    Manager(Manager&&) = delete;
    Manager& operator=(Manager&&) = delete;

  private:
    void onDrift(const std::string& /*what*/, const std::string& /*setting*/,
                 const sdbus::Struct<std::string, std::string>& /*target*/,
                 const std::string& /*from*/, const std::string& /*to*/,
                 const std::string& /*by*/) override {}
};

/// The verb's facts, waited for.
bus::Facts result_of(sdbus::IConnection& connection, const sdbus::ObjectPath& path) {
    const auto job = bus::proxy_of(connection, bus::service_name, path);
    bus::Facts facts;
    job->callMethod("Wait").onInterface(bus::job_interface).storeResultsTo(facts);
    job->callMethod("Close").onInterface(bus::job_interface);
    return facts;
}

std::string kernels() {
    std::ifstream file("/proc/sys/net/ipv4/tcp_slow_start_after_idle");
    std::string text;
    file >> text;
    return text;
}

sdbus::UnixFd memory(const std::string& text, int seals) {
    sdbus::UnixFd file(::memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING), sdbus::adopt_fd);
    REQUIRE(::write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()));
    REQUIRE(::fcntl(file.get(), F_ADD_SEALS, seals) == 0);
    return file;
}

/// What a plan of this one file is refused with; "" where it is not.
std::string refusal_of(Manager& manager, sdbus::IConnection& connection, sdbus::UnixFd file) {
    try {
        const std::vector<bus::WireFile> files = {
            bus::WireFile("given.toml", "given.toml", std::move(file))};
        const auto facts = result_of(connection, manager.Plan("given.toml", files, {}, {}));
        const Report report = bus::report_of(facts);
        return report.problems.empty() ? "" : report.problems.front().message;
    } catch (const sdbus::Error& error) {
        return error.getName() + ": " + error.getMessage();
    }
}

constexpr int sealed = F_SEAL_WRITE | F_SEAL_SHRINK;
const std::string profile = "[sysctl]\n\"net.ipv4.tcp_slow_start_after_idle\" = 0\n";

}  // namespace

TEST_CASE("sixty-four clients at once are all served", "[bus]") {
    std::atomic<int> served = 0;
    std::vector<std::thread> clients;
    for (int i = 0; i < 64; ++i) {
        clients.emplace_back([&served, i] {
            try {
                const auto connection = sdbus::createSystemBusConnection();
                Manager manager(*connection);
                const auto facts = result_of(
                    *connection, i % 2 == 0 ? manager.Status() : manager.Plan("quick", {}, {}, {}));
                served += facts.at("state").get<std::string>() == "clean" ? 1 : 0;
            } catch (const sdbus::Error&) {
                // Counted as not served.
            }
        });
    }
    for (std::thread& client : clients) {
        client.join();
    }
    CHECK(served == 64);
}

TEST_CASE("what one client asks for is begun in the order in which it was asked", "[bus]") {
    constexpr std::size_t calls = 16;  // so many may wait until the bus says who asks
    std::vector<std::promise<std::string>> jobs(2 * calls);
    const auto connection = sdbus::createSystemBusConnection();
    const auto manager = bus::proxy_of(*connection, bus::service_name, bus::manager_path);
    connection->enterEventLoopAsync();
    std::vector<int> numbers;
    for (const std::size_t first : {std::size_t{0}, calls}) {  // not known yet, and known
        const std::span these = std::span(jobs).subspan(first, calls);
        for (std::promise<std::string>& job : these) {
            manager->callMethodAsync("Status")
                .onInterface(bus::manager_interface)
                .uponReplyInvoke([&job](bus::Fault fault, const sdbus::ObjectPath& path) {
                    const sdbus::Error* const error = bus::error_in(fault);
                    job.set_value(error == nullptr ? std::string(path) : error->getMessage());
                });
        }
        for (std::promise<std::string>& job : these) {
            const std::string path = job.get_future().get();
            const auto number = whole_number<int>(path.substr(path.find_last_of('/') + 1));
            CHECK_THAT(path, Contains("/job/"));
            numbers.push_back(number.value_or(0));
        }
    }
    CHECK(std::ranges::is_sorted(numbers));
    connection->leaveEventLoop();
    for (const int number : numbers) {
        static_cast<void>(result_of(
            *connection, sdbus::ObjectPath(fmt::format("{}/job/{}", bus::manager_path, number))));
    }
}

TEST_CASE("a profile is read from a sealed memfd, and from nothing else", "[bus]") {
    const auto connection = sdbus::createSystemBusConnection();
    Manager manager(*connection);
    const auto refusal = [&](sdbus::UnixFd file) {
        return refusal_of(manager, *connection, std::move(file));
    };
    CHECK(refusal(memory(profile, sealed)).empty());
    CHECK_THAT(refusal(memory(profile, F_SEAL_SHRINK)),
               Contains("Error.Invalid: given.toml: what is given is no memfd that is sealed"));
    CHECK_THAT(refusal(sdbus::UnixFd(::open("/dev/zero", O_RDONLY | O_CLOEXEC), sdbus::adopt_fd)),
               Contains("no memfd"));
    CHECK_THAT(
        refusal(sdbus::UnixFd(::open("/etc/hostname", O_RDONLY | O_CLOEXEC), sdbus::adopt_fd)),
        Contains("no memfd"));
    CHECK_THAT(refusal(memory(std::string((1U << 20U) + 1, '#'), sealed)),
               Contains("Error.Exhausted: given.toml: larger than 1 MiB"));
    CHECK_THAT(refusal(memory("[sysctl\n", sealed)), Contains("given.toml:1:"));
    CHECK_THAT(refusal(memory("[profile]\nextends = [\"/etc/other.toml\"]\n", sealed)),
               Contains("the daemon opens no path"));
}

TEST_CASE("what makes no sense is refused, and nothing comes of it", "[bus]") {
    const auto connection = sdbus::createSystemBusConnection();
    const auto object = bus::proxy_of(*connection, bus::service_name, bus::manager_path);
    constexpr std::uint32_t seed = 20261128;
    Nonsense random(seed);
    INFO("seed " << seed);
    for (int i = 0; i < 1'500; ++i) {
        say_nonsense(*object, random);
    }
    Manager manager(*connection);
    CHECK(manager.State() == "clean");
    CHECK(kernels() == "1");
}

namespace {

/// How many, from the environment: soak.sh says so, a few for every test and many for `make soak`.
int told(const char* name, int otherwise) {
    const char* const text = std::getenv(name);
    return text == nullptr ? otherwise : std::atoi(text);
}

/// Kilobytes that the process holds in memory.
long resident(const char* process) {
    std::ifstream file(std::string("/proc/") + process + "/status");
    std::string word;
    long kilobytes = 0;
    while (file >> word) {
        if (word == "VmRSS:") {
            file >> kilobytes;
        }
    }
    return kilobytes;
}

/// One client's status, waiting for its turn as the command line does.
bool is_served() {
    const auto connection = sdbus::createSystemBusConnection();
    Manager manager(*connection);
    const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(5);
    while (std::chrono::steady_clock::now() < end) {
        try {
            return result_of(*connection, manager.Status()).contains("state");
        } catch (const sdbus::Error& error) {
            if (error.getName() != bus::error_name_of(ErrorCode::exhausted)) {
                return false;
            }
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return false;
}

}  // namespace

TEST_CASE("applies and rollbacks one after the other do not make it grow", "[.][soak]") {
    const int applies = told("NANOTUNE_SOAK_APPLIES", 100);
    const char* const daemon = std::getenv("NANOTUNE_SOAK_DAEMON");
    REQUIRE(daemon != nullptr);
    const auto connection = sdbus::createSystemBusConnection();
    Manager manager(*connection);
    long warm = 0;
    for (int i = 0; i < applies; ++i) {
        const auto applied = result_of(*connection, manager.Apply("quick", {}, {}, {}));
        REQUIRE(applied.at("exit").get<std::int32_t>() == 0);
        const auto undone = result_of(*connection, manager.Rollback({}));
        REQUIRE(undone.at("exit").get<std::int32_t>() == 0);
        if (i == applies / 5) {
            warm = resident(daemon);
        }
    }
    const long grown = resident(daemon) - warm;
    WARN(applies << " applies: " << warm << " kB after a fifth of them, " << grown
                 << " kB more in the end");
    CHECK(grown <= 512);
    CHECK(kernels() == "1");
}

TEST_CASE("all of very many clients are served", "[.][soak]") {
    const int clients = told("NANOTUNE_SOAK_CLIENTS", 100);
    std::atomic<int> served = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < clients; ++i) {
        threads.emplace_back([&served] { served += is_served() ? 1 : 0; });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    CHECK(served == clients);
}
