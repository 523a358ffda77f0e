// What a verb leaves behind besides the journal is written before anybody else gets the lock.
#include <algorithm>
#include <filesystem>

#include <fmt/core.h>

#include <nanotune/host_error.hpp>

#include "cli/direct/direct_service.hpp"
#include "service/freeze.hpp"
#include "service/kept_profile.hpp"
#include "support/catch.hpp"
#include "support/scratch_folder.hpp"
#include "system/storage/storage.hpp"

using namespace nanotune;
using namespace nanotune::cli;
using namespace nanotune::test;

namespace {

ProfileRequest named(const std::string& name) {
    return {.name = name, .overrides = {}};
}

/// A service whose records are looked at from within: `actor` is asked for each of them, as it is
/// written. Profiles without settings, so that nothing of this host is touched.
struct WriterScene {
    ScratchFolder folder;
    const std::string state = folder.path() + "/state";
    std::size_t records = 0;
    bool is_locked = true;    ///< of every record that was written
    std::string kept = {};    ///< by the last one's time
    std::string edited = {};  ///< what the profiles forbid instead
    std::unique_ptr<SharedService> service;

    WriterScene() {
        std::filesystem::create_directory(folder.path() + "/plugins");
        ServiceOptions options;
        options.state_folder = state;
        options.plugin_folder = folder.path() + "/plugins";
        options.command = "nanotune";
        options.host_file = folder.path() + "/host.toml";
        auto opened = shared_service(
            options,
            {.session_address = [] { return std::string(); },
             .profiles = [this](std::string_view name, std::string_view) -> Result<ProfileText> {
                 return ProfileText{.file = std::string(name),
                                    .text = fmt::format("[profile]\nforbid = ['{}']\n",
                                                        !edited.empty() ? edited
                                                        : name == "a"   ? "drops"
                                                                        : "bounces")};
             },
             .actor = [this] { return look(); }});
        REQUIRE(opened);
        service = *std::move(opened);
    }
    [[nodiscard]] ProfileKeeper keeper() const { return ProfileKeeper(lasting_folder_of(state)); }
    [[nodiscard]] std::string kept_now() const {
        const auto profile = keeper().read().value_or(std::nullopt);
        return profile ? profile->request.name : std::string();
    }
    Actor look() {
        ++records;
        const auto lock = Lock::acquire(state + "/lock", "another", std::chrono::milliseconds(0));
        is_locked = is_locked && !lock && lock.error().code == ErrorCode::busy;
        kept = kept_now();
        return {};
    }
};

}  // namespace

TEST_CASE_METHOD(WriterScene,
                 "journal, kept profile and history are written under one lock, whatever was asked",
                 "[cli][direct][records]") {
    REQUIRE(service->apply(named("a"), {}).exit == Exit::as_wanted);
    CHECK(records == 1);
    CHECK(kept == "a");  // before the record, which nobody else can be before
    REQUIRE(service->apply(named("b"), {}).exit == Exit::as_wanted);
    CHECK(kept == "b");
    REQUIRE(service->rollback({}).exit == Exit::as_wanted);
    CHECK(kept == "a");
    ApplyRequest unsure;
    unsure.confirm_within = std::chrono::seconds(60);
    REQUIRE(service->apply(named("b"), unsure).exit == Exit::as_wanted);
    CHECK(kept == "a");
    REQUIRE(service->confirm().exit == Exit::as_wanted);
    CHECK(kept == "b");
    REQUIRE(service->freeze({.reason = "trading", .until = {}}).exit == Exit::as_wanted);
    REQUIRE(service->apply(named("a"), {}).problems.front().code == error_frozen);
    REQUIRE(service->thaw().exit == Exit::as_wanted);
    CHECK(is_locked);
    CHECK(kept == "b");
    const auto history = service->history(100);
    REQUIRE(history);
    CHECK(std::ranges::count(*history, '\n') == 8);
}

TEST_CASE_METHOD(WriterScene, "what did not get the lock is on record all the same",
                 "[cli][direct][records]") {
    const auto lock = Lock::acquire(state + "/lock", "another", std::chrono::milliseconds(0));
    REQUIRE(lock);
    CHECK(service->apply(named("a"), {}).exit == Exit::lock_or_timeout);
    CHECK(records == 1);
    CHECK(kept_now().empty());
}

