// Plugin files that are not what they should be: each refused with its reason, the others work.
#include "engine/registry.hpp"

#include <chrono>
#include <cstdlib>
#include <iterator>

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <nanotune/plugin.hpp>

#include "plugin_folder.hpp"
#include "seal/seal.hpp"
#include "support/catch.hpp"
#include "support/scratch_folder.hpp"

using namespace nanotune;
using namespace nanotune::test;
using Catch::Matchers::EndsWith;
using nanotune::test::Contains;

TEST_CASE("a plugin file that is cut off is refused", "[registry]") {
    const Folder folder;
    folder.put("bad.so", bytes_of(good).substr(0, 3000));
    CHECK_THAT(refusal(folder, "bad"), Contains("is cut off: 3000 of at least"));
}

TEST_CASE("a plugin file with bytes overwritten is refused", "[registry]") {
    const Folder folder;
    std::string bytes = bytes_of(good);
    for (std::size_t i = sizeof(std::uint64_t) * 8; i < bytes.size() / 2; ++i) {
        bytes[i] = '\x5a';
    }
    folder.put("bad.so", bytes);
    CHECK_FALSE(refusal(folder, "bad").empty());
}

TEST_CASE("a byte that is not as it was built is found wherever the loader maps it", "[registry]") {
    const std::string bytes = bytes_of(good);
    REQUIRE(seal_of(bytes));
    REQUIRE(seal_of(bytes)->holds());
    constexpr std::size_t steps = 97;
    std::size_t found = 0;
    for (const std::size_t place : mapped_places(bytes, steps)) {
        std::string changed = bytes;
        changed[place] ^= 1;
        const auto seal = seal_of(changed);
        found += !seal || !seal->holds() ? 1U : 0U;
    }
    CHECK(found == steps);
}

TEST_CASE("a plugin with one bit wrong is refused before any of it is loaded", "[registry]") {
    const Folder folder;
    std::string bytes = bytes_of(good);
    bytes[mapped_places(bytes, 3)[1]] ^= 1;
    folder.put("bad.so", bytes);
    CHECK_THAT(refusal(folder, "bad"), Contains("is not as it was built: it says that its sum is"));
}

TEST_CASE("a plugin that nobody sealed is refused", "[registry]") {
    const Folder folder;
    std::string bytes = bytes_of(good);
    bytes.replace(seal_of(bytes)->place, sizeof(std::uint64_t), sizeof(std::uint64_t), '\0');
    folder.put("memory2.so", bytes);
    CHECK_THAT(refusal(folder, "memory2"), Contains("calls itself memory"));  // said first
    const Folder other;
    fs::remove(other.path("memory.so"));
    other.put("memory.so", bytes);
    const auto registry = other.load();
    REQUIRE(registry);
    REQUIRE(registry->catalog().refusal_of("memory") != nullptr);
    CHECK_THAT(*registry->catalog().refusal_of("memory"),
               EndsWith("has no seal: build it with nanotune_add_plugin"));
}

TEST_CASE("a plugin that was stripped is loaded as it is", "[registry]") {
    const Folder folder;
    const std::string strip = "strip " + folder.path("memory.so");
    REQUIRE(std::system(strip.c_str()) == 0);  // NOLINT(cert-env33-c): a folder of our own
    const auto registry = folder.load();
    REQUIRE(registry);
    CHECK(registry->catalog().plugin("memory") != nullptr);
}

TEST_CASE("a text file that is called a plugin is refused", "[registry]") {
    const Folder folder;
    folder.put("bad.so", "#!/bin/sh\necho hello\n");
    CHECK_THAT(refusal(folder, "bad"), Contains("is no shared object"));
    folder.put("bad.so", "");
    CHECK_THAT(refusal(folder, "bad"), Contains("is no shared object"));
}

TEST_CASE("a plugin for another architecture is refused", "[registry]") {
    const Folder folder;
    std::string bytes = bytes_of(good);
    bytes[machine_offset] = '\x15';  // PowerPC
    bytes[machine_offset + 1] = '\0';
    folder.put("bad.so", bytes);
    CHECK_THAT(refusal(folder, "bad"), Contains("is built for another architecture"));
}

TEST_CASE("a plugin of an older SDK is refused before any of its code runs", "[registry]") {
    const Folder folder;
    folder.copy(NANOTUNE_OLDER_PLUGIN, "older.so");
    CHECK_THAT(refusal(folder, "older"),
               EndsWith(fmt::format("has ABI {}, this is ABI {}: rebuild it", plugin_abi - 1,
                                    plugin_abi)));
}

TEST_CASE("a plugin that ends its process ends a child, not nanotune", "[registry]") {
    const Folder folder;
    folder.copy(NANOTUNE_DEADLY_PLUGIN, "deadly.so");
    CHECK_FALSE(refusal(folder, "deadly").empty());
}

TEST_CASE("a plugin whose trial does not end is refused, and waited for once alone", "[registry]") {
    Folder folder;
    REQUIRE(folder.load());  // the good one has been tried
    folder.trial_time = std::chrono::milliseconds(300);
    folder.copy(NANOTUNE_HANGING_PLUGIN, "hanging.so");
    CHECK_THAT(refusal(folder, "hanging"), EndsWith("not done after 300 ms"));
    CHECK_THAT(refusal(folder, "hanging"),
               EndsWith("its trial load did not end; it is tried again once it is another file, or "
                        "after a boot"));
    fs::remove(folder.path("hanging.so"));
    folder.copy(NANOTUNE_HANGING_PLUGIN, "hanging.so");
    CHECK_THAT(refusal(folder, "hanging"), EndsWith("not done after 300 ms"));
}

TEST_CASE("a plugin whose definition throws is refused with what it threw", "[registry]") {
    const Folder folder;
    folder.copy(NANOTUNE_THROWING_PLUGIN, "throwing.so");
    CHECK_THAT(refusal(folder, "throwing"), Contains("its define() threw: no licence found"));
}

TEST_CASE("a plugin with two settings of one name is refused before it is needed", "[registry]") {
    const Folder folder;
    folder.copy(NANOTUNE_REPEATING_PLUGIN, "repeating.so");
    CHECK_THAT(refusal(folder, "repeating"), EndsWith("repeating.so: it declares depth twice"));
}

TEST_CASE("a plugin under another name than its own is refused", "[registry]") {
    const Folder folder;
    folder.copy(good, "swap.so");
    CHECK_THAT(refusal(folder, "swap"), Contains("calls itself memory"));
}
