// What a section says of its keys: what each is set to, which are unset, and which come later.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "resolved.hpp"
#include "section_text.hpp"

namespace nanotune {

class KeyReader {
  public:
    KeyReader(const Catalog& catalog, std::vector<Finding>& findings)
        : catalog_(catalog), findings_(findings) {}

    /// Nothing after a finding.
    std::optional<ResolvedSetting> read(const SectionText& text, const SectionKey& key,
                                        const Variables& variables);
    /// Of the section's `unset`, which it has.
    std::vector<ResolvedUnset> read_unset(const SectionText& text);
    /// By the section's `layers`: 0 for a key that it does not name, and after a finding.
    std::size_t sub_layer_of(const SectionText& text, std::string_view key);

  private:
    /// What a device has for all of its queues together may be there for single ones, too.
    [[nodiscard]] Result<KeyMeaning> meaning_of(const SectionText& text,
                                                const std::string& key) const;
    /// What is put back without anybody looking must not disturb anybody.
    void check_drift(const SectionKey& key, const std::vector<SettingRef>& settings);
    void complain(const Origin& origin, ErrorCode code, std::string message);

    const Catalog& catalog_;
    std::vector<Finding>& findings_;
    std::string full_name_;  ///< of the key at hand: the room for one serves all
};

}  // namespace nanotune
