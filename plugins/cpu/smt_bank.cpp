#include "smt_bank.hpp"

namespace nanotune::cpu {
namespace {

const Value off{std::string("off")};
const Value forced_off{std::string("forceoff")};
constexpr std::string_view forced = "forced off until the next boot";

bool is_forced_off(const Result<Reading>& reading) {
    return reading && reading->value == forced_off;
}

}  // namespace

std::vector<Result<Reading>> SmtBank::read(System& system, const Target& target,
                                           std::span<const Tunable* const> wanted) const {
    auto readings = FileBank::read(system, target, wanted);
    for (auto& reading : readings) {
        if (is_forced_off(reading)) {
            reading = Reading{.value = off, .note = std::string(forced)};
        }
    }
    return readings;
}

std::vector<Status> SmtBank::may_hold(System& system, const Target& target,
                                      std::span<const Assignment> assignments) const {
    std::vector<Status> statuses;
    for (const auto& [tunable, value] : assignments) {
        const bool is_never =
            value != off &&
            is_forced_off(FileBank::read(system, target, std::span(&tunable, 1)).front());
        statuses.push_back(
            is_never ? failure(ErrorCode::unsupported, "SMT of this host is " + std::string(forced))
                     : Status());
    }
    return statuses;
}

}  // namespace nanotune::cpu
