// A state folder of a test's own, and an apply that is recorded in it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/state_folder.hpp"
#include "support/catch.hpp"

namespace nanotune::test {

inline const Identity here{.boot = "boot-a", .network = 5};
inline const Key mtu{"nic.mtu", Target::nic("eth0")};

struct JournalFolder {
    JournalFolder() {
        std::string pattern =
            (std::filesystem::temp_directory_path() / "nanotune-state-XXXXXX").string();
        REQUIRE(::mkdtemp(pattern.data()) != nullptr);
        path = pattern;
    }
    ~JournalFolder() { std::filesystem::remove_all(path); }
    JournalFolder(const JournalFolder&) = delete;
    JournalFolder& operator=(const JournalFolder&) = delete;
    JournalFolder(JournalFolder&&) = delete;
    JournalFolder& operator=(JournalFolder&&) = delete;

    [[nodiscard]] std::filesystem::path journal() const { return path / "net-5.journal"; }
    [[nodiscard]] std::size_t files_aside() const {
        return static_cast<std::size_t>(std::ranges::count_if(
            std::filesystem::directory_iterator(path),
            [](const auto& entry) { return entry.path().string().contains(".aside-"); }));
    }

    std::filesystem::path path;
};

inline void commit_one_apply(const StateFolder& state, std::uint64_t id = 1) {
    std::vector<std::string> notes;
    auto journal = state.open(notes);
    REQUIRE(journal);
    REQUIRE(journal->append(record::Begin{.id = id, .kind = "apply", .profile = "a"}));
    REQUIRE(journal->append(
        record::Intent{mtu.setting, mtu.target, std::int64_t{1500}, std::int64_t{9000}}));
    REQUIRE(journal->append(record::End{"committed"}));
    REQUIRE(journal->sync());
}

}  // namespace nanotune::test
