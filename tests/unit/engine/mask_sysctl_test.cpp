// Masks of CPUs in sysctls: the kernel prints one as wide as the host has CPUs.
#include "support/catch.hpp"
#include "support/engine_on.hpp"
#include "support/given.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

const std::string bitmap = "/proc/sys/net/core/flow_limit_cpu_bitmap";
constexpr std::string_view flow_limit = "sysctl.net.core.flow_limit_cpu_bitmap";

FakeHost host_of_16_cpus(const std::string& mask) {
    return given::host().with_cpus({.cores = 8, .threads = 2}).with(bitmap, mask);
}

std::string masked(const std::string& mask) {
    return "[sysctl]\n\"net.core.flow_limit_cpu_bitmap\" = " + mask + "\n";
}

/// As a version left it that took masks for texts.
void record_apply_of_texts(const StateFolder& state, const std::string& before,
                           const std::string& wanted, const std::string& got) {
    const std::string setting(flow_limit);
    std::vector<std::string> notes;
    auto journal = state.open(notes);
    REQUIRE(journal);
    const std::vector<record::Record> records = {
        record::Begin{.id = 1, .kind = "apply", .profile = "given"},
        record::Intent{
            .setting = setting, .target = Target::host(), .before = before, .wanted = wanted},
        record::Held{.setting = setting,
                     .target = Target::host(),
                     .wanted = wanted,
                     .got = got,
                     .origin = "given.toml:2:1"},
        record::End{"committed"}};
    for (const record::Record& record : records) {
        REQUIRE(journal->append(record));
    }
    REQUIRE(journal->sync());
}

}  // namespace

TEST_CASE("a mask of CPUs is held however the kernel spells it", "[engine][sysctl]") {
    Scene scene(host_of_16_cpus("0000"));
    auto& [host, before, folder, engine] = scene;
    const auto [mask, shown] = GENERATE(
        table<std::string, std::string>({{"\"ff\"", "00ff"}, {"3", "0003"}, {"\"F001\"", "f001"}}));
    const Report applied = engine.apply(masked(mask));
    INFO(text_of(applied));
    CHECK(applied.exit == Exit::as_wanted);
    CHECK(row_at(applied, flow_limit, Target::host()).outcome == Outcome::changed);
    CHECK(host.text(bitmap) == shown);
    CHECK(engine.verify(masked(mask)).exit == Exit::as_wanted);
    CHECK_FALSE(engine.apply(masked(mask)).changed);
    CHECK(engine.rollback_all().exit == Exit::as_wanted);
    CHECK(difference(before, host) == no_difference);
}

TEST_CASE("a mask that the host has already is as wanted in any spelling", "[engine][sysctl]") {
    Scene scene(host_of_16_cpus("00ff"));
    const std::string mask =
        GENERATE(as<std::string>{}, "\"ff\"", "\"00ff\"", "\"FF\"", "\"0,000000ff\"");
    const Report planned = scene.engine.planned(masked(mask));
    INFO(text_of(planned));
    CHECK(row_at(planned, flow_limit, Target::host()).outcome == Outcome::unchanged);
}

TEST_CASE("what is no mask of CPUs is refused where it stands", "[engine][sysctl]") {
    Scene scene(host_of_16_cpus("0000"));
    const Report planned = scene.engine.planned(masked("\"0-7\""));
    CHECK(planned.exit == Exit::refused);
    CHECK(text_of(planned).contains("a mask of CPUs such as"));
}

TEST_CASE("masks that an older version recorded as texts compare by the CPUs that they say",
          "[engine][sysctl]") {
    Scene scene(host_of_16_cpus("00000000,00000001"));
    auto& [host, before, folder, engine] = scene;
    record_apply_of_texts(engine.state(), "00000000,00000001", "3", "00000000,00000003");
    host.cells[bitmap] = GENERATE(as<std::string>{}, "00000000,00000003", "0003");
    const Report verified = engine.verify();
    INFO(text_of(verified));
    CHECK(verified.exit == Exit::as_wanted);
    CHECK(row_at(verified, flow_limit, Target::host()).outcome == Outcome::unchanged);
    CHECK_FALSE(engine.apply(masked("3")).changed);
    CHECK(engine.rollback_all().exit == Exit::as_wanted);
    CHECK(host.text(bitmap) == "0001");
}
