// ${name} in a profile: [vars] after merging, and --set, which comes last.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "profile.hpp"

namespace nanotune {

/// What becomes of ${cpus.irq} in a text.
enum class CpuReference {
    as_word,  ///< "irq", for CPU expressions
    kept,     ///< stays as it is, for texts that the host finishes
    refused,  ///< makes no sense here
};

/// A text made of lists, and which element of each list it was made of.
struct VariableElement {
    std::string text;
    std::map<std::string, std::string, std::less<>> bindings;
};

/// The variables of a profile, each already expanded. Findings: unknown names (unless
/// a layer is missing), cycles, --set of what does not exist.
class Variables {
  public:
    Variables(const Profile& profile, std::vector<Finding>& findings);

    /// The text with every variable put in; the elements of a list are joined by commas. Nothing
    /// after a finding at `origin`.
    [[nodiscard]] std::optional<std::string> joined(std::string_view text, const Origin& origin,
                                                    CpuReference cpus,
                                                    std::vector<Finding>& findings) const;
    /// One text for each element of the lists in it. Empty after a finding.
    [[nodiscard]] std::vector<VariableElement> each(std::string_view text, const Origin& origin,
                                                    CpuReference cpus,
                                                    std::vector<Finding>& findings) const;
    /// The same variables, those of `bindings` standing for one element.
    [[nodiscard]] Variables bound(
        const std::map<std::string, std::string, std::less<>>& bindings) const;
    /// [cpus] after merging and --set, by name, variables put in.
    [[nodiscard]] const std::map<std::string, std::pair<std::string, Origin>, std::less<>>& cpus()
        const {
        return cpus_;
    }

  private:
    struct Variable {
        std::vector<std::string> texts;
        bool is_list = false;
        Origin origin;
        bool is_unknown = false;  ///< made of one that is not there
    };
    enum class Joining { comma, multiply };
    struct Expansion {
        std::vector<VariableElement> elements{{}};
        std::vector<std::string> errors;
        bool is_unknown = false;  ///< made of variables that are not there

        [[nodiscard]] bool is_good() const { return errors.empty() && !is_unknown; }
    };

    void take_overrides(const Profile& profile, std::vector<Finding>& findings);
    void expand_all(std::vector<Finding>& findings);
    void expand_one(const std::string& name, std::vector<std::string>& chain,
                    std::set<std::string, std::less<>>& done, std::vector<Finding>& findings);
    void expand_cpus(std::vector<Finding>& findings);
    [[nodiscard]] Expansion expansion(std::string_view text, Joining joining,
                                      CpuReference cpus) const;
    void settle_cpus(std::string& made, CpuReference cpus, Expansion& out) const;
    void miss(std::string_view name, Expansion& out) const;
    [[nodiscard]] std::string unknown(std::string_view name) const;

    [[nodiscard]] const Variable* found(std::string_view name) const;
    [[nodiscard]] bool has_room_for(const std::vector<VariableElement>& made,
                                    std::size_t said) const;

    static constexpr std::string_view cpus_prefix = "cpus.";
    /// No value of a setting is nearly this long.
    static constexpr std::size_t text_limit = 8192;
    static constexpr std::string_view too_long =
        "its variables make it longer than any setting can be";
    [[nodiscard]] static bool is_cpu_set(std::string_view name);
    static void add(std::vector<Finding>& findings, const Origin& origin, std::string message);

    /// For all that is made of a profile's variables, and for what is costly to say of them.
    struct Room {
        std::size_t bytes = std::size_t{4} << 20U;
        std::size_t suggestions = 16;
    };
    std::shared_ptr<Room> room_ = std::make_shared<Room>();
    bool is_whole_ = true;  ///< every layer could be read: a name that is not here is an error
    using Map = std::map<std::string, Variable, std::less<>>;
    std::shared_ptr<Map> variables_ = std::make_shared<Map>();  ///< changed while this is made
    Map bound_;
    std::map<std::string, std::pair<std::string, Origin>, std::less<>> cpus_;
};

}  // namespace nanotune
