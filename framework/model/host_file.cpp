#include "host_file.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <span>

#include <fmt/format.h>

#include <nanotune/nearest.hpp>

#include "glob.hpp"
#include "host_file_words.hpp"
#include "toml_nodes.hpp"

namespace nanotune {

namespace {

constexpr std::chrono::seconds longest_time{3600};

class HostFileReader {
  public:
    explicit HostFileReader(HostFile& file) : file_(file) {}

    void read(const std::vector<ProfileNode>& nodes);
    [[nodiscard]] std::vector<Finding> take_findings() { return std::move(findings_); }

    using Key = std::pair<std::string_view, void (HostFileReader::*)(const ProfileNode&)>;
    static std::span<const Key> keys_of_file();
    static std::span<const Key> keys_of_drift();
    static std::span<const Key> keys_of_metrics();

  private:
    void read_table(std::string_view table, const std::vector<ProfileNode>& nodes,
                    std::span<const Key> keys);
    void read_profile(const ProfileNode& node);
    void read_mode(const ProfileNode& node);
    void read_on_stop(const ProfileNode& node);
    void read_wait(const ProfileNode& node);
    void read_variables(const ProfileNode& node);
    void read_drift(const ProfileNode& node);
    void read_policy(const ProfileNode& node);
    void read_poll(const ProfileNode& node);
    void read_settings(const ProfileNode& node);
    void read_metrics(const ProfileNode& node);
    void read_listen(const ProfileNode& node);
    void read_file(const ProfileNode& node);
    void read_policies(const std::string& prefix, const std::vector<ProfileNode>& nodes);

    std::optional<DriftPolicy> policy(const ProfileNode& node);
    std::optional<std::chrono::seconds> time(const ProfileNode& node);
    void complain(const Origin& origin, std::string message) {
        findings_.push_back({origin, {ErrorCode::invalid, std::move(message)}});
    }

