// The errno of a file of ours, in the codes of storage.
#include "system/storage/storage_failure.hpp"

#include <cerrno>

namespace nanotune {

std::unexpected<Error> storage_failure(std::string_view operation, int kernel_errno) {
    std::unexpected<Error> failed = kernel_failure(operation, kernel_errno);
    switch (kernel_errno) {
        case ENOENT:
            failed.error().code = ErrorCode::not_found;
            break;
        case EACCES:
        case EPERM:
            failed.error().code = ErrorCode::denied;
            break;
        default:
            failed.error().code = ErrorCode::io;
    }
    return failed;
}

}  // namespace nanotune
