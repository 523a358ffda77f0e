// The ledger as records again: as few as say the same, with the oldest applies merged.
#include <algorithm>

#include "engine/ledger.hpp"

namespace nanotune {

std::vector<record::Record> Ledger::compacted(std::size_t most) const {
    std::vector<Applied> kept = applied_;
    while (kept.size() > std::max<std::size_t>(most, 1)) {
        Applied merged = kept[0];
        std::ranges::for_each(kept[1].touched, [&](const Touched& t) { merged.touch(t); });
        if (kept[1].is_remnant) {
            kept[1] = kept[0];
        }
        // One that was applied whole since stays so.
        kept[1].is_half_undone =
            kept[1].is_half_undone || (kept[0].is_half_undone && kept[1].is_degraded);
        kept[1].touched = std::move(merged.touched);
        kept[1].places = std::move(merged.places);
        kept.erase(kept.begin());
    }
    std::vector<record::Record> records(lost_.begin(), lost_.end());
    for (const Applied& applied : kept) {
        if (applied.is_remnant) {
            records.emplace_back(record::Begin{.id = applied.id,
                                               .kind = "rollback",
                                               .undoes = applied.id,
                                               .profile = applied.profile});
            for (const Touched& left : applied.touched) {
                records.emplace_back(left_record_of(left));
            }
            records.emplace_back(record::End{"finished"});
            continue;
        }
        records.emplace_back(record::Begin{.id = applied.id,
                                           .kind = "apply",
                                           .undoes = applied.continues,
                                           .profile = applied.profile,
                                           .profile_hash = applied.profile_hash,
                                           .started = applied.started,
                                           .confirm_by = applied.confirm_by,
                                           .confirm_by_boot = applied.confirm_by_boot,
                                           .overrides = applied.overrides});
        for (const Touched& touched : applied.touched) {
            records.emplace_back(record::Intent{
                touched.key.setting, touched.key.target, touched.before, touched.wanted,
                touched.is_side_effect, touched.also, touched.bearer.device});
        }
        for (const auto& [key, held] : applied.held) {
            records.emplace_back(record::Held{key.setting, key.target, held.wanted, held.got,
                                              held.origin, held.also, held.bearer.device});
        }
        // A rollback that follows makes it degraded; until then it says what everything came to.
        const bool was_whole =
            applied.is_half_undone && std::ranges::all_of(applied.touched, [](const Touched& t) {
                return t.got.has_value();
            });
        records.emplace_back(record::End{.how = applied.is_failed                   ? "partial"
                                                : applied.is_degraded && !was_whole ? "degraded"
                                                                                    : "committed",
                                         .confirm_by = applied.confirm_by,
                                         .confirm_by_boot = applied.confirm_by_boot,
                                         .guard = applied.guard});
        if (applied.confirm_by != 0 && !applied.is_awaiting) {
            records.emplace_back(record::Confirmed{applied.id});
        }
        if (applied.is_half_undone) {
            records.emplace_back(
                record::Begin{.id = applied.id, .kind = "rollback", .undoes = applied.id});
            records.emplace_back(record::End{"partial"});
        }
    }
    return records;
}

}  // namespace nanotune
