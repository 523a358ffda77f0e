// One small file a setting: most of what sysfs and procfs offer.
#include <algorithm>

#include <nanotune/file_bank.hpp>

namespace nanotune {
namespace {

// "{}" is the target's whole name, "{0}" and "{1}" its parts around the slash.
std::string filled(std::string_view pattern, std::string_view name) {
    const auto slash = name.find('/');
    const std::string_view first = name.substr(0, slash);
    const std::string_view second =
        slash == std::string_view::npos ? std::string_view{} : name.substr(slash + 1);
    std::string path;
    path.reserve(pattern.size() + name.size());
    while (!pattern.empty()) {
        const auto brace = pattern.find('{');
        path += pattern.substr(0, brace);
        if (brace == std::string_view::npos) {
            break;
        }
        pattern.remove_prefix(brace);
        const auto close = pattern.find('}');
        const std::string_view field = pattern.substr(0, close + 1);
        path += field == "{}" ? name : (field == "{0}" ? first : second);
        pattern.remove_prefix(field.size());
    }
    return path;
}

Status written(Files& files, const std::string& path, const Assignment& assignment) {
    return files.write(path, to_kernel(assignment.tunable->domain, assignment.value));
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

std::string FileBank::path_of(const Tunable& tunable, const Target& target) const {
    const auto row = std::ranges::find_if(
        rows_, [&](const FileRow& candidate) { return &candidate.tunable == &tunable; });
    return row == rows_.end() ? std::string{} : filled(row->path, target.name);
}

std::vector<Result<Reading>> FileBank::read(System& system, const Target& target,
                                            std::span<const Tunable* const> wanted) const {
    std::vector<Result<Reading>> readings;
    readings.reserve(wanted.size());
    for (const Tunable* tunable : wanted) {
        const std::string path = path_of(*tunable, target);
        readings.push_back([&]() -> Result<Reading> {
            NT_TRY(const std::string text, system.files().read(path));
            auto value = from_kernel(tunable->domain, text);
            if (!value) {
                return std::unexpected(std::move(value).error().within(path));
            }
            return Reading{.value = *std::move(value)};
        }());
    }
    return readings;
}

std::vector<Status> FileBank::write(System& system, const Target& target,
                                    std::span<const Assignment> assignments) const {
    std::vector<Status> outcomes;
    outcomes.reserve(assignments.size());
    bool one_went_through = false;
    for (const Assignment& assignment : assignments) {
        outcomes.push_back(
            written(system.files(), path_of(*assignment.tunable, target), assignment));
        one_went_through = one_went_through || outcomes.back().has_value();
    }
    if (!one_went_through) {
        return outcomes;
    }
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        if (!outcomes[i] && outcomes[i].error().code == ErrorCode::refused) {
            outcomes[i] =
                written(system.files(), path_of(*assignments[i].tunable, target), assignments[i]);
        }
    }
    return outcomes;
}

Status FileBank::may_write(System& system, const Target& target, const Tunable& tunable) const {
    return system.files().may_write(path_of(tunable, target));
}

}  // namespace nanotune
