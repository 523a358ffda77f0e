// How long a daemon takes as a client of the bus sees it: ours and, where it runs, TuneD's. What it
// costs while nothing happens, too.
//
//   daemon-bench nanotuned PROGRAM PROFILE-FOLDER ROUNDS SECONDS
//   daemon-bench tuned PROCESS ROUNDS SECONDS
//
// Profiles one-a, one-b, eight-a and eight-b are switched between, and verified.
#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include <fmt/core.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "process_use.hpp"
#include "service/bus/sdbus.hpp"

namespace {

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::duration<double, std::milli>;
using Facts = std::map<std::string, sdbus::Variant>;
constexpr std::chrono::seconds patience{60};

[[noreturn]] void give_up(const std::string& why) {
    std::fputs(fmt::format("daemon-bench: {}\n", why).c_str(), stderr);
    std::exit(1);
}

double median(std::vector<double> times) {
    std::ranges::sort(times);
    return times[times.size() / 2];
}

double timed(const std::function<void()>& act) {
    const auto began = Clock::now();
    act();
    return Milliseconds(Clock::now() - began).count();
}

void show(const std::string& what, const std::vector<double>& times) {
    const auto [least, most] = std::ranges::minmax(times);
    fmt::print("  {:<52} {:8.2f} ms   ({:.2f} to {:.2f}, {} times)\n", what, median(times), least,
               most, times.size());
    std::fflush(stdout);
}

// --- nanotuned

class Nanotuned {
  public:
    explicit Nanotuned(sdbus::IConnection& bus)
        : bus_(bus), manager_(nanotune::bus::proxy_of(bus, "org.nanotune1", "/org/nanotune1")) {}

    void apply(const std::string& profile) {
        Facts options{{"allow", sdbus::Variant(std::string("all"))}};
        sdbus::ObjectPath job;
        manager_->callMethod("Apply")
            .onInterface("org.nanotune1.Manager")
            .withArguments(profile, Files(), Pairs(), options)
            .storeResultsTo(job);
        wait(job, profile);
    }
    void verify(const std::string& profile) {
        sdbus::ObjectPath job;
        manager_->callMethod("Verify")
            .onInterface("org.nanotune1.Manager")
            .withArguments(profile, Files(), Pairs(), Facts())
            .storeResultsTo(job);
        wait(job, profile);
    }

  private:
    using Files = std::vector<sdbus::Struct<std::string, std::string, sdbus::UnixFd>>;
    using Pairs = std::vector<sdbus::Struct<std::string, std::string>>;

    void wait(const sdbus::ObjectPath& path, const std::string& profile) {
        const auto job = nanotune::bus::proxy_of(bus_, "org.nanotune1", path);
        Facts facts;
        job->callMethod("Wait").onInterface("org.nanotune1.Job").storeResultsTo(facts);
        if (facts["exit"].get<std::int32_t>() != 0) {
            using Problems = std::vector<sdbus::Struct<std::string, std::string, std::int32_t>>;
            for (const auto& problem : facts["problems"].get<Problems>()) {
                std::fputs((problem.get<1>() + "\n").c_str(), stderr);
            }
            give_up(fmt::format("{}: ended with {}", profile, facts["exit"].get<std::int32_t>()));
        }
        job->callMethod("Close").onInterface("org.nanotune1.Job").dontExpectReply();
    }

