// The host's own file, /etc/nanotune/host.toml: which profile it boots with, and what the daemon
// may do by itself.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "drift_policy.hpp"
#include "profile.hpp"

namespace nanotune {

struct HostFile {
    enum class Mode { tune, observe };
    enum class OnStop { keep, rollback };

    std::string profile;  ///< applied at boot; "" for none
    Origin profile_origin;
    std::vector<Override> overrides;  ///< its variables: [vars]
    Mode mode = Mode::tune;
    Origin mode_origin;
    OnStop on_stop = OnStop::keep;  ///< what becomes of what is applied when the daemon is stopped
    std::chrono::seconds device_patience{30};  ///< at boot, with NICs that the profile names

    DriftPolicy drift = DriftPolicy::warn;  ///< of settings of which the profile says nothing
    /// For settings by their full names or globs of them, whatever the profile says; the last that
    /// matches wins.
    std::vector<std::pair<std::string, DriftPolicy>> drift_of;
    std::chrono::seconds poll{30};  ///< of what no notice is given of; 0: never

    /// Where metrics are to be had: [metrics]. Read when the daemon starts.
    struct Metrics {
        std::string listen;  ///< "127.0.0.1:9808"; "" for nowhere
        std::string file;    ///< for a collector of text files; "" for none
    };
    Metrics metrics;

    /// Of a setting of which the profile that is applied says `wanted`, or nothing.
    [[nodiscard]] DriftPolicy policy_of(std::string_view setting,
                                        std::optional<DriftPolicy> wanted) const;
};

/// All keys that it may have: "mode", "drift.policy", ...
[[nodiscard]] std::vector<std::string> host_file_keys();

/// Problems: broken TOML, or everything else that is wrong, each at its line.
[[nodiscard]] Checked<HostFile> host_file_of(const ProfileText& text);

}  // namespace nanotune
