// The profile as it was applied, kept beyond a boot: what is applied again by itself is that, and
// never a file that somebody has edited since.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "model/requests.hpp"
#include "model/resolved.hpp"

namespace nanotune {

struct KeptProfile {
    ProfileRequest request;        ///< that it was applied with
    std::string hash;              ///< of the resolved profile
    std::string text;              ///< the merged profile as one file
    std::string file = {};         ///< where it is kept
    std::size_t lines_before = 0;  ///< of the text, in that file
};

/// One lasting folder's. Who keeps holds the state folder's lock.
class ProfileKeeper {
  public:
    explicit ProfileKeeper(const std::string& lasting_folder);

    /// Nothing is written where it is kept already. What was kept before stays at hand. Errors:
    /// denied, io.
    Status keep(const ResolvedProfile& profile) const;
    /// Keeps it at hand beside what boots, for whoever confirms it. Errors: denied, io.
    Status keep_at_hand(const ResolvedProfile& profile) const;
    /// Keeps what is at hand by this hash, as it was then. Errors: not_found; damaged; denied, io.
    Status keep_again(std::string_view hash) const;
    /// What is at hand besides these is forgotten.
    void keep_at_hand_only(const std::set<std::string, std::less<>>& hashes) const;
    /// Nothing where none is kept. Errors: damaged, where text and sum do not belong together;
    /// denied, io.
    [[nodiscard]] Result<std::optional<KeptProfile>> read() const;
    /// Nothing is kept from now on, on purpose. Errors: denied, io.
    Status forget() const;
    /// Whether anything was ever kept here, or forgotten; of what cannot be read nobody knows, and
    /// it was.
    [[nodiscard]] bool has_a_say() const;

  private:
    [[nodiscard]] Status replace(std::string_view content) const;
    [[nodiscard]] std::string place_of(std::string_view hash) const;
    void set_aside(const std::string& there) const;

    std::string folder_;
    std::string file_;
};

/// The profile that was kept, under the name that it was applied by. Problems: those of
/// `resolved`; damaged, where it comes to another profile with the plugins of today.
[[nodiscard]] Checked<ResolvedProfile> resolved(const KeptProfile& kept, const Catalog& catalog);

}  // namespace nanotune
