// Memory that is shared with the kernel.
#pragma once

#include <cstddef>
#include <cstdint>

namespace nanotune::datapath {

/// Memory that is mapped as long as the object lives.
class Mapping {
  public:
    Mapping() = default;
    Mapping(void* memory, std::size_t size)
        : memory_(static_cast<std::uint8_t*>(memory)), size_(size) {}
    Mapping(const Mapping&) = delete;
    Mapping& operator=(const Mapping&) = delete;
    Mapping(Mapping&& other) noexcept;
    Mapping& operator=(Mapping&& other) noexcept;
    ~Mapping();
    [[nodiscard]] std::uint8_t* at(std::size_t offset) const noexcept { return memory_ + offset; }

  private:
    std::uint8_t* memory_ = nullptr;
    std::size_t size_ = 0;
};

}  // namespace nanotune::datapath
