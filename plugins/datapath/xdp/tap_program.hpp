// The program that only looks: each frame is passed on, and what may be of a connection to us is
// copied into the ring of the worker that follows it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include <nanotune/error.hpp>

#include "bpf_object.hpp"
#include "system/storage/storage.hpp"
#include "tap.h"
#include "tap_ring.hpp"

namespace nanotune::datapath {

/// One thread's.
class TapProgram {
  public:
    /// Into the kernel, and on no device yet. `count` rings, from one to nt_tap_most_rings; each
    /// sender's frames go to one of them. `before_each` is called before each is made, so that its
    /// memory is near whoever will read it. Errors: denied; unsupported, with the verifier's words,
    /// where this kernel's does not take it (Linux 5.18).
    static Result<TapProgram> load(const nt_listen& listen, std::size_t count,
                                   const std::function<Status(std::size_t)>& before_each);

    /// To be put on a device.
    [[nodiscard]] const Descriptor& program() const noexcept { return program_; }
    /// Each may be taken out, and lives as long as it is kept.
    [[nodiscard]] std::vector<TapRing>& rings() noexcept { return rings_; }
    /// How many frames that ring had no room for. By any thread.
    [[nodiscard]] std::uint64_t lost(std::size_t ring) const noexcept;

  private:
    TapProgram(Descriptor program, std::vector<TapRing> rings, SharedWithKernel tapped,
               std::size_t cpus)
        : program_(std::move(program)),
          rings_(std::move(rings)),
          tapped_(std::move(tapped)),
          cpus_(cpus) {}

    Descriptor program_;
    std::vector<TapRing> rings_;
    SharedWithKernel tapped_;
    std::size_t cpus_;
};

}  // namespace nanotune::datapath
