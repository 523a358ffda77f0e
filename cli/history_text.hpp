// The history's records, as they are shown. The JSON library's exceptions end in it.
#pragma once

#include <optional>
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
    std::string who;  ///< "0", "0 (1000)": the user, and as whom that one logged in
    std::string client;
    std::string outcome;
    std::size_t changed = 0;  ///< settings
    std::string reason;
    std::vector<std::string> problems;
    std::vector<RecordedSetting> settings;
    std::size_t settings_left_out = 0;
};

struct Deeds {
    std::vector<RecordedDeed> deeds;
    std::vector<std::string> lines;  ///< as they are kept
};

/// Errors: damaged, naming the line.
[[nodiscard]] Result<Deeds> history_of(std::string_view lines);
[[nodiscard]] std::string json_of(const Deeds& history);
void print_history(const Screen& screen, const Deeds& history);

}  // namespace nanotune::cli
