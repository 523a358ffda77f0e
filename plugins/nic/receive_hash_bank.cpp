// One question and one request for all three.
#include "receive_hash_bank.hpp"

#include <algorithm>
#include <charconv>

#include <linux/ethtool_netlink.h>

#include <nanotune/numbers.hpp>
#include <nanotune/words.hpp>

#include "hash_table.hpp"
#include "permission.hpp"

namespace nanotune::nic {
namespace {

constexpr std::string_view ethtool_command = "ethtool --show-rxfh {}";

/// "4 RX ring(s):", and lines of entries with their place in front: "8:  0  1  2  3".
Result<std::string> table_printed(std::string_view printed) {
    HashTable table;
    std::uint32_t queues = 0;
    for (const std::string_view word : split_words(printed)) {
        const auto number = whole_number<std::uint32_t>(word);
        if (!number) {
            continue;
        }
        if (queues == 0) {
            queues = *number;
        } else {
            table.push_back(*number);
        }
    }
    return table.empty() ? failure(ErrorCode::invalid, "it prints no table")
                         : Result<std::string>(text_of(table, queues));
}

/// "toeplitz: on", "xor: off", a line each.
Result<std::string> function_printed(std::string_view printed) {
    const auto words = split_words(printed);
    for (std::size_t i = 1; i < words.size(); ++i) {
        if (words[i] == "on") {
            return std::string(words[i - 1].substr(0, words[i - 1].find(':')));
        }
    }
    return failure(ErrorCode::invalid, "it prints no function");
}

constexpr Tunable rows[] = {
    {.name = "rss.table",
     .domain =
         with_samples(normal_text(normal_table,
                                  "\"all\" (over all queues in turn), \"blocks\" (a block for each "
                                  "queue), or the queue of each entry: \"0 1 x64\", \"0*96 1*32\""),
                      "blocks | all"),
     .summary = "Queue of each entry of the receive hash's table, as capture prints it; see "
                "rss.queues.",
     .witness = {.command = ethtool_command,
                 .heading = " with ",
                 .until = "RSS hash key:",
                 .spelled = table_printed}},
    {.name = "rss.key",
     .domain = normal_text(normal_key, "the bytes of a key such as \"6d:5a:6d:5a\""),
     .summary = "Secret of the receive hash; one that repeats two bytes hashes both directions of "
                "a flow alike.",
     .witness = {.command = ethtool_command, .label = "RSS hash key:"}},
    {.name = "rss.function",
     .domain = choice("toeplitz | xor | crc32", "1 | 2 | 4"),
     .summary = "Function of the receive hash.",
     .witness = {.command = ethtool_command,
                 .heading = "RSS hash function:",
                 .spelled = function_printed}},
};
constexpr const Tunable& table_row = packed<rows>[0];
constexpr const Tunable& key_row = packed<rows>[1];
constexpr const Tunable& function_row = packed<rows>[2];

using Key = std::vector<std::uint8_t>;

std::string key_text(const Key& key) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const std::uint8_t byte : key) {
        text += text.empty() ? "" : ":";
        text += digits[byte >> 4U];
        text += digits[byte & 15U];
    }
    return text;
}

Result<Key> key_in(std::string_view text) {
    std::string digits;
    std::ranges::copy_if(text, std::back_inserter(digits),
                         [](char c) { return c != ':' && c != ' '; });
    Key key(digits.size() / 2);
    for (std::size_t i = 0; i < key.size(); ++i) {
        const char* const from = digits.data() + (2 * i);
        const auto [end, fault] = std::from_chars(from, from + 2, key[i], 16);
        if (fault != std::errc() || end != from + 2) {
            return failure(ErrorCode::invalid, "a byte is two hexadecimal digits");
        }
    }
    if (key.empty() || digits.size() % 2 != 0) {
        return failure(ErrorCode::invalid, "a byte is two hexadecimal digits");
    }
    return key;
}

Result<Reading> reading(const ReceiveHash& hash, const Tunable& tunable, const Target& nic) {
    if (&tunable == &table_row && !hash.table.empty()) {
        return Reading{.value = text_of(hash.table, hash.queues)};
    }
    if (&tunable == &key_row && !hash.key.empty()) {
        return Reading{.value = key_text(hash.key)};
    }
    if (&tunable == &function_row && hash.function != 0) {
        NT_TRY(Value function, from_number(tunable.domain, hash.function));
        return Reading{.value = std::move(function)};
    }
    return lacks(nic, tunable.name);
}

