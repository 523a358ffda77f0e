// Fallible calls of the control plane say what went wrong in words that an operator can act on.
// Each layer adds the noun that it owns, in front, and nothing else.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace nanotune {

/// Why a call failed, as a caller must tell it apart. The words are in the message.
enum class ErrorCode {
    invalid,      ///< what was asked makes no sense: a profile, an argument, a reply
    unsupported,  ///< this host, kernel or device does not have it
    not_found,    ///< no such device, file, CPU or process
    denied,       ///< a capability or a permission is missing
    refused,      ///< the kernel said no to a value
    unmovable,    ///< the interrupt cannot be moved (EIO)
    exhausted,    ///< no vectors, pages or space left
    busy,         ///< somebody else holds it
    timed_out,    ///< not finished by the deadline
    conflict,     ///< two answers for one object, or another program owns it
    consent,      ///< needs the operator's explicit permission
    damaged,      ///< a file of ours, or a plugin, is not what it should be
    io,           ///< a file that is not the kernel's could not be read or written
};

/// The code's name as it stands in JSON: "unsupported".
[[nodiscard]] std::string_view name_of(ErrorCode code) noexcept;

/// An error: code, the kernel's errno where there was one (else 0), and one line of text.
struct Error {
    ErrorCode code = ErrorCode::invalid;
    std::string message;
    int kernel_errno = 0;

    /// The same error, seen from one layer further out: "eth0: RINGS_SET: ...".
    [[nodiscard]] Error within(std::string_view noun) &&;

    friend bool operator==(const Error&, const Error&) = default;
};

template <typename T>
using Result = std::expected<T, Error>;
using Status = Result<void>;

/// Builds the failure side of a Result.
[[nodiscard]] std::unexpected<Error> failure(ErrorCode code, std::string message);

/// "OPERATION: the system's words (ENAME)", with the code that fits the errno.
[[nodiscard]] std::unexpected<Error> kernel_failure(std::string_view operation, int kernel_errno,
                                                    std::string_view kernel_words = {});

/// "EINVAL" for 22; the number where the C library has no name.
[[nodiscard]] std::string errno_name(int kernel_errno);

}  // namespace nanotune

#define NT_CONCAT_INNER(a, b) a##b
#define NT_CONCAT(a, b) NT_CONCAT_INNER(a, b)

/// NT_TRY(auto value, call()); declares `value`, or returns the call's error from this function.
#define NT_TRY(declaration, call) NT_TRY_NAMED(NT_CONCAT(nt_result_, __LINE__), declaration, call)
#define NT_TRY_NAMED(result, declaration, call)            \
    auto result = (call);                                  \
    if (!result) {                                         \
        return std::unexpected(std::move(result).error()); \
    }                                                      \
    declaration = *std::move(result)

/// NT_CHECK(call()); returns the call's error from this function, or goes on.
#define NT_CHECK(call)                                            \
    do {                                                          \
        if (auto nt_status = (call); !nt_status) {                \
            return std::unexpected(std::move(nt_status).error()); \
        }                                                         \
    } while (false)
