// The profile as it was applied, kept beyond a boot: what is applied again by itself is that, and
// never a file that somebody has edited since.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "model/requests.hpp"
#include "model/resolved.hpp"

namespace nanotune {

struct KeptProfile {
    ProfileRequest request;  ///< that it was applied with
    std::string hash;        ///< of the resolved profile
    std::string text;        ///< the merged profile as one file
};

/// One lasting folder's. Who keeps holds the state folder's lock.
class ProfileKeeper {
  public:
    explicit ProfileKeeper(const std::string& lasting_folder);

    /// Nothing is written where it is kept already. Errors: denied, io.
    Status keep(const ResolvedProfile& profile) const;
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

    std::string folder_;
    std::string file_;
};

/// The profile that was kept, under the name that it was applied by. Problems: those of
/// `resolved`; damaged, where it comes to another profile with the plugins of today.
[[nodiscard]] Checked<ResolvedProfile> resolved(const KeptProfile& kept, const Catalog& catalog);

}  // namespace nanotune
