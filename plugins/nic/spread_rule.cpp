// The words are the author's, the table's size is the device's.
#include "spread_rule.hpp"

#include <numeric>
#include <optional>

#include <nanotune/channels.hpp>
#include <nanotune/numbers.hpp>
#include <nanotune/words.hpp>

#include "hash_table.hpp"

namespace nanotune::nic {
namespace {

constexpr std::int64_t most_weights = 4096;
constexpr std::uint64_t heaviest = 65536;  // as many as a table has entries at most

constexpr Tunable keys[] = {
    {.name = "rss.queues",
     .domain = queue_list(),
     .summary = "Queues that share received flows equally; \"0-3\" is what ethtool calls equal 4."},
    {.name = "rss.weights",
     .domain = numbers(1, most_weights),
     .summary = "How much of the flows each of rss.queues gets, in their order."},
};

/// Nothing for a word that is no weight.
std::optional<std::uint64_t> weight_in(std::string_view word) {
    const auto weight = whole_number<std::uint64_t>(word);
    return weight && *weight <= heaviest ? weight : std::nullopt;
}

std::vector<std::uint64_t> weights_in(const Setting& setting) {
    std::vector<std::uint64_t> weights;
    for (const std::string_view word : split_words(std::get<std::string>(setting.value))) {
        weights.push_back(weight_in(word).value_or(0));
    }
    return weights;
}

/// The first word that is no weight; "" for none.
std::string_view misspelt_in(const Setting& setting) {
    for (const std::string_view word : split_words(std::get<std::string>(setting.value))) {
        if (!weight_in(word)) {
            return word;
        }
    }
    return {};
}

/// Queues that receive once the plan is done, and the line that says so.
struct QueuesLeft {
    std::uint64_t count = 0;
    std::optional<Origin> line;
};

QueuesLeft queues_left(System& system, const RuleInput& input) {
    const ChannelsLeft channels = channels_left(system, input);
    return {.count = channels.combined.count + channels.receive.count,
            .line = channels.receive.line ? channels.receive.line : channels.combined.line};
}

CpuSet queues_of(const Setting* given, const std::vector<std::uint64_t>& weights) {
    return given == nullptr ? CpuSet::range(0, static_cast<unsigned>(weights.size()) - 1)
                            : std::get<CpuSet>(given->value);
}

}  // namespace

SpreadRule::SpreadRule(BankPlace place) : Rule(place, packed<keys>) {}

std::vector<Misfit> SpreadRule::misfits(const Settings& said) const {
    const Setting* given = said.find("rss.queues");
    const Setting* weighed = said.find("rss.weights");
    const auto one = [](const Setting& at, std::string message) {
        return std::vector{Misfit{at.origin, {ErrorCode::conflict, std::move(message)}}};
    };
    if (given != nullptr && std::get<CpuSet>(given->value).empty()) {
        return one(*given, "rss.queues is empty; flows need at least one");
    }
    if (weighed == nullptr) {
        return {};
    }
    if (const std::string_view word = misspelt_in(*weighed); !word.empty()) {
        return one(*weighed, "rss.weights: " + std::string(word) + " is no weight from 0 to " +
                                 std::to_string(heaviest));
    }
    const auto weights = weights_in(*weighed);
    const std::size_t queues = queues_of(given, weights).size();
    if (weights.size() != queues) {
        return one(*weighed, "rss.weights has " + std::to_string(weights.size()) +
                                 " numbers for the " + std::to_string(queues) +
                                 " queues of rss.queues (" + given->origin.text() + ")");
    }
    if (std::accumulate(weights.begin(), weights.end(), std::uint64_t{0}) == 0) {
        return one(*weighed, "rss.weights gives no queue anything; one is above 0");
    }
    return {};
}

Wishes SpreadRule::derive(System& system, const RuleInput& input) const {
    const Setting* given = input.settings.find("rss.queues");
    const Setting* weighed = input.settings.find("rss.weights");
    if (given == nullptr && weighed == nullptr) {
        return {};
    }
    if (auto wrong = misfits(input.settings); !wrong.empty()) {
        return std::unexpected(with_places(std::move(wrong)));
    }
    const Origin& origin = given == nullptr ? weighed->origin : given->origin;
    const std::string& device = input.candidate.target.name;
    const auto weights = weighed == nullptr ? std::vector<std::uint64_t>() : weights_in(*weighed);
    const std::vector<unsigned> queues = queues_of(given, weights).members();
    if (const QueuesLeft left = queues_left(system, input);
        left.line && queues.back() >= left.count) {
        return misfit(ErrorCode::conflict, origin,
                      "queue " + std::to_string(queues.back()) + " is none of the " +
                          std::to_string(left.count) + " that " + left.line->text() + " gives " +
                          device);
    }
    const auto hash = system.ethtool().receive_hash(device);
    if (!hash) {
        return misfit(hash.error().code, origin, hash.error().message);
    }
    if (hash->table.empty()) {
        return misfit(ErrorCode::unsupported, origin,
                      "the driver of " + device + " has no table of a receive hash");
    }
    if (hash->queues != 0 && queues.back() >= hash->queues) {
        return misfit(ErrorCode::unsupported, origin,
                      "queue " + std::to_string(queues.back()) + " of " + device +
                          " does not exist; " + std::to_string(hash->queues) + " receive");
    }
    const HashTable table = weighed == nullptr
                                ? dealt_in_turn(queues, hash->table.size())
                                : dealt_by_weight(queues, weights, hash->table.size());
    return std::vector<Wish>{{.target = input.candidate.target,
                              .setting = "rss.table",
                              .value = text_of(table, hash->queues),
                              .origin = origin}};
}

}  // namespace nanotune::nic
