// Any bytes as a journal: reading never crashes, what was read is written back to the same bytes,
// and folding it gives a ledger that can be compacted and undone.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "engine/ledger.hpp"
#include "engine/record.hpp"

using namespace nanotune;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const record::Parsed parsed = record::parsed(bytes);
    if (parsed.good_bytes > size || (parsed.damage.empty() != (parsed.good_bytes == size))) {
        std::abort();
    }
    const Ledger ledger = Ledger::of(parsed.records);
    for (const Touched& touched : ledger.undoing_from(0)) {
        const auto one = ledger.undoing(touched.key);
        const Value* const baseline = ledger.baseline_of(touched.key);
        if (!one || one->before != touched.before || one->wanted != touched.wanted ||
            one->got != touched.got || one->is_side_effect != touched.is_side_effect ||
            baseline == nullptr || *baseline != touched.before) {
            std::abort();
        }
    }
    const Ledger small = Ledger::of(ledger.compacted(4));
    if (small.applied().size() > 4) {
        std::abort();
    }
    // Compacting forgets steps, never the baseline.
    const auto whole = Ledger::of(ledger.compacted(100'000)).undoing_from(0);
    const auto kept = small.undoing_from(0);
    if (whole.size() != kept.size()) {
        std::abort();
    }
    for (std::size_t i = 0; i < kept.size(); ++i) {
        if (kept[i].key != whole[i].key || kept[i].before != whole[i].before) {
            std::abort();
        }
    }
    return 0;
}
