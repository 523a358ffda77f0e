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
    CHECK(text_of(report).contains("the damaged file is kept as"));
    CHECK(engine.status().state == HostState::tuned);
    CHECK(engine.rollback().exit == Exit::as_wanted);  // of what is known
    CHECK(host.text("/proc/sys/vm/swappiness") == "60");
    const Report all = engine.rollback_all();
    INFO(text_of(all));
    CHECK(all.exit == Exit::not_restored);  // dirty_ratio is 5, and nobody knows it
    CHECK(all.state == HostState::degraded);
}

namespace {

/// How often the text says so.
std::size_t count_of(const std::string& text, std::string_view words) {
    std::size_t count = 0;
    for (auto at = text.find(words); at != std::string::npos; at = text.find(words, at + 1)) {
        ++count;
    }
    return count;
}

}  // namespace

TEST_CASE(
    "every verb tells once what is lost with a part of the journal, and promises nothing of it",
    "[crash][journal]") {
    FakeHost host = plain_host();
    const ScratchFolder folder;
    {
        EngineOn engine(host, folder.path());
        REQUIRE(engine.apply("[memory]\ndirty_ratio = 5\n").exit == Exit::as_wanted);
    }
    const std::string journal = journal_in(folder.path());
    std::filesystem::resize_file(journal, std::filesystem::file_size(journal) - 24);
    EngineOn engine(host, folder.path());
    const auto check = [](const std::string& text) {
        INFO(text);
        CHECK(count_of(text, " is lost and cannot be restored, ") +
                  count_of(text, "part of the journal is lost (") ==
              1);
        CHECK(count_of(text, "every old value") == count_of(text, "every old value that is known"));
    };
    std::string status;
    for (const std::string& note : engine.status().notes) {
        status += note + "\n";
    }
    check(status);
    CHECK(engine.status().interrupted.ends_with(
        "was cut off, or its end is lost with part of the journal"));
    check(text_of(engine.verify()));
    check(text_of(engine.verify(low_swap)));
    check(text_of(engine.planned(low_swap)));
    check(text_of(engine.engine().rollback_plan(rollback_request())));
    SECTION("rollback") {
        const Report report = engine.rollback();
        CHECK(report.exit == Exit::not_restored);
        check(text_of(report));
    }
    SECTION("rollback of all") {
        const Report report = engine.rollback_all();
        CHECK(report.exit == Exit::not_restored);
        check(text_of(report));
    }
    SECTION("apply") {
        check(text_of(engine.apply(low_swap)));
        check(text_of(engine.verify()));
        check(text_of(engine.rollback()));
    }
}

TEST_CASE("a rollback over a damaged journal never says that all is restored", "[crash][journal]") {
    FakeHost host = plain_host();
    const ScratchFolder folder;
    {
        EngineOn engine(host, folder.path());
        REQUIRE(engine.apply("[memory]\ndirty_ratio = 5\n").exit == Exit::as_wanted);
    }
    const std::string journal = journal_in(folder.path());
    std::fstream(journal, std::ios::in | std::ios::out).seekp(20).write("XXXXXXXX", 8);
    EngineOn engine(host, folder.path());
    CHECK(engine.status().state == HostState::degraded);
    CHECK(engine.verify().state == HostState::degraded);

    const Report report = engine.rollback();
    INFO(text_of(report));
    CHECK(report.exit == Exit::not_restored);
    CHECK(report.state == HostState::degraded);
    CHECK(text_of(report).contains("the damaged file is kept as"));
    CHECK(engine.status().state == HostState::degraded);
    CHECK(engine.rollback().exit == Exit::not_restored);

    RollbackRequest request = rollback_request();
    request.all = true;
    request.force = true;
    CHECK(engine.rollback(request).exit == Exit::not_restored);
    CHECK(engine.status().state == HostState::clean);
    CHECK(engine.rollback().exit == Exit::as_wanted);
}

TEST_CASE("a journal that was cut is used up to there, and never called whole",
          "[crash][journal]") {
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
        CHECK(engine.status().state != HostState::clean);
        const Report report = engine.rollback();
        INFO(text_of(report));
        CHECK(report.exit == Exit::not_restored);
        CHECK(report.state == HostState::degraded);
        CHECK(engine.apply(low_swap).exit == Exit::as_wanted);
        CHECK(engine.status().state == HostState::tuned);
    }
    FakeHost after = host;
    EngineOn engine(after, folder.path());
    CHECK(engine.rollback().exit == Exit::as_wanted);
    CHECK(difference(before, after) == no_difference);
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
