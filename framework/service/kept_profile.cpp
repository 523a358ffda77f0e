#include "service/kept_profile.hpp"

#include <algorithm>
#include <filesystem>
#include <vector>

#include <fmt/format.h>

#include "model/sha256.hpp"
#include "system/storage/next_line.hpp"
#include "system/storage/storage.hpp"

namespace nanotune {

namespace {

constexpr std::string_view head = "# nanotune profile 1";
constexpr std::string_view forgotten = "# nanotune profile 1: none\n";
constexpr std::string_view comment = "# ";
constexpr std::string_view at_hand = "profile-";  // with its hash
constexpr std::string_view ending = ".toml";
/// More than an author may write: written out it is longer, and has what it extends in it.
constexpr std::size_t size_limit = std::size_t{16} << 20U;

/// What the next line says behind its sign; it is taken off.
std::string_view next_fact(std::string_view& text) {
    const std::string_view line = next_line(text);
    return line.substr(std::min(comment.size(), line.size()));
}

/// A line for each: what it begins with, the sum of the text, the profile's hash, its name, and
/// each NAME=VALUE; an empty line, and the text. A name or value with an end of line in it cannot
/// be kept.
Result<std::string> content_of(const ResolvedProfile& profile) {
    const std::string text = shown(profile);
    std::string facts =
        fmt::format("{}\n# {}\n# {}\n# {}\n", head, sha256(text), profile.hash, profile.name);
    std::size_t lines = 4;
    for (const Override& override : profile.overrides) {
        facts += fmt::format("# {}={}\n", override.name, override.value);
        ++lines;
    }
    if (static_cast<std::size_t>(std::ranges::count(facts, '\n')) != lines) {
        return failure(ErrorCode::invalid,
                       "a profile with an end of line in its name or --set is not kept");
    }
    std::string content = facts + "\n" + text;
    if (content.size() > size_limit) {
        return failure(ErrorCode::invalid,
                       fmt::format("a profile of {} bytes is not kept: the limit is {} bytes",
                                   content.size(), size_limit));
    }
    return content;
}

bool is_hash(std::string_view text) {
    return text.size() == 64 &&
           text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

/// Errors: damaged, where text and sum do not belong together.
Result<KeptProfile> kept_in(const std::string_view content, const std::string& file) {
    std::string_view rest = content;
    const std::string_view begins = next_line(rest);
    const std::string_view sum = next_fact(rest);
    KeptProfile kept{.request = {}, .hash = std::string(next_fact(rest)), .text = {}, .file = file};
    kept.request.name = next_fact(rest);
    while (rest.starts_with(comment)) {
        const std::string_view line = next_fact(rest);
        const std::size_t equals = std::min(line.find('='), line.size());
        kept.request.overrides.push_back(
            {.name = std::string(line.substr(0, equals)),
             .value = std::string(line.substr(std::min(equals + 1, line.size())))});
    }
    static_cast<void>(next_line(rest));
    kept.text = rest;
    kept.lines_before = static_cast<std::size_t>(
        std::ranges::count(content.substr(0, content.size() - rest.size()), '\n'));
    if (begins != head || sha256(kept.text) != sum) {
        return failure(
            ErrorCode::damaged,
            fmt::format("{}: not the profile that was kept there; apply it again", file));
    }
    return kept;
}

}  // namespace

ProfileKeeper::ProfileKeeper(const std::string& lasting_folder)
    : folder_(lasting_folder), file_(lasting_folder + "/profile.toml") {}

/// One file, whole or not there: nothing that a crash leaves is half of each of two profiles.
Status ProfileKeeper::replace(std::string_view content) const {
    const auto there = read_file(file_, size_limit);
    if (there && *there == content) {
        return {};
    }
    if (there) {
        set_aside(*there);
    } else {
        NT_CHECK(make_folder(folder_));
    }
    return replace_file(file_, content);
}

std::string ProfileKeeper::place_of(std::string_view hash) const {
    return fmt::format("{}/{}{}{}", folder_, at_hand, hash, ending);
}

/// What boots so far, by another name: a rollback may want it again. Where that cannot be, its file
/// is read again instead.
void ProfileKeeper::set_aside(const std::string& there) const {
    const auto kept =
        there == forgotten ? Result<KeptProfile>(KeptProfile()) : kept_in(there, file_);
    if (kept && is_hash(kept->hash)) {
        std::error_code error;
        std::filesystem::create_hard_link(file_, place_of(kept->hash), error);
    }
}

Status ProfileKeeper::keep(const ResolvedProfile& profile) const {
    NT_TRY(const std::string content, content_of(profile));
    return replace(content);
}

Status ProfileKeeper::keep_at_hand(const ResolvedProfile& profile) const {
    NT_TRY(const std::string content, content_of(profile));
    NT_CHECK(make_folder(folder_));
    return replace_file(place_of(profile.hash), content);
}

Status ProfileKeeper::keep_again(std::string_view hash) const {
    if (!is_hash(hash)) {
        return failure(ErrorCode::not_found, fmt::format("no profile is kept as \"{}\"", hash));
    }
    NT_TRY(const std::string content, read_file(place_of(hash), size_limit));
    NT_TRY(const KeptProfile kept, kept_in(content, place_of(hash)));
    return kept.hash == hash
               ? replace(content)
               : failure(ErrorCode::damaged,
                         fmt::format("{}: not the profile of that name", place_of(hash)));
}

void ProfileKeeper::keep_at_hand_only(const std::set<std::string, std::less<>>& hashes) const {
    std::error_code error;
    std::vector<std::filesystem::path> others;
    for (const auto& entry : std::filesystem::directory_iterator(folder_, error)) {
        const std::string name = entry.path().filename();
        if (!name.starts_with(at_hand) || !name.ends_with(ending)) {
            continue;
        }
        const std::string_view hash = std::string_view(name).substr(
            at_hand.size(), name.size() - at_hand.size() - ending.size());
        if (is_hash(hash) && !hashes.contains(hash)) {
            others.push_back(entry.path());
        }
    }
    for (const std::filesystem::path& other : others) {
        std::filesystem::remove(other, error);
    }
}

Result<std::optional<KeptProfile>> ProfileKeeper::read() const {
    const auto content = read_file(file_, size_limit);
    if (!content && content.error().code == ErrorCode::not_found) {
        return std::nullopt;
    }
    NT_CHECK(content);
    if (*content == forgotten) {
        return std::nullopt;
    }
    return kept_in(*content, file_);
}

Status ProfileKeeper::forget() const {
    return replace(forgotten);
}

bool ProfileKeeper::has_a_say() const {
    const auto content = read_file(file_, size_limit);
    return content || content.error().code != ErrorCode::not_found;
}

Checked<ResolvedProfile> resolved(const KeptProfile& kept, const Catalog& catalog) {
    // Its places are those of the file that is there to be looked at, which says where each line
    // stood at first.
    const ProfileSource source = [&kept](std::string_view,
                                         std::string_view) -> Result<ProfileText> {
        return ProfileText{.file = kept.file,
                           .text = std::string(kept.lines_before, '\n') + kept.text,
                           .most = size_limit};
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
