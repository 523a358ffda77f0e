// A compact bitset is 32-bit words in the host's order: what is set, and which bits it speaks of.
// The reply to a change spells its bits by name, since nobody can ask that one to be compact alone.
#include "system/feature_message.hpp"

#include <bitset>
#include <cstring>
#include <limits>

#include <linux/ethtool.h>
#include <linux/ethtool_netlink.h>
#include <linux/genetlink.h>

#include "system/bitset_message.hpp"

namespace nanotune {

namespace {

// More than any kernel has.
constexpr std::size_t most_features = 1024;
constexpr std::size_t usual_features = 64;

Result<Attributes> attributes_in(Bytes body) {
    return Attributes::of(after_header(body, sizeof(genlmsghdr)));
}

class Bitmap {
  public:
    Bitmap() = default;
    explicit Bitmap(const Attribute& attribute) : words_(attribute.payload()) {}

    [[nodiscard]] bool has(std::size_t place) const {
        constexpr std::size_t width = std::numeric_limits<std::uint32_t>::digits;
        std::uint32_t word = 0;
        const std::size_t at = place / width * sizeof word;
        if (at + sizeof word > words_.size()) {
            return false;
        }
        std::memcpy(&word, words_.subspan(at).data(), sizeof word);
        return (word >> (place % width) & 1U) != 0;
    }

  private:
    Bytes words_;
};

/// What is set in the bitset of this type; nothing where there is none.
Result<Bitmap> bitmap_of(const Attributes& message, std::uint16_t type) {
    if (!message.find(type)) {
        return Bitmap();
    }
    NT_TRY(const Attributes bitset, message.nested(type));
    const auto value = bitset.find(ETHTOOL_A_BITSET_VALUE);
    if (!value) {
        return failure(ErrorCode::invalid, "a bitset of the reply is not compact");
    }
    return Bitmap(*value);
}

Status add_names(const Attributes& set, FeatureNames& names) {
    NT_TRY(const Attributes strings, set.nested(ETHTOOL_A_STRINGSET_STRINGS));
    std::bitset<most_features> named;
    names.reserve(usual_features);
    for (const Attribute one : strings) {
        NT_TRY(const Attributes about, Attributes::of(one.payload()));
        const auto place = about.find(ETHTOOL_A_STRING_INDEX);
        const auto name = about.find(ETHTOOL_A_STRING_VALUE);
        const std::uint64_t index = place ? place->number().value_or(most_features) : most_features;
        if (index >= most_features || !name || named.test(index)) {
            return failure(ErrorCode::invalid, "a name of the reply has no place of its own");
        }
        named.set(index);
        // A feature that was given up leaves a bit without a name behind.
        if (const std::string_view text = name->text(); !text.empty()) {
            names.emplace_back(text, index);
        }
    }
    return {};
}

}  // namespace

void put_feature_names_request(GenericRequest& request) {
    request.nest(ETHTOOL_A_STRSET_HEADER, [] {});  // of no device, but the kernel asks for one
    request.nest(ETHTOOL_A_STRSET_STRINGSETS, [&] {
        request.nest(ETHTOOL_A_STRINGSETS_STRINGSET, [&] {
            request.put_number(ETHTOOL_A_STRINGSET_ID, ETH_SS_FEATURES, sizeof(std::uint32_t));
        });
    });
}

Result<FeatureNames> feature_names_of(Bytes body) {
    NT_TRY(const Attributes message, attributes_in(body));
    NT_TRY(const Attributes sets, message.nested(ETHTOOL_A_STRSET_STRINGSETS));
    FeatureNames names;
    for (const Attribute one : sets) {
        NT_TRY(const Attributes set, Attributes::of(one.payload()));
        if (set.number(ETHTOOL_A_STRINGSET_ID, ETH_SS_FEATURES) == ETH_SS_FEATURES) {
            NT_CHECK(add_names(set, names));
        }
    }
    if (names.empty()) {
        return failure(ErrorCode::invalid, "the reply names no feature");
    }
    return names;
}

Result<Features> features_of(Bytes body, const std::shared_ptr<const FeatureNames>& names) {
    NT_TRY(const Attributes message, attributes_in(body));
    NT_TRY(const Bitmap hardware, bitmap_of(message, ETHTOOL_A_FEATURES_HW));
    NT_TRY(const Bitmap wanted, bitmap_of(message, ETHTOOL_A_FEATURES_WANTED));
    NT_TRY(const Bitmap active, bitmap_of(message, ETHTOOL_A_FEATURES_ACTIVE));
    NT_TRY(const Bitmap fixed, bitmap_of(message, ETHTOOL_A_FEATURES_NOCHANGE));
    std::vector<Features::Entry> entries;
    entries.reserve(names->size());
    for (const auto& [name, place] : *names) {
        entries.emplace_back(name, Feature{.changeable = hardware.has(place) && !fixed.has(place),
                                           .wanted = wanted.has(place),
                                           .active = active.has(place)});
    }
    return Features(names, std::move(entries));
}

Result<std::vector<std::string>> untaken_features_of(Bytes body) {
    NT_TRY(const Attributes message, attributes_in(body));
    NT_TRY(const EthtoolBits bits, bits_in(message, ETHTOOL_A_FEATURES_WANTED));
    std::vector<std::string> names;
    for (const auto& [name, is_on] : bits) {
        names.push_back(name);
    }
    return names;
}

}  // namespace nanotune
