#include "engine/frame.hpp"

#include <array>
#include <utility>

#include <nanotune/numbers.hpp>

namespace nanotune {
namespace {

constexpr std::size_t frame_head = 8;

constexpr std::array<std::uint32_t, 256> crc_table = [] {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t byte = 0; byte < table.size(); ++byte) {
        std::uint32_t rest = byte;
        for (int bit = 0; bit < 8; ++bit) {
            rest = (rest & 1U) != 0 ? (rest >> 1U) ^ 0xEDB88320U : rest >> 1U;
        }
        table[byte] = rest;
    }
    return table;
}();

std::uint32_t crc32(std::string_view bytes) {
    std::uint32_t sum = 0xFFFFFFFFU;
    for (const char byte : bytes) {
        sum = crc_table[(sum ^ static_cast<unsigned char>(byte)) & 0xFFU] ^ (sum >> 8U);
    }
    return ~sum;
}

void put_number(std::string& out, std::uint32_t number) {
    std::array<char, sizeof number> bytes{};
    for (unsigned i = 0; i < bytes.size(); ++i) {
        bytes[i] = static_cast<char>((number >> (8 * i)) & 0xFFU);
    }
    out.append(bytes.data(), bytes.size());
}

std::uint32_t number_at(std::string_view bytes, std::size_t at) {
    std::uint32_t number = 0;
    for (unsigned i = 0; i < 4; ++i) {
        number |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[at + i])) << (8 * i);
    }
    return number;
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
    if (crc32(payload) != number_at(bytes, 4)) {
        return {};
    }
    return {.kind = FrameFound::Kind::whole, .payload = payload, .size = frame_head + size};
}

std::string frame_of(std::string_view payload) {
    std::string frame;
    frame.reserve(frame_head + payload.size());
    put_number(frame, static_cast<std::uint32_t>(payload.size()));
    put_number(frame, crc32(payload));
    frame += payload;
    return frame;
}

PayloadWriter& PayloadWriter::operator<<(std::string_view text) {
    put_number(payload_, static_cast<std::uint32_t>(text.size()));
    payload_.append(text);
    return *this;
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
