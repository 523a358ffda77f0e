// Runs a fuzz target without libFuzzer: every file of the corpus, then mutations of them. A
// mutation depends on its number and the corpus alone, so that a run is the same each time, and one
// mutation can be run by itself:
//
//   nanotune-fuzz-NAME CORPUS RUNS [FIRST]
#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <random>
#include <span>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using Input = std::vector<std::uint8_t>;
using Dice = std::minstd_rand;

constexpr std::size_t size_limit = 64 << 10;

std::vector<Input> read_corpus(const std::filesystem::path& folder) {
    std::vector<std::filesystem::path> paths;
    std::error_code ignored;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder, ignored)) {
        if (entry.is_regular_file()) {
            paths.push_back(entry.path());
        }
    }
    std::ranges::sort(paths);
    std::vector<Input> corpus;
    for (const auto& path : paths) {
        std::ifstream file(path, std::ios::binary);
        corpus.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    }
    return corpus;
}

/// A number below `limit`; 0 where there is none.
std::size_t below(Dice& dice, std::size_t limit) {
    return limit == 0 ? 0 : dice() % limit;
}

void set_number(Input& input, Dice& dice) {
    constexpr std::array<std::uint32_t, 10> edges{
        0, 1, 3, 4, 0x7F, 0xFFFF, 0x8000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF};
    const std::uint32_t number = edges[below(dice, edges.size())];
    const std::size_t width = std::size_t{1} << below(dice, 3);
    const std::size_t at = below(dice, input.size());
    for (std::size_t byte = 0; byte < width && at + byte < input.size(); ++byte) {
        input[at + byte] = static_cast<std::uint8_t>(number >> (8 * byte));
    }
}

void insert_piece(Input& input, Dice& dice, const Input& other) {
    const std::size_t from = below(dice, other.size());
    const std::size_t length = below(dice, other.size() - from + 1);
    const Input piece(other.begin() + static_cast<std::ptrdiff_t>(from),
                      other.begin() + static_cast<std::ptrdiff_t>(from + length));
    const auto at = static_cast<std::ptrdiff_t>(below(dice, input.size() + 1));
    input.insert(input.begin() + at, piece.begin(), piece.end());
}

void erase_piece(Input& input, Dice& dice) {
    const std::size_t from = below(dice, input.size());
    const std::size_t length = below(dice, std::min<std::size_t>(input.size() - from, 32) + 1);
    input.erase(input.begin() + static_cast<std::ptrdiff_t>(from),
                input.begin() + static_cast<std::ptrdiff_t>(from + length));
}

Input mutation(const std::vector<Input>& corpus, std::uint32_t number) {
    Dice dice(number + 1);
    dice.discard(4);  // small seeds give small first numbers
    Input input = corpus[number % corpus.size()];
    for (std::size_t left = 1 + below(dice, 6); left > 0; --left) {
        switch (below(dice, 6)) {
            case 0:
                input.resize(below(dice, input.size() + 1));
                break;
            case 1:
                erase_piece(input, dice);
                break;
            case 2:
                insert_piece(input, dice, corpus[below(dice, corpus.size())]);
                break;
            case 3:
                if (!input.empty()) {
                    input[below(dice, input.size())] ^=
                        static_cast<std::uint8_t>(1U << below(dice, 8));
                }
                break;
            case 4:
                if (!input.empty()) {
                    input[below(dice, input.size())] = static_cast<std::uint8_t>(dice());
                }
                break;
            default:
                set_number(input, dice);
        }
    }
    input.resize(std::min(input.size(), size_limit));
    return input;
}

void feed(const Input& input) {
    LLVMFuzzerTestOneInput(input.data(), input.size());
}

std::optional<std::uint32_t> number_in(std::string_view text) {
    std::uint32_t number = 0;
    const auto [end, reason] = std::from_chars(text.begin(), text.end(), number);
    return reason == std::errc() && end == text.end() ? std::optional(number) : std::nullopt;
}

}  // namespace

int main(int argc, char** argv) {
    const std::span arguments(argv, static_cast<std::size_t>(argc));
    const auto runs = argc >= 3 ? number_in(arguments[2]) : std::nullopt;
    const auto first = argc >= 4 ? number_in(arguments[3]) : 0U;
    if (!runs || !first) {
        std::fputs("usage: nanotune-fuzz-NAME CORPUS RUNS [FIRST]\n", stderr);
        return 2;
    }
    const std::vector<Input> corpus = read_corpus(arguments[1]);
    if (corpus.empty()) {
        std::fprintf(stderr, "%s: no corpus\n", arguments[1]);
        return 2;
    }
    std::ranges::for_each(corpus, feed);
    for (std::uint32_t number = *first; number < *first + *runs; ++number) {
        feed(mutation(corpus, number));
    }
    std::printf("%zu inputs and %u mutations\n", corpus.size(), *runs);
    return 0;
}
