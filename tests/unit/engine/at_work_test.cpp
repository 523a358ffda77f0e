// Looking at a host on which another nanotune is at work: nothing that is seen there is final.
#include <array>
#include <csignal>

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/catch.hpp"
#include "support/engine_on.hpp"
#include "support/given.hpp"

using namespace nanotune;
using namespace nanotune::test;
using nanotune::test::Contains;

namespace {

constexpr auto low_swap = "[memory]\nswappiness = 10\n";

/// As far as its first write.
bool begins_apply(const StateFolder& state) {
    std::vector<std::string> notes;
    auto journal = state.open(notes);
    return journal &&
           journal->append(record::Begin{.id = 1, .kind = "apply", .profile = "given"}) &&
           journal->append(record::Intent{.setting = "memory.swappiness",
                                          .target = Target::host(),
                                          .before = std::int64_t{60},
                                          .wanted = std::int64_t{10}}) &&
           journal->sync();
}

/// Another process that is in the middle of an apply for as long as this lives.
class OtherNanotune {
  public:
    explicit OtherNanotune(const StateFolder& state) {
        std::array<int, 2> ready{};
        REQUIRE(::pipe(ready.data()) == 0);
        process_ = ::fork();
        REQUIRE(process_ >= 0);
        if (process_ == 0) {
            const auto lock = state.lock("nanotune apply given", std::chrono::milliseconds(0));
            static_cast<void>(::write(ready[1], lock && begins_apply(state) ? "y" : "n", 1));
            ::pause();
            ::_exit(0);
        }
        char answer = 'n';
        REQUIRE(::read(ready[0], &answer, 1) == 1);
        ::close(ready[0]);
        ::close(ready[1]);
        REQUIRE(answer == 'y');
    }
    ~OtherNanotune() {
        ::kill(process_, SIGKILL);
        ::waitpid(process_, nullptr, 0);
    }
    OtherNanotune(const OtherNanotune&) = delete;
    OtherNanotune& operator=(const OtherNanotune&) = delete;
    OtherNanotune(OtherNanotune&&) = delete;
    OtherNanotune& operator=(OtherNanotune&&) = delete;

    [[nodiscard]] std::string name() const { return fmt::format("(process {}", process_); }

  private:
    pid_t process_ = -1;
};

/// That it is said who is at work, and that what it does is not called cut off.
void check_says(const Report& report, const OtherNanotune& other) {
    INFO(text_of(report));
    CHECK(report.exit == Exit::lock_or_timeout);
    CHECK(report.state == HostState::unknown);
    REQUIRE_FALSE(report.notes.empty());
    CHECK_THAT(report.notes.front(), Contains(other.name()) && Contains("is at work"));
    CHECK_FALSE(text_of(report).contains("cut off"));
}

struct HalfAppliedScene : Scene {
    HalfAppliedScene() : Scene(given::plain_host()) { host.cells[swappiness] = "10"; }
};

}  // namespace

TEST_CASE("verify of a profile calls no host good on which another apply is at work",
          "[engine][verify]") {
    HalfAppliedScene scene;
    const OtherNanotune other(scene.engine.state());
    check_says(scene.engine.verify(low_swap), other);
}

TEST_CASE("verify without a profile says who is at work", "[engine][verify]") {
    HalfAppliedScene scene;
    const OtherNanotune other(scene.engine.state());
    check_says(scene.engine.verify(), other);
}

TEST_CASE("a plan made while another apply is at work is not final", "[engine][plan]") {
    HalfAppliedScene scene;
    const OtherNanotune other(scene.engine.state());
    check_says(scene.engine.planned(low_swap), other);
    check_says(scene.engine.planned("[memory]\nswappiness = 20\n"), other);
}

TEST_CASE("the plan of a rollback calls no apply cut off that is at work", "[engine][rollback]") {
    HalfAppliedScene scene;
    const OtherNanotune other(scene.engine.state());
    RollbackRequest request = rollback_request();
    request.all = GENERATE(false, true);
    const Report report = scene.engine.engine().rollback_plan(request);
    check_says(report, other);
    CHECK(report.rows.empty());
}
