// What the process was started in: read once, in main.cpp, and passed down as a value.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "service/service.hpp"

namespace nanotune::cli {

/// Where the parts of this installation are.
struct Places {
    std::string plugins;                ///< the folder with the plugins
    std::vector<std::string> profiles;  ///< searched in this order
    std::string lock_object;            ///< preloaded by `exec --lock-memory`
    std::string bus_client;             ///< loaded where a daemon is asked
    std::string worker;                 ///< nanotune-worker: what a datapath runs in
    std::string daemon;                 ///< nanotuned, where it is installed
};

/// In columns and lines; 0: not known.
struct TerminalSize {
    std::size_t width = 0;
    std::size_t height = 0;
};

/// The environment, the terminal and the installation, as verbs may know them.
struct Surroundings {
    Places places;
    std::string called = "nanotune";         ///< as a shell would be told to run it again
    std::string program = "/proc/self/exe";  ///< started again for the guard
    std::string working_folder;
    /// Local address of the operator's remote session, "" for none. Asked where a change could cut
    /// it.
    std::function<std::string()> session_address = [] { return std::string(); };
    /// What the host calls a user; "" where it knows none of that number.
    std::function<std::string(std::uint32_t)> name_of_user = [](std::uint32_t) {
        return std::string();
    };
    std::string preload;      ///< LD_PRELOAD as it was found
    std::string search_path;  ///< PATH
    std::size_t width = 0;    ///< of the terminal in columns; 0: lines may be as long as needed
    bool out_is_terminal = false;
    /// As it is now: whoever draws for long asks again.
    std::function<TerminalSize()> terminal_size = [] { return TerminalSize(); };
    bool error_is_terminal = false;
    bool ignores_size_limit = false;  ///< SIGXFSZ, as it was found
    bool refuses_colour = false;      ///< NO_COLOR, or TERM=dumb
    /// Takes a service that nothing more is asked of. Where the process ends next it need not be
    /// taken apart.
    std::function<void(std::unique_ptr<Service>)> put_away = [](std::unique_ptr<Service>) {};
    /// Why not all of the output could be written; "" where it was, or where nobody reads any more.
    std::function<std::string()> lost_output = [] { return std::string(); };
};

/// Who is asked.
enum class Reach {
    any,     ///< the daemon where one runs, this process elsewhere
    daemon,  ///< --bus
    direct,  ///< --direct
};

/// What a Service is opened with.
struct ServiceOptions {
    std::string state_folder;
    std::string plugin_folder;
    std::vector<std::string> profile_folders;
    std::function<std::string()> session_address = [] { return std::string(); };
    std::string command;                           ///< what the lock's holder is called to others
    std::chrono::milliseconds patience{0};         ///< how long to wait for the lock
    std::chrono::milliseconds timeout{60'000};     ///< for verbs that only look at the host
    std::string working_folder;                    ///< files below it are named from it
    const std::atomic<bool>* cancelled = nullptr;  ///< set: an apply rolls back
    Reach reach = Reach::any;
    std::string bus_client;                           ///< as in Places
    std::string worker;                               ///< as in Places
    std::string daemon;                               ///< as in Places
    std::function<void(std::string_view)> told = {};  ///< who was found to ask, with --verbose
    std::string host_file = "/etc/nanotune/host.toml";
};

/// Opens the service: the engine in this process, or in tests a value.
using ServiceSource = std::function<Result<std::unique_ptr<Service>>(const ServiceOptions&)>;

}  // namespace nanotune::cli
