#include "flow_rule.hpp"

#include <algorithm>
#include <cstring>
#include <optional>
#include <set>
#include <utility>

#include <linux/ethtool.h>

#include <nanotune/numbers.hpp>
#include <nanotune/words.hpp>

namespace nanotune::nic {
namespace {

using Spec = ethtool_rx_flow_spec;

struct Protocol {
    std::string_view word;
    std::uint32_t type;
};
constexpr Protocol protocols[] = {
    {"tcp4", TCP_V4_FLOW}, {"udp4", UDP_V4_FLOW}, {"sctp4", SCTP_V4_FLOW}};

/// The kernel's structure has its fields in network order; so have these.
std::uint16_t port_of(__be16 field) {
    std::uint8_t bytes[2];
    std::memcpy(bytes, &field, sizeof bytes);
    return static_cast<std::uint16_t>(bytes[0] << 8U | bytes[1]);
}
__be16 field_of(std::uint16_t port) {
    const std::uint8_t bytes[2] = {static_cast<std::uint8_t>(port >> 8U),
                                   static_cast<std::uint8_t>(port & 255U)};
    __be16 field = 0;
    std::memcpy(&field, bytes, sizeof bytes);
    return field;
}

std::string address_of(__be32 field) {
    std::uint8_t bytes[4];
    std::memcpy(bytes, &field, sizeof bytes);
    std::string text;
    for (const std::uint8_t byte : bytes) {
        text += (text.empty() ? "" : ".") + std::to_string(byte);
    }
    return text;
}

std::optional<__be32> address_in(std::string_view text) {
    std::uint8_t bytes[4] = {};
    for (std::size_t i = 0; i < 4; ++i) {
        const auto end = i == 3 ? text.size() : text.find('.');
        const auto byte = end == std::string_view::npos
                              ? std::nullopt
                              : whole_number<std::uint8_t>(text.substr(0, end));
        if (!byte) {
            return std::nullopt;
        }
        bytes[i] = *byte;
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    __be32 field = 0;
    std::memcpy(&field, bytes, sizeof bytes);
    return field;
}

Spec spec_of(const FlowRule& rule) {
    Spec spec{};
    std::memcpy(&spec, rule.data(), std::min(rule.size(), sizeof spec));
    return spec;
}

FlowRule rule_of(const Spec& spec) {
    FlowRule rule(sizeof spec);
    std::memcpy(rule.data(), &spec, sizeof spec);
    return rule;
}

constexpr __be32 whole_address = 0xffffffff;
constexpr __be16 whole_port = 0xffff;

/// The words of a rule; nothing where they could not say all of it.
std::optional<std::string> words_of(const Spec& spec) {
    const auto* const protocol = std::ranges::find(protocols, spec.flow_type, &Protocol::type);
    if (protocol == std::end(protocols)) {
        return std::nullopt;
    }
    const ethtool_tcpip4_spec& header = spec.h_u.tcp_ip4_spec;
    const ethtool_tcpip4_spec& mask = spec.m_u.tcp_ip4_spec;
    std::string text(protocol->word);
    const auto add = [&](std::string_view word, const std::string& value) {
        text += " " + std::string(word) + " " + value;
    };
    if (mask.ip4src == whole_address) {
        add("src-ip", address_of(header.ip4src));
    }
    if (mask.ip4dst == whole_address) {
        add("dst-ip", address_of(header.ip4dst));
    }
    if (mask.psrc == whole_port) {
        add("src-port", std::to_string(port_of(header.psrc)));
    }
    if (mask.pdst == whole_port) {
        add("dst-port", std::to_string(port_of(header.pdst)));
    }
    if (spec.ring_cookie == RX_CLS_FLOW_DISC) {
        text += " drop";
    } else {
        add("queue", std::to_string(spec.ring_cookie));
    }
    add("at", std::to_string(spec.location));
    return text;
}

std::string hexadecimal(const FlowRule& rule) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text = "raw ";
    for (const std::uint8_t byte : rule) {
        text += digits[byte >> 4U];
        text += digits[byte & 15U];
    }
    return text;
}

std::unexpected<Error> not_a_rule(std::string_view text, std::string_view why) {
    return failure(ErrorCode::invalid,
                   "\"" + std::string(text) + "\" is no rule: " + std::string(why));
}

Result<FlowRule> raw_rule_in(std::string_view text, std::string_view digits) {
    FlowRule rule(sizeof(Spec));
    bool is_whole = digits.size() == 2 * rule.size();
    for (std::size_t i = 0; is_whole && i < rule.size(); ++i) {
        const auto byte = whole_number<std::uint8_t>(digits.substr(2 * i, 2), 16);
        is_whole = byte.has_value();
        rule[i] = byte.value_or(0);
    }
    return is_whole ? Result<FlowRule>(std::move(rule))
                    : not_a_rule(text, "raw wants the whole structure in hexadecimal");
}

/// Puts one "WORD VALUE" into the rule. Whether it fits.
bool take(Spec& spec, std::string_view word, std::string_view value) {
    ethtool_tcpip4_spec& header = spec.h_u.tcp_ip4_spec;
    ethtool_tcpip4_spec& mask = spec.m_u.tcp_ip4_spec;
    if (word == "src-ip" || word == "dst-ip") {
        const auto address = address_in(value);
        (word == "src-ip" ? header.ip4src : header.ip4dst) = address.value_or(0);
        (word == "src-ip" ? mask.ip4src : mask.ip4dst) = whole_address;
        return address.has_value();
    }
    if (word == "src-port" || word == "dst-port") {
        const auto port = whole_number<std::uint16_t>(value);
        (word == "src-port" ? header.psrc : header.pdst) = field_of(port.value_or(0));
        (word == "src-port" ? mask.psrc : mask.pdst) = whole_port;
        return port.has_value();
    }
    const auto number = whole_number<std::uint32_t>(value);
    if (word == "queue") {
        spec.ring_cookie = number.value_or(0);
    } else if (word == "at") {
        spec.location = number.value_or(0);
    } else {
        return false;
    }
    return number.has_value();
}

}  // namespace

std::uint32_t location_of(const FlowRule& rule) {
    return spec_of(rule).location;
}

bool sends_to_context(const FlowRule& rule) {
    return (spec_of(rule).flow_type & FLOW_RSS) != 0;
}

std::string text_of(const FlowRule& rule) {
    const auto words = words_of(spec_of(rule));
    if (words) {
        const auto same = flow_rule_in(*words, 0);
        if (same && *same == rule) {
            return *words;
        }
    }
    return hexadecimal(rule);
}

Result<FlowRule> flow_rule_in(std::string_view text, std::uint32_t place) {
    const auto words = split_words(text);
    if (words.size() == 2 && words[0] == "raw") {
        return raw_rule_in(text, words[1]);
    }
    const auto* const protocol = words.empty()
                                     ? std::end(protocols)
                                     : std::ranges::find(protocols, words.front(), &Protocol::word);
    if (protocol == std::end(protocols)) {
        return not_a_rule(text, "it begins with tcp4, udp4, sctp4 or raw");
    }
    Spec spec{};
    spec.flow_type = protocol->type;
    spec.location = place;
    std::set<std::string_view> said;
    for (std::size_t i = 1; i < words.size(); ++i) {
        if (!said.insert(words[i] == "drop" ? "queue" : words[i]).second) {
            return not_a_rule(text, "it says a word twice, or both queue and drop");
        }
        if (words[i] == "drop") {
            spec.ring_cookie = RX_CLS_FLOW_DISC;
        } else if (i + 1 == words.size() || !take(spec, words[i], words[i + 1])) {
            return not_a_rule(text,
                              "after the protocol come src-ip, dst-ip, src-port, dst-port, "
                              "queue and at with a value each, or drop");
        } else {
            ++i;
        }
    }
    return said.contains("queue") ? Result<FlowRule>(rule_of(spec))
                                  : not_a_rule(text, "it says neither queue nor drop");
}

}  // namespace nanotune::nic