TEST_CASE_METHOD(WriterScene, "what was kept of a profile and is damaged is told by status",
                 "[cli][direct][records]") {
    REQUIRE(service->apply(named("a"), {}).exit == Exit::as_wanted);
    CHECK(service->status().notes.empty());
    CHECK(service->awaited());
    const std::string file = lasting_folder_of(state) + "/profile.toml";
    const auto text = read_file(file, 65536);
    REQUIRE(text);
    REQUIRE(replace_file(file, *text + "# edited\n"));
    const auto notes = service->status().notes;
    REQUIRE(notes.size() == 1);
    CHECK(notes.front() ==
          "the next boot applies nothing, and what starts or comes gets nothing: " + file +
              ": not the profile that was kept there; apply it again");
    const auto awaited = service->awaited();
    REQUIRE_FALSE(awaited);
    CHECK(awaited.error().code == ErrorCode::damaged);
    REQUIRE(service->apply(named("a"), {}).exit == Exit::as_wanted);
    CHECK(service->status().notes.empty());
}

TEST_CASE_METHOD(WriterScene, "status says that the next boot applies another profile than this",
                 "[cli][direct][records]") {
    REQUIRE(service->apply(named("a"), {}).exit == Exit::as_wanted);
    const std::string file = lasting_folder_of(state) + "/profile.toml";
    const auto text = read_file(file, 65536);
    REQUIRE(text);
    REQUIRE(service->apply(named("b"), {}).exit == Exit::as_wanted);
    CHECK(service->status().notes.empty());
    REQUIRE(replace_file(file, *text));  // as where there was no room for another one
    const auto notes = service->status().notes;
    REQUIRE(notes.size() == 1);
    CHECK(notes.front() ==
          "the next boot applies a as it was kept, and not what is applied now, and what starts or "
          "comes gets nothing");
    const auto awaited = service->awaited();
    REQUIRE_FALSE(awaited);
    CHECK(awaited.error().message ==
          "another profile is kept than the one that is applied; apply that again");
    CHECK(service->apply_again({}, "a program has started").notes.size() == 1);
    REQUIRE(service->apply(named("b"), {}).exit == Exit::as_wanted);
    CHECK(service->status().notes.empty());
    CHECK(service->awaited());
}

TEST_CASE_METHOD(WriterScene, "where nothing was ever kept the next boot goes by the host's file",
                 "[cli][direct][records]") {
    REQUIRE(service->apply(named("b"), {}).exit == Exit::as_wanted);
    REQUIRE(remove_file(lasting_folder_of(state) + "/profile.toml"));
    const std::string host_file = folder.path() + "/host.toml";
    const auto note = [this] {
        const auto notes = service->status().notes;
        REQUIRE(notes.size() == 1);
        return notes.front();
    };
    CHECK(note() ==
          "the next boot applies nothing, and not what is applied now, and what starts or comes "
          "gets nothing");
    REQUIRE(replace_file(host_file, "profile = 'a'\n"));
    CHECK(note() ==
          "the next boot applies a as the host's file has it, and not what is applied now, and "
          "what starts or comes gets nothing");
    REQUIRE(replace_file(host_file, "profile = 'b'\n"));
    CHECK(note() == "what starts or comes gets nothing: the profile is not kept");
    REQUIRE(service->rollback({}).exit == Exit::as_wanted);
    CHECK(note() == "the next boot applies b as the host's file has it");
}

TEST_CASE_METHOD(WriterScene,
                 "a profile that has changed since it was applied is told with what has",
                 "[cli][direct][records]") {
    REQUIRE(service->apply(named("a"), {}).exit == Exit::as_wanted);
    const auto told = [this] {
        std::string notes;
        for (const std::string& note : service->status().notes) {
            notes += note + "\n";
        }
        return notes;
    };
    CHECK_FALSE(told().contains("has changed"));
    edited = "moves";
    CHECK_THAT(told(), nanotune::test::Contains("a has changed since it was applied (forbid), and "
                                                "is not applied so"));
}
