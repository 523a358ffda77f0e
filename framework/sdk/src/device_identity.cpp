// Which of a device's marks stay when others change.

#include <nanotune/device_identity.hpp>
#include <nanotune/words.hpp>

#include "text.hpp"

namespace nanotune {
namespace {

constexpr std::string_view nothing = "-";
constexpr std::string_view burnt_in = "burnt-in";
constexpr std::size_t usual_size = 64;  // of what is encoded

bool are_both_and_equal(std::string_view one, std::string_view other) {
    return !one.empty() && one == other;
}

bool contradict(std::string_view one, std::string_view other) {
    return !one.empty() && !other.empty() && one != other;
}

/// What no rename, and no other driver, changes.
bool contradict_as_hardware(const DeviceIdentity& one, const DeviceIdentity& other) {
    return one.kind != other.kind || contradict(one.bus, other.bus) ||
           (one.is_burnt_in && other.is_burnt_in && one.address != other.address);
}

bool are_same_hardware(const DeviceIdentity& one, const DeviceIdentity& other) {
    if (one.is_burnt_in && other.is_burnt_in) {
        return one.address == other.address;
    }
    // Ports of one function share its place on the bus.
    return are_both_and_equal(one.bus, other.bus) && one.name == other.name;
}

std::string_view word_or_nothing(std::string_view text) {
    return text.empty() ? nothing : text;
}

std::string text_of(std::string_view word) {
    return std::string(word == nothing ? std::string_view() : word);
}

std::optional<unsigned> number_of(std::string_view word) {
    const auto number = decimal(word);
    return number && *number >= 0 && *number <= 0x7fffffff
               ? std::optional(static_cast<unsigned>(*number))
               : std::nullopt;
}

}  // namespace

bool is_same(const DeviceIdentity& one, const DeviceIdentity& other) {
    if (contradict_as_hardware(one, other)) {
        return false;
    }
    if (one.index != other.index) {
        return are_same_hardware(one, other);
    }
    // One mark may have been changed; with all of them another, so is the device.
    return are_same_hardware(one, other) || are_both_and_equal(one.bus, other.bus) ||
           one.name == other.name || are_both_and_equal(one.address, other.address) ||
           (one.lower != 0 && one.lower == other.lower);
}

bool is_moved(const DeviceIdentity& one, const DeviceIdentity& other) {
    if (contradict_as_hardware(one, other)) {
        return false;
    }
    return are_same_hardware(one, other) || are_both_and_equal(one.address, other.address) ||
           (one.index == other.index && one.name == other.name);
}

std::string encoded(const DeviceIdentity& device) {
    std::string text;
    text.reserve(usual_size);
    text = word_or_nothing(device.name);
    const auto add = [&text](std::string_view word) { text.append(1, ' ').append(word); };
    add(std::to_string(device.index));
    add(word_or_nothing(device.kind));
    add(word_or_nothing(device.address));
    add(device.is_burnt_in ? burnt_in : nothing);
    add(std::to_string(device.lower));
    add(word_or_nothing(device.bus));
    return text;
}

std::optional<DeviceIdentity> device_decoded(std::string_view text) {
    constexpr std::size_t fields = 7;
    const auto words = split_words(text);
    if (words.size() < fields) {
        return std::nullopt;
    }
    const auto index = number_of(words[1]);
    const auto lower = number_of(words[5]);
    DeviceIdentity device{.name = text_of(words[0]),
                          .index = index.value_or(0),
                          .kind = text_of(words[2]),
                          .address = text_of(words[3]),
                          .is_burnt_in = words[4] == burnt_in,
                          .bus = text_of(words[6]),
                          .lower = lower.value_or(0)};
    return index && lower && device.is_known() ? std::optional(std::move(device)) : std::nullopt;
}

}  // namespace nanotune
