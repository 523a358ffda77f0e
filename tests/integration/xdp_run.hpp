// A program in the kernel on one frame that is put before it (BPF_PROG_TEST_RUN), on no device.
#pragma once

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>

#include <linux/bpf.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "support/catch.hpp"
#include "support/packets.hpp"
#include "system/storage/storage.hpp"

namespace nanotune::test {

/// The kernel takes no shorter ones.
constexpr std::size_t least_frame = 14;

struct Ran {
    std::uint32_t verdict;
    Packet left;  ///< of the frame
};

inline Ran run_on(const Descriptor& program, const Packet& frame) {
    std::array<std::uint8_t, 4096> out{};
    bpf_attr run{};
    run.test.prog_fd = static_cast<std::uint32_t>(program.number());
    run.test.data_in = reinterpret_cast<std::uint64_t>(frame.data());
    run.test.data_size_in = static_cast<std::uint32_t>(frame.size());
    run.test.data_out = reinterpret_cast<std::uint64_t>(out.data());
    run.test.data_size_out = out.size();
    if (::syscall(SYS_bpf, BPF_PROG_TEST_RUN, &run, sizeof run) != 0) {
        FAIL("BPF_PROG_TEST_RUN of " << frame.size() << " bytes: " << std::strerror(errno));
    }
    return {.verdict = run.test.retval,
            .left = Packet(out.begin(), out.begin() + run.test.data_size_out)};
}

}  // namespace nanotune::test
