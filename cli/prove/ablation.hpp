// A profile without one of its lines, for each line that makes a difference to what is applied.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "proof.hpp"

namespace nanotune::cli::prove {

/// Owns the profiles: files in a folder that is removed at the end of its life.
class Ablation {
  public:
    Ablation() = default;
    /// Looks at the host, and writes nothing but the files. Errors: the profile's; io.
    static std::expected<Ablation, Failure> of(Service& service, const ProfileRequest& profile);

    /// One for each part, in their order.
    [[nodiscard]] std::vector<Condition> conditions() const { return conditions_; }
    [[nodiscard]] const std::vector<TriedPart>& tried() const { return tried_; }
    /// Which lines cannot be left out, or change nothing here, and why.
    [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& not_tried() const {
        return not_tried_;
    }

  private:
    class Folder;

    std::shared_ptr<Folder> folder_;
    std::vector<Condition> conditions_;
    std::vector<TriedPart> tried_;
    std::vector<std::pair<std::string, std::string>> not_tried_;
};

}  // namespace nanotune::cli::prove
