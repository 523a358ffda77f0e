// The document of `prove --json`; docs/json.md describes it.
#include <cmath>

#include "../json_document.hpp"
#include "proof_text.hpp"

namespace nanotune::cli::prove {

namespace {

/// A bound that is not known is no number in JSON.
Json bound(double value) {
    return std::isinf(value) ? Json() : Json(value);
}

Json json_of(const Comparison& one, bool higher_is_better) {
    Json rounds = Json::array();
    for (const auto& [before, after] : one.rounds) {
        rounds.push_back({before, after});
    }
    return {{"figure", one.figure},
            {"before", one.before},
            {"after", one.after},
            {"verdict", !one.is_difference()     ? "no difference"
                        : one.difference.low > 0 ? "higher"
                                                 : "lower"},
            {"effect", name_of(one.effect(higher_is_better))},
            {"difference", one.difference.estimate},
            {"low", bound(one.difference.low)},
            {"high", bound(one.difference.high)},
            {"rounds", std::move(rounds)}};
}

Json json_of(const std::vector<Measured>& measures, bool higher_is_better) {
    Json all = Json::array();
    for (const Measured& measured : measures) {
        Json figures = Json::array();
        for (const Comparison& one : measured.comparisons) {
            figures.push_back(json_of(one, higher_is_better));
        }
        all.push_back({{"measure", measured.name},
                       {"unit", measured.unit},
                       {"samples", measured.samples},
                       {"figures", std::move(figures)}});
    }
    return all;
}

Json settings_of(const Report& report) {
    Json settings = Json::array();
    for (const Row& row : report.rows) {
        settings.push_back({{"setting", row.setting},
                            {"target", row.target.text()},
                            {"before", row.before},
                            {"wanted", row.wanted},
                            {"got", row.got},
                            {"outcome", name_of(row.outcome)}});
    }
    return settings;
}

}  // namespace

std::string json_of(const Proof& proof, const Problems& problems, int exit) {
    Json json = head("prove", false, exit);
    json["at"] = proof.at;
    json["host"] = proof.host;
    json["kernel"] = proof.kernel;
    json["profile"] = proof.profile;
    json["rounds"] = proof.rounds;
    json["seed"] = proof.seed;
    json["confidence"] = proof.confidence;
    json["comparisons"] = proof.comparisons;
    json["higher_is_better"] = proof.higher_is_better;
    const Tally tally = tally_of(proof);
    json["is_difference"] = tally.better + tally.worse > 0;
    json["settings"] = settings_of(proof.applied);
    json["measures"] = json_of(proof.measures, proof.higher_is_better);
    Json left_out = Json::array();
    for (const LeftOut& one : proof.left_out) {
        left_out.push_back({{"part", one.part},
                            {"origin", one.origin},
                            {"measures", json_of(one.measures, proof.higher_is_better)}});
    }
    json["left_out"] = std::move(left_out);
    Json not_tried = Json::array();
    for (const auto& [part, why] : proof.not_tried) {
        not_tried.push_back({{"part", part}, {"why", why}});
    }
    json["not_tried"] = std::move(not_tried);
    json["notes"] = proof.notes;
    json["problems"] = json_problems(problems);
    return document(json);
}

}  // namespace nanotune::cli::prove
