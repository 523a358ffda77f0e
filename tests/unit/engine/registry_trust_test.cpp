// Plugin files of others, and those that were seen before.
#include <fstream>

#include <fmt/format.h>
#include <sched.h>
#include <sys/mount.h>

#include "engine/registry.hpp"
#include "plugin_folder.hpp"
#include "system/storage/file_facts.hpp"

using namespace nanotune;
using namespace nanotune::test;
using nanotune::test::Contains;

namespace {

/// Names of the plugins of a folder, of which the record says something.
std::vector<std::string> files_of(const Folder& folder, const std::string& record) {
    const auto registry = Registry::load({.path = folder.path(""), .seen_file = record});
    REQUIRE(registry);
    std::vector<std::string> names;
    for (const PluginInfo& plugin : registry->installed()) {
        names.push_back(plugin.name);
    }
    return names;
}

}  // namespace

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

TEST_CASE("a plugin that nobody has seen is tried apart, and loaded when it is asked for",
          "[registry]") {
    const Folder folder;
    folder.copy(NANOTUNE_TEST_PLUGINS "/sysctl.so", "sysctl.so");
    const auto registry = folder.load();
    REQUIRE(registry);
    const auto installed = registry->installed();
    REQUIRE(installed.size() == 2);
    CHECK_FALSE(installed.front().summary.empty());
    CHECK_FALSE(is_mapped(folder.path("memory.so")));
    const Plugin* sysctl = registry->catalog().plugin("sysctl");
    REQUIRE(sysctl != nullptr);
    CHECK_FALSE(is_mapped(folder.path("memory.so")));
    const auto meaning = registry->catalog().meaning(*sysctl, "vm.swappiness");
    REQUIRE(meaning);
    CHECK(meaning->settings.front().full_name() == "memory.swappiness");
    CHECK(is_mapped(folder.path("memory.so")));
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

TEST_CASE("a plugin that is exchanged before it is asked for is one that nobody has seen",
          "[registry]") {
    const Folder folder;
    folder.be_seen_by_another_process();
    const auto registry = folder.load();
    REQUIRE(registry);
    std::string bytes = bytes_of(good);
    const std::string_view summary = "Huge pages";  // loads as well with a letter that is wrong
    REQUIRE(bytes.contains(summary));
    fs::remove(folder.path("memory.so"));

    SECTION("and not loaded where nobody would load it") {
        bytes[bytes.find(summary)] = 'h';
        folder.put("memory.so", bytes);
        CHECK(registry->catalog().plugin("memory") == nullptr);
        const std::string* reason = registry->catalog().refusal_of("memory");
        REQUIRE(reason != nullptr);
        CHECK_THAT(*reason, Contains("memory.so is not as it was built"));
        CHECK_FALSE(is_mapped(folder.path("memory.so")));
    }
    SECTION("and loaded where it passes its trial") {
        folder.put("memory.so", bytes);
        CHECK(registry->catalog().plugin("memory") != nullptr);
    }
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

TEST_CASE("which plugins a folder has is remembered until the folder changes", "[registry]") {
    using Names = std::vector<std::string>;
    const Folder folder;
    folder.put("bad.so", "");
    const ScratchFolder other;
    const std::string record = other.path() + "/seen";
    CHECK(files_of(folder, record) == Names{"bad", "memory"});
    const auto facts = file_facts(folder.path(""));
    REQUIRE(facts);
    std::ofstream(record, std::ios::app)
        << fmt::format("{}\t{} {} {} {}\tmemory.so\t\n", folder.path(""), facts->device,
                       facts->inode, facts->size, facts->changed);
    CHECK(files_of(folder, record) == Names{"memory"});
    const auto changed = [&] { return file_facts(folder.path(""))->changed != facts->changed; };
    while (!changed()) {
        folder.put("worse.so", "");
        fs::remove(folder.path("bad.so"));
        folder.put("bad.so", "");
    }
    CHECK(files_of(folder, record) == Names{"bad", "memory", "worse"});
    CHECK(files_of(folder, record) == Names{"bad", "memory", "worse"});
}

TEST_CASE("a plugin of another layer of the folder is seen where the layers are put together anew",
          "[registry]") {
    if (::geteuid() != 0) {
        WARN("only root mounts a file system; nothing is checked");
        return;
    }
    const Folder top;
    const ScratchFolder lower;
    const ScratchFolder shown;
    const ScratchFolder other;
    const std::string layers = fmt::format("lowerdir={}:{}", top.path(""), lower.path());
    const auto names_shown = [&] {
        std::optional<std::size_t> count;
        if (::mount("layers", shown.path().c_str(), "overlay", MS_RDONLY, layers.c_str()) == 0) {
            const auto registry =
                Registry::load({.path = shown.path(), .seen_file = other.path() + "/seen"});
            count = registry ? registry->installed().size() : 0;
            ::umount2(shown.path().c_str(), MNT_DETACH);
        }
        return count;
    };
    ::sleep(3);  // what is remembered of a folder is what nobody has just changed
    const pid_t child = ::fork();
    if (child == 0) {
        if (::unshare(CLONE_NEWNS) != 0 ||
            ::mount("", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 || !names_shown()) {
            ::_exit(2);
        }
        std::ofstream(lower.path() + "/bad.so") << "";
        ::_exit(names_shown() == 2U ? 0 : 1);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 2) {
        WARN("there is no overlayfs here; nothing is checked");
        return;
    }
    CHECK(status == 0);
}

TEST_CASE("of a folder that was just changed it is not remembered which plugins it has",
          "[registry]") {
    const Folder folder;
    const ScratchFolder other;
    const std::string record = other.path() + "/seen";
    for (int i = 0; i < 20; ++i) {  // several within one tick of the file system's clock
        const auto before = files_of(folder, record).size();
        folder.put(fmt::format("bad{}.so", i), "");
        CHECK(files_of(folder, record).size() == before + 1);
    }
}
