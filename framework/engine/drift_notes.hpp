// What a profile says of drift: of each of its lines, and for people.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/resolved.hpp"

namespace nanotune {

/// The words of a profile, by the lines that settings come from.
class DriftWords {
  public:
    explicit DriftWords(const ResolvedProfile& profile);
    /// Of what stands there; the profile's own word for what says nothing itself.
    [[nodiscard]] std::optional<DriftPolicy> at(const Origin& origin) const;

  private:
    std::optional<DriftPolicy> usual_;
    std::map<std::string, DriftPolicy> by_place_;
};

/// Gathers settings by what becomes of them when somebody else changes them.
class DriftNotes {
  public:
    void add(std::string_view setting, std::string_view target, std::optional<DriftPolicy> policy);
    /// One sentence for each policy that is not the usual one; the first settings by name.
    [[nodiscard]] std::vector<std::string> notes() const;

  private:
    std::vector<std::string> repaired_;
    std::vector<std::string> yielded_;
};

}  // namespace nanotune
