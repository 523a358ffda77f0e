// An XDP program on a network device.
#pragma once

#include <string>

#include <nanotune/error.hpp>

#include "system/storage/storage.hpp"

namespace nanotune::datapath {

/// On the device as long as the object lives: the kernel takes the program off when the last
/// descriptor is closed, however the process ends (BPF_LINK_CREATE, Linux 5.9).
class XdpLink {
  public:
    /// In the driver; where that runs no programs, in the stack. Errors: denied; busy where another
    /// program is on the device; unsupported.
    static Result<XdpLink> attach(const Descriptor& program, unsigned device);

    [[nodiscard]] bool is_native() const noexcept { return why_generic_.empty(); }
    /// "native", or "generic (native: ...)" with the reason.
    [[nodiscard]] std::string how() const;

    /// Takes it off. `stands` may be asked meanwhile.
    void detach() noexcept { link_ = Descriptor(); }

    /// Whether it is there as it was attached. By any thread; needs no rights. Errors: conflict
    /// where somebody has taken it off, or replaced it.
    [[nodiscard]] Status stands() const;

  private:
    XdpLink(std::string device, Descriptor link, Descriptor facts, std::string why_generic);

    std::string device_;
    Descriptor link_;
    Descriptor facts_;  ///< what the kernel says of the link
    std::string facts_at_first_;
    std::string why_generic_;
};

}  // namespace nanotune::datapath
