// One ethtool netlink message a group: what the driver reports of it, and what it is asked to take.
#include <algorithm>

#include <nanotune/ethtool_bank.hpp>

#include "limits.hpp"

namespace nanotune {

std::vector<const Tunable*> EthtoolBank::tunables() const {
    std::vector<const Tunable*> all;
    all.reserve(rows_.size());
    for (const EthtoolRow& row : rows_) {
        all.push_back(&row.tunable);
    }
    return all;
}

const EthtoolRow& EthtoolBank::row_of(const Tunable& tunable) const {
    return *std::ranges::find_if(rows_,
                                 [&](const EthtoolRow& row) { return &row.tunable == &tunable; });
}

std::vector<Result<Reading>> EthtoolBank::read(System& system, const Target& target,
                                               std::span<const Tunable* const> wanted) const {
    std::vector<Result<Reading>> readings;
    readings.reserve(wanted.size());
    const auto reply = system.ethtool().get(group_.get, target.name);
    for (const Tunable* tunable : wanted) {
        readings.push_back([&]() -> Result<Reading> {
            if (!reply) {
                return std::unexpected(reply.error());
            }
            const auto found = reply->find(row_of(*tunable).attribute);
            if (found == reply->end()) {
                return failure(ErrorCode::unsupported, "the driver of " + target.name +
                                                           " does not have " +
                                                           std::string(tunable->name));
            }
            NT_TRY(Value value, from_number(tunable->domain, found->second.number));
            return Reading{.value = std::move(value)};
        }());
    }
    return readings;
}

std::vector<Status> EthtoolBank::may_hold(System& system, const Target& target,
                                          std::span<const Assignment> assignments) const {
    std::vector<Status> statuses(assignments.size());
    const auto now = system.ethtool().get(group_.get, target.name);
    if (!now) {
        return {assignments.size(), Status(std::unexpected(now.error()))};
    }
    EthtoolNumbers after = *now;
    for (std::size_t i = 0; i < assignments.size(); ++i) {
        const EthtoolRow& row = row_of(*assignments[i].tunable);
        const std::uint64_t wanted = to_number(row.tunable.domain, assignments[i].value);
        const auto most = row.maximum == 0 ? now->end() : now->find(row.maximum);
        if (most != now->end() && wanted > most->second.number) {
            statuses[i] = above(row.tunable.domain, assignments[i].value, most->second.number);
        } else {
            after[row.attribute].number = wanted;
        }
    }
    const Status together =
        group_.together == nullptr ? Status() : group_.together(system, target.name, *now, after);
    for (Status& status : statuses) {
        status = status ? together : status;
    }
    return statuses;
}

Status EthtoolBank::make_way(System& system, const std::string& device,
                             const EthtoolNumbers& numbers) const {
    NT_TRY(EthtoolNumbers after, system.ethtool().get(group_.get, device));
    for (const auto& [attribute, number] : numbers) {
        after[attribute] = number;
    }
    return group_.make_way(system, device, after);
}

Status EthtoolBank::send(System& system, const Target& target,
                         std::span<const Assignment> assignments) const {
    EthtoolNumbers numbers;
    for (const Assignment& assignment : assignments) {
        const EthtoolRow& row = row_of(*assignment.tunable);
        numbers[row.attribute] = {.number = to_number(row.tunable.domain, assignment.value),
                                  .width = row.width};
    }
    if (group_.make_way != nullptr) {
        NT_CHECK(make_way(system, target.name, numbers));
    }
    return system.ethtool().set(group_.set, target.name, numbers);
}

std::vector<Status> EthtoolBank::write(System& system, const Target& target,
                                       std::span<const Assignment> assignments) const {
    std::vector<Status> outcomes(assignments.size(), send(system, target, assignments));
    const bool lacks_one = assignments.size() > 1 && !outcomes.front() &&
                           outcomes.front().error().code == ErrorCode::unsupported;
    for (std::size_t i = 0; lacks_one && i < assignments.size(); ++i) {
        outcomes[i] = send(system, target, assignments.subspan(i, 1));
    }
    return outcomes;
}

Status EthtoolBank::may_write(System& system, const Target& target, const Tunable& tunable) const {
    if (system.has(Capability::net_admin)) {
        return {};
    }
    return failure(ErrorCode::denied, std::string(name_of(Capability::net_admin)) +
                                          " is missing, which " + std::string(tunable.name) +
                                          " of " + target.name + " needs");
}

Result<Inquiry> EthtoolBank::witness(System& /*system*/, const Target& target,
                                     const Tunable& tunable) const {
    Witness witness = group_.witness;
    witness.label = tunable.witness.label;
    witness.spelled = tunable.witness.spelled;
    if (witness.label.empty()) {
        return inquiry_of(tunable.witness, target);
    }
    if (!tunable.witness.heading.empty()) {
        witness.heading = tunable.witness.heading;
    }
    return inquiry_of(witness, target);
}

}  // namespace nanotune
