// Errors: codes, and messages that grow outwards.
#include <cerrno>

#include <nanotune/error.hpp>

#include "support/catch.hpp"

using namespace nanotune;

namespace {

Result<int> doubled(Result<int> half) {
    NT_TRY(const int value, std::move(half));
    return value * 2;
}

Status checked(Status status) {
    NT_CHECK(status);
    return failure(ErrorCode::conflict, "went on");
}

}  // namespace

TEST_CASE("a kernel's refusal is told in the kernel's words", "[error]") {
    const Error error =
        kernel_failure("RINGS_SET", EINVAL, "requested ring size exceeds maximum").error();
    CHECK(error.message == "RINGS_SET: requested ring size exceeds maximum (EINVAL)");
    CHECK(error.code == ErrorCode::refused);
    CHECK(error.kernel_errno == EINVAL);
}

TEST_CASE("a kernel that says nothing is quoted by its errno", "[error]") {
    CHECK(kernel_failure("write", EACCES).error().message == "write: Permission denied (EACCES)");
    CHECK(kernel_failure("write", 4095).error().message == "write: unknown error (4095)");
}

TEST_CASE("each errno has the code that callers act on", "[error]") {
    const std::pair<int, ErrorCode> expected[] = {{EPERM, ErrorCode::denied},
                                                  {EACCES, ErrorCode::denied},
                                                  {EROFS, ErrorCode::denied},
                                                  {ENOENT, ErrorCode::not_found},
                                                  {ENODEV, ErrorCode::not_found},
                                                  {ESRCH, ErrorCode::not_found},
                                                  {EOPNOTSUPP, ErrorCode::unsupported},
                                                  {ENOSYS, ErrorCode::unsupported},
                                                  {EIO, ErrorCode::refused},
                                                  {ENOSPC, ErrorCode::exhausted},
                                                  {ENOMEM, ErrorCode::exhausted},
                                                  {EBUSY, ErrorCode::busy},
                                                  {EAGAIN, ErrorCode::busy},
                                                  {ETIMEDOUT, ErrorCode::timed_out},
                                                  {EINVAL, ErrorCode::refused}};
    for (const auto& [number, code] : expected) {
        CAPTURE(number);
        CHECK(name_of(kernel_failure("x", number).error().code) == name_of(code));
    }
}

TEST_CASE("an errno is named, or numbered where it has no name", "[error]") {
    CHECK(errno_name(EINVAL) == "EINVAL");
    CHECK(errno_name(EOPNOTSUPP) == "EOPNOTSUPP");
    CHECK(errno_name(4095) == "4095");
    CHECK(errno_name(0) == "0");
    CHECK(errno_name(-1) == "-1");
}

TEST_CASE("an outer layer adds its noun in front and keeps the rest", "[error]") {
    Error inner = kernel_failure("RINGS_SET", EBUSY, "device is busy").error();
    const Error outer = std::move(inner).within("eth0");
    CHECK(outer.message == "eth0: RINGS_SET: device is busy (EBUSY)");
    CHECK(outer.code == ErrorCode::busy);
    CHECK(outer.kernel_errno == EBUSY);
}

TEST_CASE("a failed call ends the function that tries it", "[error]") {
    CHECK(doubled(21) == 42);
    CHECK(doubled(failure(ErrorCode::damaged, "half")).error().message == "half");
    CHECK(checked({}).error().message == "went on");
    CHECK(checked(failure(ErrorCode::busy, "held")).error().code == ErrorCode::busy);
}
