// A program in the kernel with its maps: read, loaded and shared. The one place that knows libbpf.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include <nanotune/error.hpp>

#include "system/storage/storage.hpp"

struct bpf_object;
struct bpf_map;

namespace nanotune::datapath {

struct UnmapShared {
    std::size_t size;
    void operator()(void* memory) const noexcept;
};
/// Memory that is shared with a program in the kernel.
using SharedWithKernel = std::unique_ptr<void, UnmapShared>;

/// One thread's. What was taken out of it stays when the object ends: programs, maps and memory.
class BpfObject {
  public:
    /// `file` is an ELF file of this build, with one program, called "nanotune". Errors: as the
    /// system's.
    static Result<BpfObject> open(std::span<const std::byte> file);

    // Before it is loaded. Errors: damaged where it has no such map, or values of other sizes.
    [[nodiscard]] Status fix(const void* value, std::size_t size);  ///< its constants
    /// The map has a value for each CPU that there could be. How many those are.
    [[nodiscard]] Result<std::size_t> have_one_a_cpu(const char* map, std::size_t size);

    /// Errors: denied; unsupported, with the verifier's words, where this kernel's does not take
    /// it.
    [[nodiscard]] Result<Descriptor> load();

    /// Of a map that is made to be mapped, so many values of that size. Errors: as the system's.
    [[nodiscard]] Result<SharedWithKernel> share(const char* map, std::size_t size,
                                                 std::size_t count = 1) const;
    /// Makes a ring and puts it into the map of rings. Errors: as the system's.
    [[nodiscard]] Result<Descriptor> add_ring(const char* map, std::uint32_t number,
                                              std::size_t size) const;

  private:
    struct Close {
        void operator()(bpf_object* object) const noexcept;
    };
    explicit BpfObject(bpf_object* object) : object_(object) {}
    [[nodiscard]] Result<bpf_map*> map_of(const char* name, std::size_t size) const;

    std::unique_ptr<bpf_object, Close> object_;
};

}  // namespace nanotune::datapath
