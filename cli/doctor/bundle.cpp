#include "bundle.hpp"

#include <cstdint>
#include <numeric>

#include <fmt/format.h>

namespace nanotune::doctor {

namespace {

constexpr std::size_t block = 512;
constexpr std::string_view first_name = "nanotune-doctor/";

void put(std::string& header, std::size_t at, std::string_view text) {
    header.replace(at, text.size(), text);
}

std::string header_of(std::string_view name, std::size_t size, std::uint64_t seconds) {
    std::string header(block, '\0');
    put(header, 0, name.substr(0, 99));
    put(header, 100, "0000644");
    put(header, 108, "0000000");
    put(header, 116, "0000000");
    put(header, 124, fmt::format("{:011o}", size));
    put(header, 136, fmt::format("{:011o}", seconds));
    put(header, 148, "        ");  // the sum is taken with blanks in its own place
    put(header, 156, "0");
    put(header, 257, "ustar");
    put(header, 263, "00");
    const unsigned sum = std::accumulate(
        header.begin(), header.end(), 0U,
        [](unsigned so_far, char byte) { return so_far + static_cast<unsigned char>(byte); });
    put(header, 148, fmt::format("{:06o}", sum));
    header[154] = '\0';
    return header;
}

}  // namespace

std::string bundle_of(const std::vector<BundledFile>& files, std::uint64_t seconds) {
    std::string archive;
    for (const BundledFile& file : files) {
        archive += header_of(fmt::format("{}{}", first_name, file.name), file.text.size(), seconds);
        archive += file.text;
        archive.resize((archive.size() + block - 1) / block * block, '\0');
    }
    return archive + std::string(2 * block, '\0');
}

bool is_bundle(std::string_view text) {
    return text.starts_with(first_name);
}

}  // namespace nanotune::doctor
