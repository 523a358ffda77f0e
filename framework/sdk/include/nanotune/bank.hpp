// Tunables that are read and written together on one kind of target. A bank does I/O and nothing
// else: it never decides, retries, logs or remembers what was before.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <nanotune/packed.hpp>
#include <nanotune/system.hpp>
#include <nanotune/target.hpp>
#include <nanotune/tunable.hpp>

namespace nanotune {

/// One stage makes the next one's targets. Apply runs them in this order, rollback in the opposite
/// one.
enum class Stage {
    topology,    ///< SMT, CPU hotplug
    queues,      ///< channels, rings: they reset the NIC
    devices,     ///< the rest of a NIC
    interrupts,  ///< found again after the queues: affinity, steering (RPS, XPS)
    host,        ///< frequency, sysctl, memory, checks
    processes,
    datapath,  ///< workers of our own: once everything else is in force and was read again
};
inline constexpr Stage all_stages[] = {Stage::topology,   Stage::queues, Stage::devices,
                                       Stage::interrupts, Stage::host,   Stage::processes,
                                       Stage::datapath};
[[nodiscard]] std::string_view name_of(Stage stage) noexcept;

/// The targets of one kind that exist now. A plain function, so that banks with the same one share
/// its answer.
using Discovery = Result<std::vector<Candidate>> (*)(System&);

/// Where a bank's settings belong.
struct BankPlace {
    Stage stage = Stage::host;
    Discovery discovery = nullptr;
};

/// What a target holds now.
struct Reading {
    Value value;
    std::string note = {};  ///< what a person should also know: "effective 3"
    bool pending = false;   ///< accepted, takes effect at a later event (an idle interrupt)
    bool is_fixed = false;  ///< this target never takes another value
    /// What was asked of the target, where `value` is in force instead: an offload that another one
    /// keeps off. Rollback brings this back.
    std::optional<Value> requested = {};
    /// By a person's own act: a rollback leaves it, unless it is forced.
    bool is_operators = false;
};

struct Assignment {
    const Tunable* tunable = nullptr;
    Value value;
};

/// Const after construction; used by one thread at a time.
class Bank {
  public:
    explicit Bank(BankPlace place) : place_(place) {}
    virtual ~Bank() = default;
    Bank(const Bank&) = delete;
    Bank& operator=(const Bank&) = delete;
    Bank(Bank&&) = delete;
    Bank& operator=(Bank&&) = delete;

    [[nodiscard]] Stage stage() const { return place_.stage; }
    [[nodiscard]] Discovery discovery() const { return place_.discovery; }

    /// Every declared tunable, in table order. Pointers stay valid as long as the bank.
    [[nodiscard]] virtual std::vector<const Tunable*> tunables() const = 0;

    /// For names that only the host knows (sysctls, features): a tunable with the name's canonical
    /// form, or nothing if the name cannot be one. Views may point into `name` or at literals.
    /// Errors: refused, with the reason, for names that must not be set.
    [[nodiscard]] virtual Result<std::optional<Tunable>> open(std::string_view name) const;
    /// What `open` takes, a row for each pattern, with a word in capitals or a "*" where the host's
    /// own name stands ("counter.NAME"): for `list` and `describe`. Default: none.
    [[nodiscard]] virtual std::vector<Tunable> patterns() const;
    /// Names that `open` would take on this host, for capture and completion.
    [[nodiscard]] virtual std::vector<std::string> open_names(System& system) const;

    /// The device whose name is part of the tunable's own ("eth0" for
    /// net.ipv4.conf.eth0.rp_filter);
    /// "" for any other tunable.
    [[nodiscard]] virtual std::string device_in(const Tunable& tunable) const;
    /// What such a tunable is called once its device has another name.
    [[nodiscard]] virtual std::string name_for(const Tunable& tunable,
                                               std::string_view device) const;

    /// One result for each wanted tunable, in order. `unsupported` (or not_found) means this target
    /// lacks it.
    [[nodiscard]] virtual std::vector<Result<Reading>> read(
        System& system, const Target& target, std::span<const Tunable* const> wanted) const = 0;

    /// Whether the target can hold all of these together, as far as it says so itself: the most
    /// that it takes, the words that it offers, what one of them takes from another. What is held
    /// already is among them. One status for each, in order. Reads, never writes.
    /// Errors: unsupported, saying what it takes; conflict with what else is wanted or in force;
    /// invalid for what no host takes. Default: nothing.
    [[nodiscard]] virtual std::vector<Status> may_hold(
        System& system, const Target& target, std::span<const Assignment> assignments) const;

    /// Writes all of them as the kernel wants them written; one status for each, in order.
    [[nodiscard]] virtual std::vector<Status> write(
        System& system, const Target& target, std::span<const Assignment> assignments) const = 0;

    /// Ends the worker that is the target, until the setting by which it is there is written again:
    /// nothing else of it is lost. Asked of banks that a setting pauses (Tunable::pauses). Errors:
    /// unsupported, as by default; timed_out.
    [[nodiscard]] virtual Status pause(System& system, const Target& target) const;

    /// Whether `write` would be let through, without trying. Errors: denied, naming what is
    /// missing.
    [[nodiscard]] virtual Status may_write(System& system, const Target& target,
                                           const Tunable& tunable) const = 0;

    /// Which other program tells what the target holds, without asking it. Errors: unsupported,
    /// saying why none does. Default: the witness of the tunable's own row.
    [[nodiscard]] virtual Result<Inquiry> witness(System& system, const Target& target,
                                                  const Tunable& tunable) const;

  private:
    BankPlace place_;
};

}  // namespace nanotune
