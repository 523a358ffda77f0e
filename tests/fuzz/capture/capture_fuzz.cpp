// The reader of captures on files that nobody vouches for. What holds of every input: it is an
// error that says so, or each packet is one of the file's, in no more bytes than it has, and every
// record is counted once.
#include <cstdint>
#include <cstdlib>
#include <span>

#include "cli/bench/capture.hpp"

using namespace nanotune::cli::bench;

namespace {

void require(bool holds) {
    if (!holds) {
        std::abort();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::size_t file_header = 24;
    constexpr std::size_t record_header = 16;
    const auto capture = capture_of(std::span(data, size), "input");
    if (!capture) {
        require(capture.error().message.starts_with("input: "));
        return 0;
    }
    const std::size_t records = capture->packets.size() + capture->others;
    require(size >= file_header + records * record_header);
    std::size_t bytes = file_header + records * record_header;
    for (const Captured& packet : capture->packets) {
        constexpr std::size_t least_headers = 28;  // IPv4's and UDP's
        bytes += packet.payload.size() + least_headers;
    }
    require(bytes <= size);
    require(capture->packets.empty() || capture->others != 0 ||
            capture->packets.front().after == 0);
    return 0;
}
