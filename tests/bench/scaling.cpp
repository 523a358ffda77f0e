// The engine on a fake host with 100, 1,000 and 10,000 settings: what a setting costs must not
// depend on how many there are. Fails when it does.
#include <chrono>
#include <cstdlib>
#include <functional>
#include <string>

#include <fmt/core.h>

#include "support/engine_on.hpp"
#include "support/given.hpp"
#include "support/scratch_folder.hpp"

namespace {

using namespace nanotune;
using test::FakeHost;

/// Ten times as many settings may cost this much more than ten times the time.
constexpr double tolerance = 2.5;

struct Costs {  // microseconds a setting
    double apply = 0;
    double again = 0;
    double verify = 0;
    double rollback = 0;
};

double microseconds_of(const std::function<Report()>& verb, unsigned settings) {
    const auto started = std::chrono::steady_clock::now();
    const Report report = verb();
    const std::chrono::duration<double, std::micro> elapsed =
        std::chrono::steady_clock::now() - started;
    if (report.exit != Exit::as_wanted) {
        fmt::print(stderr, "{} of {} settings: {}\n", report.verb, settings,
                   test::text_of(report).substr(0, 500));
        std::exit(1);
    }
    return elapsed.count() / settings;
}

Costs costs_with(unsigned settings) {
    FakeHost host = test::given::host();
    std::string profile = "[sysctl]\n";
    for (unsigned i = 0; i < settings; ++i) {
        host.with_sysctl(fmt::format("net/ipv4/neigh/d{}/gc_stale_time", i), "60");
        profile += fmt::format("\"net.ipv4.neigh.d{}.gc_stale_time\" = 30\n", i);
    }
    const test::ScratchFolder folder;
    test::EngineOn engine(host, folder.path());
    Costs costs;
    costs.apply = microseconds_of([&] { return engine.apply(profile); }, settings);
    costs.again = microseconds_of([&] { return engine.apply(profile); }, settings);
    costs.verify = microseconds_of([&] { return engine.verify(profile); }, settings);
    costs.rollback = microseconds_of([&] { return engine.rollback_all(); }, settings);
    return costs;
}

bool is_linear(const Costs& few, const Costs& many) {
    const auto holds = [](double a, double b) { return b <= tolerance * a; };
    return holds(few.apply, many.apply) && holds(few.again, many.again) &&
           holds(few.verify, many.verify) && holds(few.rollback, many.rollback);
}

}  // namespace

int main() {
    fmt::print(
        "the engine on a fake host, microseconds a setting\n{:>10}{:>10}{:>10}{:>10}{:>10}\n",
        "settings", "apply", "re-apply", "verify", "rollback");
    Costs thousand;
    Costs costs;
    for (const unsigned settings : {100U, 1'000U, 10'000U}) {
        thousand = costs;
        costs = costs_with(settings);
        fmt::print("{:>10}{:>10.1f}{:>10.1f}{:>10.1f}{:>10.1f}\n", settings, costs.apply,
                   costs.again, costs.verify, costs.rollback);
    }
    if (!is_linear(thousand, costs)) {
        fmt::print("not linear: 10,000 settings cost more than {} times 1,000 of them, each\n",
                   tolerance);
        return 1;
    }
    fmt::print("linear from 1,000 to 10,000\n");
    return 0;
}
