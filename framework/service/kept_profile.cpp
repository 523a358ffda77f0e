#include "service/kept_profile.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "model/sha256.hpp"
#include "system/storage/storage.hpp"

namespace nanotune {

namespace {

constexpr std::string_view head = "nanotune profile 1";
constexpr std::string_view forgotten = "nanotune profile 1: none\n";
constexpr std::size_t facts_limit = std::size_t{256} << 10U;
constexpr std::size_t text_limit = std::size_t{16} << 20U;

std::string_view next_line(std::string_view& text) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    return line;
}

/// A line for each: what it begins with, the sum of the text, the profile's hash, its name, and
/// each NAME=VALUE. A name or value with an end of line in it cannot be kept.
Result<std::string> facts_of(const ResolvedProfile& profile, std::string_view text) {
    std::string facts =
        fmt::format("{}\n{}\n{}\n{}\n", head, sha256(text), profile.hash, profile.name);
    std::size_t lines = 4;
    for (const Override& override : profile.overrides) {
        facts += fmt::format("{}={}\n", override.name, override.value);
        ++lines;
    }
    if (static_cast<std::size_t>(std::ranges::count(facts, '\n')) != lines) {
        return failure(ErrorCode::invalid,
                       "a profile with an end of line in its name or --set is not kept");
    }
    return facts;
}

}  // namespace

ProfileKeeper::ProfileKeeper(const std::string& lasting_folder)
    : folder_(lasting_folder),
      text_file_(lasting_folder + "/profile.toml"),
      facts_file_(lasting_folder + "/profile.facts") {}

bool ProfileKeeper::is_there(std::string_view facts, std::string_view text) const {
    const auto facts_there = read_file(facts_file_, facts_limit);
    if (!facts_there || *facts_there != facts) {
        return false;
    }
    const auto text_there = read_file(text_file_, text_limit);
    return text_there && *text_there == text;
}

Status ProfileKeeper::keep(const ResolvedProfile& profile) const {
    const std::string text = shown(profile);
    NT_TRY(const std::string facts, facts_of(profile, text));
    if (is_there(facts, text)) {
        return {};
    }
    NT_CHECK(make_folder(folder_));
    // Without its facts a text is none, so that a crash between the two keeps nothing rather than
    // another one.
    NT_CHECK(forget());
    NT_CHECK(replace_file(text_file_, text));
    return replace_file(facts_file_, facts);
}

Result<std::optional<KeptProfile>> ProfileKeeper::read() const {
    const auto facts = read_file(facts_file_, facts_limit);
    if (!facts && facts.error().code == ErrorCode::not_found) {
        return std::nullopt;
    }
    NT_CHECK(facts);
    if (*facts == forgotten) {
        return std::nullopt;
    }
    NT_TRY(std::string text, read_file(text_file_, text_limit));
    std::string_view rest = *facts;
    const std::string_view begins = next_line(rest);
    const std::string_view sum = next_line(rest);
    KeptProfile kept{.request = {}, .hash = std::string(next_line(rest)), .text = std::move(text)};
    kept.request.name = next_line(rest);
    while (!rest.empty()) {
        const std::string_view line = next_line(rest);
        const std::size_t equals = std::min(line.find('='), line.size());
        kept.request.overrides.push_back(
            {.name = std::string(line.substr(0, equals)),
             .value = std::string(line.substr(std::min(equals + 1, line.size())))});
    }
    if (begins != head || sha256(kept.text) != sum) {
        return failure(
            ErrorCode::damaged,
            fmt::format("{}: not the profile that was kept there; apply it again", text_file_));
    }
    return kept;
}

Status ProfileKeeper::forget() const {
    const auto there = read_file(facts_file_, facts_limit);
    if (there && *there == forgotten) {
        return {};
    }
    NT_CHECK(make_folder(folder_));
    return replace_file(facts_file_, forgotten);
}

bool ProfileKeeper::has_a_say() const {
    const auto facts = read_file(facts_file_, facts_limit);
    return facts || facts.error().code != ErrorCode::not_found;
}

Checked<ResolvedProfile> resolved(const KeptProfile& kept, const Catalog& catalog) {
    const ProfileSource source = [&kept](std::string_view,
                                         std::string_view) -> Result<ProfileText> {
        return ProfileText{.file = kept.request.name, .text = kept.text};
    };
    NT_TRY(const Profile profile, loaded_profile(kept.request.name, source, {}));
    NT_TRY(ResolvedProfile again, resolved(profile, catalog));
    if (again.hash != kept.hash) {
        return std::unexpected(Problems{
            {.code = ErrorCode::damaged,
             .message = fmt::format("{}: what was kept of it comes to another profile with the "
                                    "plugins of today; apply it again",
                                    kept.request.name)}});
    }
    again.overrides = kept.request.overrides;
    return again;
}

}  // namespace nanotune
