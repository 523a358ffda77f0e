// What a service keeps besides the journal: the freeze, and what was done by whom.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "../surroundings.hpp"
#include "engine/engine.hpp"
#include "service/history.hpp"
#include "service/kept_profile.hpp"
#include "service/watched.hpp"

namespace nanotune::cli {

/// One thread uses it at a time.
class Records {
  public:
    /// `state` must outlive it.
    Records(const StateFolder& state, const ServiceOptions& options, std::function<Actor()> actor);

    /// What the verb did, kept. What could not be kept is a note of it.
    void keep(Report& report, std::string_view reason = {}) const;
    /// Keeps a profile that was applied, for the next boot: a note where that cannot be. One that
    /// awaits confirmation is kept at hand, and for the boot once it has that. Under the lock.
    void keep_applied(const ResolvedProfile& profile, Report& report) const;
    /// After a confirmation or a rollback the next boot applies what is applied now, as it was
    /// applied, or nothing. Where it is not at hand, `again` reads that profile once more. Under
    /// the lock.
    void keep_in_step(Report& report, const Ledger& ledger, const AppliedProfile& again) const;
    /// The profile that was kept last; nothing where there is none.
    [[nodiscard]] Checked<std::optional<ResolvedProfile>> kept_profile(
        const Catalog& catalog) const;
    /// Whether that is the one of this hash.
    [[nodiscard]] bool keeps(std::string_view hash) const;
    /// Whether something was ever applied here, or taken back, to stay.
    [[nodiscard]] bool has_settled_what_boots() const {
        return ProfileKeeper(boot_folder_).has_a_say();
    }
    /// What that takes when it comes. Errors: as kept_profile.
    [[nodiscard]] Result<Awaited> awaited(const Catalog& catalog) const;
    /// With a note where nothing may be changed.
    [[nodiscard]] Report planned(Report report) const;
    [[nodiscard]] HostStatus seen(HostStatus status) const;
    /// Where what the next boot applies is kept, and how boots ended.
    [[nodiscard]] const std::string& boot_folder() const { return boot_folder_; }
    [[nodiscard]] const std::string& host_file() const { return host_file_; }
    [[nodiscard]] Actor actor() const { return actor_(); }
    /// For EngineParts.
    [[nodiscard]] std::function<Status()> may_write() const;

    Report freeze(const FreezeRequest& request, HostState state) const;
    Report thaw(HostState state) const;
    [[nodiscard]] Result<std::string> history(std::size_t count) const {
        return History(folder_).last(count);
    }

  private:
    [[nodiscard]] Status write_freeze(const FreezeRequest& request, Report& report) const;
    [[nodiscard]] Status remove_freeze(Report& report) const;
    [[nodiscard]] Status keep_as_applied(const Applied* active, const AppliedProfile& again) const;

    const StateFolder& state_;
    std::string folder_;
    std::string boot_folder_;  ///< of what the next boot applies
    std::string host_file_;
    std::string command_;
    std::chrono::milliseconds patience_;
    std::function<Actor()> actor_;

    struct AwaitedBy {
        std::string hash;
        Awaited what;
    };
    mutable std::optional<AwaitedBy> awaited_;  // of the profile that was resolved last
};

}  // namespace nanotune::cli
