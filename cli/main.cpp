// The program: reads what it was started in, and runs the command line, on the daemon or on the
// engine in this process.
#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <pwd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <nanotune/numbers.hpp>

#include "bus/choice.hpp"
#include "memory.hpp"
#include "places.hpp"
#include "report_text.hpp"
#include "run.hpp"
#include "session.hpp"

namespace {

using nanotune::cli::Screen;
using nanotune::cli::Surroundings;

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string() : std::string(value);
}

std::string link_target(const char* path) {
    std::array<char, 4096> buffer{};
    const ssize_t size = ::readlink(path, buffer.data(), buffer.size());
    return size <= 0 ? std::string() : std::string(buffer.data(), static_cast<std::size_t>(size));
}

std::string working_folder() {
    std::array<char, 4096> buffer{};
    return ::getcwd(buffer.data(), buffer.size()) == nullptr ? std::string()
                                                             : std::string(buffer.data());
}

/// What COLUMNS says, for output that a pager or a test shows; 0 where it says nothing.
std::size_t said_width() {
    const std::string text = environment("COLUMNS");
    constexpr std::size_t widest = 10'000;
    const std::size_t width = nanotune::whole_number<std::size_t>(text).value_or(0);
    return width <= widest ? width : 0;
}

nanotune::cli::TerminalSize terminal_size() {
    winsize size{};
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
        return {.width = size.ws_col, .height = size.ws_row};
    }
    return {.width = 80, .height = 0};
}

std::string own_session_address() {
    static const std::string address =
        nanotune::cli::session_address(environment("SSH_CONNECTION"));
    return address;
}

std::string name_of_user(std::uint32_t number) {
    std::array<char, 16384> texts{};
    passwd entry{};
    passwd* found = nullptr;
    const bool is_known =
        ::getpwuid_r(number, &entry, texts.data(), texts.size(), &found) == 0 && found != nullptr;
    return is_known ? std::string(entry.pw_name) : std::string();
}

Surroundings surroundings(const char* called) {
    const bool out_is_terminal = ::isatty(STDOUT_FILENO) == 1;
    return {.places = nanotune::cli::places_of(link_target("/proc/self/exe")),
            .called = nanotune::cli::shell_word(called),
            .working_folder = working_folder(),
            .session_address = own_session_address,
            .name_of_user = name_of_user,
            .preload = environment("LD_PRELOAD"),
            .search_path = environment("PATH"),
            .width = out_is_terminal ? terminal_size().width : said_width(),
            .out_is_terminal = out_is_terminal,
            .terminal_size = terminal_size,
            .error_is_terminal = ::isatty(STDERR_FILENO) == 1,
            .refuses_colour = !environment("NO_COLOR").empty() || environment("TERM") == "dumb"};
}

/// `lost` takes why something could not be written.
Screen::Sink sink_to(int descriptor, std::string& lost) {
    return [descriptor, &lost](std::string_view text) {
        while (!text.empty()) {
            const ssize_t count = ::write(descriptor, text.data(), text.size());
            if (count < 0 && errno == EINTR) {
                continue;
            }
            if (count < 0) {
                lost = errno == EPIPE ? "" : std::strerror(errno);  // EPIPE: nobody reads any more
                return;
            }
            text.remove_prefix(static_cast<std::size_t>(count));
        }
    };
}

}  // namespace

int main(int count, char** arguments) {
    nanotune::cli::keep_memory();
    // A write beyond a limit fails, and is told like one to a disk that is full.
    const bool ignores_size_limit = std::signal(SIGXFSZ, SIG_IGN) == SIG_IGN;
    const std::vector<std::string> words(arguments + (count > 0 ? 1 : 0), arguments + count);
    std::string lost;
    std::string unheard;
    const Screen screen(sink_to(STDOUT_FILENO, lost), sink_to(STDERR_FILENO, unheard));
    Surroundings found = surroundings(count > 0 ? arguments[0] : "nanotune");
    found.ignores_size_limit = ignores_size_limit;
    found.lost_output = [&lost] { return lost; };
    // It stands until the process ends, which takes from it what it holds; all that is written has
    // left this process by then.
    found.put_away = [](std::unique_ptr<nanotune::Service> service) {
        static_cast<void>(service.release());
    };
    std::_Exit(nanotune::cli::run(words, found, screen, nanotune::cli::chosen_service));
}
