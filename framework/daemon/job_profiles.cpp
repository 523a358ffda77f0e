#include "daemon/job_profiles.hpp"

#include <fmt/core.h>

#include "daemon/open_file.hpp"

namespace nanotune::daemon {

void JobProfiles::begin(std::vector<GivenFile> files, bool may_inspect) {
    may_inspect_ = may_inspect;
    const ProfileSource named =
        may_inspect ? named_
                    : [named = named_](std::string_view name,
                                       std::string_view from) -> Result<ProfileText> {
        NT_TRY(ProfileText found, named(name, from));
        if (!is_open_to_all(found.file)) {
            return failure(ErrorCode::denied,
                           fmt::format("{}: {}: not everybody may read it, and so it takes the "
                                       "right org.nanotune1.inspect",
                                       name, found.file));
        }
        return found;
    };
    given_ = given_or_named(std::move(files), named);
}

Result<ProfileText> JobProfiles::find(std::string_view name, std::string_view from) const {
    auto found = given_(name, from);
    return found || !may_inspect_ || !is_given_by_path(name) ? std::move(found) : held_(name, from);
}

}  // namespace nanotune::daemon
