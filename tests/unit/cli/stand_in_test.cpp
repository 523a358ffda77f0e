// Where the record of what awaits its confirmation is while it cannot be where it belongs.
#include "cli/direct/stand_in.hpp"

#include <filesystem>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/scratch_folder.hpp"

using namespace nanotune;
using namespace nanotune::cli;
using namespace nanotune::test;
namespace fs = std::filesystem;

namespace {

struct StandInScene {
    const ScratchFolder folder;
    const std::string place = folder.path() + "/place";
    std::string where;  ///< the one that stands in

    StandInScene() { fs::create_directory(place); }

    /// Of an apply that awaits its confirmation.
    [[nodiscard]] std::unique_ptr<StandIn> stand_in() {
        const StateFolder state(folder.path() + "/state", *current_identity());
        std::vector<std::string> notes;
        REQUIRE(state.lock("test", {}));
        auto journal = state.open(notes);
        REQUIRE(journal);
        REQUIRE(journal->append(record::Begin{.id = 7, .kind = "apply", .profile = "a"}));
        REQUIRE(journal->append(record::End{.how = "committed", .confirm_by = 99}));
        REQUIRE(journal->sync());
        const auto held = HeldJournal::of(state);
        REQUIRE(held);
        auto made = StandIn::with(*held, {folder.path() + "/nowhere", place});
        REQUIRE(made);
        where = (*made)->folder().folder();
        return *std::move(made);
    }
};

}  // namespace

TEST_CASE_METHOD(StandInScene, "what cannot be on record where it belongs is so elsewhere",
                 "[cli][record]") {
    const auto stand_in = this->stand_in();
    CHECK(fs::path(where).parent_path() == place);
    const auto view = stand_in->folder().view();
    REQUIRE(view);
    REQUIRE(view->ledger.active() != nullptr);
    CHECK(view->ledger.active()->id == 7);
    CHECK_FALSE(stand_in->is_blank());
}

TEST_CASE_METHOD(StandInScene, "nothing of it stays elsewhere once it is where it belongs",
                 "[cli][record]") {
    stand_in()->is_given_back();
    CHECK_FALSE(fs::exists(where));
}

TEST_CASE_METHOD(StandInScene, "what is on record nowhere else is left for who is told of it",
                 "[cli][record]") {
    static_cast<void>(stand_in());
    CHECK(fs::exists(where + "/lock"));
}
