// Network device attributes that rtnetlink carries.
#include <algorithm>

#include <nanotune/link_bank.hpp>

#include "limits.hpp"

namespace nanotune {
namespace {

Status within(System& system, const Link& link, const LinkRow& row, const Value& value) {
    const auto limit = [&link](std::uint16_t attribute) {
        return attribute == 0 ? 0 : link.number(attribute).value_or(0);
    };
    const std::uint64_t wanted = to_number(row.tunable.domain, value);
    if (const std::uint32_t most = limit(row.maximum); most != 0 && wanted > most) {
        return above(row.tunable.domain, value, most);
    }
    if (const std::uint32_t least = limit(row.minimum); wanted < least) {
        return below(row.tunable.domain, value, least);
    }
    return row.holds == nullptr ? Status()
                                : row.holds(system, link, static_cast<std::uint32_t>(wanted));
}

}  // namespace

std::vector<const Tunable*> LinkBank::tunables() const {
    std::vector<const Tunable*> all;
    all.reserve(rows_.size());
    for (const LinkRow& row : rows_) {
        all.push_back(&row.tunable);
    }
    return all;
}

const LinkRow& LinkBank::row_of(const Tunable& tunable) const {
    return *std::ranges::find_if(rows_,
                                 [&](const LinkRow& row) { return &row.tunable == &tunable; });
}

std::vector<Result<Reading>> LinkBank::read(System& system, const Target& target,
                                            std::span<const Tunable* const> wanted) const {
    std::vector<Result<Reading>> readings;
    readings.reserve(wanted.size());
    const auto link = system.links().link(target.name);
    for (const Tunable* tunable : wanted) {
        readings.push_back([&]() -> Result<Reading> {
            if (!link) {
                return std::unexpected(link.error());
            }
            const auto number = link->number(row_of(*tunable).attribute);
            if (!number) {
                return failure(ErrorCode::unsupported, "the kernel does not report " +
                                                           std::string(tunable->name) + " of " +
                                                           target.name);
            }
            NT_TRY(Value value, from_number(tunable->domain, *number));
            return Reading{.value = std::move(value)};
        }());
    }
    return readings;
}

std::vector<Status> LinkBank::may_hold(System& system, const Target& target,
                                       std::span<const Assignment> assignments) const {
    std::vector<Status> statuses(assignments.size());
    const bool has_limits = std::ranges::any_of(assignments, [this](const Assignment& one) {
        const LinkRow& row = row_of(*one.tunable);
        return row.minimum != 0 || row.maximum != 0;
    });
    if (!has_limits) {
        return statuses;
    }
    const auto link = system.links().link(target.name);
    for (std::size_t i = 0; i < assignments.size(); ++i) {
        statuses[i] =
            link ? within(system, *link, row_of(*assignments[i].tunable), assignments[i].value)
                 : Status(std::unexpected(link.error()));
    }
    return statuses;
}

std::vector<Status> LinkBank::write(System& system, const Target& target,
                                    std::span<const Assignment> assignments) const {
    std::vector<Status> outcomes(assignments.size());
    for (const LinkRow& row : rows_) {
        for (std::size_t i = 0; i < assignments.size(); ++i) {
            if (assignments[i].tunable == &row.tunable) {
                const auto number = to_number(row.tunable.domain, assignments[i].value);
                outcomes[i] = system.links().set(target.name, row.attribute,
                                                 static_cast<std::uint32_t>(number));
            }
        }
    }
    return outcomes;
}

Status LinkBank::may_write(System& system, const Target& target, const Tunable& tunable) const {
    if (system.has(Capability::net_admin)) {
        return {};
    }
    return failure(ErrorCode::denied, std::string(name_of(Capability::net_admin)) +
                                          " is missing, which " + std::string(tunable.name) +
                                          " of " + target.name + " needs");
}

Result<Inquiry> LinkBank::witness(System& /*system*/, const Target& target,
                                  const Tunable& tunable) const {
    Witness witness = tunable.witness;
    witness.command = "ip -details link show dev {}";
    witness.label = witness.label.empty() ? tunable.name : witness.label;
    return inquiry_of(witness, target);
}

}  // namespace nanotune
