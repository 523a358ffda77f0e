// nanotune-seal FILE...: writes into each plugin the sum of what is loaded of it, in place, once it
// is linked. Ends with 1 where a file cannot be sealed.
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

#include "seal/seal.hpp"

namespace {

bool sealed(const char* path) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    const auto seal = nanotune::seal_of(bytes);
    if (!file || !seal) {
        std::fprintf(stderr, "nanotune-seal: %s %s\n", path,
                     file ? seal.error().c_str() : "cannot be read and written");
        return false;
    }
    const std::uint32_t said[] = {seal->computed, 1};
    file.seekp(static_cast<std::streamoff>(seal->place));
    file.write(reinterpret_cast<const char*>(said), sizeof(said));
    if (!file.flush()) {
        std::fprintf(stderr, "nanotune-seal: %s could not be written\n", path);
        return false;
    }
    return true;
}

}  // namespace

int main(int count, char** words) {
    bool all = count > 1;
    for (int i = 1; i < count; ++i) {
        all = sealed(words[i]) && all;
    }
    return all ? 0 : 1;
}
