// Where the job under way reads its profile: in the files that its client gave, by their names
// alone, or, for who verifies what is held, in what was given for the apply that is.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "service/given_profile.hpp"

namespace nanotune::daemon {

/// One thread's.
class JobProfiles {
  public:
    /// `named` finds profiles by their names.
    explicit JobProfiles(ProfileSource named)
        : named_(std::move(named)), given_(given_or_named({}, named_)), held_(given_) {}

    /// What the client of the job that begins gave. Who may not inspect the host is told nothing of
    /// files that not everybody may read.
    void begin(std::vector<GivenFile> files, bool may_inspect);
    /// What that job applied is held from now on.
    void hold() { held_ = given_; }
    /// Errors: those of the sources; denied.
    [[nodiscard]] Result<ProfileText> find(std::string_view name, std::string_view from) const;

  private:
    ProfileSource named_;
    ProfileSource given_;
    ProfileSource held_;  ///< finds what whoever applied it was told, and nobody else is
    bool may_inspect_ = true;
};

}  // namespace nanotune::daemon
