// How a verb ends: with an exit status, or with what kept it from running.
#pragma once

#include <expected>
#include <utility>

#include "model/report.hpp"

namespace nanotune::cli {

/// Why a verb could not be carried out; nothing was touched. Made from what the layers below
/// return, so that NT_TRY works with all of them.
struct Failure {
    Problems problems;

    // NOLINTNEXTLINE(google-explicit-constructor)
    Failure(Error error) { problems.push_back(std::move(error)); }
    // NOLINTNEXTLINE(google-explicit-constructor)
    Failure(Problems several) : problems(std::move(several)) {}
};

/// The exit status, or a Failure.
using Ended = std::expected<int, Failure>;

[[nodiscard]] constexpr int status_of(Exit exit) noexcept {
    return static_cast<int>(exit);
}

/// What a problem that kept a verb from running exits with.
[[nodiscard]] constexpr Exit exit_of(ErrorCode code) noexcept {
    switch (code) {
        case ErrorCode::busy:
        case ErrorCode::timed_out:
            return Exit::lock_or_timeout;
        case ErrorCode::consent:
            return Exit::consent_missing;
        default:
            return Exit::refused;
    }
}

/// Of several problems the worst; 0 of none.
[[nodiscard]] inline int status_of(const Problems& problems) noexcept {
    Exit exit = Exit::as_wanted;
    for (const Error& problem : problems) {
        exit = worse(exit, exit_of(problem.code));
    }
    return status_of(exit);
}

}  // namespace nanotune::cli
