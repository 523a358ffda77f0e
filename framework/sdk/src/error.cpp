// Names and words of errors.
#include <cerrno>
#include <cstring>

#include <fmt/format.h>

#include <nanotune/error.hpp>
#include <nanotune/host_error.hpp>

namespace nanotune {

namespace {

ErrorCode code_of(int kernel_errno) noexcept {
    switch (kernel_errno) {
        case EPERM:
        case EACCES:
        case EROFS:
            return ErrorCode::denied;
        case ENOENT:
        case ENODEV:
        case ESRCH:
            return ErrorCode::not_found;
        case EOPNOTSUPP:
        case ENOSYS:
            return ErrorCode::unsupported;
        case ENOSPC:
        case ENOMEM:
            return ErrorCode::exhausted;
        case EBUSY:
        case EAGAIN:
            return ErrorCode::busy;
        case ETIMEDOUT:
            return ErrorCode::timed_out;
        default:
            return ErrorCode::refused;
    }
}

}  // namespace

std::string_view name_of(ErrorCode code) noexcept {
    switch (code) {
        case ErrorCode::invalid:
            return "invalid";
        case ErrorCode::unsupported:
            return "unsupported";
        case ErrorCode::not_found:
            return "not_found";
        case ErrorCode::denied:
            return "denied";
        case ErrorCode::refused:
            return "refused";
        case ErrorCode::unmovable:
            return "unmovable";
        case ErrorCode::exhausted:
            return "exhausted";
        case ErrorCode::busy:
            return "busy";
        case ErrorCode::timed_out:
            return "timed_out";
        case ErrorCode::conflict:
            return "conflict";
        case ErrorCode::consent:
            return "consent";
        case ErrorCode::damaged:
            return "damaged";
        case ErrorCode::io:
            return "io";
    }
    return code == error_frozen ? "frozen" : "";
}

Error Error::within(std::string_view noun) && {
    return {.code = code,
            .message = fmt::format("{}: {}", noun, message),
            .kernel_errno = kernel_errno};
}

std::unexpected<Error> failure(ErrorCode code, std::string message) {
    return std::unexpected(Error{.code = code, .message = std::move(message)});
}

std::unexpected<Error> kernel_failure(std::string_view operation, int kernel_errno,
                                      std::string_view kernel_words) {
    if (kernel_words.empty()) {
        const char* known = strerrordesc_np(kernel_errno);
        kernel_words = known == nullptr ? "unknown error" : known;
    }
    return std::unexpected(Error{
        .code = code_of(kernel_errno),
        .message = fmt::format("{}: {} ({})", operation, kernel_words, errno_name(kernel_errno)),
        .kernel_errno = kernel_errno});
}

std::string errno_name(int kernel_errno) {
    const char* known = kernel_errno == 0 ? nullptr : strerrorname_np(kernel_errno);
    return known == nullptr ? fmt::format("{}", kernel_errno) : known;
}

}  // namespace nanotune
