// Which options of a worker go together.
#include <fmt/core.h>

#include "options.hpp"

namespace nanotune::datapath {

namespace {

bool is_past_the_kernel(Backend backend) {
    return backend == Backend::packet || backend == Backend::af_xdp || backend == Backend::xdp;
}

Status check_group(const WorkerOptions& options) {
    if (!is_group(options.listen)) {
        return options.source
                   ? failure(ErrorCode::invalid,
                             "--source: it is of a multicast group, and none is listened to")
                   : Status();
    }
    if (options.protocol == Protocol::tcp || options.device.empty() || !options.respond) {
        return failure(ErrorCode::invalid,
                       options.listen_text +
                           ": a multicast group is joined for UDP, on an interface, and orders "
                           "need a receiver (respond)");
    }
    if (options.source && (options.backend == Backend::xdp || options.backend == Backend::af_xdp)) {
        return failure(ErrorCode::invalid,
                       "--source: backend packet and udp listen to one source alone");
    }
    return {};
}

/// TCP: an endpoint of our own, or connections of others that are followed.
Status check_tcp(const WorkerOptions& options) {
    if (options.backend == Backend::af_xdp) {
        return failure(ErrorCode::invalid,
                       "protocol tcp: backend af_xdp would take the segments away from whoever has "
                       "the connections, and stall them");
    }
    if (options.backend == Backend::udp) {
        return failure(ErrorCode::invalid,
                       "protocol tcp: the backend is tcp (or auto), with sessions of its own, or "
                       "packet or xdp, which follow connections of others");
    }
    const bool is_followed = options.backend == Backend::packet || options.backend == Backend::xdp;
    if (!is_followed && options.respond) {
        return failure(ErrorCode::invalid,
                       "--respond: with backend tcp each session gets its own orders");
    }
    if (is_followed && !options.respond && options.logic != LogicName::discard) {
        return failure(
            ErrorCode::invalid,
            "protocol tcp with backend packet or xdp: nothing is put into connections of "
            "others, and orders need a receiver (respond), which gets them by UDP");
    }
    return {};
}

Status check_protocol(const WorkerOptions& options) {
    if (options.protocol == Protocol::tcp) {
        return check_tcp(options);
    }
    return options.backend == Backend::tcp
               ? failure(ErrorCode::invalid, "backend tcp: the protocol is udp")
               : Status();
}

}  // namespace

Status fit_together(const WorkerOptions& options) {
    if (options.shared.empty() || options.listen.port == 0) {
        return failure(ErrorCode::invalid, "--shared FILE and --listen ADDRESS:PORT are needed");
    }
    if (options.respond && options.respond->is_ipv6 != options.listen.is_ipv6) {
        return failure(ErrorCode::invalid, "--respond: its IP version is not that of --listen");
    }
    NT_CHECK(check_group(options));
    NT_CHECK(check_protocol(options));
    if (options.logic == LogicName::strategy && options.backend == Backend::xdp &&
        options.protocol == Protocol::udp) {
        return failure(ErrorCode::invalid,
                       "--logic: a strategy is a program's, and backend xdp answers in the kernel");
    }
    if (is_past_the_kernel(options.backend) && options.device.empty()) {
        return failure(ErrorCode::invalid,
                       "backend packet, af_xdp or xdp: it is on an interface, and none is given");
    }
    return {};
}

}  // namespace nanotune::datapath
