#include "service/freeze.hpp"

#include <algorithm>
#include <filesystem>
#include <limits>

#include <fmt/core.h>
#include <unistd.h>

#include <nanotune/host_error.hpp>
#include <nanotune/numbers.hpp>

#include "service/host_config.hpp"
#include "service/time_text.hpp"
#include "system/storage/file_facts.hpp"
#include "system/storage/next_line.hpp"
#include "system/storage/storage.hpp"

namespace nanotune {

namespace {

constexpr std::string_view default_state_folder = "/run/nanotune";
constexpr std::size_t freeze_size_limit = 16384;
constexpr std::string_view freeze_head = "nanotune freeze 1";

/// A line of its own has no ends of lines in it.
std::string one_line(std::string text) {
    std::ranges::replace_if(text, [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
    return text;
}

/// With no sign of UTF-8 cut in two, and an end that says that there is more.
std::string first_bytes(const std::string& text, std::size_t most) {
    constexpr std::string_view more = "...";
    if (text.size() <= most) {
        return text;
    }
    std::size_t end = most - more.size();
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U) {
        --end;
    }
    return text.substr(0, end).append(more);
}

}  // namespace

Status check_freeze_reason(std::string_view reason) {
    return reason.empty() || reason.size() > longest_freeze_reason
               ? failure(ErrorCode::invalid,
                         fmt::format("a freeze needs a reason, of at most {} bytes",
                                     longest_freeze_reason))
               : Status();
}

bool is_default_state_folder(const std::string& state_folder) {
    if (state_folder == default_state_folder) {
        return true;
    }
    std::error_code error;
    const auto same = [&error](std::string_view folder) {
        return std::filesystem::weakly_canonical(std::string(folder) + "/", error);
    };
    // Whatever it is called: the same journal is the same host's.
    return same(state_folder) == same(default_state_folder) && !error;
}

std::string lasting_folder_of(const std::string& state_folder) {
    return is_default_state_folder(state_folder) ? std::string("/var/lib/nanotune")
                                                 : state_folder + "/lasting";
}

Result<std::optional<Frozen>> FreezeFile::read() const {
    const auto text = read_file(path_, freeze_size_limit);
    if (!text) {
        if (text.error().code == ErrorCode::not_found) {
            return std::nullopt;
        }
        return std::unexpected(text.error());
    }
    std::string_view rest = *text;
    const std::string_view first = next_line(rest);
    Frozen frozen;
    frozen.since = next_line(rest);
    frozen.until = next_line(rest);
    frozen.by = next_line(rest);
    frozen.reason = next_line(rest);
    const auto until = time_of(frozen.until);
    if (first != freeze_head || !time_of(frozen.since) || (!frozen.until.empty() && !until)) {
        return failure(
            ErrorCode::damaged,
            fmt::format("{}: not a freeze as nanotune writes it; whether anything may be "
                        "changed is not known: nanotune thaw removes it",
                        path_));
    }
    if (until && *until <= seconds_since_epoch()) {
        return std::nullopt;
    }
    return frozen;
}

Status FreezeFile::write(const Frozen& frozen) const {
    NT_CHECK(make_folder(folder_));
    return replace_file(path_,
                        fmt::format("{}\n{}\n{}\n{}\n{}\n", freeze_head, frozen.since, frozen.until,
                                    one_line(frozen.by), one_line(frozen.reason)));
}

Status FreezeFile::remove() const {
    return remove_file(path_);
}

namespace {

using ReadHostFile = Result<std::optional<HostFile>>;

Result<std::optional<Frozen>> frozen_by(const FreezeFile& freeze, const ReadHostFile& host) {
    NT_TRY(auto frozen, freeze.read());
    if (frozen) {
        return frozen;
    }
    if (!host) {
        return std::unexpected(host.error());
    }
    if (*host && (*host)->mode == HostFile::Mode::observe) {
        return Frozen{.reason =
                          fmt::format("mode = \"observe\" at {}", (*host)->mode_origin.text())};
    }
    return std::nullopt;
}

bool everybody_reads(const std::string& file) {
    constexpr unsigned read = 04;
    constexpr unsigned enter = 01;
    const auto lets_others = [](const std::optional<FileFacts>& facts, unsigned bit) {
        return facts && (facts->mode & bit) != 0;
    };
    const Way way = way_to(file);
    return lets_others(way.end, read) &&
           std::ranges::all_of(way.folders, [&](const FolderOnWay& folder) {
               return lets_others(folder.facts, enter);
           });
}

/// What is wrong with a broken file of the host quotes it.
std::string shown_reason(const Error& error, const std::string& host_file) {
    if (error.code == ErrorCode::invalid && !everybody_reads(host_file)) {
        return fmt::format(
            "{} is broken: who may read it is told where, by each command that would "
            "change something",
            host_file);
    }
    return first_bytes(error.message, longest_freeze_reason);
}

}  // namespace

Result<std::optional<Frozen>> frozen_now(const std::string& lasting_folder,
                                         const std::string& host_file) {
    return frozen_by(FreezeFile(lasting_folder), read_host_file(host_file));
}

HostRules rules_in_force(const std::string& lasting_folder, const std::string& host_file) {
    const auto host = read_host_file(host_file);
    HostRules rules{.frozen = {}, .file = host && *host ? **host : HostFile()};
    if (auto frozen = frozen_by(FreezeFile(lasting_folder), host)) {
        rules.frozen = *std::move(frozen);
    } else if (frozen.error().code != ErrorCode::denied || is_root()) {
        rules.frozen = Frozen{.reason = shown_reason(frozen.error(), host_file)};
    }
    return rules;
}

std::optional<Frozen> freeze_in_force(const std::string& lasting_folder,
                                      const std::string& host_file) {
    return rules_in_force(lasting_folder, host_file).frozen;
}

Status may_write(const std::string& lasting_folder, const std::string& host_file) {
    const auto frozen = frozen_now(lasting_folder, host_file);
    if (!frozen) {
        return failure(frozen.error().code,
                       fmt::format("{}; nothing was touched", frozen.error().message));
    }
    const std::optional<Frozen>& now = *frozen;
    return !now ? Status()
                : failure(error_frozen, fmt::format("this host is frozen: {}; nothing was touched",
                                                    text_of(*now)));
}

std::string text_of(const Frozen& frozen) {
    std::string text = frozen.reason;
    if (!frozen.by.empty()) {
        text +=
            fmt::format(" (by {}, since {}{})", frozen.by, frozen.since,
                        frozen.until.empty() ? ", until it is thawed" : ", until " + frozen.until);
    }
    return text;
}

std::string text_of(const Actor& actor) {
    std::string text = fmt::format("user {}", actor.user);
    if (actor.login_user && *actor.login_user != actor.user) {
        text += fmt::format(", logged in as user {}", *actor.login_user);
    }
    return actor.client.empty() ? text : fmt::format("{}, with {}", text, actor.client);
}

std::optional<std::uint32_t> login_user_of(long process) {
    const auto text = file_head(fmt::format("/proc/{}/loginuid", process), 16);
    const auto user = text ? leading_number<std::uint32_t>(*text) : std::nullopt;
    return user == std::numeric_limits<std::uint32_t>::max() ? std::nullopt : user;
}

Actor own_actor(std::string client) {
    return {
        .user = ::getuid(), .login_user = login_user_of(::getpid()), .client = std::move(client)};
}

}  // namespace nanotune
