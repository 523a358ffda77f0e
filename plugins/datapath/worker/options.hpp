// The worker's command line.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <nanotune/error.hpp>

#include "datapath/processor/processor.hpp"
#include "datapath/tracker/tracker.hpp"

namespace nanotune::datapath {

/// `automatic` is the fastest that works.
enum class Backend { automatic, udp, packet, af_xdp, xdp, tcp };
enum class Protocol { udp, tcp };
enum class LogicName { threshold, echo, discard, strategy };

/// An IP address and a port: "192.0.2.1:8080", "[2001:db8::1]:8080".
struct Endpoint {
    std::array<std::uint8_t, 16> address{};  ///< as on the wire, of IPv4 the first four bytes
    bool is_ipv6 = false;
    std::uint16_t port = 0;  ///< in the machine's order
};
/// An address of many.
[[nodiscard]] bool is_group(const Endpoint& endpoint);
/// Errors: invalid, also for a zero address or port.
[[nodiscard]] Result<Endpoint> endpoint_of(std::string_view text);

struct WorkerOptions {
    std::string shared;  ///< the file of what is shared
    Endpoint listen;
    std::optional<Endpoint> respond;                     ///< none: the sender
    bool responds_by_tcp = false;                        ///< on a connection made beforehand
    std::optional<std::array<std::uint8_t, 16>> source;  ///< of a multicast group: the only one
    Protocol protocol = Protocol::udp;
    std::string listen_text;
    std::string respond_text = "sender";
    std::string source_text;
    std::string device;
    std::size_t connections = 1024;              ///< TCP sessions of each worker
    std::uint64_t idle_timeout = 0;              ///< seconds; 0 for none
    FullTable when_full = FullTable::half_open;  ///< of connections that are followed
    Backend backend = Backend::udp;
    LogicName logic = LogicName::threshold;
    std::string strategy;  ///< the shared object of a logic that is somebody else's
    std::uint32_t price = 10'000;
    std::uint32_t quantity = 100;
    bool network_order = false;
    bool trusts_checksums = false;  ///< of what comes: the device has verified them
    bool is_armed = false;
    bool is_resumed = false;  ///< the shared file is there, and its switches stay as they are
    bool is_patient = false;  ///< it worked before: a device that is not there is waited for
    bool lock_memory = true;
    std::size_t flows = 2048;
    std::vector<unsigned> cpus;  ///< a worker for each; none: one worker, wherever it runs
    int real_time = 0;           ///< FIFO priority, 0 for none
    bool only_asleep = false;    ///< of backends, one whose workers sleep
};

/// Whether all of them can be wanted together. Errors: invalid, saying why not.
[[nodiscard]] Status fit_together(const WorkerOptions& options);

/// Words as in main, without the program's name. Errors: invalid, naming the word.
[[nodiscard]] Result<WorkerOptions> worker_options(std::span<char* const> words);

}  // namespace nanotune::datapath
