#include "daemon_here.hpp"

#include <optional>
#include <string>

#include <sys/stat.h>

#include "service/freeze.hpp"
#include "service/instance.hpp"

namespace nanotune::cli {

namespace {

/// Whether this process and the first one are in the same network namespace; nothing where that
/// cannot be seen.
std::optional<bool> is_in_first_network() {
    struct stat own{};
    struct stat first{};
    if (::stat("/proc/self/ns/net", &own) != 0 || ::stat("/proc/1/ns/net", &first) != 0) {
        return std::nullopt;
    }
    return own.st_ino == first.st_ino && own.st_dev == first.st_dev;
}

/// As an init starts it: with its own folders, in the network namespace that the init is in.
bool would_serve(const ServiceOptions& options) {
    struct stat program{};
    return is_default_state_folder(options.state_folder) &&
           ::stat(options.daemon.c_str(), &program) == 0 && S_ISREG(program.st_mode) &&
           is_in_first_network().value_or(false);
}

}  // namespace

bool is_beside_first_network() {
    return !is_in_first_network().value_or(true);
}

DaemonHere daemon_here(const ServiceOptions& options) {
    return instance_for(options.state_folder, std::string(instance_file)) ? DaemonHere::running
           : would_serve(options)                                         ? DaemonHere::installed
                                                                          : DaemonHere::none;
}

}  // namespace nanotune::cli
