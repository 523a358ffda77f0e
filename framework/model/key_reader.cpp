#include "key_reader.hpp"

#include <algorithm>

#include <fmt/format.h>

#include <nanotune/discover.hpp>

#include "value_reader.hpp"

namespace nanotune {

namespace {

/// Whether all that the key stands for is found once a queue.
bool are_of_queues(const KeyMeaning& meaning) {
    return !meaning.settings.empty() &&
           std::ranges::all_of(meaning.settings, [](const SettingRef& setting) {
               const Discovery found_by = setting.bank->discovery();
               return found_by == discover::rx_queues || found_by == discover::tx_queues ||
                      found_by == discover::nic_interrupts;
           });
}

/// Whether another value can be more than this one.
bool is_bound(const ResolvedSetting& setting) {
    return !setting.settings.empty() && setting.value &&
           std::holds_alternative<std::int64_t>(*setting.value);
}

}  // namespace

std::optional<ResolvedSetting> KeyReader::read(const SectionText& text, const SectionKey& key,
                                               const Variables& variables) {
    auto meaning = meaning_of(text, key.key);
    if (!meaning) {
        complain(*key.origin, meaning.error().code, meaning.error().message);
        return std::nullopt;
    }
    if (!text.queues.empty() && !are_of_queues(*meaning)) {
        complain(*key.origin, ErrorCode::invalid,
                 fmt::format("{}.{} is no setting of a queue; it belongs to the whole device",
                             text.plugin->name, key.key));
        return std::nullopt;
    }
    ResolvedSetting setting{.key = key.key,
                            .settings = std::move(meaning->settings),
                            .parameter = meaning->parameter,
                            .value = {},
                            .expression = {},
                            .rows = {},
                            .optional = key.optional,
                            .at_least = key.at_least,
                            .drift = key.drift,
                            .origin = *key.origin};
    check_drift(key, setting.settings);
    full_name_.assign(text.plugin->name).append(1, '.').append(key.key);
    if (!ValueReader(variables, findings_).read(setting, full_name_, *key.value)) {
        return std::nullopt;
    }
    if (setting.at_least && !is_bound(setting)) {
        complain(*key.at_least_origin, ErrorCode::invalid,
                 fmt::format("{}: at_least is for settings that are one whole number; this one "
                             "takes {}",
                             full_name_, expectation(setting.domain())));
        return std::nullopt;
    }
    return setting;
}

Result<KeyMeaning> KeyReader::meaning_of(const SectionText& text, const std::string& key) const {
    if (!text.queues.empty()) {
        if (auto of_queues = catalog_.meaning(*text.plugin, "per_queue." + key)) {
            return of_queues;
        }
    }
    return catalog_.meaning(*text.plugin, key);
}

void KeyReader::check_drift(const SectionKey& key, const std::vector<SettingRef>& settings) {
    const auto unfit = std::ranges::find_if_not(settings, may_be_repaired);
    if (key.drift != DriftPolicy::repair || unfit == settings.end()) {
        return;
    }
    const Tunable& tunable = *unfit->tunable;
    complain(*key.drift_origin, ErrorCode::invalid,
             fmt::format(
                 "{}: drift = \"repair\" is for what disturbs nobody; {}", unfit->full_name(),
                 tunable.check_only ? std::string("this is only looked at")
                 : tunable.impact != Impact::none
                     ? fmt::format("the impact of this is \"{}\"", name_of(tunable.impact))
                     : std::string("what an operator switches or stops of a datapath stays so")));
}

std::vector<ResolvedUnset> KeyReader::read_unset(const SectionText& text) {
    std::vector<ResolvedUnset> unsets;
    const ProfileNode& node = *text.unset;
    const auto* list = node.value ? std::get_if<InputList>(&node.value->content) : nullptr;
    if (list == nullptr) {
        complain(node.origin, ErrorCode::invalid,
                 "unset: a list of keys such as [\"mtu\"] is expected");
        return unsets;
    }
    for (const Input& element : *list) {
        const auto* key = std::get_if<std::string>(&element.content);
        if (key == nullptr) {
            complain(element.origin, ErrorCode::invalid,
                     fmt::format("unset: a key is expected, not {}", element.spelling()));
            continue;
        }
        auto meaning = meaning_of(text, *key);
        if (!meaning) {
            complain(element.origin, meaning.error().code,
                     fmt::format("unset: {}", meaning.error().message));
            continue;
        }
        unsets.push_back({*key, std::move(meaning->settings), meaning->parameter, element.origin});
    }
    return unsets;
}

std::size_t KeyReader::sub_layer_of(const SectionText& text, std::string_view key) {
    const ProfileNode* node = text.layers == nullptr ? nullptr : text.layers->find(key);
    if (node == nullptr) {
        return 0;
    }
    const auto* number = node->value ? std::get_if<std::int64_t>(&node->value->content) : nullptr;
    constexpr std::int64_t limit = 1000;
    if (number == nullptr || *number < 0 || *number > limit) {
        complain(node->origin, ErrorCode::invalid,
                 fmt::format("layers.{}: a whole number from 0 to {} is expected", key, limit));
        return 0;
    }
    return static_cast<std::size_t>(*number);
}

void KeyReader::complain(const Origin& origin, ErrorCode code, std::string message) {
    findings_.push_back({origin, {code, std::move(message)}});
}

}  // namespace nanotune
