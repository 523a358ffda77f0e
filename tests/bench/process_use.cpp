#include "process_use.hpp"

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <fmt/core.h>
#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace nanotune::bench {

namespace {

std::string text_of(const std::string& path) {
    std::ifstream file(path);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

/// The number after "NAME:" in /proc/PID/status and its like.
std::uint64_t number_after(const std::string& text, const std::string& name) {
    const std::size_t at = text.find("\n" + name + ":");
    return at == std::string::npos
               ? 0
               : std::strtoull(text.c_str() + at + name.size() + 2, nullptr, 10);
}

std::vector<std::string> threads_of(pid_t process) {
    std::vector<std::string> folders;
    std::error_code error;
    for (const auto& thread :
         std::filesystem::directory_iterator(fmt::format("/proc/{}/task", process), error)) {
        folders.push_back(thread.path());
    }
    return folders;
}

/// How often its threads went to sleep, those that are there now.
std::uint64_t sleeps_of(pid_t process) {
    std::uint64_t sleeps = 0;
    for (const std::string& thread : threads_of(process)) {
        sleeps += number_after(text_of(thread + "/status"), "voluntary_ctxt_switches");
    }
    return sleeps;
}

/// What the kernel counts of a process from then on, also in threads that begin and end meanwhile,
/// of which /proc knows nothing afterwards.
class Counter {
  public:
    Counter(pid_t process, std::uint64_t what) {
        perf_event_attr counted{};
        counted.type = PERF_TYPE_SOFTWARE;
        counted.size = sizeof counted;
        counted.config = what;
        counted.inherit = 1;
        for (const std::string& thread : threads_of(process)) {
            const int number = std::atoi(thread.substr(thread.rfind('/') + 1).c_str());
            threads_.push_back(
                static_cast<int>(::syscall(SYS_perf_event_open, &counted, number, -1, -1, 0)));
        }
    }
    ~Counter() {
        for (const int thread : threads_) {
            ::close(thread);
        }
    }
    Counter(const Counter&) = delete;
    Counter& operator=(const Counter&) = delete;
    Counter(Counter&&) = delete;
    Counter& operator=(Counter&&) = delete;

    /// Nothing where the kernel does not count.
    [[nodiscard]] std::optional<std::uint64_t> count() const {
        std::uint64_t sum = 0;
        for (const int thread : threads_) {
            std::uint64_t one = 0;
            if (::read(thread, &one, sizeof one) != sizeof one) {
                return std::nullopt;
            }
            sum += one;
        }
        return sum;
    }

  private:
    std::vector<int> threads_;
};

void show_memory(pid_t process, const std::string& what, const std::string& name) {
    const std::string status = text_of(fmt::format("/proc/{}/status", process));
    fmt::print("  {:<52} {:8.1f} MB\n", what,
               static_cast<double>(number_after(status, name)) / 1024);
}

void show_each_second(const std::string& what, std::uint64_t count, int seconds) {
    fmt::print("  {:<52} {:8.3f} a second\n", what, static_cast<double>(count) / seconds);
}

}  // namespace

void show_rest(pid_t process, int seconds) {
    std::this_thread::sleep_for(std::chrono::seconds(4));  // to rest
    show_memory(process, "resident memory", "VmRSS");
    show_memory(process, "  of that shared with files (RssFile)", "RssFile");
    const std::uint64_t before = sleeps_of(process);
    const Counter switches(process, PERF_COUNT_SW_CONTEXT_SWITCHES);
    const Counter nanoseconds(process, PERF_COUNT_SW_TASK_CLOCK);
    std::this_thread::sleep_for(std::chrono::seconds(seconds));
    const std::uint64_t after = sleeps_of(process);
    const auto switched = switches.count();
    const auto computed = nanoseconds.count();
    show_each_second(fmt::format("wake-ups, over {} s of idling", seconds), after - before,
                     seconds);
    if (!switched || !computed) {
        fmt::print(
            "  (no perf events here: neither threads that ended nor CPU time are counted)\n");
        return;
    }
    show_each_second("  with threads that ended, and waits for a CPU", *switched, seconds);
    fmt::print("  {:<52} {:8.3f} ms a minute\n", "CPU time while idling",
               static_cast<double>(*computed) / 1e6 / seconds * 60);
}

}  // namespace nanotune::bench
