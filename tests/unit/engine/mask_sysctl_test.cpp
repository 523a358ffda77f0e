// Masks of CPUs in sysctls: the kernel prints one as wide as the host has CPUs.
#include "support/catch.hpp"
#include "support/engine_on.hpp"
#include "support/given.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

const std::string bitmap = "/proc/sys/net/core/flow_limit_cpu_bitmap";
constexpr std::string_view name = "sysctl.net.core.flow_limit_cpu_bitmap";

FakeHost host_of_16_cpus(const std::string& mask) {
    return given::host().with_cpus({.cores = 8, .threads = 2}).with(bitmap, mask);
}

std::string masked(const std::string& mask) {
    return "[sysctl]\n\"net.core.flow_limit_cpu_bitmap\" = " + mask + "\n";
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
    CHECK(row_at(applied, name, Target::host()).outcome == Outcome::changed);
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
    CHECK(row_at(planned, name, Target::host()).outcome == Outcome::unchanged);
}

TEST_CASE("what is no mask of CPUs is refused where it stands", "[engine][sysctl]") {
    Scene scene(host_of_16_cpus("0000"));
    const Report planned = scene.engine.planned(masked("\"0-7\""));
    CHECK(planned.exit == Exit::refused);
    CHECK(text_of(planned).contains("a mask of CPUs such as"));
}
