// A folder of plugin files, and what the registry makes of it.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include <elf.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/registry.hpp"
#include "support/catch.hpp"
#include "support/scratch_folder.hpp"

namespace nanotune::test {

namespace fs = std::filesystem;

inline const std::string good = NANOTUNE_TEST_PLUGINS "/memory.so";
inline constexpr std::size_t machine_offset = 18;  // of e_machine in an ELF header

inline std::string bytes_of(const std::string& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

/// Where in an ELF file so many bytes stand that the loader maps, evenly over all of them. What
/// tells of sections is not among them, nor is what only debuggers read.
inline std::vector<std::size_t> mapped_places(const std::string& file, std::size_t count) {
    Elf64_Ehdr header;
    std::memcpy(&header, file.data(), sizeof(header));
    std::vector<std::size_t> mapped;
    for (std::size_t i = 0; i < header.e_phnum; ++i) {
        Elf64_Phdr segment;
        std::memcpy(&segment, file.data() + header.e_phoff + i * sizeof(segment), sizeof(segment));
        for (std::size_t at = std::max<std::size_t>(segment.p_offset, sizeof(header));
             segment.p_type == PT_LOAD && at < segment.p_offset + segment.p_filesz; ++at) {
            mapped.push_back(at);
        }
    }
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < count; ++i) {
        places.push_back(mapped[i * mapped.size() / count]);
    }
    return places;
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

inline bool is_mapped(const std::string& file) {
    return bytes_of("/proc/self/maps").contains(file);
}

/// Why the plugin is refused, after making sure that the good one is not.
inline std::string refusal(const Folder& folder, const std::string& name,
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

}  // namespace nanotune::test
