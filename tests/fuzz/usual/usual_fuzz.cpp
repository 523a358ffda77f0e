// The processor with all its short ways (usual packets, headers prepared for a sender, ids kept
// from the order before) and classify.h, by which one packet is answered from nothing: of any bytes
// both say the same. The input's first byte is packet_fuzz's, with trust, a group, a fixed
// receiver, and checksums that are put right above that; the rest is one frame.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <vector>

#include "datapath/processor/memory_port.hpp"
#include "datapath/processor/processor.hpp"
#include "support/listening.hpp"
#include "support/packets.hpp"

using namespace nanotune::datapath;
using namespace nanotune::test;

namespace {

constexpr LinkAddress next_link{2, 0, 0, 0, 0, 1};

void require(bool holds) {
    if (!holds) {
        std::abort();
    }
}

/// What the first byte says.
struct Shape {
    std::size_t tags;
    bool is_ipv6;
    std::uint32_t trust;
    bool has_group;
    bool has_receiver;
    bool is_mended;

    explicit Shape(std::uint8_t byte)
        : tags(std::min<std::size_t>(byte & 3U, 2)),
          is_ipv6((byte & 4U) != 0),
          trust(byte >> 3 & 3U),
          has_group((byte & 32U) != 0),
          has_receiver((byte & 64U) != 0),
          is_mended((byte & 128U) != 0) {}

    /// Among all that are listened to otherwise.
    [[nodiscard]] std::size_t number() const {
        return tags + 3 * ((has_group ? 1U : 0U) + (has_receiver ? 2U : 0U));
    }
};

PacketOptions frames_of(const Shape& shape) {
    const std::vector<std::uint16_t> tags[] = {{}, {100}, {200, 100}};
    PacketOptions options{.tags = tags[shape.tags]};
    if (shape.is_ipv6) {
        options.source = "2001:db8::50";
        options.destination = "2001:db8::100";
    }
    return options;
}

ProcessorOptions options_of(const Shape& shape) {
    ProcessorOptions options{.listen = listening(frames_of(shape)), .flows = 16};
    if (shape.has_group) {  // to which the corpus's frames are sent then
        options.listen.link[0] ^= 0x70000000000ULL;
        options.listen.address[0][3] ^= 0x70;
    }
    if (shape.has_receiver) {
        options.respond = RespondTo{.address = {192, 0, 2, 9}, .port = 0x0F27};
    }
    return options;
}

struct Expected {
    nt_outcome outcome;
    Packet answer;
};

/// By classify.h, and with everything made for this one packet.
template <typename Family>
Expected expected(const ProcessorOptions& options, const nt_settings& settings,
                  const Frame& frame) {
    nt_datagram datagram{};
    const nt_outcome outcome = Family::classify(options.listen, frame, datagram);
    if (outcome != nt_answered || !Threshold::wants(settings, datagram)) {
        return {.outcome = outcome == nt_answered ? nt_declined : outcome, .answer = {}};
    }
    nt_receiver receiver{};
    std::ranges::copy(next_link, receiver.link);
    if (options.respond) {
        std::copy_n(options.respond->address.begin(), Family::address_size, receiver.address);
        receiver.port = options.respond->port;
    } else {
        std::copy_n(datagram.source, Family::address_size, receiver.address);
        receiver.port = datagram.source_port;
    }
    const std::uint32_t size = Family::header_size(options.listen);
    Packet answer(size + Threshold::answer_size);
    const std::uint64_t headers =
        Family::write_headers(options.listen, receiver, Threshold::answer_size, answer.data());
    const std::uint64_t sum = Threshold().write(settings, datagram, answer.data() + size);
    nt_store16(answer.data() + size - 2, nt_stored_checksum(nt_sum_add(sum, headers)));
    return {.outcome = nt_answered, .answer = std::move(answer)};
}

template <typename Family>
class Compared {
  public:
    explicit Compared(const Shape& shape)
        : options_(options_of(shape)), processor_(options_, port_, hops_, control_, counters_) {
        control_.arm(true);
    }

    /// Twice: the second time its sender may be known.
    void compare(const Frame& frame) {
        const Expected wanted = expected<Family>(options_, control_.now(), frame);
        const std::array<Frame, 2> twice{frame, frame};
        const std::uint64_t before = counters_.outcomes[wanted.outcome].now();
        port_.feed(twice);
        require(processor_.poll() == twice.size());
        require(counters_.outcomes[wanted.outcome].now() == before + twice.size());
        for (std::size_t time = 0; time < twice.size(); ++time) {
            require(std::ranges::equal(port_.take(), wanted.answer));
        }
    }

  private:
    ProcessorOptions options_;
    OneNextHop hops_{next_link};
    MemoryPort port_{16};
    Control control_;
    Counters counters_{};
    Processor<MemoryPort, Family, Threshold, OneNextHop> processor_;
};

template <typename Family>
void compare(const Shape& shape, const Frame& frame) {
    static std::array<std::unique_ptr<Compared<Family>>, 12> all;
    auto& one = all[shape.number()];
    if (!one) {
        one = std::make_unique<Compared<Family>>(shape);
    }
    one->compare(frame);
}

void put_checksum(Packet& frame, std::size_t at, const Packet& covered) {
    const std::uint16_t sum = internet_checksum(covered);
    frame[at] = static_cast<std::uint8_t>(sum >> 8);
    frame[at + 1] = static_cast<std::uint8_t>(sum);
}

/// So that not every harmed packet ends at its checksums.
void mend(Packet& frame, const Shape& shape) {
    const std::size_t ip = 14 + 4 * shape.tags;
    const std::size_t addresses = ip + (shape.is_ipv6 ? 8 : 12);
    const std::size_t udp = ip + (shape.is_ipv6 ? 40 : 20);
    const auto piece = [&frame](std::size_t from, std::size_t to) {
        return Packet(frame.begin() + static_cast<std::ptrdiff_t>(from),
                      frame.begin() + static_cast<std::ptrdiff_t>(to));
    };
    if (frame.size() < udp + 8) {
        return;
    }
    if (!shape.is_ipv6) {
        frame[ip + 10] = frame[ip + 11] = 0;
        put_checksum(frame, ip + 10, piece(ip, udp));
    }
    const std::size_t length = frame[udp + 4] * 256UL + frame[udp + 5];
    if (length < 8 || udp + length > frame.size()) {
        return;
    }
    frame[udp + 6] = frame[udp + 7] = 0;
    Packet covered = piece(addresses, udp + length);
    covered.insert(covered.end(), length % 2, 0);
    covered.insert(covered.end(), {0, 17, frame[udp + 4], frame[udp + 5]});
    put_checksum(frame, udp + 6, covered);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) {
        return 0;
    }
    const Shape shape(data[0]);
    // A copy of the exact size, so that a sanitizer sees one byte too many.
    Packet bytes(data + 1, data + size);
    if (shape.is_mended) {
        mend(bytes, shape);
    }
    const Frame frame{.data = bytes.data(),
                      .length = static_cast<std::uint32_t>(bytes.size()),
                      .trust = shape.trust};
    shape.is_ipv6 ? compare<Ipv6>(shape, frame) : compare<Ipv4>(shape, frame);
    return 0;
}
