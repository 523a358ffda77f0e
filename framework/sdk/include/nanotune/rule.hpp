// Words of an author that become settings of several kernel objects: "spread these interrupts over
// those CPUs", "the threads named rx-* at FIFO 80". A rule decides; the banks of its plugin read
// and write.
#pragma once

#include <expected>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include <nanotune/bank.hpp>
#include <nanotune/input.hpp>
#include <nanotune/topology.hpp>

namespace nanotune {

struct Settings;

/// One key of a section, already understood by its domain.
struct Setting {
    const Tunable* parameter = nullptr;
    Value value;
    std::vector<Settings> rows;  ///< for Domain::Kind::rows, instead of `value`
    Origin origin;
    bool is_open = false;  ///< only in misfits(): what it holds waits for the host
};

/// What one section (after merging) says.
struct Settings {
    std::vector<Setting> entries;

    /// The setting of that name, or nullptr.
    [[nodiscard]] const Setting* find(std::string_view name) const;
    /// Its value as a T, or `fallback` where the author said nothing.
    template <typename T>
    [[nodiscard]] T value_or(std::string_view name, T fallback) const {
        const Setting* found = find(name);
        if (found != nullptr) {
            return std::get<T>(found->value);
        }
        return fallback;
    }
};

/// One setting of one kernel object that a rule asks for.
struct Wish {
    Target target;
    std::string setting;  ///< a tunable of the rule's own plugin
    Value value;
    Origin origin;
    bool pending =
        false;  ///< the object does not exist yet (a thread that has not started): only reported
    std::string note = {};  ///< what a person should know of it, shown in the plan
};

/// What a rule makes of a section: all that it wishes, or all that does not fit, each at its line.
using Wishes = std::expected<std::vector<Wish>, std::vector<Error>>;

/// One misfit as the whole answer, "hft.toml:14:3: message".
[[nodiscard]] std::unexpected<std::vector<Error>> misfit(ErrorCode code, const Origin& origin,
                                                         std::string_view message);

/// What is wrong with the words of a section, and at which of them.
struct Misfit {
    Origin origin;
    Error error;  ///< without the place
};

/// The same, each with its place in front, as derive() says it.
[[nodiscard]] std::vector<Error> with_places(std::vector<Misfit> misfits);

/// A change that an earlier stage of the plan makes, and the line that asks for it.
struct Planned {
    std::string setting;  ///< full name: "nic.channels.combined"
    Target target;
    Value value;
    Origin origin;
};

/// What a rule may look at.
struct RuleInput {
    const Candidate& candidate;  ///< the device, process or host that the section selected
    const Settings& settings;
    const Topology& topology;  ///< as the plan leaves it
    /// Candidates that the sections of another plugin select ("process").
    const std::function<std::vector<Candidate>(std::string_view plugin)>& selected;
    /// What is still to change of the queues and CPUs before the rule's stage.
    std::span<const Planned> planned = {};
};

/// Const after construction. Derives the same wishes from the same host: it holds no state.
class Rule {
  public:
    Rule(BankPlace place, std::span<const Tunable> parameters)
        : place_(place), parameters_(parameters) {}
    virtual ~Rule() = default;
    Rule(const Rule&) = delete;
    Rule& operator=(const Rule&) = delete;
    Rule(Rule&&) = delete;
    Rule& operator=(Rule&&) = delete;

    [[nodiscard]] Stage stage() const { return place_.stage; }
    /// What the rule's sections select from.
    [[nodiscard]] Discovery discovery() const { return place_.discovery; }
    [[nodiscard]] std::span<const Tunable> parameters() const { return parameters_; }

    /// What no host could make sense of (a priority without a policy) in what one section says,
    /// whatever it selects, and however many files say it. Asked before there is a host: pure.
    /// Default: nothing.
    [[nodiscard]] virtual std::vector<Misfit> misfits(const Settings& said) const;

    /// All wishes, or every misfit at once (each names its line). Reads the host, never writes.
    /// Errors: conflict where lines of the profile clash whatever the host is; any other misfit of
    /// a device whose queues are still to change is decided after they have.
    [[nodiscard]] virtual Wishes derive(System& system, const RuleInput& input) const = 0;

  private:
    BankPlace place_;
    std::span<const Tunable> parameters_;
};

}  // namespace nanotune
