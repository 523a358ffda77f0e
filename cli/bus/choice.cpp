#include "choice.hpp"

#include <cstdio>
#include <string>

#include <dlfcn.h>
#include <fmt/core.h>

#include "../direct/direct_service.hpp"
#include "client/client.hpp"
#include "service/instance.hpp"

namespace nanotune::cli {

namespace {

/// The client is a library of its own, so that commands on hosts without a daemon need not load it
/// and all that it links. It stays loaded.
Result<std::unique_ptr<Service>> bus_service(const ServiceOptions& options) {
    void* const object = ::dlopen(options.bus_client.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (object == nullptr) {
        return failure(ErrorCode::not_found, fmt::format("the client of the bus: {}", ::dlerror()));
    }
    const auto* const version =
        static_cast<const char*>(::dlsym(object, bus_client_version_symbol));
    if (version == nullptr || std::string(version) != NANOTUNE_VERSION) {
        return failure(ErrorCode::conflict,
                       fmt::format("{} is of nanotune {}, and this is nanotune {}: install both in "
                                   "one version",
                                   options.bus_client, version == nullptr ? "(unknown)" : version,
                                   NANOTUNE_VERSION));
    }
    void* const symbol = ::dlsym(object, bus_client_symbol);
    if (symbol == nullptr) {
        return failure(ErrorCode::damaged, fmt::format("the client of the bus: {}", ::dlerror()));
    }
    return reinterpret_cast<OpenBusService*>(symbol)(options, direct_service);
}

std::unexpected<Error> unreachable(const Error& why) {
    return failure(why.code, fmt::format("--bus: {}", why.message));
}

}  // namespace

Result<std::unique_ptr<Service>> chosen_service(const ServiceOptions& options) {
    const auto tell = [&options](std::string_view text) {
        if (options.told) {
            options.told(text);
        }
    };
    const std::string here =
        fmt::format("working in this process, state in {}", options.state_folder);
    if (options.reach == Reach::direct) {
        tell("no daemon is asked: " + here);
        return direct_service(options);
    }
    const auto instance = options.reach == Reach::any
                              ? instance_for(options.state_folder, std::string(instance_file))
                              : std::nullopt;
    if (options.reach == Reach::any && !instance) {
        tell("no daemon runs: " + here);
        return direct_service(options);
    }
    auto service = bus_service(options);
    if (service) {
        tell(instance ? fmt::format("asking nanotuned (process {}) over the bus", instance->process)
                      : std::string("asking nanotuned over the bus"));
        return service;
    }
    if (options.reach == Reach::daemon) {
        return unreachable(service.error());
    }
    // Of another version, or one that hangs: what is done beside it would surprise.
    if (service.error().code == ErrorCode::conflict ||
        service.error().code == ErrorCode::timed_out) {
        return service;
    }
    // Whoever changes something is refused next, and knows why.
    std::fputs(fmt::format("nanotune: {}; {}\n", service.error().message, here).c_str(), stderr);
    return direct_service(options);
}

}  // namespace nanotune::cli
