#include "engine/frame.hpp"

#include <array>
#include <bit>
#include <cstring>
#include <utility>

#include <nanotune/numbers.hpp>

#include "checksum/crc32.hpp"

namespace nanotune {
namespace {

constexpr std::size_t frame_head = 8;

using NumberBytes = std::array<char, sizeof(std::uint32_t)>;

std::uint32_t little_endian(std::uint32_t number) {
    return std::endian::native == std::endian::little ? number : std::byteswap(number);
}

NumberBytes bytes_of(std::uint32_t number) {
    return std::bit_cast<NumberBytes>(little_endian(number));
}

/// All of its bytes are there.
std::uint32_t number_at(std::string_view bytes, std::size_t at) {
    NumberBytes its;
    std::memcpy(its.data(), bytes.data() + at, its.size());
    return little_endian(std::bit_cast<std::uint32_t>(its));
}

std::uint32_t sum_of(std::string_view payload) {
    Crc32 sum;
    sum.add(payload);
    return sum.sum();
}

}  // namespace

FrameFound first_frame(std::string_view bytes) {
    if (bytes.size() < frame_head) {
        return {.kind = FrameFound::Kind::cut_off};
    }
    const std::size_t size = number_at(bytes, 0);
    if (size == 0 || size > longest_payload) {
        return {};
    }
    if (bytes.size() < frame_head + size) {
        return {.kind = FrameFound::Kind::cut_off};
    }
    const std::string_view payload = bytes.substr(frame_head, size);
    if (sum_of(payload) != number_at(bytes, 4)) {
        return {};
    }
    return {.kind = FrameFound::Kind::whole, .payload = payload, .size = frame_head + size};
}

PayloadWriter::PayloadWriter(std::string& bytes, std::string_view type)
    : bytes_(bytes), payload_(bytes.size() + frame_head) {
    bytes_.resize(payload_);
    *this << type;
}

PayloadWriter& PayloadWriter::operator<<(std::string_view text) {
    const auto size = bytes_of(static_cast<std::uint32_t>(text.size()));
    const std::size_t before = bytes_.size();
    const std::size_t after = before + size.size() + text.size();
    bytes_.resize_and_overwrite(after, [&](char* bytes, std::size_t /*room*/) {
        std::memcpy(bytes + before, size.data(), size.size());
        text.copy(bytes + before + size.size(), text.size());
        return after;
    });
    return *this;
}

void PayloadWriter::end() {
    const std::string_view payload = std::string_view(bytes_).substr(payload_);
    const auto size = bytes_of(static_cast<std::uint32_t>(payload.size()));
    const auto sum = bytes_of(sum_of(payload));
    char* const head = bytes_.data() + payload_ - frame_head;
    std::memcpy(head, size.data(), size.size());
    std::memcpy(head + size.size(), sum.data(), sum.size());
}

std::string PayloadReader::text() {
    if (rest_.size() < 4 || number_at(rest_, 0) > rest_.size() - 4) {
        is_good_ = false;
        rest_ = {};
        return {};
    }
    const std::size_t size = number_at(rest_, 0);
    std::string taken(rest_.substr(4, size));
    rest_.remove_prefix(4 + size);
    return taken;
}

std::uint64_t PayloadReader::number() {
    const auto number = whole_number<std::uint64_t>(text());
    is_good_ = is_good_ && number;
    return number.value_or(0);
}

Value PayloadReader::value() {
    auto value = decoded(text());
    is_good_ = is_good_ && value.has_value();
    return value.value_or(Value{});
}

Target PayloadReader::target() {
    std::string kind = text();
    return {std::move(kind), text()};
}

}  // namespace nanotune
