// What the journal says, record by record. journal.md describes the bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <nanotune/error.hpp>
#include <nanotune/target.hpp>
#include <nanotune/value.hpp>

#include "engine/shared_device.hpp"
#include "model/drift_policy.hpp"
#include "system/storage/storage.hpp"

namespace nanotune::record {

/// The journal's first record: for which boot and network namespace the rest holds.
struct Header {
    std::uint64_t version = 1;
    Identity identity;
    /// How many bytes of the file were on the disk when last synced: written in place, after the
    /// sync and before any write to the host. A file that is shorter has lost something.
    std::uint64_t synced = 0;
    friend bool operator==(const Header&, const Header&) = default;
};

/// A transaction starts. Everything up to its End belongs to it.
struct Begin {
    std::uint64_t id = 0;
    std::string kind = {};  ///< "apply", "rollback" or "repair"
    /// Of a rollback: the oldest apply that is undone. Of an apply: the one that it is one with. Of
    /// a repair: itself.
    std::uint64_t undoes = 0;
    std::string profile = {};
    std::string profile_hash = {};
    std::string started = {};      ///< RFC 3339, UTC
    std::uint64_t confirm_by = 0;  ///< seconds since the epoch; 0: no confirmation asked
    /// The same in milliseconds since boot, which is what counts; 0 in older journals.
    std::uint64_t confirm_by_boot = 0;
    std::vector<std::string> overrides = {};  ///< "NAME=VALUE" of --set
    friend bool operator==(const Begin&, const Begin&) = default;
};

/// A write that is about to happen. On the disk before the stage's first write.
struct Intent {
    std::string setting = {};
    Target target = {};
    Value before = {};
    Value wanted = {};
    bool is_side_effect = false;  ///< kept because another change resets it
    std::string also = {};        ///< the setting's full name in another plugin's section
    SharedDevice device = {};     ///< that the target, or the setting, is of, where it is of one
    bool takes_carrier = false;   ///< the device has one before, which this may take for a while
    friend bool operator==(const Intent&, const Intent&) = default;
};

/// What a setting holds at the end of its stage, written by us or found as wanted.
struct Held {
    std::string setting = {};
    Target target = {};
    Value wanted = {};
    Value got = {};
    std::string origin = {};
    std::string also = {};     ///< as Intent's
    SharedDevice device = {};  ///< as Intent's
    std::optional<DriftPolicy> drift = {};
    friend bool operator==(const Held&, const Held&) = default;
};

/// A rollback leaves this as somebody else set it, or for when its device is back. `before` is what
/// it would have restored.
struct Left {
    std::string setting = {};
    Target target = {};
    Value before = {};
    Value wanted = {};
    Value got = {};               ///< what it came to when nanotune set it
    std::string also = {};        ///< as Intent's
    SharedDevice device = {};     ///< as Intent's
    bool is_away = false;         ///< the device was away; nobody has changed it that is known of
    bool is_side_effect = false;  ///< it went with what is left, and comes back with that
    friend bool operator==(const Left&, const Left&) = default;
};

/// The transaction's end. "committed", "degraded" (kept although something failed), "undone"
/// (everything is as before), "partial" (not everything could be restored), "finished" (a rollback
/// is complete).
struct End {
    std::string how = {};
    std::uint64_t confirm_by = 0;       ///< as Begin's, counted from here
    std::uint64_t confirm_by_boot = 0;  ///< as Begin's
    std::string guard = {};             ///< process_mark of who takes it back then
    friend bool operator==(const End&, const End&) = default;
};

/// Part of the journal could not be read: what it held is not known.
struct Lost {
    std::string why = {};
    std::string kept_in = {};  ///< the file as it was found; "" while it is not set aside
    std::uint64_t after = 0;   ///< the last transaction of which something is known
    friend bool operator==(const Lost&, const Lost&) = default;
};

/// The operator keeps the last apply.
struct Confirmed {
    std::uint64_t id = 0;
    friend bool operator==(const Confirmed&, const Confirmed&) = default;
};

using Record = std::variant<Header, Begin, Intent, Held, Left, End, Confirmed, Lost>;

/// One frame: length, checksum, payload.
[[nodiscard]] std::string framed(const Record& record);
/// The same behind other bytes.
void append_framed(std::string& bytes, const Record& record);

/// All whole frames of a journal's bytes.
struct Parsed {
    std::vector<Record> records;
    std::size_t good_bytes = 0;  ///< up to the end of the last whole frame
    std::size_t head_bytes = 0;  ///< the first whole frame's
    std::string damage = {};     ///< why reading stopped before the end; "" when it did not
    bool is_torn_tail =
        false;  ///< the damage is an unfinished last frame: an append that was cut off
};
/// Never fails and never reads past the end, whatever the bytes are. Begins at a whole frame, which
/// `from` is the place of.
[[nodiscard]] Parsed parsed(std::string_view bytes, std::size_t from = 0);

}  // namespace nanotune::record
