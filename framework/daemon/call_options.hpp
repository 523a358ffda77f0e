// What a call says besides its verb, checked: options by their names and types, and the files that
// it hands over.
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "service/bus/wire.hpp"
#include "service/given_profile.hpp"

namespace nanotune::daemon {

struct CallOptions {
    Consent consent;
    bool strict = false;
    bool all = false;
    bool force = false;
    std::optional<std::chrono::seconds> confirm;
    std::chrono::milliseconds timeout{60'000};
    std::string expected_plan;
    std::string session_address;
    std::optional<std::int64_t> until;  ///< seconds since the epoch

    [[nodiscard]] ApplyRequest apply() const;
    [[nodiscard]] RollbackRequest rollback() const;
};

/// `known` are the verb's. Errors: invalid, naming the option.
[[nodiscard]] Result<CallOptions> options_of(const bus::Facts& facts,
                                             std::span<const std::string_view> known);

/// A profile as a call names or gives it.
struct CalledProfile {
    ProfileRequest request;
    std::vector<GivenFile> files;
};

/// Reads the files. Errors: invalid: no sealed memfd, too many or too long words; exhausted: too
/// large.
[[nodiscard]] Result<CalledProfile> profile_of(const std::string& name,
                                               const std::vector<bus::WireFile>& files,
                                               const std::vector<bus::WirePair>& set);

}  // namespace nanotune::daemon
