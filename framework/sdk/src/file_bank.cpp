// One small file a setting: most of what sysfs and procfs offer.
#include <algorithm>
#include <cerrno>
#include <chrono>
#include <map>
#include <thread>

#include <nanotune/dependent_writes.hpp>
#include <nanotune/file_bank.hpp>
#include <nanotune/offered.hpp>

#include "pattern.hpp"

namespace nanotune {
namespace {

bool is_among(std::string_view words, std::string_view text, std::string_view separators) {
    while (!words.empty()) {
        const auto end = std::min(words.find_first_of(separators), words.size());
        if (words.substr(0, end) == text) {
            return true;
        }
        words.remove_prefix(std::min(end + 1, words.size()));
    }
    return false;
}

Status no_rival(Files& files, const FileRow& row, const Target& target) {
    const std::string rival = filled(row.rival, target.name);
    const auto held = rival.empty() ? Result<std::string>("0") : files.read(rival);
    if (!held && held.error().code == ErrorCode::timed_out) {
        return std::unexpected(held.error());
    }
    if (held && *held != "0") {
        return failure(ErrorCode::conflict,
                       rival + " is " + *held + " and rules instead; a write would set it to 0");
    }
    return {};
}

Result<Reading> reading(Files& files, const FileRow& row, const Target& target) {
    const std::string path = filled(row.path, target.name);
    auto read = files.read(path);
    if (!read && read.error().kernel_errno == EAGAIN) {  // intel_pstate, while it is off
        Error idle = std::move(read).error();
        idle.code = ErrorCode::unsupported;
        return std::unexpected(std::move(idle));
    }
    NT_TRY(const std::string text, std::move(read));
    if (is_among(row.absent, text, " |")) {
        return failure(ErrorCode::unsupported, path + " says " + text);
    }
    NT_CHECK(no_rival(files, row, target));
    auto value = from_kernel(row.tunable.domain, text);
    if (!value) {
        return std::unexpected(std::move(value).error().within(path));
    }
    return Reading{.value = *std::move(value)};
}

/// No author can ask for a word of the kernel's own: it is only ever put back.
bool is_kernels_own(const Domain& domain, const Value& value) {
    const auto* word = std::get_if<std::string>(&value);
    const auto words = words_of(domain.words);
    return domain.kind == Domain::Kind::choice && word != nullptr &&
           std::ranges::find(words, *word) == words.end();
}

Status is_offered(Files& files, const FileRow& row, const Target& target, const Value& value) {
    if (row.offered.empty() || is_kernels_own(row.tunable.domain, value)) {
        return {};
    }
    const std::string text = to_kernel(row.tunable.domain, value);
    const auto offered = files.read(filled(row.offered, target.name));
    if (offered && !is_among(*offered, text, " \n")) {
        return not_offered(text, *offered);
    }
    return {};
}

Status is_permitted(Files& files, const FileRow& row) {
    const std::string by(row.forbidden.by);
    const auto held = by.empty() ? Result<std::string>("0") : files.read(by);
    if (held && *held != "0") {
        return failure(ErrorCode::unsupported,
                       by + " is " + *held + ": " + std::string(row.forbidden.why));
    }
    return {};
}

Status written(Files& files, const FileRow& row, const Target& target, const Value& value) {
    const std::string path = filled(row.path, target.name);
    const std::string text = to_kernel(row.tunable.domain, value);
    if (auto offered = is_offered(files, row, target, value); !offered) {
        return std::unexpected(std::move(offered).error().within(path));
    }
    NT_CHECK(no_rival(files, row, target));
    NT_CHECK(is_permitted(files, row));
    // An empty write never reaches the kernel's handler; an empty line does.
    return files.write(path, text.empty() ? "\n" : text);
}

/// What the kernel makes of a number outside its range.
Value clamped(Files& files, const FileRow& row, const Target& target, const Value& value) {
    const auto* number = std::get_if<std::int64_t>(&value);
    if (number == nullptr) {
        return value;
    }
    const auto limit = [&](std::string_view pattern) -> std::optional<std::int64_t> {
        if (pattern.empty()) {
            return std::nullopt;
        }
        const auto text = files.read(filled(pattern, target.name));
        const auto read = from_kernel(row.tunable.domain, text.value_or(""));
        const auto* found = text && read ? std::get_if<std::int64_t>(&*read) : nullptr;
        return found == nullptr ? std::nullopt : std::optional(*found);
    };
    const std::int64_t low = limit(row.least).value_or(*number);
    const std::int64_t high = limit(row.most).value_or(*number);
    return std::max(low, std::min(*number, high));
}

/// Until it is what was written, as far as its range reaches, or stays at something else than it
/// was: a driver rounds. Between two limits that were written together it may be at the other's old
/// value for a moment. Of a moment on a busy machine little is seen, so that looks count as well.
void wait_until_taken(Files& files, const FileRow& row, const Target& target, const Value& value,
                      const Value& before) {
    using namespace std::chrono_literals;
    constexpr int fewest_looks = 10;
    const Value expected = clamped(files, row, target, value);
    if (expected == before) {
        return;
    }
    const auto began = std::chrono::steady_clock::now();
    auto came = began;
    int same = 0;
    Value last = before;
    auto time = began;
    for (int look = 0; look < fewest_looks || time < began + 100ms; ++look) {
        auto now = reading(files, row, target);
        if (!now || now->value == value || now->value == expected) {
            return;
        }
        if (now->value != last) {
            last = std::move(now->value);
            came = time;
            same = 0;
        } else if (last != before && ++same >= fewest_looks && time >= came + 20ms) {
            return;
        }
        std::this_thread::sleep_for(1ms);
        time = std::chrono::steady_clock::now();
    }
}

}  // namespace

std::vector<const Tunable*> FileBank::tunables() const {
    std::vector<const Tunable*> all;
    all.reserve(rows_.size());
    for (const FileRow& row : rows_) {
        all.push_back(&row.tunable);
    }
    return all;
}

const FileRow& FileBank::row_of(const Tunable& tunable) const {
    return *std::ranges::find_if(rows_,
                                 [&](const FileRow& row) { return &row.tunable == &tunable; });
}

std::vector<Result<Reading>> FileBank::read(System& system, const Target& target,
                                            std::span<const Tunable* const> wanted) const {
    std::vector<Result<Reading>> readings;
    readings.reserve(wanted.size());
    for (const Tunable* tunable : wanted) {
        readings.push_back(reading(system.files(), row_of(*tunable), target));
    }
    return readings;
}

std::vector<Status> FileBank::may_hold(System& system, const Target& target,
                                       std::span<const Assignment> assignments) const {
    std::vector<Status> statuses;
    statuses.reserve(assignments.size());
    for (const Assignment& assignment : assignments) {
        const FileRow& row = row_of(*assignment.tunable);
        Status may = is_offered(system.files(), row, target, assignment.value);
        may = may ? is_permitted(system.files(), row) : std::move(may);
        if (may) {
            // Some files have a mode without any write in it on a host that cannot do more.
            const Status written = may_write(system, target, *assignment.tunable);
            may = !written && written.error().code == ErrorCode::unsupported ? written : Status();
        }
        statuses.push_back(std::move(may));
    }
    return statuses;
}

std::vector<Status> FileBank::write(System& system, const Target& target,
                                    std::span<const Assignment> assignments) const {
    Files& files = system.files();
    std::map<const Tunable*, Value> before;
    for (const Assignment& assignment : assignments) {
        const FileRow& row = row_of(*assignment.tunable);
        if (auto now = row.settles ? reading(files, row, target) : Reading{}; now) {
            before.emplace(assignment.tunable, std::move(now->value));
        }
    }
    auto outcomes = written_in_turn(assignments, [&](const Assignment& assignment) {
        return written(files, row_of(*assignment.tunable), target, assignment.value);
    });
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        const FileRow& row = row_of(*assignments[i].tunable);
        if (row.settles && outcomes[i]) {
            wait_until_taken(files, row, target, assignments[i].value, before[&row.tunable]);
        }
    }
    return outcomes;
}

Status FileBank::may_write(System& system, const Target& target, const Tunable& tunable) const {
    return system.files().may_write(filled(row_of(tunable).path, target.name));
}

Result<Inquiry> FileBank::witness(System& /*system*/, const Target& target,
                                  const Tunable& tunable) const {
    if (!tunable.witness.command.empty() || !tunable.witness.none.empty()) {
        return inquiry_of(tunable.witness, target);
    }
    constexpr std::string_view sysctls = "/proc/sys/";
    std::string path = filled(row_of(tunable).path, target.name);
    if (!path.starts_with(sysctls)) {
        return Inquiry{.command = {"cat", std::move(path)}};
    }
    return Inquiry{.command = {"sysctl", "--values", path.substr(sysctls.size())}};
}

}  // namespace nanotune
