#include "certification_json.hpp"

#include <algorithm>

#include "json_document.hpp"

namespace nanotune::cli {

namespace {

std::string token(std::string_view name) {
    std::string word(name);
    std::ranges::replace(word, ' ', '_');
    return word;
}

Json json_trial(const Trial& trial) {
    return {{"setting", trial.setting},
            {"on", trial.on},
            {"before", trial.before},
            {"tried", trial.tried},
            {"got", trial.got},
            {"outcome", token(name_of(trial.verdict))},
            {"impact", name_of(trial.impact)},
            {"with", trial.with},
            {"witness",
             {{"command", trial.witness},
              {"before", trial.said_before},
              {"in_between", trial.said},
              {"after", trial.said_after}}},
            {"message", trial.message}};
}

}  // namespace

std::string json_of(const Certification& done, std::string_view standing) {
    const bool has_changed = done.count(Verdict::not_restored) > 0;
    Json json = head("certify", has_changed, static_cast<int>(done.exit));
    json["state"] = token(name_of(done.state));
    json["nanotune"] = NANOTUNE_VERSION;
    json["kernel"] = done.kernel;
    json["nic"] = done.nic;
    json["driver"] = done.driver;
    json["management"] = done.management;
    json["standing"] = standing;
    Json counts = {{"supported", done.supported()}, {"succeeded", done.succeeded()}};
    for (int i = 0; i < verdicts; ++i) {
        const auto verdict = static_cast<Verdict>(i);
        counts[token(name_of(verdict))] = done.count(verdict);
    }
    json["counts"] = std::move(counts);
    json["trials"] = Json::array();
    for (const Trial& trial : done.trials) {
        json["trials"].push_back(json_trial(trial));
    }
    json["problems"] = Json::array();
    for (const Error& problem : done.problems) {
        json["problems"].push_back({{"code", name_of(problem.code)},
                                    {"errno", problem.kernel_errno},
                                    {"message", problem.message}});
    }
    json["notes"] = done.notes;
    return document(json);
}

}  // namespace nanotune::cli