/// A queue that is not there may come yet: it is gone, as anything is that a value goes by.
Status fits(const HashTable& table, const ReceiveHash& hash, const Target& nic) {
    if (table.empty()) {
        return {};
    }
    if (table.size() != hash.table.size()) {
        return failure(ErrorCode::unsupported, "the table of " + nic.name + " has " +
                                                   std::to_string(hash.table.size()) +
                                                   " entries, not " + std::to_string(table.size()));
    }
    const std::uint32_t last = std::ranges::max(table);
    if (hash.queues != 0 && last >= hash.queues) {
        return failure(ErrorCode::not_found, nic.name + " has no queue " + std::to_string(last) +
                                                 "; " + std::to_string(hash.queues) + " receive");
    }
    return {};
}

Status holds(const Assignment& assignment, const ReceiveHash& hash, const Target& nic) {
    if (assignment.tunable == &function_row) {
        return {};
    }
    const auto& text = std::get<std::string>(assignment.value);
    if (assignment.tunable == &key_row) {
        NT_TRY(const Key key, key_in(text));
        return key.size() == hash.key.size()
                   ? Status()
                   : failure(ErrorCode::unsupported,
                             "the key of " + nic.name + " has " + std::to_string(hash.key.size()) +
                                 " bytes, not " + std::to_string(key.size()));
    }
    NT_TRY(const HashTable table, table_in(text, hash.table.size(), hash.queues));
    NT_CHECK(fits(table, hash, nic));
    if (const std::string read = text_of(table, hash.queues); !table.empty() && read != text) {
        return failure(ErrorCode::unsupported, nic.name + " reads it as \"" + read + "\"");
    }
    return {};
}

}  // namespace

Result<std::string> normal_key(std::string_view text) {
    NT_TRY(const Key key, key_in(text));
    return key_text(key);
}

std::vector<const Tunable*> ReceiveHashBank::tunables() const {
    return {&table_row, &key_row, &function_row};
}

std::vector<Result<Reading>> ReceiveHashBank::read(System& system, const Target& target,
                                                   std::span<const Tunable* const> wanted) const {
    const auto hash = system.ethtool().receive_hash(target.name);
    std::vector<Result<Reading>> readings;
    readings.reserve(wanted.size());
    for (const Tunable* tunable : wanted) {
        readings.push_back(hash ? reading(*hash, *tunable, target)
                                : Result<Reading>(std::unexpected(hash.error())));
    }
    return readings;
}

std::vector<Status> ReceiveHashBank::may_hold(System& system, const Target& target,
                                              std::span<const Assignment> assignments) const {
    const auto hash = system.ethtool().receive_hash(target.name);
    std::vector<Status> statuses;
    statuses.reserve(assignments.size());
    for (const Assignment& assignment : assignments) {
        statuses.push_back(hash ? holds(assignment, *hash, target)
                                : Status(std::unexpected(hash.error())));
    }
    return statuses;
}

std::vector<Status> ReceiveHashBank::write(System& system, const Target& target,
                                           std::span<const Assignment> assignments) const {
    const auto whole = [&]() -> Status {
        NT_TRY(const ReceiveHash now, system.ethtool().receive_hash(target.name));
        ReceiveHashChange change;
        for (const auto& [tunable, value] : assignments) {
            if (tunable == &function_row) {
                change.function = static_cast<std::uint8_t>(to_number(tunable->domain, value));
            } else if (tunable == &key_row) {
                NT_TRY(change.key, key_in(std::get<std::string>(value)));
            } else {
                NT_TRY(change.table,
                       table_in(std::get<std::string>(value), now.table.size(), now.queues));
                NT_CHECK(fits(*change.table, now, target));
            }
        }
        return system.ethtool().set_receive_hash(target.name, change);
    }();
    return {assignments.size(), whole};
}

Status ReceiveHashBank::may_write(System& system, const Target& target,
                                  const Tunable& tunable) const {
    return may_administer(system, target, tunable);
}

Status free_queues(System& system, const std::string& device, const EthtoolNumbers& channels) {
    const auto count = [&](std::uint16_t attribute) {
        const auto found = channels.find(attribute);
        return found == channels.end() ? 0 : found->second.number;
    };
    const std::uint64_t left =
        count(ETHTOOL_A_CHANNELS_COMBINED_COUNT) + count(ETHTOOL_A_CHANNELS_RX_COUNT);
    const auto hash = system.ethtool().receive_hash(device);
    const bool is_in_the_way = hash && !hash->table.empty() &&
                               text_of(hash->table, hash->queues) != all_in_turn &&
                               std::ranges::max(hash->table) >= left;
    return is_in_the_way ? system.ethtool().set_receive_hash(device, {.table = HashTable()})
                         : Status();
}

}  // namespace nanotune::nic
