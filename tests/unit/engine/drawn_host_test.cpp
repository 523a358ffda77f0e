// Whatever happens to a host, in whatever order: all that nanotune itself wrote is its own, and
// nothing else is.
#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <vector>

#include <fmt/format.h>

#include "recorded.hpp"
#include "support/catch.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

constexpr std::string_view three[] = {"nic.mtu", "nic.txqueuelen", "nic.ring.rx"};

/// A host, what somebody else does to it, and what nanotune does and records of it.
class DrawnHost {
  public:
    explicit DrawnHost(unsigned seed) : draw_(seed) {
        for (const std::string_view setting : three) {
            cells_[setting] = {.value = foreign_++, .is_ours = false, .touches = {}};
        }
    }

    void step() {
        switch (one_of(9)) {
            case 0: {
                Cell& cell = cells_[three[one_of(3)]];
                cell.value = foreign_++;
                cell.is_ours = false;
                break;
            }
            case 1:
                ledger_ = Ledger::of(ledger_.compacted(2 + one_of(6)));
                break;
            case 2:
            case 3:
            case 4:
                apply_some(true);
                break;
            case 5:
                apply_some(false);
                break;
            default:
                roll_back(one_of(3) == 0);
        }
    }

    /// What a rollback of the applies from there on would take for the wrong one's; "" for nothing.
    [[nodiscard]] std::string mistaken() const {
        std::string text;
        for (const Applied& applied : ledger_.applied()) {
            for (const Touched& touched : ledger_.undoing_from(applied.id)) {
                const Cell& cell = cells_.at(touched.key.setting);
                if (is_taken_for_ours(touched, cell.value) != cell.is_ours &&
                    touched.before != Value(cell.value) && !cell.doubtful.contains(cell.value)) {
                    text +=
                        fmt::format("{} from {} on: {} is {}\n", touched.key.setting, applied.id,
                                    cell.value, cell.is_ours ? "nanotune's" : "somebody else's");
                }
            }
        }
        return text;
    }

  private:
    struct Touch {
        std::uint64_t id;
        std::int64_t before;
        bool was_ours;
        bool is_written;  ///< not by an apply that was cut off before
    };
    struct Cell {
        std::int64_t value = 0;
        bool is_ours = false;  ///< nanotune wrote it since somebody else did
        std::vector<Touch> touches;
        /// Values that a rollback that was cut off may have put back, of what had never been set:
        /// no record tells who left them.
        std::set<std::int64_t> doubtful = {};
    };

    void apply_some(bool is_whole) {
        const std::uint64_t id = ++id_;
        std::vector<record::Intent> intents;
        for (auto& [setting, cell] : cells_) {
            const std::int64_t wanted = one_of(6);
            if (one_of(2) == 0 && wanted != cell.value) {
                intents.push_back(intent_for(setting, cell.value, wanted));
                const bool is_written = is_whole || one_of(2) == 0;
                cell.touches.push_back({.id = id,
                                        .before = cell.value,
                                        .was_ours = cell.is_ours,
                                        .is_written = is_written});
                cell.value = is_written ? wanted : cell.value;
                cell.is_ours = cell.is_ours || is_written;
            }
        }
        apply(ledger_, id, intents, 0, is_whole ? "committed" : "partial");
    }

    void roll_back(bool is_finished) {
        const std::vector<Shared<Applied>>& applied = ledger_.applied();
        if (applied.empty()) {
            return;
        }
        const std::size_t at = one_of(static_cast<unsigned>(applied.size()));
        const std::uint64_t oldest = applied[at]->id;
        const std::uint64_t kept = at == 0 ? 0 : applied[at - 1]->id;
        const std::vector<Touched> undone = ledger_.undoing_from(oldest);
        begin_rollback(ledger_, ++id_, oldest);
        for (const Touched& touched : undone) {
            Cell& cell = cells_.at(touched.key.setting);
            const auto first = std::ranges::find_if(cell.touches, [&](const Touch& touch) {
                return touch.id > kept && Value(touch.before) == touched.before;
            });
            REQUIRE(first != cell.touches.end());
            const Touch restored{.id = id_,
                                 .before = first->before,
                                 .was_ours = first->was_ours,
                                 .is_written = first->is_written};
            if (!is_finished && !first->is_written && !first->was_ours) {
                cell.doubtful.insert(first->before);
            }
            if (is_finished) {
                cell.touches.erase(first, cell.touches.end());
            }
            if (!is_taken_for_ours(touched, cell.value)) {
                if (is_finished) {
                    ledger_.take(left_record_of(touched));
                    cell.touches.push_back(restored);
                }
            } else if (is_finished || one_of(2) == 0) {
                const bool is_written = Value(cell.value) != touched.before;
                cell.value = std::get<std::int64_t>(touched.before);
                cell.is_ours = is_finished ? restored.was_ours : cell.is_ours || is_written;
            }
        }
        if (is_finished || one_of(2) == 0) {
            ledger_.take(record::End{is_finished ? "finished" : "partial"});
        } else {  // one that was killed, and whoever comes next goes on
            begin_rollback(ledger_, ++id_, ~std::uint64_t{0});
            ledger_.take(record::End{"finished"});
        }
    }

    unsigned one_of(unsigned count) { return static_cast<unsigned>(draw_() % count); }

    std::mt19937 draw_;
    std::int64_t foreign_ = 1000;
    std::uint64_t id_ = 0;
    Ledger ledger_;
    std::map<std::string_view, Cell> cells_;
};

}  // namespace

TEST_CASE("whatever a host holds of what nanotune wrote is nanotune's", "[ledger]") {
    for (unsigned seed = 0; seed < 500; ++seed) {
        DrawnHost host(seed);
        for (unsigned step = 0; step < 40; ++step) {
            INFO("seed " << seed << ", step " << step);
            host.step();
            REQUIRE(host.mistaken() == "");
        }
    }
}
