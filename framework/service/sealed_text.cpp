#include "service/sealed_text.hpp"

#include <cerrno>

#include <fcntl.h>

#include "system/storage/descriptor.hpp"
#include "system/storage/memory_file.hpp"
#include "system/storage/storage_failure.hpp"

namespace nanotune {

Result<Descriptor> sealed_text(const std::string& label, std::string_view text) {
    NT_TRY(Descriptor file, memory_file("nanotune", label));
    NT_CHECK(write_all(file, text, label));
    constexpr int seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL;
    if (::fcntl(file.number(), F_ADD_SEALS, seals) != 0) {
        return storage_failure("seal " + label, errno);
    }
    return file;
}

}  // namespace nanotune
