// Who has the engine's thread next.
#include "daemon/agenda.hpp"

#include "support/catch.hpp"
#include "support/held.hpp"

using namespace nanotune;
using namespace nanotune::daemon;
using nanotune::test::held;
using namespace std::chrono_literals;

namespace {

Work looking(std::uint64_t job) {
    Work work;
    work.job = job;
    return work;
}

Work changing(std::uint64_t job) {
    Work work = looking(job);
    work.is_urgent = true;
    return work;
}

const Agenda::Clock::time_point start{1h};

std::uint64_t job_of(const Agenda::Turn& turn) {
    return turn.work ? turn.work->job : 0;
}

}  // namespace

TEST_CASE("what changes the host goes before what only looks, each in the order that it came",
          "[daemon][agenda]") {
    Agenda agenda;
    agenda.add(looking(1));
    agenda.add(changing(2));
    agenda.add(looking(3));
    agenda.add(changing(4));
    CHECK(job_of(agenda.take(Due::nothing, start)) == 2);
    CHECK(job_of(agenda.take(Due::nothing, start)) == 4);
    CHECK(job_of(agenda.take(Due::nothing, start)) == 1);
    CHECK(job_of(agenda.take(Due::nothing, start)) == 3);
    CHECK(agenda.is_empty());
    CHECK(job_of(agenda.take(Due::nothing, start)) == 0);
}

TEST_CASE("what may have to be taken back goes before every job", "[daemon][agenda]") {
    Agenda agenda;
    agenda.add(changing(1));
    agenda.add(looking(2));
    agenda.add(Look{.is_whole = true}, start);
    CHECK(agenda.take(Due::take_back, start).is_time);
    CHECK(agenda.take(Due::take_back, start).is_time);
    CHECK(job_of(agenda.take(Due::nothing, start)) == 1);
}

TEST_CASE("jobs that look, however many, put off a look that is due by one of them at most",
          "[daemon][agenda]") {
    Agenda agenda;
    for (std::uint64_t job = 1; job <= 4; ++job) {
        agenda.add(looking(job));
    }
    CHECK(agenda.take(Due::look, start).is_time);
    CHECK(job_of(agenda.take(Due::look, start)) == 1);  // nor do looks keep everybody waiting
    CHECK(agenda.take(Due::look, start).is_time);
    CHECK(job_of(agenda.take(Due::look, start)) == 2);
}

TEST_CASE("a reason to look lets jobs that look go first, but not for ever", "[daemon][agenda]") {
    Agenda agenda;
    for (std::uint64_t job = 1; job <= 3; ++job) {
        agenda.add(looking(job));
    }
    agenda.add(Look{.devices = {"eth0"}}, start);
    CHECK(job_of(agenda.take(Due::nothing, start + 20ms)) == 1);
    agenda.add(Look{.devices = {"eth1"}}, start + 150ms);  // the first of them counts
    const Agenda::Turn turn = agenda.take(Due::nothing, start + 300ms);
    CHECK(held(turn.look).devices == std::set<std::string>{"eth0", "eth1"});
    CHECK(job_of(agenda.take(Due::nothing, start + 300ms)) == 2);
    CHECK(job_of(agenda.take(Due::nothing, start + 300ms)) == 3);
}

TEST_CASE("what has come waits for one job that looks at most", "[daemon][agenda]") {
    for (const Look& look :
         {Look{.started = {4711}}, Look{.arrived = {"eth1"}}, Look{.returned = {"eth0"}},
          Look{.up_again = {"eth0"}}, Look{.missed_starts = true}, Look{.missed_arrivals = true}}) {
        Agenda agenda;
        agenda.add(looking(1));
        agenda.add(look, start);
        CHECK(agenda.take(Due::nothing, start).look);
        CHECK(job_of(agenda.take(Due::nothing, start)) == 1);
    }
}

TEST_CASE("a reason to look is seen to at once where nobody waits", "[daemon][agenda]") {
    Agenda agenda;
    agenda.add(Look{.is_whole = true}, start);
    CHECK(agenda.take(Due::nothing, start).look);
    CHECK(agenda.is_empty());
}

TEST_CASE("a job that has not begun can be taken off, once", "[daemon][agenda]") {
    Agenda agenda;
    agenda.add(looking(1));
    CHECK_FALSE(agenda.drop(2));
    CHECK(agenda.drop(1));
    CHECK_FALSE(agenda.drop(1));
    CHECK(agenda.is_empty());
}

TEST_CASE("all jobs that have not begun are taken off together, in their order",
          "[daemon][agenda]") {
    Agenda agenda;
    agenda.add(looking(1));
    agenda.add(changing(2));
    agenda.add(Look{.is_whole = true}, start);
    CHECK(agenda.drop_all() == std::vector<std::uint64_t>{2, 1});
    CHECK(agenda.drop_all().empty());
    CHECK(agenda.take(Due::nothing, start).look);
}

TEST_CASE("a job that never began says nothing of how the host stands", "[daemon][agenda]") {
    const Answer answer = never_begun("nanotuned is being stopped");
    CHECK(answer.report.exit == Exit::refused);
    CHECK(answer.report.state == HostState::unknown);
    REQUIRE(answer.report.problems.size() == 1);
    CHECK(answer.report.problems.front().message ==
          "nanotuned is being stopped; nothing was touched");
}

TEST_CASE("of several who wrote a file before anybody looked, the last one is told of",
          "[daemon][agenda]") {
    Agenda agenda;
    agenda.add(Look{.authors = {{"swappiness", "one"}, {"dirty_ratio", "one"}}}, start);
    agenda.add(Look{.authors = {{"swappiness", "another"}}}, start);
    CHECK(held(agenda.take(Due::look, start).look).authors ==
          Authors{{"swappiness", "another"}, {"dirty_ratio", "one"}});
}
