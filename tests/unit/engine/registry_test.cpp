// Plugin files that are not what they should be: each refused with its reason, the others work.
#include "engine/registry.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <nanotune/plugin.hpp>

#include "seal/seal.hpp"
#include "support/catch.hpp"
#include "support/scratch_folder.hpp"

using namespace nanotune;
using namespace nanotune::test;
using Catch::Matchers::EndsWith;
using nanotune::test::Contains;
namespace fs = std::filesystem;

namespace {

const std::string good = NANOTUNE_TEST_PLUGINS "/memory.so";
constexpr std::size_t machine_offset = 18;   // of e_machine in an ELF header
constexpr std::size_t sections_offset = 40;  // of e_shoff

std::string bytes_of(const std::string& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

/// A folder with one good plugin, to which a test adds a bad one.
class Folder {
  public:
    Folder() { fs::copy_file(good, scratch_.path() + "/memory.so"); }

    void put(const std::string& name, const std::string& bytes) const {
        std::ofstream(path(name), std::ios::binary) << bytes;
    }
    void copy(const std::string& file, const std::string& name) const {
        fs::copy_file(file, path(name));
    }
    [[nodiscard]] std::string path(const std::string& name) const {
        return scratch_.path() + "/" + name;
    }
    [[nodiscard]] Result<Registry> load(std::optional<unsigned> program_owner = {}) const {
        return Registry::load({.path = scratch_.path(),
                               .seen_file = path("seen"),
                               .program_owner = program_owner,
                               .trial_time = trial_time});
    }
    /// Leaves the plugins tried and remembered, but not in this process's memory.
    void be_seen_by_another_process() const {
        const pid_t child = ::fork();
        if (child == 0) {
            ::_exit(load() ? 0 : 1);
        }
        int status = -1;
        REQUIRE(::waitpid(child, &status, 0) == child);
        REQUIRE(status == 0);
    }

    std::chrono::milliseconds trial_time{60'000};

  private:
    ScratchFolder scratch_;
};

bool is_mapped(const std::string& file) {
    return bytes_of("/proc/self/maps").contains(file);
}

/// Why the plugin is refused, after making sure that the good one is not.
std::string refusal(const Folder& folder, const std::string& name,
                    std::optional<unsigned> program_owner = {}) {
    const auto registry = folder.load(program_owner);
    if (!registry) {
        FAIL(registry.error().message);
    }
    CHECK(registry->catalog().plugin("memory") != nullptr);
    CHECK(registry->catalog().plugin(name) == nullptr);
    const std::string* reason = registry->catalog().refusal_of(name);
    const auto plugins = registry->plugins();
    const auto info = std::ranges::find(plugins, name, &PluginInfo::name);
    REQUIRE(reason != nullptr);
    REQUIRE(info != plugins.end());
    CHECK(info->refused == *reason);
    const std::string path = folder.path(name + ".so");
    INFO(*reason);
    CHECK(reason->find(path) != std::string::npos);
    CHECK(reason->find(path) == reason->rfind(path));
    return *reason;
}

}  // namespace

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
    // The section table, and what stands from there on, is not loaded. It begins behind all that
    // is.
    std::uint64_t loaded = 0;
    std::memcpy(&loaded, bytes.data() + sections_offset, sizeof(loaded));
    constexpr std::size_t steps = 97;
    std::size_t found = 0;
    for (std::size_t i = 0; i < steps; ++i) {
        std::string changed = bytes;
        changed[sizeof(std::uint64_t) * 8 + i * (loaded / 2) / steps] ^= 1;
        const auto seal = seal_of(changed);
        found += !seal || !seal->holds() ? 1U : 0U;
    }
    CHECK(found == steps);
}

TEST_CASE("a plugin with one bit wrong is refused before any of it is loaded", "[registry]") {
    const Folder folder;
    std::string bytes = bytes_of(good);
    bytes[bytes.size() / 3] ^= 1;
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

TEST_CASE("a plugin under another name than its own is refused", "[registry]") {
    const Folder folder;
    folder.copy(good, "swap.so");
    CHECK_THAT(refusal(folder, "swap"), Contains("calls itself memory"));
}

TEST_CASE("a plugin of somebody who could not change the program is not loaded as root",
          "[registry]") {
    if (::geteuid() != 0) {
        WARN("only root gives files to others; nothing is checked");
        return;
    }
    const Folder folder;
    folder.copy(good, "theirs.so");
    constexpr unsigned they = 4321;
    REQUIRE(::chown(folder.path("theirs.so").c_str(), they, 0) == 0);
    CHECK_THAT(refusal(folder, "theirs", 0),
               Contains("belongs to user 4321, not to root: not loaded as root"));
    CHECK_THAT(refusal(folder, "theirs", they + 1),
               Contains("nor to user 4322, whose program this is"));
    const std::string of_program_owner = refusal(folder, "theirs", they);
    CHECK_THAT(of_program_owner, Contains("calls itself memory"));  // it was looked into
}

TEST_CASE("a plugin that anybody may write is not loaded", "[registry]") {
    const Folder folder;
    folder.copy(good, "bad.so");
    fs::permissions(folder.path("bad.so"), fs::perms::all);
    CHECK_THAT(refusal(folder, "bad"),
               Contains("can be written by others than its owner (mode 777)"));
    CHECK_THAT(refusal(folder, "bad", 0), Contains("can be written by others than its owner"));
}

TEST_CASE("a folder that anybody may write, and one that is not there, load nothing",
          "[registry]") {
    const auto absent = Registry::load({.path = "/nonexistent", .seen_file = ""});
    REQUIRE_FALSE(absent);
    CHECK_THAT(absent.error().message, Contains("/nonexistent"));
    if (::geteuid() != 0) {
        return;
    }
    const Folder folder;
    fs::permissions(folder.path(""), fs::perms::all);
    const auto registry = folder.load();
    REQUIRE_FALSE(registry);
    CHECK_THAT(registry.error().message, Contains("can be written by others than its owner"));
}

TEST_CASE("a plugin that passed its trial is loaded again, and tried again once it changed",
          "[registry]") {
    const Folder folder;
    REQUIRE(folder.load());
    REQUIRE(fs::exists(folder.path("seen")));
    const auto again = folder.load();
    REQUIRE(again);
    CHECK(again->catalog().plugin("memory") != nullptr);
    fs::remove(folder.path("memory.so"));
    folder.put("memory.so", bytes_of(good).substr(0, 3000));
    const auto changed = folder.load();
    REQUIRE(changed);
    CHECK(changed->catalog().refusal_of("memory") != nullptr);
}

TEST_CASE("a plugin that was seen before is loaded when it is asked for", "[registry]") {
    const Folder folder;
    folder.copy(NANOTUNE_TEST_PLUGINS "/sysctl.so", "sysctl.so");
    folder.be_seen_by_another_process();
    const auto registry = folder.load();
    REQUIRE(registry);
    const Plugin* sysctl = registry->catalog().plugin("sysctl");
    REQUIRE(sysctl != nullptr);
    CHECK(registry->catalog().meaning(*sysctl, "net.core.somaxconn"));
    CHECK_FALSE(is_mapped(folder.path("memory.so")));
    const auto meaning = registry->catalog().meaning(*sysctl, "vm.swappiness");
    REQUIRE(meaning);
    REQUIRE(meaning->settings.size() == 1);
    CHECK(meaning->settings.front().full_name() == "memory.swappiness");
    CHECK(is_mapped(folder.path("memory.so")));
}

TEST_CASE("a plugin that was seen before and is gone when asked for is refused", "[registry]") {
    const Folder folder;
    folder.be_seen_by_another_process();
    const auto registry = folder.load();
    REQUIRE(registry);
    fs::remove(folder.path("memory.so"));
    CHECK(registry->catalog().plugin("memory") == nullptr);
    const auto plugins = registry->plugins();
    REQUIRE(plugins.size() == 1);
    CHECK_THAT(plugins.front().refused, Contains("memory.so"));
}

TEST_CASE("what is installed is known of plugins that were seen before without loading them",
          "[registry]") {
    const Folder folder;
    folder.put("bad.so", bytes_of(good).substr(0, 3000));
    folder.be_seen_by_another_process();
    const auto registry = folder.load();
    REQUIRE(registry);
    const auto installed = registry->installed();
    CHECK_FALSE(is_mapped(folder.path("memory.so")));
    const auto loaded = registry->plugins();
    CHECK(is_mapped(folder.path("memory.so")));
    REQUIRE(installed.size() == 2);
    REQUIRE(loaded.size() == 2);
    for (std::size_t i = 0; i < loaded.size(); ++i) {
        CHECK(installed[i].name == loaded[i].name);
        CHECK(installed[i].file == loaded[i].file);
        CHECK(installed[i].summary == loaded[i].summary);
        CHECK(installed[i].refused == loaded[i].refused);
        CHECK(installed[i].summary.empty() == (installed[i].name == "bad"));
    }
}
