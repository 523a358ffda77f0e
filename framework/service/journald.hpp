// systemd's journal, by its own protocol: commands need no library for one datagram.
#pragma once

#include <span>
#include <string_view>

namespace nanotune {

/// Both live until they are sent.
struct JournaldField {
    std::string_view name;  ///< in capitals
    std::string_view text;
};

/// As one record with these fields, as sd_journal_sendv sends it. Where no journald runs nothing
/// happens.
void send_to_journald(std::span<const JournaldField> fields,
                      const char* path = "/run/systemd/journal/socket");

}  // namespace nanotune
