// Who has the engine's thread next.
#include "daemon/agenda.hpp"

#include "support/catch.hpp"

using namespace nanotune;
using namespace nanotune::daemon;

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
    CHECK(job_of(agenda.take(Due::nothing)) == 2);
    CHECK(job_of(agenda.take(Due::nothing)) == 4);
    CHECK(job_of(agenda.take(Due::nothing)) == 1);
    CHECK(job_of(agenda.take(Due::nothing)) == 3);
    CHECK(agenda.is_empty());
    CHECK(job_of(agenda.take(Due::nothing)) == 0);
}

TEST_CASE("what may have to be taken back goes before every job", "[daemon][agenda]") {
    Agenda agenda;
    agenda.add(changing(1));
    agenda.add(looking(2));
    agenda.add(Look{.is_whole = true});
    CHECK(agenda.take(Due::take_back).is_time);
    CHECK(agenda.take(Due::take_back).is_time);
    CHECK(job_of(agenda.take(Due::nothing)) == 1);
}

TEST_CASE("jobs that look, however many, put off a look at the host by one of them at most",
          "[daemon][agenda]") {
    Agenda agenda;
    for (std::uint64_t job = 1; job <= 4; ++job) {
        agenda.add(looking(job));
    }
    CHECK(agenda.take(Due::look).is_time);
    CHECK(job_of(agenda.take(Due::look)) == 1);  // nor do looks keep everybody waiting
    agenda.add(Look{.devices = {"eth0"}});
    agenda.add(Look{.devices = {"eth1"}});
    const Agenda::Turn turn = agenda.take(Due::nothing);
    REQUIRE(turn.look);
    CHECK(turn.look->devices == std::set<std::string>{"eth0", "eth1"});
    CHECK(job_of(agenda.take(Due::nothing)) == 2);
    CHECK(job_of(agenda.take(Due::nothing)) == 3);
}

TEST_CASE("a job that has not begun can be taken off, once", "[daemon][agenda]") {
    Agenda agenda;
    agenda.add(looking(1));
    CHECK_FALSE(agenda.drop(2));
    CHECK(agenda.drop(1));
    CHECK_FALSE(agenda.drop(1));
    CHECK(agenda.is_empty());
}
