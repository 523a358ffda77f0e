#include "daemon_here.hpp"

#include <string>

#include <sys/stat.h>

#include "service/freeze.hpp"
#include "service/instance.hpp"

namespace nanotune::cli {

namespace {

/// As an init starts it: with its own folders, in the network namespace that the init is in.
bool would_serve(const ServiceOptions& options) {
    struct stat program{};
    struct stat own{};
    struct stat first{};
    return is_default_state_folder(options.state_folder) &&
           ::stat(options.daemon.c_str(), &program) == 0 && S_ISREG(program.st_mode) &&
           ::stat("/proc/self/ns/net", &own) == 0 && ::stat("/proc/1/ns/net", &first) == 0 &&
           own.st_ino == first.st_ino && own.st_dev == first.st_dev;
}

}  // namespace

DaemonHere daemon_here(const ServiceOptions& options) {
    return instance_for(options.state_folder, std::string(instance_file)) ? DaemonHere::running
           : would_serve(options)                                         ? DaemonHere::installed
                                                                          : DaemonHere::none;
}

}  // namespace nanotune::cli
