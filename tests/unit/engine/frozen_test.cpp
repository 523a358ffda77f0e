// A frozen host: nothing is written but what takes back what nobody settled.
#include <nanotune/host_error.hpp>

#include "support/catch.hpp"
#include "support/engine_on.hpp"
#include "support/given.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

constexpr auto low_swap = "[memory]\nswappiness = 10\n";

struct FrozenScene : PlainScene {
    void freeze() { engine.freeze({.code = error_frozen, .message = "frozen: trading"}); }
    void apply_to_confirm() {
        ApplyRequest request = apply_request();
        request.confirm_within = std::chrono::seconds(60);
        REQUIRE(engine.apply(low_swap, request).state == HostState::awaiting_confirmation);
    }
};

void check_refused(const Report& report) {
    INFO(text_of(report));
    CHECK(report.exit == Exit::refused);
    REQUIRE(report.problems.size() == 1);
    CHECK(report.problems.front().message == "frozen: trading");
    CHECK_FALSE(report.changed);
}

}  // namespace

TEST_CASE_METHOD(FrozenScene, "nothing is applied while the host is frozen", "[engine][freeze]") {
    freeze();
    check_refused(engine.apply(low_swap));
    CHECK(host.cells == before.cells);
}

TEST_CASE_METHOD(FrozenScene, "what is applied is not rolled back while the host is frozen",
                 "[engine][freeze]") {
    REQUIRE(engine.apply(low_swap).exit == Exit::as_wanted);
    freeze();
    check_refused(engine.rollback());
    check_refused(engine.rollback_all());
    CHECK(host.cells.at(swappiness) == "10");
    CHECK(engine.status().state == HostState::tuned);
}

TEST_CASE_METHOD(FrozenScene, "what awaits confirmation is rolled back although the host is frozen",
                 "[engine][freeze]") {
    apply_to_confirm();
    freeze();
    check_refused(engine.rollback_all());  // that would be more
    const Report report = engine.rollback();
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK(host.cells == before.cells);
}

TEST_CASE_METHOD(FrozenScene, "what nobody confirmed in time is rolled back although it is frozen",
                 "[engine][freeze]") {
    apply_to_confirm();
    freeze();
    engine.pass(std::chrono::seconds(61));
    check_refused(engine.apply(low_swap));
    CHECK(engine.rollback().exit == Exit::as_wanted);
    CHECK(host.cells == before.cells);
}

TEST_CASE_METHOD(FrozenScene, "what awaits confirmation may be kept: that writes nothing",
                 "[engine][freeze]") {
    apply_to_confirm();
    freeze();
    CHECK(engine.confirm().exit == Exit::as_wanted);
    CHECK(engine.status().state == HostState::tuned);
}
