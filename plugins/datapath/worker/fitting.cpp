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

Status check_protocol(const WorkerOptions& options) {
    const bool is_tcp = options.protocol == Protocol::tcp;
    if (is_tcp && options.backend != Backend::automatic && options.backend != Backend::tcp) {
        return failure(ErrorCode::invalid,
                       "protocol tcp: the backend is tcp (or auto); one that took the packets of "
                       "connections past the kernel would stall them");
    }
    if (!is_tcp && options.backend == Backend::tcp) {
        return failure(ErrorCode::invalid, "backend tcp: the protocol is udp");
    }
    if (is_tcp && options.respond) {
        return failure(ErrorCode::invalid,
                       "--respond: with protocol tcp each session gets its own orders");
    }
    return {};
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
    if (options.logic == LogicName::strategy && options.backend == Backend::xdp) {
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
