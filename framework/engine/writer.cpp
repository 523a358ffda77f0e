#include "engine/writer.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "engine/carriers.hpp"
#include "engine/consent.hpp"
#include "engine/own_name.hpp"
#include "engine/readable.hpp"
#include "engine/target_groups.hpp"

namespace nanotune {
namespace {

/// What the kernel does not move is as good as absent where it may be.
Outcome outcome_of(ErrorCode code, const Desired& desired) {
    switch (code) {
        case ErrorCode::unsupported:
            return Outcome::unsupported;
        case ErrorCode::unmovable:
            return desired.optional ? Outcome::unsupported : Outcome::unmovable;
        case ErrorCode::not_found:
            return Outcome::gone;
        default:
            return Outcome::refused;
    }
}

std::string text_of(const Change& change, const std::optional<Value>& value) {
    return value ? readable(change.desired.setting.tunable->domain, *value) : std::string();
}

}  // namespace

std::vector<Written> Writer::write(std::vector<Change> changes) {
    const std::vector<Turn> turns = turns_of(changes);
    std::vector<Written> written;
    written.reserve(changes.size());
    for (Change& change : changes) {
        written.emplace_back(std::move(change));
    }
    for (const Turn& turn : turns) {
        const bool goes_on = write(turn, written);
        read_back(turn, written);
        if (!goes_on) {
            break;
        }
        if (options_.carriers != nullptr && (!turn.members.empty() || &turn == &turns.back())) {
            options_.carriers->wait();
        }
    }
    for (Written& result : written) {
        // Found at the write only: nobody planned to go without it.
        if (result.outcome == Outcome::unsupported && is_fatal(result)) {
            result.outcome = Outcome::refused;
        }
    }
    return written;
}

Status Writer::prepare(const Turn& turn, const std::vector<Written>& written) const {
    if (options_.carriers == nullptr) {
        return {};
    }
    std::vector<const Change*> changes;
    for (const TargetGroup& group : turn.groups) {
        for (const std::size_t position : group.positions) {
            changes.push_back(&written[position].change);
        }
    }
    options_.carriers->expect(changes);
    return options_.carriers->spare(turn);
}

/// Whether to go on.
bool Writer::write(const Turn& turn, std::vector<Written>& written) {
    const Status spared = prepare(turn, written);
    std::vector<const TargetGroup*> in_conflict;
    for (const TargetGroup& group : turn.groups) {
        const std::string& device =
            written[group.positions.front()].change.desired.candidate->device;
        if (!spared && turn.members.contains(device)) {
            refuse(group, spared.error(), written);
        } else if (write(group, written)) {
            in_conflict.push_back(&group);
            continue;
        }
        if (!goes_on_after(group, written)) {
            return false;
        }
    }
    return write_once_more(std::move(in_conflict), written);
}

bool Writer::goes_on_after(const TargetGroup& group, std::vector<Written>& written) {
    const auto has_failed = [&](std::size_t member) {
        return is_fatal(written[member]) && written[member].outcome != Outcome::not_done;
    };
    if (options_.on_failure == OnFailure::go_on ||
        std::ranges::none_of(group.positions, has_failed)) {
        return true;
    }
    read_wanted(group, written);
    return std::ranges::none_of(group.positions, has_failed);
}

/// What was refused may be as wanted all the same: an offload that another one keeps off is asked
/// for, which is all that its baseline says.
void Writer::read_wanted(const TargetGroup& group, std::vector<Written>& written) {
    std::vector<Place> places;
    for (const std::size_t position : group.positions) {
        const Desired& desired = written[position].change.desired;
        places.push_back({desired.setting, desired.candidate->target});
    }
    const auto readings = survey_.read(places);
    for (std::size_t i = 0; readings && i < places.size(); ++i) {
        Written& result = written[group.positions[i]];
        const Desired& desired = result.change.desired;
        const Result<Reading>& reading = (*readings)[i];
        if (reading &&
            desired.value == (desired.as_requested ? requested_in(*reading) : reading->value)) {
            result.outcome = Outcome::changed;
            result.message.clear();
        }
    }
}

/// As long as one of them is in the way of another. Whether to go on.
bool Writer::write_once_more(std::vector<const TargetGroup*> groups,
                             std::vector<Written>& written) {
    const std::vector<const TargetGroup*> all = groups;
    for (std::size_t before = groups.size() + 1; groups.size() < before;) {
        before = groups.size();
        std::erase_if(groups, [&](const TargetGroup* group) { return !write(*group, written); });
    }
    return std::ranges::all_of(
        all, [&](const TargetGroup* group) { return goes_on_after(*group, written); });
}

void Writer::refuse(const TargetGroup& group, const Error& why, std::vector<Written>& written) {
    for (const std::size_t position : group.positions) {
        written[position].outcome = Outcome::refused;
        written[position].message = why.message;
    }
}

/// Whether it was refused for a conflict.
bool Writer::write(const TargetGroup& group, std::vector<Written>& written) {
    std::vector<Assignment> assignments;
    std::vector<NamedDevice> devices;
    assignments.reserve(group.positions.size());
    devices.reserve(group.positions.size());
    for (const std::size_t member : group.positions) {
        const Desired& desired = written[member].change.desired;
        assignments.push_back({desired.setting.tunable, desired.value});
        devices.push_back(named_device(desired.setting, desired.candidate));
    }
    const auto what = [&] {
        const Desired& first = written[group.positions.front()].change.desired;
        std::string text = nanotune::text_of(first.setting, first.candidate->target);
        return assignments.size() == 1
                   ? text
                   : fmt::format("{} and {} more", text, assignments.size() - 1);
    };
    if (options_.doing) {
        options_.doing(what());
    }
    const auto statuses = survey_.calls().ask(
        what,
        [&](System& system) {
            return write_to_its_own(system, *group.bank, group.target, assignments, devices);
        },
        {.bank = group.bank, .target = group.target});
    bool is_in_conflict = false;
    for (std::size_t i = 0; i < group.positions.size(); ++i) {
        Written& result = written[group.positions[i]];
        if (!statuses) {
            result.outcome = Outcome::refused;
            result.message = statuses.error().message;
        } else if (!(*statuses)[i]) {
            result.outcome = outcome_of((*statuses)[i].error().code, result.change.desired);
            result.message = (*statuses)[i].error().message;
            is_in_conflict = is_in_conflict || (*statuses)[i].error().code == ErrorCode::conflict;
        } else {
            result.outcome = Outcome::changed;
            result.message.clear();
        }
    }
    return is_in_conflict;
}

/// Before links are waited for: what a driver sets anew when its link returns is put right later.
void Writer::read_back(const Turn& turn, std::vector<Written>& written) {
    std::vector<Place> places;
    std::vector<Written*> read;
    places.reserve(written.size());
    read.reserve(written.size());
    for (const TargetGroup& group : turn.groups) {
        for (const std::size_t position : group.positions) {
            Written& result = written[position];
            const Desired& desired = result.change.desired;
            if (result.outcome != Outcome::not_done) {
                places.push_back({desired.setting, desired.candidate->target});
                read.push_back(&result);
            }
        }
    }
    auto readings = survey_.read(places);
    for (std::size_t i = 0; i < read.size(); ++i) {
        judge(*read[i], readings ? std::move((*readings)[i])
                                 : Result<Reading>(std::unexpected(readings.error())));
    }
}

void Writer::judge(Written& written, Result<Reading> reading) const {
    const Desired& desired = written.change.desired;
    if (!reading) {
        if (written.outcome == Outcome::changed) {
            written.outcome = outcome_of(reading.error().code, desired);
            written.message = reading.error().message;
        }
        return;
    }
    if (desired.as_requested) {
        reading->value = requested_in(*reading);
    }
    written.got = reading->value;
    const auto now = [&written] { return text_of(written.change, written.got); };
    if (reading->value == desired.value) {
        written.outcome = reading->pending ? Outcome::pending : Outcome::changed;
        written.message = reading->note;
    } else if (written.outcome != Outcome::changed) {
        // ENOENT may speak of the value: an algorithm that is not loaded.
        written.outcome = written.outcome == Outcome::gone ? Outcome::refused : written.outcome;
        written.message = fmt::format("{}; still {}", written.message, now());
    } else if (reading->value == written.change.before && !written.change.was_rounded) {
        written.outcome = Outcome::refused;
        written.message = fmt::format("the write of {} was accepted and had no effect; still {}",
                                      text_of(written.change, desired.value), now());
    } else {
        written.outcome = options_.strict ? Outcome::refused : Outcome::adjusted;
        written.message =
            fmt::format("the driver made {} of {}{}", now(), text_of(written.change, desired.value),
                        options_.strict ? ", which --strict refuses" : "");
    }
}

namespace {

Row row_of(const Change& change, Outcome outcome, std::string got, const std::string& message) {
    return {.setting = change.desired.setting.full_name(),
            .target = change.desired.candidate->target,
            .before = text_of(change, change.before),
            .wanted = text_of(change, change.desired.value),
            .got = std::move(got),
            .outcome = outcome,
            .impact = change.desired.setting.tunable->impact,
            .origin = change.desired.origin,
            .message = message,
            .allow = allow_words(*change.desired.setting.tunable, change.desired.candidate)};
}

}  // namespace

Row row_of(const Change& change, Outcome outcome) {
    return row_of(change, outcome, text_of(change, change.before), change.note);
}

Row row_of(const Written& written) {
    return row_of(written.change, written.outcome, text_of(written.change, written.got),
                  written.message);
}

bool has_ended(const Written& written) {
    return written.outcome == Outcome::gone &&
           written.change.desired.setting.plugin->selector == Selector::label;
}

bool is_fatal(const Written& written) {
    const bool is_left_out =
        written.outcome == Outcome::unsupported && written.change.desired.optional;
    return !is_success(written.outcome) && !is_left_out && !has_ended(written);
}

bool has_moved(const Written& written) {
    return written.got && written.change.before && *written.got != *written.change.before;
}

Error reason_of(const Written& written) {
    return {.code = written.outcome == Outcome::unsupported ? ErrorCode::unsupported
                                                            : ErrorCode::refused,
            .message = fmt::format("{}: {}: {}", written.change.desired.origin.text(),
                                   nanotune::text_of(written.change.desired.setting,
                                                     written.change.desired.candidate->target),
                                   written.message)};
}

}  // namespace nanotune
