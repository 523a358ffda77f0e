// One declared setting. Its name, range and documentation stand in one row of one table, and
// nowhere else.
#pragma once

#include <string_view>

#include <nanotune/domain.hpp>
#include <nanotune/row_text.hpp>
#include <nanotune/witness.hpp>

namespace nanotune {

/// What a change of a setting does to the host beyond the setting, mildest first.
enum class Impact {
    none,
    drops_packets,    ///< the NIC loses packets for a moment (rings, channels)
    bounces_link,     ///< the link goes down and up
    moves_processes,  ///< CPUs disappear under running programs
    disturbs_clock,   ///< time may jump or change its cost
    needs_reboot,     ///< only a new kernel command line does it
};

/// The word of `--allow` and of reports: "drops", "bounces", "moves", "clock"; "" for none,
/// "reboot" last.
[[nodiscard]] std::string_view name_of(Impact impact) noexcept;

/// What a setting does to the CPUs and queues that later settings can use.
enum class TopologyEffect {
    none,
    smt,             ///< "off" leaves one thread a core
    online,          ///< false takes the target's CPUs away
    queue_pairs,     ///< counts the device's queues of both directions
    receive_queues,  ///< counts those that only receive
    send_queues,     ///< counts those that only send
};

/// A row's common part. All texts must outlive the plugin (string literals do).
struct Tunable {
    RowText name = {};  ///< "coalesce.rx_usecs": TOML key, D-Bus key, completion word
    Domain domain = {};
    Impact impact = Impact::none;
    RowText summary = {};  ///< one sentence, for `describe`, man page and schema
    RowText alias =
        {};  ///< other names, "a | b"; a full one ("sysctl.vm.swappiness") crosses plugins.
             ///< One alias on several rows stands for all of them ("features.tso").
    RowText resets = {};  ///< full names, "nic.rps.cpus | irq.affinity", lost on the same device;
                          ///< by a setting of no device (a CPU that goes offline) lost on any
    RowText resets_on_bus =
        {};  ///< lost as well, but never by a virtual device, which has no such thing
    RowText carries =
        {};  ///< full names of what a change of this one reaches, too, and what comes back with it:
             ///< the same setting of the device's parts (its queues), and what else follows it.
             ///< "{}" stands for the device: "sysctl.net.ipv6.conf.{}.mtu"; alone: of each
    RowText at_most = {};  ///< full name of a setting of the same kind of target that this
                           ///< one may not exceed: the kernel would refuse it, or quietly
                           ///< use less. A profile that says both so is wrong
    RowText written_as =
        {};  ///< the key by which authors say it, if not its own name: what a rule derives from
             ///< `policy`, or what `coalesce.rx_usecs` means in a section for queues
    TopologyEffect topology = TopologyEffect::none;
    bool check_only = false;   ///< read and compared, never written
    bool along_stack = false;  ///< rises on the lower device first, falls on the upper first (MTU)
    RowText pauses = {};   ///< full name of the setting by which workers are there: those that hold
                           ///< the same device end before a change, and start again after it
    Witness witness = {};  ///< where the bank does not know one itself
};

}  // namespace nanotune
