// nanotuned: where it is, what it is told on its command line, and the signals that end it.
#include <array>
#include <csignal>
#include <cstdio>
#include <string>
#include <vector>

#include <fmt/core.h>
#include <malloc.h>
#include <unistd.h>

#include "cli/places.hpp"
#include "cli/words.hpp"
#include "daemon/daemon.hpp"
#include "daemon/housekeeping.hpp"
#include "system/storage/residence.hpp"

namespace {

constexpr const char* usage =
    "nanotuned [--state-dir DIR] [--plugin-dir DIR] [--profile-dir DIR]...\n"
    "\n"
    "Serves org.nanotune1 on the system bus. Started by systemd or by the bus; see nanotuned(8).\n"
    "\n"
    "  --state-dir DIR    where the journal is (default /run/nanotune)\n"
    "  --plugin-dir DIR   where the plugins are\n"
    "  --profile-dir DIR  where profiles are searched by their names, instead of by default\n";

std::string program() {
    std::array<char, 4096> buffer{};
    const ssize_t size = ::readlink("/proc/self/exe", buffer.data(), buffer.size());
    return size <= 0 ? std::string() : std::string(buffer.data(), static_cast<std::size_t>(size));
}

std::string working_folder() {
    std::array<char, 4096> buffer{};
    return ::getcwd(buffer.data(), buffer.size()) == nullptr ? std::string()
                                                             : std::string(buffer.data());
}

nanotune::Result<nanotune::cli::ServiceOptions> options_of(const std::vector<std::string>& words) {
    const auto places = nanotune::cli::places_of(program());
    nanotune::cli::ServiceOptions options;
    options.state_folder = "/run/nanotune";
    options.plugin_folder = places.plugins;
    options.command = nanotune::daemon_command;
    options.worker = places.worker;
    options.patience = std::chrono::seconds(10);
    for (std::size_t i = 0; i < words.size(); i += 2) {
        if (i + 1 == words.size()) {
            return nanotune::failure(nanotune::ErrorCode::invalid,
                                     fmt::format("{}: not an option with its value", words[i]));
        }
        std::string folder = nanotune::cli::absolute_path(words[i + 1], working_folder());
        if (words[i] == "--state-dir") {
            options.state_folder = std::move(folder);
        } else if (words[i] == "--plugin-dir") {
            options.plugin_folder = std::move(folder);
        } else if (words[i] == "--profile-dir") {
            options.profile_folders.push_back(std::move(folder));
        } else {
            return nanotune::failure(nanotune::ErrorCode::invalid,
                                     fmt::format("{}: no option of nanotuned", words[i]));
        }
    }
    if (options.profile_folders.empty()) {
        options.profile_folders = places.profiles;
    }
    return options;
}

/// Before any thread is started: signals are waited for in one place.
void block_signals() {
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP}) {
        sigaddset(&set, signal);
    }
    ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
    static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
    static_cast<void>(std::signal(SIGXFSZ, SIG_IGN));  // a limit is an error of the write
}

}  // namespace

int main(int count, char** arguments) {
    mallopt(M_ARENA_MAX, 1);  // two threads that take turns need no memory of their own
    const std::vector<std::string> words(arguments + (count > 0 ? 1 : 0), arguments + count);
    if (words.size() == 1 && (words[0] == "--help" || words[0] == "--version")) {
        std::fputs(words[0] == "--help" ? usage : "nanotuned " NANOTUNE_VERSION "\n", stdout);
        return 0;
    }
    block_signals();
    nanotune::daemon::stay_on_housekeeping();
    const auto options = options_of(words);
    const auto served = options ? nanotune::daemon::serve(*options)
                                : nanotune::Status(std::unexpected(options.error()));
    if (!served) {
        std::fputs(fmt::format("nanotuned: {}\n", served.error().message).c_str(), stderr);
        return 1;
    }
    return 0;
}
