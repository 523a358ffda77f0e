// What a host boots with.
#pragma once

#include <optional>
#include <string_view>

#include "engine/engine.hpp"
#include "records.hpp"
#include "service/watched.hpp"

namespace nanotune::cli {

/// What says what a boot applies. Everything must outlive it.
struct BootSource {
    const Catalog& catalog;
    const Records& records;
    const ProfileSource& profiles;
};

/// As it was applied last, and nothing after a rollback; before that, as the host's file names it.
[[nodiscard]] Checked<std::optional<ResolvedProfile>> profile_at_boot(const BootSource& source);

/// Whether what is applied, by its hash, is the profile, or the part of it that a boot begins with.
[[nodiscard]] bool is_applied_as(const ResolvedProfile& profile, std::string_view hash);

/// What a boot works with. The engine must outlive it.
struct BootParts {
    Engine& engine;
    BootSource source;
};

/// As SharedService::start. Waits for network devices that the profile names, as long as the host's
/// file says.
[[nodiscard]] Report started(const BootParts& parts, BootStep step);

}  // namespace nanotune::cli