    HostFile& file_;
    std::vector<Finding> findings_;
};

void HostFileReader::read_table(std::string_view table, const std::vector<ProfileNode>& nodes,
                                std::span<const Key> keys) {
    std::vector<std::string> names;
    names.reserve(keys.size());
    for (const auto& [name, read] : keys) {
        names.emplace_back(name);
    }
    for (const ProfileNode& node : nodes) {
        const auto found = std::ranges::find(keys, node.key, &Key::first);
        if (found == keys.end()) {
            complain(node.origin, fmt::format("{} has no key {}{}", table, node.key,
                                              did_you_mean(node.key, names)));
        } else {
            (this->*found->second)(node);
        }
    }
}

std::span<const HostFileReader::Key> HostFileReader::keys_of_file() {
    static constexpr Key keys[] = {
        {"profile", &HostFileReader::read_profile}, {"mode", &HostFileReader::read_mode},
        {"on_stop", &HostFileReader::read_on_stop}, {"wait", &HostFileReader::read_wait},
        {"vars", &HostFileReader::read_variables},  {"drift", &HostFileReader::read_drift},
        {"metrics", &HostFileReader::read_metrics}};
    return keys;
}

std::span<const HostFileReader::Key> HostFileReader::keys_of_drift() {
    static constexpr Key keys[] = {{"policy", &HostFileReader::read_policy},
                                   {"poll", &HostFileReader::read_poll},
                                   {"settings", &HostFileReader::read_settings}};
    return keys;
}

std::span<const HostFileReader::Key> HostFileReader::keys_of_metrics() {
    static constexpr Key keys[] = {{"listen", &HostFileReader::read_listen},
                                   {"file", &HostFileReader::read_file}};
    return keys;
}

void HostFileReader::read(const std::vector<ProfileNode>& nodes) {
    read_table("the host's file", nodes, keys_of_file());
}

void HostFileReader::read_profile(const ProfileNode& node) {
    const std::string* name = text_in(node);
    if (name == nullptr || name->empty()) {
        complain(node.origin,
                 fmt::format("profile: a name or a path is expected, not {}", spelled(node)));
        return;
    }
    file_.profile = *name;
    file_.profile_origin = node.origin;
}

void HostFileReader::read_mode(const ProfileNode& node) {
    const std::string* word = text_in(node);
    if (word == nullptr || (*word != "tune" && *word != "observe")) {
        complain(node.origin,
                 fmt::format(R"(mode: "tune" or "observe" is expected, not {})", spelled(node)));
        return;
    }
    file_.mode = *word == "observe" ? HostFile::Mode::observe : HostFile::Mode::tune;
    file_.mode_origin = node.origin;
}

void HostFileReader::read_on_stop(const ProfileNode& node) {
    const std::string* word = text_in(node);
    if (word == nullptr || (*word != "keep" && *word != "rollback")) {
        complain(node.origin, fmt::format(R"(on_stop: "keep" or "rollback" is expected, not {})",
                                          spelled(node)));
        return;
    }
    file_.on_stop = *word == "keep" ? HostFile::OnStop::keep : HostFile::OnStop::rollback;
}

void HostFileReader::read_wait(const ProfileNode& node) {
    file_.device_patience = time(node).value_or(file_.device_patience);
}

void HostFileReader::read_variables(const ProfileNode& node) {
    if (!node.is_table()) {
        complain(node.origin, fmt::format("vars: a table is expected, not {}", spelled(node)));
        return;
    }
    for (const ProfileNode& variable : node.nodes) {
        if (auto words = words_in(variable)) {
            file_.overrides.push_back({.name = variable.key, .value = *std::move(words)});
        } else {
            complain(variable.origin,
                     fmt::format("vars.{}: a text or a list of texts is expected, not {}",
                                 variable.key, spelled(variable)));
        }
    }
}

void HostFileReader::read_drift(const ProfileNode& node) {
    if (!node.is_table()) {
        complain(node.origin, fmt::format("drift: a table is expected, not {}", spelled(node)));
        return;
    }
    read_table("[drift]", node.nodes, keys_of_drift());
}

void HostFileReader::read_policy(const ProfileNode& node) {
    file_.drift = policy(node).value_or(file_.drift);
}

void HostFileReader::read_poll(const ProfileNode& node) {
    file_.poll = time(node).value_or(file_.poll);
}

void HostFileReader::read_settings(const ProfileNode& node) {
    if (!node.is_table()) {
        complain(node.origin,
                 fmt::format("drift.settings: a table is expected, not {}", spelled(node)));
        return;
    }
    read_policies("", node.nodes);
}

void HostFileReader::read_metrics(const ProfileNode& node) {
    if (!node.is_table()) {
        complain(node.origin, fmt::format("metrics: a table is expected, not {}", spelled(node)));
        return;
    }
    read_table("[metrics]", node.nodes, keys_of_metrics());
}

void HostFileReader::read_listen(const ProfileNode& node) {
    const std::string* address = text_in(node);
    const bool is_local =
        address != nullptr && (address->starts_with("127.") || address->starts_with("[::1]:"));
    if (!is_local) {
        complain(node.origin, fmt::format("listen: 127.0.0.1:PORT or [::1]:PORT is expected, not "
                                          "{}",
                                          spelled(node)));
        return;
    }
    file_.metrics.listen = *address;
}

void HostFileReader::read_file(const ProfileNode& node) {
    const std::string* path = text_in(node);
    if (path == nullptr || !path->starts_with('/') || !path->ends_with(".prom")) {
        complain(node.origin, fmt::format("file: a whole path that ends with .prom is expected, "
                                          "not {}",
                                          spelled(node)));
        return;
    }
    file_.metrics.file = *path;
}

/// Names with dots are tables in tables, where nobody quotes them.
void HostFileReader::read_policies(const std::string& prefix,
                                   const std::vector<ProfileNode>& nodes) {
    for (const ProfileNode& node : nodes) {
        if (node.is_table()) {
            read_policies(prefix + node.key + ".", node.nodes);
        } else if (const auto wanted = policy(node)) {
            file_.drift_of.emplace_back(prefix + node.key, *wanted);
        }
    }
}

std::optional<DriftPolicy> HostFileReader::policy(const ProfileNode& node) {
    const std::string* word = text_in(node);
    if (const auto named = drift_policy_named(word == nullptr ? std::string_view() : *word)) {
        return named;
    }
    complain(node.origin, fmt::format("{}: {} is expected, not {}", node.key, drift_policy_words,
                                      spelled(node)));
    return std::nullopt;
}

std::optional<std::chrono::seconds> HostFileReader::time(const ProfileNode& node) {
    const auto seconds = seconds_in(node, longest_time);
    if (!seconds) {
        complain(node.origin,
                 fmt::format("{}: whole seconds from 0 to {} are expected (\"30s\"), not {}",
                             node.key, longest_time.count(), spelled(node)));
    }
    return seconds;
}

}  // namespace

DriftPolicy HostFile::policy_of(std::string_view setting, std::optional<DriftPolicy> wanted) const {
    DriftPolicy policy = wanted.value_or(drift);
    for (const auto& [pattern, own] : drift_of) {
        if (glob_matches(pattern, setting)) {
            policy = own;
        }
    }
    return policy;
}

std::vector<std::string> host_file_keys() {
    std::vector<std::string> names;
    for (const auto& [name, read] : HostFileReader::keys_of_file()) {
        const bool is_drift = name == "drift";
        if (!is_drift && name != "metrics") {
            names.emplace_back(name);
            continue;
        }
        for (const auto& [below, read_below] :
             is_drift ? HostFileReader::keys_of_drift() : HostFileReader::keys_of_metrics()) {
            names.push_back(fmt::format("{}.{}", name, below));
        }
    }
    return names;
}

Checked<HostFile> host_file_of(const ProfileText& text) {
    NT_TRY(TomlNodes toml, toml_nodes(text));
    HostFile file;
    HostFileReader reader(file);
    reader.read(toml.nodes);
    std::vector<Finding> findings = std::move(toml.findings);
    std::ranges::move(reader.take_findings(), std::back_inserter(findings));
    if (!findings.empty()) {
        return std::unexpected(problems_of(std::move(findings), {text.file}));
    }
    return file;
}

}  // namespace nanotune
