// The engine's thread where the kernel gives none.
#include "daemon/engine_thread.hpp"

#include <filesystem>

#include "support/catch.hpp"
#include "support/no_threads.hpp"
#include "support/scratch_folder.hpp"

using namespace nanotune;
using namespace nanotune::daemon;
using namespace nanotune::test;

namespace {

struct EngineScene {
    const ScratchFolder folder;

    EngineScene() { std::filesystem::create_directory(folder.path() + "/plugins"); }
    [[nodiscard]] Result<std::unique_ptr<EngineThread>> open() const {
        cli::ServiceOptions options;
        options.state_folder = folder.path() + "/state";
        options.plugin_folder = folder.path() + "/plugins";
        options.host_file = folder.path() + "/host.toml";
        options.command = "nanotuned";
        return EngineThread::open(std::move(options),
                                  {.begun = [](std::uint64_t) {},
                                   .progress = [](std::uint64_t, const Progress&) {},
                                   .ended = [](std::uint64_t, const Answer&) {},
                                   .seen = [](const Snapshot&) {},
                                   .installed = [](const std::vector<PluginInfo>&) {},
                                   .verb_ended = [](const VerbEnd&) {},
                                   .drifted = [](const DriftEvent&) {},
                                   .follows = [](const Followed&) {},
                                   .log = [](const std::string&) {},
                                   .rests = [] {},
                                   .over = [] {}},
                                  {});
    }
};

}  // namespace

TEST_CASE_METHOD(EngineScene,
                 "an engine without a thread says so, and leaves its folder to the next",
                 "[daemon][engine]") {
    {
        const auto engine = open();
        REQUIRE(engine);
        CHECK((*engine)->first_look().state == "clean");
        const NoThreads none;
        REQUIRE(none.is_so());
        const Status started = (*engine)->start();
        REQUIRE_FALSE(started);
        CHECK(started.error().code == ErrorCode::exhausted);
        CHECK(started.error().message.starts_with("no thread is to be had for the engine: "));
        CHECK_FALSE(open());  // somebody lives there
    }
    const auto next = open();
    REQUIRE(next);
    CHECK((*next)->start());
}
