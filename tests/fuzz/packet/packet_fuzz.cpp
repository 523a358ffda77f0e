// The packet processor on bytes that nobody vouches for. The input's first byte picks IP version
// and tags; the rest is one frame. Whatever it is, it has one outcome, and an answer is sound.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "datapath/processor/memory_port.hpp"
#include "datapath/processor/processor.hpp"
#include "support/listening.hpp"
#include "support/packets.hpp"

using namespace nanotune::datapath;
using namespace nanotune::test;

namespace {

void require(bool holds) {
    if (!holds) {
        std::abort();
    }
}

const OneNextHop next_hop({2, 0, 0, 0, 0, 1});

template <typename Family>
class Fed {
  public:
    explicit Fed(const PacketOptions& options)
        : tags_(options.tags.size()),
          processor_({.listen = listening(options), .flows = 16}, port_, next_hop, control_,
                     counters_) {
        control_.arm(true);
    }

    void feed(const Packet& frame) {
        const Frame one{.data = frame.data(), .length = static_cast<std::uint32_t>(frame.size())};
        const std::uint64_t before = counters_.received();
        const std::uint64_t answered = counters_.outcomes[nt_answered].now();
        port_.feed({&one, 1});
        require(processor_.poll() == 1 && counters_.received() == before + 1);
        const auto answer = port_.take();
        require(counters_.outcomes[nt_answered].now() == answered + (answer.empty() ? 0 : 1));
        if (!answer.empty()) {
            Packet bare(answer.begin(), answer.end());
            const auto type = bare.begin() + 12;
            bare.erase(type, type + static_cast<std::ptrdiff_t>(4 * tags_));
            require(is_sound(bare));
        }
    }

  private:
    std::size_t tags_;
    MemoryPort port_{16};
    Control control_;
    Counters counters_{};
    Processor<MemoryPort, Family, Threshold, OneNextHop> processor_;
};

const std::vector<std::uint16_t> tags[] = {{}, {100}, {200, 100}};

PacketOptions ipv6(std::size_t tag_count) {
    return {.tags = tags[tag_count], .source = "2001:db8::50", .destination = "2001:db8::100"};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static Fed<Ipv4> ipv4_processors[] = {
        Fed<Ipv4>({.tags = tags[0]}), Fed<Ipv4>({.tags = tags[1]}), Fed<Ipv4>({.tags = tags[2]})};
    static Fed<Ipv6> ipv6_processors[] = {Fed<Ipv6>(ipv6(0)), Fed<Ipv6>(ipv6(1)),
                                          Fed<Ipv6>(ipv6(2))};
    if (size == 0) {
        return 0;
    }
    // A copy of the exact size, so that a sanitizer sees one byte too many.
    const Packet frame(data + 1, data + size);
    const std::size_t tag_count = std::min<std::size_t>(data[0] & 3U, 2);
    if ((data[0] & 4U) == 0) {
        ipv4_processors[tag_count].feed(frame);
    } else {
        ipv6_processors[tag_count].feed(frame);
    }
    return 0;
}
