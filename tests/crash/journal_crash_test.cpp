// Journals that cannot be used are said and set aside; they never block, and never touch the host.
#include <filesystem>
#include <fstream>

#include "scenario.hpp"
#include "support/catch.hpp"
#include "support/given.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

constexpr auto low_swap = "[memory]\nswappiness = 10\n";

FakeHost plain_host() {
    return given::host().with_sysctl("vm.swappiness", "60").with_sysctl("vm.dirty_ratio", "20");
}

std::string journal_in(const std::string& folder) {
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (entry.path().extension() == ".journal") {
            return entry.path().string();
        }
    }
    return {};
}

}  // namespace

TEST_CASE("a damaged journal is said, set aside, and blocks nothing", "[crash][journal]") {
    FakeHost host = plain_host();
    const ScratchFolder folder;
    {
        EngineOn engine(host, folder.path());
        REQUIRE(engine.apply("[memory]\ndirty_ratio = 5\n").exit == Exit::as_wanted);
    }
    const std::string journal = journal_in(folder.path());
    REQUIRE_FALSE(journal.empty());
    std::fstream(journal, std::ios::in | std::ios::out).seekp(20).write("XXXXXXXX", 8);

    EngineOn engine(host, folder.path());
    const Report report = engine.apply(low_swap);
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK(text_of(report).contains("set aside"));
    CHECK(engine.status().state == HostState::tuned);
}

TEST_CASE("a journal that ends in the middle of a record is used up to there", "[crash][journal]") {
    FakeHost host = plain_host();
    const FakeHost before = host;
    const ScratchFolder folder;
    {
        EngineOn engine(host, folder.path());
        REQUIRE(engine.apply(low_swap).exit == Exit::as_wanted);
    }
    const std::string journal = journal_in(folder.path());
    const auto size = std::filesystem::file_size(journal);
    for (std::uintmax_t cut = 1; cut < size; ++cut) {
        INFO("cut by " << cut << " of " << size << " bytes");
        const ScratchFolder copy;
        std::filesystem::copy(journal, copy.path());
        std::filesystem::resize_file(journal_in(copy.path()), size - cut);
        FakeHost after = host;
        EngineOn engine(after, copy.path());
        const Report report = engine.rollback();
        INFO(text_of(report));
        CHECK(report.exit == Exit::as_wanted);
        CHECK(engine.apply(low_swap).exit == Exit::as_wanted);
    }
    FakeHost after = host;
    EngineOn engine(after, folder.path());
    CHECK(engine.rollback().exit == Exit::as_wanted);
    CHECK(difference(before, after) == "");
}

TEST_CASE("a journal of another boot is set aside", "[crash][journal]") {
    FakeHost host = plain_host();
    const ScratchFolder folder;
    {
        EngineOn engine(host, folder.path());
        REQUIRE(engine.apply(low_swap).exit == Exit::as_wanted);
    }
    host.cells["/proc/sys/vm/swappiness"] = "60";  // as after a boot
    EngineOn engine(host, folder.path(), {.boot = "next-boot", .network = 1});
    CHECK(engine.status().state == HostState::clean);
    const Report report = engine.rollback();
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK(engine.system().writes().empty());
    CHECK(engine.apply(low_swap).exit == Exit::as_wanted);
}

TEST_CASE("another network namespace has a journal of its own", "[crash][journal]") {
    FakeHost host = plain_host();
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());
    REQUIRE(engine.apply(low_swap).exit == Exit::as_wanted);
    FakeHost other_host = plain_host();
    EngineOn other(other_host, folder.path(), {.boot = "test-boot", .network = 2});
    CHECK(other.status().state == HostState::clean);
    CHECK(engine.status().state == HostState::tuned);
}
