// The program that answers in the kernel: loaded, told what it goes by, and looked at.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <nanotune/error.hpp>

#include "bpf_object.hpp"
#include "maps.h"
#include "system/storage/storage.hpp"

namespace nanotune::datapath {

/// One thread's. Memory that is shared with the program is mapped as long as the object lives.
class AnswerProgram {
  public:
    /// Into the kernel, and on no device yet. Not armed. Errors: denied; unsupported, with the
    /// verifier's words, where this kernel's does not take it.
    static Result<AnswerProgram> load(const nt_xdp_fixed& fixed);

    /// From the next packet on. Price and quantity change together.
    void set_order(std::uint64_t order) noexcept { put(told().order, order); }
    void set_switches(std::uint64_t switches) noexcept { put(told().switches, switches); }
    /// By CLOCK_MONOTONIC_COARSE, in nanoseconds: no order is sent later.
    void set_armed_until(std::uint64_t time) noexcept { put(told().armed_until, time); }
    /// Of the receiver that is not the sender; 0 for none.
    void set_link(std::uint64_t link) noexcept { put(told().link, link); }

    /// What was counted on each CPU, as it goes on.
    [[nodiscard]] std::span<const nt_xdp_counted> counted() const noexcept {
        return {static_cast<const nt_xdp_counted*>(counted_.get()), cpus_};
    }

    /// To be put on a device.
    [[nodiscard]] const Descriptor& program() const noexcept { return program_; }

  private:
    AnswerProgram(Descriptor program, SharedWithKernel told, SharedWithKernel counted,
                  std::size_t cpus)
        : program_(std::move(program)),
          told_(std::move(told)),
          counted_(std::move(counted)),
          cpus_(cpus) {}
    [[nodiscard]] nt_xdp_told& told() noexcept { return *static_cast<nt_xdp_told*>(told_.get()); }
    static void put(nt_u64& word, std::uint64_t value) noexcept {
        __atomic_store_n(&word, value, __ATOMIC_RELAXED);
    }

    Descriptor program_;
    SharedWithKernel told_;
    SharedWithKernel counted_;
    std::size_t cpus_;
};

}  // namespace nanotune::datapath
