// Connections of others, from a program in the kernel that copies their segments and passes every
// frame on.
#include <memory>
#include <string>

#include "datapath/ports/device.hpp"
#include "datapath/ports/xdp_link.hpp"
#include "datapath/xdp/tap_program.hpp"
#include "listening.hpp"
#include "tracked_runners_on.hpp"
#include "xdp_runner.hpp"

namespace nanotune::datapath {

namespace {

/// On a device until the last of those who take its frames has gone.
struct Tap {
    TapProgram program;
    XdpLink link;
};

/// One ring of it: a SegmentSource.
class TappedSegments {
  public:
    TappedSegments(std::shared_ptr<const Tap> tap, TapRing ring, std::size_t number)
        : tap_(std::move(tap)), ring_(std::move(ring)), number_(number) {}

    std::size_t receive(std::span<Frame> burst) noexcept { return ring_.receive(burst); }
    void release(std::span<const Frame> done) noexcept { ring_.release(done); }
    [[nodiscard]] Status stands() const { return tap_->link.stands(); }
    [[nodiscard]] Usage usage() const noexcept {
        return {.is_bytes = true,
                .waiting = ring_.waiting(),
                .room = TapRing::size,
                .leaving = 0,
                .slots = 0,
                .dropped = tap_->program.lost(number_)};
    }

  private:
    std::shared_ptr<const Tap> tap_;
    TapRing ring_;
    std::size_t number_;
};

}  // namespace

Result<Runners> tapped_runners(const WorkerOptions& options, Shared& shared) {
    NT_TRY(const Device device, device_of(options.device));
    NT_CHECK(fits_xdp_program(device, options.device));
    NT_TRY(const nt_listen listen, listening(options, device));
    NT_TRY(TapProgram program,
           TapProgram::load(listen, most_workers(options), home_of_workers(options)));
    NT_TRY(XdpLink link, XdpLink::attach(program.program(), device.index));
    const std::string how = "xdp, " + link.how();
    std::vector<TapRing> rings = std::move(program.rings());
    const auto tap = std::make_shared<const Tap>(std::move(program), std::move(link));
    std::vector<TappedSegments> segments;
    for (std::size_t number = 0; number < rings.size(); ++number) {
        segments.emplace_back(tap, std::move(rings[number]), number);
    }
    return options.listen.is_ipv6
               ? runners_following<Ipv6Socket>(options, listen, std::move(segments), how, shared)
               : runners_following<Ipv4Socket>(options, listen, std::move(segments), how, shared);
}

}  // namespace nanotune::datapath
