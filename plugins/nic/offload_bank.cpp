#include "offload_bank.hpp"

#include <algorithm>
#include <functional>

#include <nanotune/numbers.hpp>

namespace nanotune::nic {
namespace {

constexpr std::string_view threaded = "napi.threaded";

bool is_of_threads(const Assignment& assignment) {
    return assignment.tunable->name == threaded;
}

/// What is wanted of GRO, where anything is.
const bool* gro_in(std::span<const Assignment> assignments) {
    const auto found = std::ranges::find_if(assignments, [](const Assignment& each) {
        return each.tunable->name == "features.rx-gro";
    });
    return found == assignments.end() ? nullptr : std::get_if<bool>(&found->value);
}

/// The state of GRO where nothing is polled without it: a veth that no XDP program sees to.
std::optional<bool> gro_that_polls(System& system, const std::string& device) {
    if (system.files().exists("/sys/class/net/" + device + "/device")) {
        return std::nullopt;
    }
    const auto own = system.links().link(device);
    if (!own || own->kind != "veth" || !own->xdp.empty()) {
        return std::nullopt;
    }
    const auto features = system.ethtool().features(device);
    const auto gro = features ? features->find("rx-gro") : Features::const_iterator();
    return features && gro != features->end() ? std::optional(gro->second.active) : std::nullopt;
}

/// sysfs may be that of another network namespace, with a device of the same name.
Status is_in_sysfs(System& system, const std::string& device) {
    const auto own = system.links().link(device);
    const auto index = system.files().read("/sys/class/net/" + device + "/ifindex");
    return own && index && leading_number<unsigned>(*index) == own->index
               ? Status()
               : failure(ErrorCode::unsupported,
                         "/sys shows the devices of another network namespace, and " + device +
                             " is not among them");
}

using Ask = std::function<std::vector<Status>(std::span<const Assignment>)>;

/// Asks about those that `is_one` picks, all together.
void ask_some(std::span<const Assignment> assignments, bool is_one, const Ask& ask,
              std::vector<Status>& statuses) {
    std::vector<Assignment> some;
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < assignments.size(); ++i) {
        if (is_of_threads(assignments[i]) == is_one) {
            some.push_back(assignments[i]);
            places.push_back(i);
        }
    }
    if (some.empty()) {
        return;
    }
    std::vector<Status> answers = ask(some);
    for (std::size_t i = 0; i < places.size(); ++i) {
        statuses[places[i]] = std::move(answers[i]);
    }
}

}  // namespace

std::vector<const Tunable*> OffloadBank::tunables() const {
    std::vector<const Tunable*> all = features_.tunables();
    std::ranges::copy(threads_.tunables(), std::back_inserter(all));
    return all;
}

const Bank& OffloadBank::part_of(const Tunable& tunable) const {
    return tunable.name == threaded ? static_cast<const Bank&>(threads_) : features_;
}

std::vector<Result<Reading>> OffloadBank::read(System& system, const Target& target,
                                               std::span<const Tunable* const> wanted) const {
    std::vector<const Tunable*> features;
    std::ranges::copy_if(wanted, std::back_inserter(features),
                         [](const Tunable* tunable) { return tunable->name != threaded; });
    auto of_features = features_.read(system, target, features);
    auto next = of_features.begin();
    std::vector<Result<Reading>> readings;
    readings.reserve(wanted.size());
    for (const Tunable* const tunable : wanted) {
        if (tunable->name != threaded) {
            readings.push_back(std::move(*next++));
            continue;
        }
        if (const Status visible = is_in_sysfs(system, target.name); !visible) {
            readings.emplace_back(std::unexpected(visible.error()));
            continue;
        }
        readings.push_back(std::move(threads_.read(system, target, {&tunable, 1}).front()));
        if (readings.back() && gro_that_polls(system, target.name) == false) {
            readings.back()->note =
                "nothing is polled here while features.gro is off, and the kernel refuses a change";
        }
    }
    return readings;
}

Status OffloadBank::may_thread(System& system, const Target& target,
                               std::span<const Assignment> assignments, bool wanted) const {
    const auto has_gro = gro_that_polls(system, target.name);
    const bool* const gro = gro_in(assignments);
    if (!has_gro || (gro != nullptr ? *gro : *has_gro)) {
        return {};
    }
    if (*has_gro) {  // the last moment to end threads
        return wanted ? failure(ErrorCode::conflict,
                                "it could not be turned off any more once features.gro is off")
                      : Status();
    }
    const auto now = system.files().read("/sys/class/net/" + target.name + "/threaded");
    return now && (*now != "0") == wanted
               ? Status()
               : failure(ErrorCode::unsupported,
                         "nothing is polled on a veth while features.gro is off, and the kernel "
                         "refuses a change");
}

std::vector<Status> OffloadBank::may_hold(System& system, const Target& target,
                                          std::span<const Assignment> assignments) const {
    std::vector<Status> statuses(assignments.size());
    ask_some(
        assignments, false,
        [&](std::span<const Assignment> some) { return features_.may_hold(system, target, some); },
        statuses);
    ask_some(
        assignments, true,
        [&](std::span<const Assignment> some) {
            auto answers = threads_.may_hold(system, target, some);
            for (std::size_t i = 0; i < some.size(); ++i) {
                if (answers[i]) {
                    answers[i] =
                        may_thread(system, target, assignments, std::get<bool>(some[i].value));
                }
            }
            return answers;
        },
        statuses);
    return statuses;
}

std::vector<Status> OffloadBank::write(System& system, const Target& target,
                                       std::span<const Assignment> assignments) const {
    std::vector<Status> statuses(assignments.size());
    const bool* const gro = gro_in(assignments);
    const bool threads_first = gro != nullptr && !*gro;
    for (const bool is_of_threads : {threads_first, !threads_first}) {
        const Bank& part = is_of_threads ? static_cast<const Bank&>(threads_) : features_;
        ask_some(
            assignments, is_of_threads,
            [&](std::span<const Assignment> some) { return part.write(system, target, some); },
            statuses);
    }
    return statuses;
}

Status OffloadBank::may_write(System& system, const Target& target, const Tunable& tunable) const {
    return part_of(tunable).may_write(system, target, tunable);
}

Result<Inquiry> OffloadBank::witness(System& system, const Target& target,
                                     const Tunable& tunable) const {
    return part_of(tunable).witness(system, target, tunable);
}

}  // namespace nanotune::nic
