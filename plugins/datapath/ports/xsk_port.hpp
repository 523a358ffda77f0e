// An AF_XDP socket: frames come from the driver, or right behind it, into memory of this process,
// and leave from there. One queue of one device.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <nanotune/error.hpp>

#include "datapath/packet/packet.h"
#include "datapath/processor/frame.hpp"
#include "go_home.hpp"
#include "membership.hpp"
#include "system/storage/storage.hpp"
#include "usage.hpp"
#include "xdp_program.hpp"
#include "xsk_memory.hpp"

namespace nanotune::datapath {

struct XskPortOptions {
    std::string device;
    nt_listen listen{};
    std::optional<Group> group = {};  ///< what listen's second address is, where it is one
};

/// A FramePort. In native mode where the driver has that, else in generic mode: `mode` says which.
class XskPort {
  public:
    static constexpr std::size_t slot_size = 2048;

    /// Errors: denied; busy where another XDP program or socket is there, or somebody has the UDP
    /// port; conflict where the device has more than one receive queue; unsupported.
    static Result<XskPort> open(const XskPortOptions& options);
    /// One for each receive queue of the device, in their order, at most `most`. Errors: conflict
    /// where there are more queues, since nobody would serve the others.
    static Result<std::vector<XskPort>> open(const XskPortOptions& options, std::size_t most,
                                             const GoHome& go_home = stay);

    /// "native, zero copy", "native, copy", "generic".
    [[nodiscard]] const std::string& mode() const { return mode_; }
    /// Whether its frames are in huge pages, as they are where some are set aside.
    [[nodiscard]] bool is_in_huge_pages() const noexcept { return memory_.is_in_huge_pages; }

    std::size_t receive(std::span<Frame> frames) noexcept;
    void release(std::span<const Frame> done) noexcept;
    std::uint8_t* slot() noexcept;
    void commit(std::uint32_t length) noexcept;
    /// How many did not leave of what was committed, now or before, as far as the kernel tells:
    /// with zero copy only the device's counters do.
    std::size_t flush() noexcept;
    /// Of the program, which is one for all ports: the first answers for it, as each answer costs
    /// the kernel a lock that it has for all devices. By any thread.
    [[nodiscard]] Status stands() const {
        return is_first_ ? shared_->program.link().stands() : Status();
    }
    /// By any thread.
    [[nodiscard]] Usage usage() const noexcept;

  private:
    struct Shared {  ///< by the ports of one device
        Descriptor guard;
        XdpProgram program;
    };
    XskPort(std::shared_ptr<Shared> shared, bool is_first)
        : shared_(std::move(shared)), is_first_(is_first) {}
    static Result<Shared> attached(const XskPortOptions& options, unsigned device);
    Status begin(unsigned device, std::uint32_t queue);
    Status bind(unsigned device, std::uint32_t queue, std::uint16_t flags);
    void reap() noexcept;
    void kick() noexcept;
    void drop_unseen() noexcept;

    std::string mode_;
    bool is_copied_ = true;  ///< by the kernel, within the calls of this thread
    std::shared_ptr<Shared> shared_;
    bool is_first_;
    XskMemory memory_;
    Descriptor socket_;
    std::vector<std::uint64_t> free_;  ///< frames to send from; never grows
    std::uint32_t to_send_ = 0;        ///< produced in the ring, with what is not flushed
    std::uint32_t seen_ = 0;           ///< so much of that the kernel has, taken or not
    std::size_t lost_ = 0;             ///< flushed, and not taken by the device
};

}  // namespace nanotune::datapath
