// The history's records, as they are shown. The JSON library's exceptions end in it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <nanotune/error.hpp>

#include "screen.hpp"

namespace nanotune::cli {

/// A setting of a record.
struct RecordedSetting {
    std::string setting;
    std::string target;
    std::string before;
    std::string got;
    std::string outcome;
};

struct RecordedDeed {
    std::string at;
    std::string verb;
    std::string profile;
    std::uint32_t user = 0;
    std::uint32_t login_user = 0;  ///< as whom that one logged in; the same where nobody knows
    std::string client;
    long process = 0;  ///< that wrote the record, the daemon or a command; 0 in older ones
    std::string outcome;
    std::size_t changed = 0;  ///< settings
    std::string reason;
    std::vector<std::string> problems;
    std::vector<RecordedSetting> settings;
    std::size_t settings_left_out = 0;
};

/// How the folders begin in which `prove --ablate` has profiles for as long as it works.
inline constexpr std::string_view ablation_folder = "/nanotune-prove-";

struct Deeds {
    std::vector<RecordedDeed> deeds;
    std::vector<std::string> lines;  ///< as they are kept
};

/// Errors: damaged, naming the line.
[[nodiscard]] Result<Deeds> history_of(std::string_view lines);
[[nodiscard]] std::string json_of(const Deeds& history);
/// Each run of `prove` as one deed, which says how many there were.
[[nodiscard]] std::vector<RecordedDeed> gathered(const std::vector<RecordedDeed>& deeds);
/// `name_of_user` as in Surroundings.
void print_history(const Screen& screen, const std::vector<RecordedDeed>& deeds,
                   const std::function<std::string(std::uint32_t)>& name_of_user);

}  // namespace nanotune::cli
