// Follows FIPS 180-4, section 6.2; the constants are its sections 4.2.2 and 5.3.3.
#include "sha256.hpp"

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

namespace nanotune {
namespace {

constexpr std::size_t block_size = 64;
constexpr std::size_t length_size = 8;

constexpr std::array<std::uint32_t, 64> round_constants = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

using State = std::array<std::uint32_t, 8>;

constexpr State initial_state = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

std::uint32_t word_at(std::string_view block, std::size_t index) {
    std::uint32_t word = 0;
    std::memcpy(&word, block.data() + index * sizeof word, sizeof word);
    return std::endian::native == std::endian::little ? std::byteswap(word) : word;
}

std::array<std::uint32_t, 64> schedule_of(std::string_view block) {
    std::array<std::uint32_t, 64> w{};
    for (std::size_t t = 0; t < 16; ++t) {
        w[t] = word_at(block, t);
    }
    for (std::size_t t = 16; t < w.size(); ++t) {
        const std::uint32_t s0 =
            std::rotr(w[t - 15], 7) ^ std::rotr(w[t - 15], 18) ^ (w[t - 15] >> 3U);
        const std::uint32_t s1 =
            std::rotr(w[t - 2], 17) ^ std::rotr(w[t - 2], 19) ^ (w[t - 2] >> 10U);
        w[t] = w[t - 16] + s0 + w[t - 7] + s1;
    }
    return w;
}

void absorb(State& state, std::string_view block) {
    const auto w = schedule_of(block);
    auto [a, b, c, d, e, f, g, h] = state;
    // Instead of moving all eight along, each round writes the two that change, and the next one
    // takes them by their new parts.
    const auto round = [&w](std::size_t t, std::uint32_t a_, std::uint32_t b_, std::uint32_t c_,
                            std::uint32_t& d_, std::uint32_t e_, std::uint32_t f_, std::uint32_t g_,
                            std::uint32_t& h_) __attribute__((always_inline)) {
        const std::uint32_t big1 = std::rotr(e_, 6) ^ std::rotr(e_, 11) ^ std::rotr(e_, 25);
        const std::uint32_t t1 = h_ + big1 + (g_ ^ (e_ & (f_ ^ g_))) + round_constants[t] + w[t];
        const std::uint32_t big0 = std::rotr(a_, 2) ^ std::rotr(a_, 13) ^ std::rotr(a_, 22);
        d_ += t1;
        h_ = t1 + big0 + ((a_ & b_) | (c_ & (a_ | b_)));
    };
    for (std::size_t t = 0; t < w.size(); t += 8) {
        round(t, a, b, c, d, e, f, g, h);
        round(t + 1, h, a, b, c, d, e, f, g);
        round(t + 2, g, h, a, b, c, d, e, f);
        round(t + 3, f, g, h, a, b, c, d, e);
        round(t + 4, e, f, g, h, a, b, c, d);
        round(t + 5, d, e, f, g, h, a, b, c);
        round(t + 6, c, d, e, f, g, h, a, b);
        round(t + 7, b, c, d, e, f, g, h, a);
    }
    const State mixed = {a, b, c, d, e, f, g, h};
    for (std::size_t i = 0; i < state.size(); ++i) {
        state[i] += mixed[i];
    }
}

std::string padding_for(std::size_t size) {
    std::string padding(1, '\x80');
    while ((size + padding.size()) % block_size != block_size - length_size) {
        padding += '\0';
    }
    const std::uint64_t bits = static_cast<std::uint64_t>(size) * 8;
    for (int shift = 56; shift >= 0; shift -= 8) {
        padding += static_cast<char>((bits >> static_cast<unsigned>(shift)) & 0xffU);
    }
    return padding;
}

}  // namespace

std::string sha256(std::string_view bytes) {
    State state = initial_state;
    const std::size_t whole = bytes.size() / block_size * block_size;
    for (std::size_t i = 0; i < whole; i += block_size) {
        absorb(state, bytes.substr(i, block_size));
    }
    const std::string tail = std::string(bytes.substr(whole)) + padding_for(bytes.size());
    for (std::size_t i = 0; i < tail.size(); i += block_size) {
        absorb(state, std::string_view(tail).substr(i, block_size));
    }
    constexpr std::string_view digits = "0123456789abcdef";
    std::string hex;
    for (const std::uint32_t word : state) {
        for (int shift = 28; shift >= 0; shift -= 4) {
            hex += digits[(word >> static_cast<unsigned>(shift)) & 0xfU];
        }
    }
    return hex;
}

}  // namespace nanotune
