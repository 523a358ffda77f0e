#include "engine/applied.hpp"

#include <algorithm>
#include <cstring>
#include <initializer_list>
#include <numeric>
#include <utility>
#include <variant>

namespace nanotune {

/// An interrupt's name says nothing of its device, whose name a sysctl of the host has in its own.
unsigned device_in_key(const Target& target, const DeviceIdentity& device) {
    if (!device.is_known()) {
        return 0;
    }
    const bool is_of_host = target.kind == "host";
    const bool begins = target.name.starts_with(device.name);
    const std::size_t end = device.name.size();
    const bool is_named_after = begins && (target.name.size() == end || target.name[end] == '/');
    return is_of_host || is_named_after ? device.index : 0;
}

Key key_of(std::string setting, Target target, const DeviceIdentity& device) {
    const unsigned index = device_in_key(target, device);
    return {std::move(setting), std::move(target), index};
}

namespace {

/// As if the plugin's name and its setting's were one text, with a dot between them.
std::strong_ordering compare(const std::string& full, std::string_view plugin,
                             std::string_view setting) {
    const std::size_t dot = plugin.size();
    const int head = std::memcmp(full.data(), plugin.data(), std::min(full.size(), dot));
    if (head != 0) {
        return head <=> 0;
    }
    if (full.size() <= dot) {
        return std::strong_ordering::less;
    }
    if (full[dot] != '.') {
        return static_cast<unsigned char>(full[dot]) <=> static_cast<unsigned char>('.');
    }
    const std::size_t rest = full.size() - dot - 1;
    const int tail =
        std::memcmp(full.data() + dot + 1, setting.data(), std::min(rest, setting.size()));
    return tail != 0 ? tail <=> 0 : rest <=> setting.size();
}

}  // namespace

std::strong_ordering operator<=>(const Key& key, const KeyView& view) {
    if (const auto setting = compare(key.setting, view.plugin, view.setting); setting != 0) {
        return setting;
    }
    const auto target = key.target <=> view.target;
    return target != 0 ? target : key.device <=> view.device;
}

namespace {

/// An interrupt's number is another one's once it serves another device: what was known of the
/// first says nothing of this.
bool is_of_another(const Touched& earlier, const Touched& later) {
    const DeviceIdentity& had = earlier.bearer.device;
    const DeviceIdentity& has = later.bearer.device;
    return later.key.device == 0 && had.is_known() && has.is_known() && !is_same(had, has);
}

void know(Applied& applied, const Key& key, const std::string& also, const Bearer& bearer,
          std::initializer_list<const Value*> values) {
    const auto same_number =
        std::ranges::equal_range(applied.bearers, bearer.device->index, {},
                                 [](const Bearer& known) { return known.device->index; });
    if (std::ranges::find(same_number, bearer) == same_number.end()) {
        applied.bearers.insert(same_number.end(), bearer);
    }
    RecordedName& name = applied.names[key.setting];
    if (std::ranges::find(name.others, also) == name.others.end()) {
        name.others.push_back(also);
    }
    name.has_texts = name.has_texts || std::ranges::any_of(values, [](const Value* value) {
                         return std::holds_alternative<std::string>(*value);
                     });
}

/// Its last record may have become one of another device.
void forget_unless_borne(Applied& applied, const Bearer& former) {
    const auto is_held_by = [&former](const auto& one) { return one.second.bearer == former; };
    if (std::ranges::find(applied.touched, former, &Touched::bearer) == applied.touched.end() &&
        std::ranges::none_of(applied.held, is_held_by)) {
        std::erase(applied.bearers, former);
    }
}

/// Of a change of which nobody knows whether it was written: what nanotune is known to have left
/// before it. That may be what a change before was to write, or a rollback that was cut off.
std::optional<Value> left_before(const Touched& earlier, const Touched& later) {
    const bool was_ours = later.before != earlier.before &&
                          (later.before == earlier.wanted || earlier.has_put_back(later.before));
    return later.held    ? later.held
           : was_ours    ? std::optional(later.before)
           : earlier.got ? earlier.got
                         : earlier.held;
}

/// Where the key stands, or would.
auto place_of(const Applied& applied, const Key& key) {
    return std::ranges::lower_bound(
        applied.places, key, {},
        [&applied](std::uint32_t at) -> const Key& { return applied.touched[at].key; });
}

}  // namespace

bool Touched::has_put_back(const std::optional<Value>& value) const {
    return value && std::ranges::find(put_back, *value, &PutBack::value) != put_back.end();
}

bool Touched::may_hold_ours() const {
    return got.value_or(wanted) != before || (!got && held && *held != before) ||
           std::ranges::any_of(put_back,
                               [this](const PutBack& one) { return one.value != before; });
}

void Touched::remember_put_back(const PutBack& one) {
    if (std::ranges::find(put_back, one) == put_back.end()) {
        put_back.push_back(one);
    }
}

record::Left left_record_of(const Touched& left) {
    return {.setting = left.key.setting,
            .target = left.key.target,
            .before = left.before,
            .wanted = left.wanted,
            .got = left.got.value_or(left.wanted),
            .also = left.also,
            .device = left.bearer.device,
            .is_away = left.is_away,
            .is_side_effect = left.is_side_effect};
}

record::Intent put_back_record_of(const Touched& touched, const Value& value) {
    return {.setting = touched.key.setting,
            .target = touched.key.target,
            .before = touched.got.value_or(touched.wanted),
            .wanted = value,
            .is_side_effect = touched.is_side_effect,
            .also = touched.also,
            .device = touched.bearer.device};
}

record::Held held_record_of(const Key& key, const HeldValue& held) {
    return {.setting = key.setting,
            .target = key.target,
            .wanted = held.wanted,
            .got = held.got,
            .origin = held.origin,
            .also = held.also,
            .device = held.bearer.device,
            .drift = held.drift};
}

void Applied::touch(Touched&& later) {
    know(*this, later.key, later.also, later.bearer, {&later.before, &later.wanted});
    const auto place = place_of(*this, later.key);
    if (place == places.end() || touched[*place].key != later.key) {
        places.insert(place, static_cast<std::uint32_t>(touched.size()));
        touched.push_back(std::move(later));
        return;
    }
    Touched& earlier = touched[*place];
    if (is_of_another(earlier, later)) {
        const Bearer former = std::move(earlier.bearer);
        earlier = std::move(later);
        forget_unless_borne(*this, former);
        return;
    }
    if (!later.got) {
        earlier.held = left_before(earlier, later);
    }
    earlier.wanted = std::move(later.wanted);
    earlier.got = std::move(later.got);
    earlier.is_side_effect = earlier.is_side_effect && later.is_side_effect;
    earlier.is_away = later.is_away;
    earlier.takes_carrier = earlier.takes_carrier || later.takes_carrier;
    // A rollback of both has put back what was before the earlier one; of the earlier one alone, it
    // is over since.
    std::erase_if(earlier.put_back, [&later](const PutBack& one) {
        return std::ranges::find(later.put_back, one.rollback, &PutBack::rollback) ==
               later.put_back.end();
    });
    for (const PutBack& one : later.put_back) {
        earlier.remember_put_back(one);
    }
}

void Applied::hold(Key key, HeldValue value) {
    know(*this, key, value.also, value.bearer, {&value.wanted, &value.got});
    held.insert_or_assign(std::move(key), std::move(value));
}

void Applied::be_about(Applied&& other) {
    touched = std::move(other.touched);
    places = std::move(other.places);
    held = std::move(other.held);
    bearers = std::move(other.bearers);
    names = std::move(other.names);
}

Touched* Applied::find(const Key& key) {
    return const_cast<Touched*>(std::as_const(*this).find(key));  // NOLINT: of this very object
}

const Touched* Applied::find(const Key& key) const {
    const auto place = place_of(*this, key);
    return place == places.end() || touched[*place].key != key ? nullptr : &touched[*place];
}

void Applied::find_places() {
    places.resize(touched.size());
    std::iota(places.begin(), places.end(), std::uint32_t{0});
    std::ranges::sort(places, {},
                      [this](std::uint32_t at) -> const Key& { return touched[at].key; });
}

}  // namespace nanotune
