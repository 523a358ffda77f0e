// What one apply found and did, setting by setting.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/bearer.hpp"
#include "engine/record.hpp"

namespace nanotune {

/// One setting of one kernel object.
struct Key {
    std::string setting;  ///< full name
    Target target;
    /// ifindex of the device that these are named after, as two may have had one name; 0 for none.
    unsigned device = 0;
    friend auto operator<=>(const Key&, const Key&) = default;
};

/// What a key says, for who looks for one: its texts need not be put together.
struct KeyView {
    std::string_view plugin;
    std::string_view setting;  ///< its name there
    const Target& target;
    unsigned device = 0;
    friend std::strong_ordering operator<=>(const Key& key, const KeyView& view);
};
using KeySet = std::set<Key, std::less<>>;
template <typename T>
using ByKey = std::map<Key, T, std::less<>>;

/// What a rollback that was cut off may have put back already: not the value before the first
/// change, where it undid only later ones.
struct PutBack {
    std::uint64_t rollback = 0;  ///< its id
    Value value;
    friend bool operator==(const PutBack&, const PutBack&) = default;
};

/// What an apply found and did to one key.
struct Touched {
    Key key;
    Value before;
    Value wanted;
    std::optional<Value> got;  ///< nothing while the outcome is not known
    bool is_side_effect = false;
    std::string also = {};  ///< the setting's full name in another plugin's section
    Bearer bearer = {};
    bool is_away = false;  ///< a rollback left it for when its device is back
    std::optional<Value> held =
        {};  ///< without `got`: what an earlier change is known to have left
    std::vector<PutBack> put_back = {};  ///< since it was touched last
    bool takes_carrier = false;          ///< as Intent's

    /// Whether that value is among them.
    [[nodiscard]] bool has_put_back(const std::optional<Value>& value) const;
    /// Whether it holds another value of nanotune's than `before`, or may.
    [[nodiscard]] bool may_hold_ours() const;
    void remember_put_back(const PutBack& one);
};

/// How one setting was recorded.
struct RecordedName {
    std::vector<std::string> others;  ///< Touched's and HeldValue's `also`, each once
    bool has_texts = false;           ///< values that are texts
};

/// Key::device of what belongs to the device, or to none.
[[nodiscard]] unsigned device_in_key(const Target& target, const DeviceIdentity& device);
/// The key of what was recorded of a device, or of none.
[[nodiscard]] Key key_of(std::string setting, Target target, const DeviceIdentity& device);
/// What remembers that a rollback left it.
[[nodiscard]] record::Left left_record_of(const Touched& left);
/// What remembers, in a rollback, that this may have been put back.
[[nodiscard]] record::Intent put_back_record_of(const Touched& touched, const Value& value);

struct HeldValue {
    Value wanted;
    Value got;
    std::string origin;
    std::string also = {};                  ///< as Touched's
    Bearer bearer = {};                     ///< as Touched's
    std::optional<DriftPolicy> drift = {};  ///< what the profile says of it
};
[[nodiscard]] record::Held held_record_of(const Key& key, const HeldValue& held);

/// One apply: what it changed, in order, and everything that its profile holds.
struct Applied {
    std::uint64_t id = 0;
    std::uint64_t continues = 0;  ///< the apply that one rollback undoes with it; 0 for none
    std::string profile;
    std::string profile_hash;
    std::vector<std::string> overrides;  ///< "NAME=VALUE" of --set
    std::string started;
    std::uint64_t confirm_by = 0;       ///< seconds since the epoch; 0 for never
    std::uint64_t confirm_by_boot = 0;  ///< milliseconds since boot; 0 in older journals
    std::string guard = {};             ///< process_mark of who takes it back then
    bool is_awaiting = false;           ///< not confirmed yet
    bool is_degraded = false;           ///< kept although something failed
    bool is_failed = false;  ///< failed, and could not be undone completely: not the active profile
    /// Rolled back but for what somebody else had set: `touched` is that, and it is no apply any
    /// more.
    bool is_remnant = false;
    bool is_half_undone = false;  ///< a rollback of it could not restore everything
    std::vector<Touched> touched;
    std::vector<std::uint32_t> places;  ///< in `touched`, by their keys
    ByKey<HeldValue> held;
    // Of all that it touched and holds, each once: few, where keys are many.
    std::vector<Bearer> bearers = {};                          ///< in the order of their numbers
    std::unordered_map<std::string, RecordedName> names = {};  ///< by the setting's full name

    /// Adds it, or keeps the first `before` and learns the rest.
    void touch(Touched&& later);
    void touch(const Touched& later) { touch(Touched(later)); }
    void hold(Key key, HeldValue value);
    /// What it touched and holds is what the other did.
    void be_about(Applied&& other);
    [[nodiscard]] Touched* find(const Key& key);
    [[nodiscard]] const Touched* find(const Key& key) const;
    /// After `touched` was changed by hand.
    void find_places();
};

}  // namespace nanotune
