// One exchange a call. Only FEATURES_SET needs a second look: the kernel reports success for bits
// that the driver holds fixed.
#include "system/ethtool.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <linux/ethtool_netlink.h>

#include "system/bitset_message.hpp"
#include "system/ethtool_message.hpp"
#include "system/ethtool_operation.hpp"
#include "system/feature_message.hpp"

namespace nanotune {

namespace {

/// Several numbers would not say which is which.
std::string set_operation(std::uint8_t command, const EthtoolNumbers& numbers) {
    return ethtool_operation(
        command, numbers.size() == 1 ? std::to_string(numbers.begin()->second.number) : "");
}

std::string features_operation(const std::map<std::string, bool>& wanted) {
    std::string asked;
    if (wanted.size() == 1) {
        const auto& [name, is_on] = *wanted.begin();
        asked = fmt::format("{} {}", name, is_on ? "on" : "off");
    }
    return ethtool_operation(ETHTOOL_MSG_FEATURES_SET, asked);
}

template <typename T>
Result<T> within(Result<T> result, const std::string& operation) {
    if (!result) {
        return std::unexpected(std::move(result).error().within(operation));
    }
    return result;
}

}  // namespace

Result<std::vector<std::byte>> KernelEthtool::ask(std::uint8_t command, const std::string& device,
                                                  const std::string& operation,
                                                  std::uint32_t flags) {
    NT_CHECK(family_.prepare(command, operation));
    GenericRequest request(family_.number(), command, answered_at_once);
    put_ethtool_header(request, device, flags);
    return reply_to(request, operation);
}

Result<std::vector<std::byte>> KernelEthtool::reply_to(GenericRequest& request,
                                                       const std::string& operation) {
    NT_TRY(Bodies bodies, family_.exchange(request, operation));
    if (bodies.empty()) {
        return failure(ErrorCode::invalid, operation + ": an empty reply");
    }
    return std::move(bodies.front());
}

Result<EthtoolNumbers> KernelEthtool::get(std::uint8_t command, const std::string& device) {
    const std::string operation = ethtool_operation(command);
    NT_TRY(const auto body, ask(command, device, operation));
    return within(ethtool_numbers_of(body), operation);
}

Status KernelEthtool::set(std::uint8_t command, const std::string& device,
                          const EthtoolNumbers& numbers) {
    const std::string operation = set_operation(command, numbers);
    NT_CHECK(family_.prepare(command, operation));
    GenericRequest request(family_.number(), command);
    put_ethtool_header(request, device);
    for (const auto& [attribute, number] : numbers) {
        request.put_number(attribute, number.number, number.width);
    }
    NT_CHECK(family_.exchange(request, operation));
    return {};
}

Result<Features> KernelEthtool::features(const std::string& device) {
    const std::string operation = ethtool_operation(ETHTOOL_MSG_FEATURES_GET);
    NT_CHECK(know_features());
    NT_TRY(const auto body,
           ask(ETHTOOL_MSG_FEATURES_GET, device, operation, ETHTOOL_FLAG_COMPACT_BITSETS));
    return within(features_of(body, feature_names_), operation);
}

Status KernelEthtool::know_features() {
    if (feature_names_) {
        return {};
    }
    const std::string operation = "names of features (STRSET_GET)";
    NT_CHECK(family_.prepare(ETHTOOL_MSG_STRSET_GET, operation));
    GenericRequest request(family_.number(), ETHTOOL_MSG_STRSET_GET, answered_at_once);
    put_feature_names_request(request);
    NT_TRY(const auto body, reply_to(request, operation));
    NT_TRY(FeatureNames names, within(feature_names_of(body), operation));
    feature_names_ = std::make_shared<const FeatureNames>(std::move(names));
    return {};
}

Status KernelEthtool::set_features(const std::string& device,
                                   const std::map<std::string, bool>& wanted) {
    const std::string operation = features_operation(wanted);
    NT_CHECK(family_.prepare(ETHTOOL_MSG_FEATURES_SET, operation));
    GenericRequest request(family_.number(), ETHTOOL_MSG_FEATURES_SET);
    put_ethtool_header(request, device);
    put_bits(request, ETHTOOL_A_FEATURES_WANTED, {wanted.begin(), wanted.end()});
    NT_TRY(const Bodies bodies, family_.exchange(request, operation));
    for (const auto& body : bodies) {
        NT_TRY(const auto names, within(untaken_features_of(body), operation));
        if (!names.empty()) {
            return std::unexpected(untaken(device, wanted, names).within(operation));
        }
    }
    return {};
}

Result<EthtoolBits> KernelEthtool::bits(std::uint8_t command, const std::string& device,
                                        std::uint16_t attribute) {
    const std::string operation = ethtool_operation(command);
    NT_TRY(const auto body, ask(command, device, operation));
    return within(ethtool_bits_of(body, attribute), operation);
}

Status KernelEthtool::set_bits(std::uint8_t command, const std::string& device,
                               std::uint16_t attribute, const EthtoolBits& bits,
                               const EthtoolNumbers& numbers) {
    std::vector<std::string> names;
    for (const auto& [name, is_on] : bits) {
        if (is_on) {
            names.push_back(name);
        }
    }
    const std::string operation = ethtool_operation(
        command, names.empty() ? "none" : fmt::format("{}", fmt::join(names, ",")));
    NT_CHECK(family_.prepare(command, operation));
    GenericRequest request(family_.number(), command);
    put_ethtool_header(request, device);
    put_bits(request, attribute, bits);
    for (const auto& [type, number] : numbers) {
        request.put_number(type, number.number, number.width);
    }
    NT_CHECK(family_.exchange(request, operation));
    return {};
}

Error KernelEthtool::untaken(const std::string& device, const std::map<std::string, bool>& wanted,
                             const std::vector<std::string>& names) {
    const Result<Features> now = features(device);
    Error error{.code = ErrorCode::unsupported, .message = {}, .kernel_errno = 0};
    std::vector<std::string> reasons;
    for (const std::string& name : names) {
        const auto asked = wanted.find(name);
        const std::string_view still = asked != wanted.end() && asked->second ? "off" : "on";
        const auto feature = now ? now->find(name) : Features::const_iterator();
        if (now && feature != now->end() && !feature->second.changeable) {
            reasons.push_back(fmt::format("{} is fixed {}", name, still));
        } else {
            error.code = ErrorCode::refused;
            reasons.push_back(
                fmt::format("{} stays {}: the driver did not take it, or another "
                            "feature stands against it",
                            name, still));
        }
    }
    error.message = fmt::format("{}", fmt::join(reasons, "; "));
    return error;
}

}  // namespace nanotune
