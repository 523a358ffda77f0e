#include "feature_needs.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

#include <nanotune/domain.hpp>

namespace nanotune::nic {
namespace {

struct Need {
    std::string_view feature;
    std::string_view needs = {};     ///< one of these: "a | b"
    std::string_view excludes = {};  ///< none of these
};

constexpr std::string_view ipv4_checksum = "tx-checksum-ip-generic | tx-checksum-ipv4";
constexpr std::string_view ipv6_checksum = "tx-checksum-ip-generic | tx-checksum-ipv6";

// What every kernel since 6.1 asks for, and no more: newer ones ask for less here and there.
constexpr Need needs[] = {
    {.feature = "tx-tcp-segmentation", .needs = "tx-scatter-gather"},
    {.feature = "tx-tcp-segmentation", .needs = ipv4_checksum},
    {.feature = "tx-tcp6-segmentation", .needs = "tx-scatter-gather"},
    {.feature = "tx-tcp6-segmentation", .needs = ipv6_checksum},
    {.feature = "tx-tcp-mangleid-segmentation", .needs = "tx-scatter-gather"},
    {.feature = "tx-tcp-mangleid-segmentation", .needs = "tx-tcp-segmentation"},
    {.feature = "tx-tcp-ecn-segmentation", .needs = "tx-scatter-gather"},
    {.feature = "tx-tcp-ecn-segmentation", .needs = "tx-tcp-segmentation | tx-tcp6-segmentation"},
    {.feature = "tx-generic-segmentation", .needs = "tx-scatter-gather"},
    {.feature = "rx-gro-hw", .needs = "rx-checksum"},
    {.feature = "rx-gro-hw", .excludes = "rx-fcs"},
    {.feature = "rx-lro", .excludes = "rx-fcs"},
    {.feature = "rx-lro", .excludes = "rx-gro-hw"},
    {.feature = "tls-hw-tx-offload", .needs = ipv4_checksum},
    {.feature = "tls-hw-tx-offload", .needs = ipv6_checksum},
    {.feature = "tls-hw-rx-offload", .needs = "rx-checksum"},
};

/// What the kernel starts from: what is asked for, or fixed.
std::vector<std::string_view> asked_for(const Features& features,
                                        const std::map<std::string, bool>& wanted) {
    std::vector<std::string_view> on;
    for (const auto& [name, feature] : features) {
        if (feature.changeable ? feature.wanted : feature.active) {
            on.push_back(name);
        }
    }
    for (const auto& [name, is_on] : wanted) {
        const auto found = features.find(name);
        if (found == features.end() || !found->second.changeable) {
            continue;
        }
        std::erase(on, found->first);
        if (is_on) {
            on.push_back(found->first);
        }
    }
    return on;
}

std::string lacking(const std::vector<std::string_view>& any_of,
                    const std::map<std::string, bool>& wanted) {
    std::string text;
    bool is_to_be = false;
    for (const std::string_view name : any_of) {
        text += (text.empty() ? "needs " : " or ") + std::string(name);
        is_to_be = is_to_be || wanted.contains(std::string(name));
    }
    return text + (any_of.size() > 1 ? ", which are " : ", which is ") +
           (is_to_be ? "to be off" : "off");
}

}  // namespace

std::map<std::string, std::string> kept_off(const Features& features,
                                            const std::map<std::string, bool>& wanted) {
    auto on = asked_for(features, wanted);
    std::map<std::string, std::string> reasons;
    const auto stands = [&on](std::string_view name) {
        return std::ranges::find(on, name) != on.end();
    };
    bool has_moved = true;
    while (has_moved) {
        has_moved = false;
        for (const auto& [feature, needed, excluding] : needs) {
            const auto any_of = words_of(needed);
            const auto none_of = words_of(excluding);
            const auto excluded_by = std::ranges::find_if(none_of, stands);
            const bool lacks = !any_of.empty() && std::ranges::none_of(any_of, stands);
            if (!stands(feature) || (!lacks && excluded_by == none_of.end())) {
                continue;
            }
            has_moved = true;
            std::erase(on, feature);
            reasons.emplace(feature, lacks ? lacking(any_of, wanted)
                                           : "does not go with " + std::string(*excluded_by));
        }
    }
    std::erase_if(reasons, [&wanted](const auto& reason) {
        const auto said = wanted.find(reason.first);
        return said == wanted.end() || !said->second;
    });
    return reasons;
}

}  // namespace nanotune::nic
