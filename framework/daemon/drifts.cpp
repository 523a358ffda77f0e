#include "daemon/drifts.hpp"

#include <fmt/core.h>

namespace nanotune::daemon {

namespace {

constexpr std::size_t most_drifts = 1000;  // a host on which more has drifted is another host
constexpr std::size_t most_tries = 3;
constexpr std::chrono::minutes tries_count_for{10};

std::string author_of(const Changed& changed, const Authors& authors) {
    for (const std::string& file : changed.files) {
        if (const auto found = authors.find(file); found != authors.end()) {
            return found->second;
        }
    }
    return "unknown";
}

HeldPlace place_of(const Row& row) {
    return {row.setting, row.target};
}

}  // namespace

std::string_view name_of(DriftEvent::What what) noexcept {
    switch (what) {
        case DriftEvent::What::drifted:
            return "drifted";
        case DriftEvent::What::mended:
            return "mended";
        case DriftEvent::What::repaired:
            return "repaired";
        case DriftEvent::What::yielded:
            return "yielded";
    }
    return "";
}

void Drifts::mend(const HeldPlace& place, DriftEvent::What what, std::vector<DriftEvent>& events) {
    const auto found = drifts_.find(place);
    if (found == drifts_.end()) {
        return;
    }
    const Drift& drift = found->second;
    events.push_back({.what = what,
                      .place = place,
                      .from = drift.row.got,
                      .to = drift.row.before,
                      .by = what == DriftEvent::What::repaired ? "nanotuned" : "unknown",
                      .is_public = drift.is_public});
    drifts_.erase(found);
}

std::vector<DriftEvent> Drifts::take(const Observation& seen, const Authors& authors,
                                     const HostFile& policies, std::string_view at) {
    std::vector<DriftEvent> events;
    for (const HeldPlace& place : seen.as_applied) {
        yielded_.erase(place);
        mend(place, DriftEvent::What::mended, events);
    }
    for (const HeldPlace& place : seen.absent) {
        drifts_.erase(place);
        yielded_.erase(place);
    }
    if (!seen.held.empty()) {  // a thread that has ended is held no more
        const auto is_no_more = [&seen](const auto& each) {
            return !seen.held.contains(each.first);
        };
        std::erase_if(drifts_, is_no_more);
        std::erase_if(yielded_, is_no_more);
    }
    for (const Changed& changed : seen.changed) {
        const HeldPlace place = place_of(changed.row);
        const auto known = drifts_.find(place);
        const auto left = yielded_.find(place);
        const bool is_known =
            (known != drifts_.end() && known->second.row.got == changed.row.got) ||
            (left != yielded_.end() && left->second == changed.row.got);
        if (is_known || drifts_.size() + yielded_.size() >= most_drifts) {
            continue;
        }
        const bool yields = policies.policy_of(place.setting, changed.policy) == DriftPolicy::yield;
        DriftEvent event{
            .what = yields ? DriftEvent::What::yielded : DriftEvent::What::drifted,
            .place = place,
            .from = known != drifts_.end() ? known->second.row.got : changed.row.before,
            .to = changed.row.got,
            .by = author_of(changed, authors),
            .is_public = changed.is_public};
        if (yields) {
            yielded_[place] = changed.row.got;
        } else {
            drifts_[place] = {.row = changed.row,
                              .by = event.by,
                              .at = std::string(at),
                              .is_public = changed.is_public,
                              .wanted = changed.policy,
                              .may_be_repaired = changed.may_be_repaired,
                              .is_given_up = known != drifts_.end() && known->second.is_given_up};
        }
        events.push_back(std::move(event));
    }
    return events;
}

std::set<HeldPlace> Drifts::left_to_others(const HostFile& policies, bool has_gone) const {
    std::set<HeldPlace> places;
    for (const auto& [place, value] : yielded_) {
        places.insert(place);
    }
    for (const auto& [place, drift] : drifts_) {
        const bool is_put_back =
            drift.may_be_repaired && !drift.is_given_up &&
            policies.policy_of(place.setting, drift.wanted) == DriftPolicy::repair;
        if (!has_gone && !is_put_back) {
            places.insert(place);
        }
    }
    return places;
}

std::vector<HeldPlace> Drifts::to_repair(const HostFile& policies, Clock::time_point now,
                                         std::vector<DriftEvent>& given_up, const IsKept& is_kept) {
    std::vector<HeldPlace> places;
    for (auto& [place, drift] : drifts_) {
        const bool is_wanted =
            policies.policy_of(place.setting, drift.wanted) == DriftPolicy::repair ||
            (is_kept && is_kept(place));
        if (!drift.may_be_repaired || !is_wanted || drift.is_given_up) {
            continue;
        }
        auto& tries = tries_[place];
        std::erase_if(tries, [now](Clock::time_point t) { return now - t > tries_count_for; });
        if (tries.size() < most_tries) {
            tries.push_back(now);
            places.push_back(place);
            continue;
        }
        drift.is_given_up = true;
        given_up.push_back({.what = DriftEvent::What::yielded,
                            .place = place,
                            .from = drift.row.before,
                            .to = drift.row.got,
                            .by = drift.by,
                            .is_public = drift.is_public});
    }
    std::erase_if(tries_, [now](const auto& each) {
        return each.second.empty() || now - each.second.back() > tries_count_for;
    });
    return places;
}

std::vector<DriftEvent> Drifts::repaired(const Report& report) {
    std::vector<DriftEvent> events;
    for (const Row& row : report.rows) {
        if (row.outcome == Outcome::changed || row.outcome == Outcome::unchanged) {
            mend(place_of(row), DriftEvent::What::repaired, events);
        }
    }
    return events;
}

std::vector<Row> Drifts::rows(bool may_inspect) const {
    std::vector<Row> rows;
    for (const auto& [place, drift] : drifts_) {
        Row row = drift.row;
        row.message = fmt::format("by {}, seen at {}", drift.by, drift.at);
        if (!may_inspect && !drift.is_public) {
            row.before = row.wanted = row.got = "";
            row.origin = {};
        }
        rows.push_back(std::move(row));
    }
    return rows;
}

std::string log_text_of(const DriftEvent& event) {
    return fmt::format("{} on {} has {}{}, by {}", event.place.setting, event.place.target.text(),
                       name_of(event.what),
                       event.is_public ? fmt::format(": {} -> {}", event.from, event.to) : "",
                       event.by);
}

}  // namespace nanotune::daemon
