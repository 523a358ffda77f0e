// A plugin's table taken apart into sections: whom each is for, and its keys.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "catalog.hpp"
#include "drift_policy.hpp"
#include "profile.hpp"
#include "variables.hpp"

namespace nanotune {

/// One `key = value` with the key's full path below the section: "coalesce.rx_usecs". Points into
/// the Layer.
struct SectionKey {
    std::string key;
    const Input* value = nullptr;
    bool optional = false;                    ///< { value = ..., optional = true }
    bool at_least = false;                    ///< { value = ..., at_least = true }
    std::optional<DriftPolicy> drift = {};    ///< { value = ..., drift = "repair" }
    const Origin* at_least_origin = nullptr;  ///< where that is said at all
    const Origin* drift_origin = nullptr;     ///< likewise
    const Origin* origin = nullptr;
};

/// One section of one file. Points into the Layer.
struct SectionText {
    const Plugin* plugin = nullptr;
    std::size_t layer = 0;
    std::string word =
        {};  ///< below the plugin's name, variables put in; "" for the plugin's own table
    std::string queues = {};  ///< of [nic.eth0.queue."0-1"], variables put in; "" for none
    const ProfileNode* match = nullptr;
    const ProfileNode* when = nullptr;
    const ProfileNode* unset = nullptr;
    const ProfileNode* layers = nullptr;
    const ProfileNode* drift = nullptr;
    /// In a section for each element of a list, the list's name means the element.
    std::map<std::string, std::string, std::less<>> bindings = {};
    std::vector<SectionKey> keys = {};
    Origin origin;
};

/// Of `drift = ...`; nothing, and a finding, for what is no policy.
[[nodiscard]] std::optional<DriftPolicy> drift_policy_in(const ProfileNode& node,
                                                         std::vector<Finding>& findings);

/// For all sections of a profile: a list may make very many of a few lines.
class SectionRoom {
  public:
    static constexpr std::size_t section_limit = 2'048;
    static constexpr std::size_t key_limit = 50'000;

    /// Whether there was room for it.
    bool take(const SectionText& section);

  private:
    std::size_t sections_ = section_limit;
    std::size_t keys_ = key_limit;
};

/// Whether a table of that word stands for something else than what is called so: it begins a key
/// of the plugin, or is a word of every section.
[[nodiscard]] bool is_own_word(const Plugin& plugin, std::string_view word);

/// The sections of a plugin's table. A table's word is a selector unless it begins a key of the
/// plugin; a list variable in it makes one section for each element.
[[nodiscard]] std::vector<SectionText> sections_of(const Plugin& plugin, const ProfileNode& table,
                                                   std::size_t layer, const Variables& variables,
                                                   SectionRoom& room,
                                                   std::vector<Finding>& findings);

}  // namespace nanotune
