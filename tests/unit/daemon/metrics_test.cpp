// What Prometheus is told, and who is told anything.
#include "daemon/metrics.hpp"

#include "daemon/metrics_server.hpp"
#include "support/catch.hpp"

using namespace nanotune;
using namespace nanotune::daemon;
using nanotune::test::Contains;

namespace {

Report report_of(std::string verb, Exit exit) {
    Report report;
    report.verb = std::move(verb);
    report.exit = exit;
    return report;
}

}  // namespace

TEST_CASE("of all states the host is in one", "[daemon][metrics]") {
    Metrics metrics;
    Snapshot snapshot;
    snapshot.state = "awaiting confirmation";
    snapshot.profile = R"(a "b"\)";
    snapshot.held = 3;
    metrics.take(snapshot);
    const std::string text = metrics.text({});
    CHECK_THAT(text, Contains("nanotune_state{state=\"awaiting confirmation\"} 1\n"));
    CHECK_THAT(text, Contains("nanotune_state{state=\"clean\"} 0\n"));
    CHECK_THAT(text, Contains("nanotune_settings_held 3\n"));
    CHECK_THAT(text, Contains("holds, also those that somebody else has changed since"));
    CHECK_THAT(text, Contains("nanotune_frozen 0\n"));
    CHECK_THAT(text, Contains("profile=\"a \\\"b\\\"\\\\\""));
}

TEST_CASE("a freeze has a number of its own, whatever the state", "[daemon][metrics]") {
    Metrics metrics;
    Snapshot snapshot;
    snapshot.state = "degraded";
    snapshot.frozen = "trading hours";
    metrics.take(snapshot);
    const std::string text = metrics.text({});
    CHECK_THAT(text, Contains("nanotune_state{state=\"degraded\"} 1\n"));
    CHECK_THAT(text, Contains("nanotune_frozen 1\n"));
}

TEST_CASE("what ended is counted by how, and an apply by how long it took", "[daemon][metrics]") {
    Metrics metrics;
    metrics.take(end_of(report_of("apply", Exit::as_wanted), std::chrono::milliseconds(3)));
    metrics.take(end_of(report_of("apply", Exit::rolled_back), std::chrono::seconds(100)));
    metrics.take(end_of(report_of("rollback", Exit::not_restored), std::chrono::seconds(1)));
    const std::string text = metrics.text({});
    CHECK_THAT(text, Contains("nanotune_verbs_total{verb=\"apply\",result=\"as_wanted\"} 1\n"));
    CHECK_THAT(text, Contains("nanotune_verbs_total{verb=\"rollback\",result=\"not_restored\"} 1"));
    CHECK_THAT(text, Contains("nanotune_apply_duration_seconds_bucket{le=\"0.0025\"} 0\n"));
    CHECK_THAT(text, Contains("nanotune_apply_duration_seconds_bucket{le=\"0.005\"} 1\n"));
    CHECK_THAT(text, Contains("nanotune_apply_duration_seconds_bucket{le=\"60\"} 1\n"));
    CHECK_THAT(text, Contains("nanotune_apply_duration_seconds_bucket{le=\"+Inf\"} 2\n"));
    CHECK_THAT(text, Contains("nanotune_apply_duration_seconds_count 2\n"));
}

TEST_CASE("settings are counted by outcome in the last report of each verb", "[daemon][metrics]") {
    Metrics metrics;
    Report report = report_of("apply", Exit::as_wanted);
    report.rows.resize(2);
    report.rows[0].outcome = Outcome::changed;
    report.rows[1].outcome = Outcome::changed;
    metrics.take(end_of(report, {}));
    report.rows[1].outcome = Outcome::adjusted;
    metrics.take(end_of(report, {}));
    const std::string text = metrics.text({});
    CHECK_THAT(text, Contains("nanotune_report_settings{verb=\"apply\",outcome=\"changed\"} 1\n"));
    CHECK_THAT(text, Contains("nanotune_report_settings{verb=\"apply\",outcome=\"adjusted\"} 1\n"));
}

TEST_CASE("nothing but GET /metrics is answered", "[daemon][metrics]") {
    CHECK(refusal_of("GET /metrics HTTP/1.1\r\n\r\n").empty());
    CHECK(refusal_of("GET /metrics?x=1 HTTP/1.0\r\n\r\n").empty());
    CHECK(refusal_of("GET /metricsx HTTP/1.1\r\n\r\n") == "404 Not Found");
    CHECK(refusal_of("PUT /metrics HTTP/1.1\r\n\r\n") == "405 Method Not Allowed");
    for (const char* rubbish : {"", " ", "GET", "GET  ", "GET /metrics", "\r\n\r\n"}) {
        CHECK(refusal_of(rubbish) == "400 Bad Request");
    }
}

TEST_CASE("it listens for nobody but this host", "[daemon][metrics]") {
    const auto code_for = [](const std::string& address) {
        const auto server = MetricsServer::open(address, [](std::uint64_t) {});
        return server ? std::nullopt : std::optional(server.error().code);
    };
    CHECK_FALSE(code_for("127.0.0.1:0"));
    for (const char* other : {"0.0.0.0:0", "192.0.2.1:0", "[::]:0", "localhost:0", "127.0.0.1",
                              "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:70000", ""}) {
        CHECK(code_for(other) == ErrorCode::invalid);
    }
}
