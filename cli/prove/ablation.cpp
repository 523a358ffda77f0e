#include "ablation.hpp"

#include <cerrno>
#include <cstdlib>
#include <filesystem>

#include <fmt/core.h>

#include "../history_text.hpp"
#include "../report_text.hpp"
#include "../text_file.hpp"
#include "parts.hpp"

namespace nanotune::cli::prove {

/// Nobody else can write there.
class Ablation::Folder {
  public:
    static Result<std::shared_ptr<Folder>> make() {
        std::error_code none;
        const auto place = std::filesystem::temp_directory_path(none);
        std::string path =
            fmt::format("{}{}XXXXXX", none ? "/tmp" : place.string(), ablation_folder);
        if (::mkdtemp(path.data()) == nullptr) {
            return kernel_failure("make the folder " + path, errno);
        }
        return std::make_shared<Folder>(std::move(path));
    }

    explicit Folder(std::string path) : path_(std::move(path)) {}
    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    Folder(Folder&&) = delete;
    Folder& operator=(Folder&&) = delete;

    [[nodiscard]] const std::string& path() const { return path_; }

  private:
    std::string path_;
};

namespace {

/// Why the plan cannot be carried out; "" where it can.
std::string objection(const Report& plan) {
    if (!plan.problems.empty()) {
        return plan.problems.front().message;
    }
    return plan.exit == Exit::refused ? "it cannot be applied without this line" : "";
}

}  // namespace

std::expected<Ablation, Failure> Ablation::of(Service& service, const ProfileRequest& profile) {
    const Report whole = service.plan(profile);
    if (!whole.problems.empty()) {
        return std::unexpected(Failure(whole.problems));
    }
    NT_TRY(const std::string merged, service.show(profile));
    Ablation ablation;
    NT_TRY(ablation.folder_, Folder::make());
    for (const Part& part : parts_of(merged)) {
        const std::string file = fmt::format("{}/{}-without-{}.toml", ablation.folder_->path(),
                                             called(profile.name), ablation.conditions_.size() + 1);
        NT_CHECK(write_text_file(file, part.without));
        const ProfileRequest request{.name = file, .overrides = {}};
        const Report plan = service.plan(request);
        if (std::string why = objection(plan); !why.empty()) {
            ablation.not_tried_.emplace_back(part.name, std::move(why));
        } else if (changes_of(plan) == changes_of(whole)) {
            ablation.not_tried_.emplace_back(part.name, "it changes nothing on this host");
        } else {
            ablation.conditions_.push_back({.name = "without " + part.name, .profile = request});
            ablation.tried_.push_back({.part = part.name, .origin = part.origin});
        }
    }
    return ablation;
}

}  // namespace nanotune::cli::prove
