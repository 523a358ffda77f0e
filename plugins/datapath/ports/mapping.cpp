#include "mapping.hpp"

#include <utility>

#include <sys/mman.h>

namespace nanotune::datapath {

Mapping::Mapping(Mapping&& other) noexcept
    : memory_(std::exchange(other.memory_, nullptr)), size_(other.size_) {}

Mapping& Mapping::operator=(Mapping&& other) noexcept {
    std::swap(memory_, other.memory_);
    std::swap(size_, other.size_);
    return *this;
}

Mapping::~Mapping() {
    if (memory_ != nullptr) {
        ::munmap(memory_, size_);
    }
}

}  // namespace nanotune::datapath
