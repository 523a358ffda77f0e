// A run of `prove` applies and rolls back dozens of times, and is one thing that somebody did.
#include <algorithm>
#include <iterator>
#include <map>
#include <span>
#include <string>

#include <fmt/core.h>

#include "history_text.hpp"
#include "text.hpp"

namespace nanotune::cli {

namespace {

bool is_of_proof(const RecordedDeed& deed) {
    return deed.client == "nanotune prove";
}

bool is_same_run(const RecordedDeed& a, const RecordedDeed& b) {
    return is_of_proof(a) && is_of_proof(b) && a.process != 0 && a.process == b.process &&
           a.user == b.user && a.login_user == b.login_user;
}

/// "apply 12 times as wanted, rollback 11 times as wanted and once not restored"
std::string counts_of(std::span<const RecordedDeed> deeds) {
    std::map<std::string, std::map<std::string, std::size_t>> counts;
    for (const RecordedDeed& deed : deeds) {
        ++counts[deed.verb][deed.outcome];
    }
    std::vector<std::string> verbs;
    for (const auto& [verb, outcomes] : counts) {
        std::vector<std::string> parts;
        for (const auto& [outcome, count] : outcomes) {
            parts.push_back(fmt::format(
                "{} {}", count == 1 ? "once" : fmt::format("{} times", count), outcome));
        }
        verbs.push_back(fmt::format("{} {}", verb, joined(parts)));
    }
    return fmt::format("{} records until {}: {}", deeds.size(), deeds.back().at, joined(verbs));
}

RecordedDeed gathered_from(std::span<const RecordedDeed> run) {
    RecordedDeed all = run.front();
    all.verb = "prove";
    all.reason = counts_of(run);
    all.problems.clear();
    all.settings.clear();
    for (const RecordedDeed& deed : run) {
        // What --ablate makes of the profile is gone with the run.
        if (all.profile.contains(ablation_folder)) {
            all.profile = deed.profile;
        }
        all.changed = std::max(all.changed, deed.changed);
        if (all.outcome == "as wanted") {
            all.outcome = deed.outcome;
        }
    }
    return all;
}

}  // namespace

std::vector<RecordedDeed> gathered(const std::vector<RecordedDeed>& deeds) {
    std::vector<RecordedDeed> lines;
    for (auto run = deeds.begin(); run != deeds.end();) {
        const auto end = std::find_if_not(std::next(run), deeds.end(), [&run](const auto& deed) {
            return is_same_run(*run, deed);
        });
        lines.push_back(end - run == 1 ? *run : gathered_from({run, end}));
        run = end;
    }
    return lines;
}

}  // namespace nanotune::cli