    sdbus::IConnection& bus_;
    std::unique_ptr<sdbus::IProxy> manager_;
};

bool is_owned(sdbus::IProxy& bus, const std::string& name) {
    bool has_owner = false;
    bus.callMethod("NameHasOwner")
        .onInterface("org.freedesktop.DBus")
        .withArguments(name)
        .storeResultsTo(has_owner);
    return has_owner;
}

/// Until the bus itself says so: a call every 100 us costs the daemon nothing.
void await_name(sdbus::IProxy& bus, const std::string& name, bool wanted) {
    const auto end = Clock::now() + patience;
    while (is_owned(bus, name) != wanted) {
        if (Clock::now() > end) {
            give_up(name + ": nobody owns it");
        }
        std::this_thread::sleep_for(std::chrono::microseconds(100));
    }
}

pid_t started(const std::string& program, const std::string& profiles) {
    std::vector<std::string> words{program, "--profile-dir", profiles};
    std::vector<char*> arguments;
    for (std::string& word : words) {
        arguments.push_back(word.data());
    }
    arguments.push_back(nullptr);
    pid_t process = 0;
    if (::posix_spawn(&process, program.c_str(), nullptr, nullptr, arguments.data(), environ) !=
        0) {
        give_up(program + " does not start");
    }
    return process;
}

void end(pid_t process) {
    ::kill(process, SIGTERM);
    ::waitpid(process, nullptr, 0);
}

void measure_nanotuned(const std::string& program, const std::string& profiles, int rounds,
                       int seconds) {
    const auto bus = sdbus::createSystemBusConnection();
    const auto names =
        nanotune::bus::proxy_of(*bus, "org.freedesktop.DBus", "/org/freedesktop/DBus");
    std::vector<double> starts;
    pid_t process = 0;
    for (int round = 0; round < rounds; ++round) {
        if (process != 0) {
            end(process);
            await_name(*names, "org.nanotune1", false);
        }
        starts.push_back(timed([&] {
            process = started(program, profiles);
            await_name(*names, "org.nanotune1", true);
        }));
    }
    fmt::print("nanotuned\n");
    show("start to name owned", starts);
    Nanotuned daemon(*bus);
    for (const std::string nics : {"one", "eight"}) {
        std::vector<double> switches;
        std::vector<double> verifies;
        for (int round = 0; round < rounds; ++round) {
            for (const char* which : {"-a", "-b"}) {
                switches.push_back(timed([&] { daemon.apply(nics + which); }));
                verifies.push_back(timed([&] { daemon.verify(nics + which); }));
            }
        }
        show("profile switch, 20 sysctls and " + nics + " veth", switches);
        show("verify", verifies);
    }
    nanotune::bench::show_rest(process, seconds);
    end(process);
}

// --- TuneD: the bench runs on its sysctls alone, as its net plugin passes virtual devices by

void measure_tuned(pid_t process, int rounds, int seconds) {
    const auto bus = sdbus::createSystemBusConnection();
    const auto tuned = nanotune::bus::proxy_of(*bus, "com.redhat.tuned", "/Tuned");
    bool has_changed = false;
    tuned->uponSignal("profile_changed")
        .onInterface("com.redhat.tuned.control")
        .call([&](const std::string&, const bool&, const std::string&) { has_changed = true; });
    nanotune::bus::begin_listening(*tuned);
    const auto turn = [&](const std::string& profile) {
        has_changed = false;
        sdbus::Struct<bool, std::string> answer;
        tuned->callMethod("switch_profile")
            .onInterface("com.redhat.tuned.control")
            .withArguments(profile)
            .storeResultsTo(answer);
        const auto until = Clock::now() + patience;
        const auto has_heard = [&] {
            while (nanotune::bus::process_one(*bus)) {
            }
            return has_changed;
        };
        while (!has_heard() && Clock::now() < until) {
            const auto data = bus->getEventLoopPollData();
            pollfd waited{.fd = data.fd, .events = data.events, .revents = 0};
            ::poll(&waited, 1, 100);
        }
        if (!has_changed) {
            give_up("TuneD says nothing of " + profile);
        }
    };
    std::vector<double> switches;
    std::vector<double> verifies;
    for (int round = 0; round < rounds; ++round) {
        for (const char* profile : {"bench", "nothing"}) {
            switches.push_back(timed([&] { turn(profile); }));
            bool is_verified = false;
            verifies.push_back(timed([&] {
                tuned->callMethod("verify_profile")
                    .onInterface("com.redhat.tuned.control")
                    .storeResultsTo(is_verified);
            }));
        }
    }
    fmt::print("TuneD\n");
    show("profile switch, 20 sysctls, to its signal", switches);
    show("verify", verifies);
    nanotune::bench::show_rest(process, seconds);
}

}  // namespace

int main(int count, char** words) {
    try {
        if (count == 6 && std::string(words[1]) == "nanotuned") {
            measure_nanotuned(words[2], words[3], std::atoi(words[4]), std::atoi(words[5]));
            return 0;
        }
        if (count == 5 && std::string(words[1]) == "tuned") {
            measure_tuned(std::atoi(words[2]), std::atoi(words[3]), std::atoi(words[4]));
            return 0;
        }
    } catch (const sdbus::Error& error) {
        give_up(fmt::format("{}: {}", error.getName(), error.getMessage()));
    }
    give_up("nanotuned PROGRAM PROFILE-FOLDER ROUNDS SECONDS | tuned PROCESS ROUNDS SECONDS");
}
