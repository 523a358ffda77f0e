// The freeze: a file beside what else outlives a boot, which every nanotune looks at before it
// changes the host.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "model/host_file.hpp"
#include "model/requests.hpp"

namespace nanotune {

/// Whether it is /run/nanotune, by whatever name.
[[nodiscard]] bool is_default_state_folder(const std::string& state_folder);
/// Where what outlives a boot is kept, for a state folder, which need not: /var/lib/nanotune for
/// /run/nanotune, a folder in it for any other.
[[nodiscard]] std::string lasting_folder_of(const std::string& state_folder);

/// Bytes of why it is frozen.
inline constexpr std::size_t longest_freeze_reason = 1000;

/// Errors: invalid: there is none, or it is longer.
[[nodiscard]] Status check_freeze_reason(std::string_view reason);

/// One folder's freeze. Reading takes no lock; who writes holds the state folder's.
class FreezeFile {
  public:
    explicit FreezeFile(const std::string& lasting_folder)
        : folder_(lasting_folder), path_(lasting_folder + "/freeze") {}

    /// Nothing where there is none, or its time is over. Errors: denied, io; damaged: then nobody
    /// knows whether anything may be changed.
    [[nodiscard]] Result<std::optional<Frozen>> read() const;
    /// Errors: denied, io.
    [[nodiscard]] Status write(const Frozen& frozen) const;
    [[nodiscard]] Status remove() const;

  private:
    std::string folder_;
    std::string path_;
};

/// What keeps this host from being changed now: a freeze, or the host's file (mode = "observe").
/// Errors: as FreezeFile::read; invalid where the host's file is broken, since then nobody knows.
[[nodiscard]] Result<std::optional<Frozen>> frozen_now(const std::string& lasting_folder,
                                                       const std::string& host_file);
/// For who shows or keeps the state, everybody included: where nobody knows, nothing may be
/// changed, and that is why, in `longest_freeze_reason` at most, and in no words of a file that is
/// not for everybody to read. Nothing where it is only not for this user to read, who is not root.
[[nodiscard]] std::optional<Frozen> freeze_in_force(const std::string& lasting_folder,
                                                    const std::string& host_file);
/// The same, and the host's file, which is read once for both: as by default where there is none or
/// it is broken.
struct HostRules {
    std::optional<Frozen> frozen;
    HostFile file;
};
[[nodiscard]] HostRules rules_in_force(const std::string& lasting_folder,
                                       const std::string& host_file);
/// Errors: frozen: what keeps it; what keeps that from being known.
[[nodiscard]] Status may_write(const std::string& lasting_folder, const std::string& host_file);

/// "trading hours (by user 1000 as root with nanotune freeze, since ..., until ...)".
[[nodiscard]] std::string text_of(const Frozen& frozen);
/// "user 0, logged in as user 1000, with nanotune freeze".
[[nodiscard]] std::string text_of(const Actor& actor);
/// This process's own.
[[nodiscard]] Actor own_actor(std::string client);
/// As whom the process's user logged in; nothing where nobody did, or it has gone.
[[nodiscard]] std::optional<std::uint32_t> login_user_of(long process);

}  // namespace nanotune
