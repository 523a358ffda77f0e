// What a worker may no longer do once everything is open.
#pragma once

#include <string>

#include <sys/types.h>

#include <nanotune/error.hpp>

namespace nanotune::worker {

struct User {
    uid_t user;
    gid_t group;
};

/// Whom a worker becomes: "nanotune-worker", whom the packages make, or nobody where this file
/// knows no such user, or takes it for root. The file, see passwd(5), is all that is asked: the
/// start of a worker waits for no directory service.
[[nodiscard]] User worker_user(const std::string& file = "/etc/passwd");

/// Becomes the worker's user where it is root's. Gives up root, every capability of every thread
/// and every way to get one back, for good. Errors: as the system's, also where no /proc says that
/// none is left; timed_out, naming a thread that keeps some.
[[nodiscard]] Status drop_rights();

/// The process that this one asked the kernel to be ended with; 0 for none.
[[nodiscard]] int keeper();
/// Asks for that once more: giving up root takes it back. Errors: refused where the keeper has
/// ended meanwhile.
[[nodiscard]] Status end_with(int keeper);

}  // namespace nanotune::worker
