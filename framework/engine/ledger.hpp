// The journal's records folded into what nanotune holds on this host: the applies that can be
// undone, what each found before it, and what was going on when the last process died.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/applied.hpp"
#include "model/shared_value.hpp"

namespace nanotune {

/// What a key is called now, and what its values are under that name.
struct Renamed {
    std::string setting;
    std::function<Value(const Value&)> value;
};
struct Renaming {
    /// Of a setting with the other name and a value that it was recorded with; nothing where it
    /// keeps its name and that is how its values are spelled.
    std::function<std::optional<Renamed>(const std::string& setting, const std::string& also,
                                         const Value& recorded)>
        of;
    /// Whether it keeps its name and, where some were recorded as texts, its values, too, so that
    /// `of` need not be asked.
    std::function<bool(const std::string& setting, const std::string& also, bool has_texts)> stays;
};

/// What the device of a record is to be known by now, and the key that follows from it; nothing
/// where both stay.
struct Followed {
    Key key;
    Bearer bearer;
};
struct Following {
    std::function<std::optional<Followed>(const Key&, const Bearer&)> of;
    /// Whether all that was recorded of this known device stays, so that `of` need not be asked.
    std::function<bool(const Bearer&)> stays;
};

/// Whether a device, as it was recorded, is no more and never comes back.
using IsRemoved = std::function<bool(const DeviceIdentity&)>;
/// What never comes back, so that undoing needs nothing of it; empty for who knows of none.
struct Ended {
    /// Of a target that was there once: a thread of a process that has ended.
    std::function<bool(const Target&)> target = {};
    /// What a profile holds of it stays recorded, as whoever verifies that is to be told.
    IsRemoved device = {};
};

/// A value. Built by folding records, in order.
class Ledger {
  public:
    static Ledger of(std::vector<record::Record> records);

    void take(record::Record&& record);
    /// So many intents are about to be taken, perhaps with the beginning of what they belong to.
    void make_room(std::size_t intents);
    /// One object has one key, whatever it was called when it was recorded.
    void rename(const Renaming& renaming);
    /// One device has one name, whatever it was called when something of it was recorded.
    void follow(const Following& following);
    /// Each apply that something is known of, and what is open.
    void for_each(const std::function<void(const Applied&)>& look) const;

    /// Oldest first, remnants among them.
    [[nodiscard]] const std::vector<Shared<Applied>>& applied() const { return applied_; }
    /// What each apply touched, but for one that touched the same as the apply before: who switches
    /// between two profiles does so over and over.
    [[nodiscard]] std::vector<const Touched*> each_touched() const;
    /// How many applies can be undone.
    [[nodiscard]] std::size_t applies() const;
    /// What `rollback` undoes: the last apply, failed or not, and what came after it; with `force`
    /// what the last rollback left, if it left something. 0 where there is nothing.
    [[nodiscard]] std::uint64_t last(bool force) const;
    /// What rollbacks left, as somebody else set it or with a device that was away.
    [[nodiscard]] std::vector<Touched> left() const;
    /// Whether a rollback after the active profile left something with a device that was away.
    [[nodiscard]] bool has_left_away() const;
    /// The profile in force, or nullptr.
    [[nodiscard]] const Applied* active() const;
    /// Records that fold into what is in force, without what was before it.
    [[nodiscard]] std::vector<record::Record> active_records() const;
    /// Nothing is held, under way or lost: what was recorded matters no more.
    [[nodiscard]] bool is_blank() const { return applied_.empty() && lost_.empty() && !open_; }
    /// The transaction that has no end, or nullptr. Its kind is "apply", "rollback" or "repair".
    [[nodiscard]] const Applied* open() const { return open_ ? &*open_ : nullptr; }
    [[nodiscard]] const std::string& open_kind() const { return open_kind_; }
    /// The oldest apply that taking back, or finishing, what is open undoes: an open apply itself,
    /// or of an open repair that alone.
    [[nodiscard]] std::uint64_t open_undoes() const {
        return open_ && open_kind_ == "apply" ? open_->id : open_undoes_;
    }
    [[nodiscard]] std::uint64_t last_id() const { return last_id_; }
    /// What could not be read, and is not known therefore. Only a forced rollback to the baseline
    /// forgets it.
    [[nodiscard]] const std::vector<record::Lost>& lost() const { return lost_; }
    /// Whether a rollback of the applies from `oldest` on, 0 for all, may be short of something.
    [[nodiscard]] bool has_lost_since(std::uint64_t oldest) const;
    /// Above every number of this journal, and at least the milliseconds since the epoch, so that
    /// it is above those of one that was lost or cut back since: a guard knows its transaction by
    /// it.
    [[nodiscard]] std::uint64_t next_id(std::chrono::system_clock::time_point now) const;

    /// What undoing every apply from `oldest` on restores: for each key the value before the first
    /// of them that touched it, with what it holds now as `got`. In the order in which they were
    /// touched.
    [[nodiscard]] std::vector<Touched> undoing_from(std::uint64_t oldest) const;
    /// The same of one key, for every apply; nothing where none touched it.
    [[nodiscard]] std::optional<Touched> undoing(const Key& key) const;
    /// The value that this restores, or nullptr.
    [[nodiscard]] const Value* baseline_of(const Key& key) const;

    /// Records that fold into this ledger, but for what has ended: applies that one rollback undoes
    /// together are one, and the oldest are merged down to `most`.
    [[nodiscard]] std::vector<record::Record> compacted(std::size_t most,
                                                        const Ended& ended = {}) const;
    /// So many records `compacted` gives at least, whatever else has ended.
    [[nodiscard]] std::size_t least_compacted(std::size_t most,
                                              const IsRemoved& is_removed = {}) const;

  private:
    static void fold(const record::Header& /*header*/) {}
    void fold(record::Begin&& begin);
    void fold(record::Intent&& intent);
    void fold(record::Held&& held);
    void fold(record::Left&& left);
    void fold(record::End&& ended);
    void fold(const record::Confirmed& confirmed);
    void fold(record::Lost&& lost);
    void end_rollback(bool is_finished);
    /// Changes each apply that something is known of, and what is open, where that is concerned:
    /// the others stay shared with copies of this ledger.
    template <typename IsConcerned, typename Change>
    void change_each(IsConcerned is_concerned, Change change) {
        for (Shared<Applied>& applied : applied_) {
            if (is_concerned(*applied)) {
                change(applied.own());
            }
        }
        if (open_ && is_concerned(*open_)) {
            change(*open_);
        }
    }
    /// The applies from `oldest` on as one.
    [[nodiscard]] Applied sum_from(std::uint64_t oldest) const;
    /// Of the rollback that ends without being finished, at each apply that it undoes.
    void note_put_back(const Applied& rollback);
    /// Of one that is under way.
    void note_put_back_in(Applied& sum) const;
    /// Those that undoing takes back, oldest first, until one is enough.
    bool undone_until(const std::function<bool(const Applied&)>& is_enough) const;
    void end_repair(Applied& repair);

    std::vector<Shared<Applied>> applied_;  // copies of a ledger are made for every look
    std::vector<record::Lost> lost_;
    std::optional<Applied> open_;
    std::string open_kind_;
    std::uint64_t open_undoes_ = 0;
    std::uint64_t last_id_ = 0;
    std::size_t room_ = 0;  // for the intents of the next transaction
};

}  // namespace nanotune
