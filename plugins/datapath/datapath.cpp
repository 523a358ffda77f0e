// Market data in, orders out, in a process of its own: the one thing that a host is tuned for, and
// the last that a profile starts.
#include <limits>

#include <nanotune/plugin.hpp>

#include "endpoint.hpp"
#include "worker_bank.hpp"

namespace nanotune::datapath {
namespace {

constexpr std::int64_t largest = std::numeric_limits<std::uint32_t>::max();

constexpr WorkerRow rows[] = {
    {.tunable = {.name = "listen",
                 .domain = with_samples(normal_text(endpoint_text,
                                                    "an address of this host with a port, such as "
                                                    "192.0.2.1:8080 or [2001:db8::1]:8080"),
                                        "[2001:db8::1]:8080"),
                 .summary = "Address and port that market data comes to, of this host or of a "
                            "multicast group; what makes a datapath of the section."}},
    {.tunable = {.name = "interface",
                 .domain = with_samples(text(), "eth1"),
                 .summary = "Network device that it comes on; backends that go past the kernel's "
                            "stack need one."}},
    {.tunable = {.name = "source",
                 .domain = with_samples(normal_text(address_text, "an address"), "192.0.2.7"),
                 .summary = "Of a multicast group: the only sender that is listened to."}},
    {.tunable = {.name = "protocol",
                 .domain = choice("udp | tcp"),
                 .summary = "How market data comes; with tcp the datapath is an endpoint of "
                            "sessions, each of which gets its own orders, or follows connections "
                            "of others (backend packet or xdp)."},
     .otherwise = "udp"},
    {.tunable = {.name = "backend",
                 .domain = choice("auto | xdp | af_xdp | packet | udp | tcp"),
                 .summary = "How packets are taken; auto is the fastest that works here, and says "
                            "why faster ones do not."},
     .otherwise = "auto"},
    {.tunable = {.name = "cpus",
                 .domain = cpu_list(),
                 .summary =
                     "CPUs that are the datapath's: a worker on each, which never leaves it and "
                     "never sleeps, with a queue and a table of senders of its own."}},
    {.tunable = {.name = "priority",
                 .domain = integer(0, 98),
                 .summary = "Real-time priority (FIFO) of the worker; 0 for none."},
     .otherwise = "0"},
    {.tunable = {.name = "lock_memory",
                 .domain = flag(),
                 .summary = "Whether the worker's memory stays where it is."},
     .otherwise = "1"},
    {.tunable = {.name = "respond",
                 .domain =
                     with_samples(normal_text(receiver_text, "an address with a port, or sender"),
                                  "192.0.2.9:9999"),
                 .summary = "Who gets the orders."},
     .otherwise = "sender"},
    {.tunable = {.name = "respond_by",
                 .domain = choice("udp | tcp"),
                 .summary = "How orders reach whoever gets them, of connections of others that are "
                            "followed: by datagrams, or on a connection that each worker makes "
                            "before it is ready."},
     .otherwise = "udp"},
    {.tunable = {.name = "logic",
                 .domain = with_samples(
                     normal_text(logic_text, "threshold, echo, discard, or the path of a strategy"),
                     "echo"),
                 .summary = "What a packet is answered with: an order where its price is low "
                            "enough, itself, nothing, or what a strategy says (a shared object, "
                            "/path/NAME.so)."},
     .otherwise = "threshold"},
    {.tunable = {.name = "price",
                 .domain = integer(0, largest),
                 .summary = "Price in cents below which the threshold buys."},
     .otherwise = "10000",
     .is_live = true},
    {.tunable = {.name = "quantity", .domain = integer(1, largest), .summary = "How much it buys."},
     .otherwise = "100",
     .is_live = true},
    {.tunable = {.name = "byte_order",
                 .domain = choice("little | network", "0 | 1"),
                 .summary = "Byte order of the numbers in market data and orders."},
     .otherwise = "0",
     .is_live = true},
    {.tunable = {.name = "checksums",
                 .domain = choice("verify | trust"),
                 .summary = "Whether the checksums of what comes are verified, or the NIC is "
                            "trusted to have done so; a kernel socket verifies them either way."},
     .otherwise = "verify"},
    {.tunable = {.name = "flows",
                 .domain = integer(1, 1 << 20),
                 .summary = "How many senders have the headers of their answers prepared."},
     .otherwise = "2048"},
    {.tunable = {.name = "connections",
                 .domain = integer(1, 65'536),
                 .summary = "How many TCP connections a worker has at most, or follows."},
     .otherwise = "1024"},
    {.tunable = {.name = "idle_timeout",
                 .domain = integer(0, 86'400),
                 .summary =
                     "Seconds without a byte after which a TCP session is closed, or without "
                     "a segment a connection followed no more; 0 for never."},
     .otherwise = "0"},
    {.tunable = {.name = "when_full",
                 .domain = choice("half_open | refuse"),
                 .summary = "Who makes room for a new TCP connection where as many as "
                            "`connections` are followed: the oldest that is half open, or nobody. "
                            "An established one never does."},
     .otherwise = "half_open"},
    {.tunable = {.name = "restarts",
                 .domain = integer(0, 1000),
                 .summary =
                     "How often in a minute a worker that ended by itself is started again."},
     .otherwise = "5",
     .is_live = true},
    {.tunable = {.name = "start",
                 .domain = choice("verified | anyway"),
                 .summary = "Whether it starts once everything else of the profile was read again "
                            "and is as wanted, or anyway, where something failed and the rest is "
                            "kept (on_failure = \"keep\"); never while an apply is taken back."},
     .otherwise = "verified",
     .is_live = true},
    {.tunable = {.name = "enabled",
                 .domain = flag(),
                 .summary = "Whether orders are sent; otherwise they are only counted."},
     .otherwise = "0",
     .is_live = true},
};

void define(PluginBuilder& datapath) {
    datapath.sections_select(Selector::given);
    datapath.add<WorkerBank>(std::span<const WorkerRow>(packed<rows>),
                             BankPlace{Stage::datapath, datapaths});
}

}  // namespace
}  // namespace nanotune::datapath

NANOTUNE_PLUGIN("datapath", "The packet processor: market data in, orders out.",
                nanotune::datapath::define)
