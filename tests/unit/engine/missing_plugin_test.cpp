// What was applied by a plugin that is not there any more.
#include "support/catch.hpp"
#include "support/engine_on.hpp"
#include "support/given.hpp"
#include "support/scratch_folder.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

/// As an apply of a plugin leaves it that is not there any more.
void record_apply_of_missing_plugin(const std::string& folder) {
    const StateFolder state(folder, {.boot = "test-boot", .network = 1});
    std::vector<std::string> notes;
    auto journal = state.open(notes);
    REQUIRE(journal);
    const std::vector<record::Record> records = {
        record::Begin{.id = 1, .kind = "apply", .undoes = 0, .profile = "given"},
        record::Intent{.setting = "ghost.level",
                       .target = Target::host(),
                       .before = std::int64_t{3},
                       .wanted = std::int64_t{7}},
        record::Intent{.setting = "ghost.mode",
                       .target = Target::host(),
                       .before = std::string("slow"),
                       .wanted = std::string("fast")},
        record::End{.how = "committed"}};
    for (const record::Record& record : records) {
        REQUIRE(journal->append(record));
    }
    REQUIRE(journal->sync());
}

std::size_t count_in(const std::string& text, std::string_view part) {
    std::size_t count = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
        ++count;
    }
    return count;
}

}  // namespace

TEST_CASE("values of a plugin that is not there any more are told as people write them",
          "[engine][rollback]") {
    FakeHost host = given::plain_host();
    const ScratchFolder folder;
    record_apply_of_missing_plugin(folder.path());
    EngineOn engine(host, folder.path());
    const Report report = engine.rollback();
    INFO(text_of(report));
    CHECK(report.exit == Exit::not_restored);
    CHECK(row_at(report, "ghost.level", Target::host()).before == "7");
    CHECK(row_at(report, "ghost.level", Target::host()).wanted == "3");
    CHECK(row_at(report, "ghost.mode", Target::host()).wanted == "slow");
}

TEST_CASE("a plan says once that a plugin is not there any more", "[engine][rollback]") {
    FakeHost host = given::plain_host();
    const ScratchFolder folder;
    record_apply_of_missing_plugin(folder.path());
    EngineOn engine(host, folder.path());
    const Report report = engine.planned("[memory]\nswappiness = 10\n");
    const std::string text = text_of(report);
    INFO(text);
    CHECK(count_in(text, "ghost.level") == 1);
    CHECK(count_in(text, "ghost.mode") == 1);
    CHECK(count_in(text, "stay as they are") == 1);
}
