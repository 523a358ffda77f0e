#include "requests.hpp"

#include <utility>

#include <fmt/format.h>

#include <nanotune/nearest.hpp>

namespace nanotune {

bool Consent::allows(Impact impact) const noexcept {
    switch (impact) {
        case Impact::none:
        case Impact::needs_reboot:  // never written, so nothing to consent to
            return true;
        case Impact::drops_packets:
            return drops;
        case Impact::bounces_link:
            return bounces;
        case Impact::moves_processes:
            return moves;
        case Impact::disturbs_clock:
            return clock;
    }
    return false;
}

Result<Consent> Consent::from_words(std::string_view words) {
    static const std::vector<std::string> known = {"drops", "bounces",    "moves",
                                                   "clock", "management", "all"};
    Consent consent;
    for (bool has_more = true; has_more;) {
        const std::size_t comma = words.find(',');
        const std::string_view word = words.substr(0, comma);
        has_more = comma != std::string_view::npos;
        words = has_more ? words.substr(comma + 1) : std::string_view();
        const bool all = word == "all";
        const std::pair<std::string_view, bool Consent::*> fields[] = {
            {"drops", &Consent::drops},
            {"bounces", &Consent::bounces},
            {"moves", &Consent::moves},
            {"clock", &Consent::clock},
            {"management", &Consent::management}};
        bool is_known = all;
        for (const auto& [name, field] : fields) {
            if (all || word == name) {
                consent.*field = true;
                is_known = true;
            }
        }
        if (!is_known) {
            return failure(ErrorCode::invalid,
                           fmt::format("--allow {}: expected drops, bounces, moves, clock, "
                                       "management or all{}",
                                       word.empty() ? "\"\"" : word, did_you_mean(word, known)));
        }
    }
    return consent;
}

}  // namespace nanotune
