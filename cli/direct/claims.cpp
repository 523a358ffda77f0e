#include "claims.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "model/glob.hpp"
#include "network_files.hpp"
#include "sysctl_files.hpp"
#include "system/storage/file_facts.hpp"
#include "system/storage/storage.hpp"

namespace nanotune::cli {

namespace {

constexpr std::size_t longest_file = std::size_t{1} << 20U;
constexpr std::string_view sysctl_prefix = "sysctl.";

/// Of systemd.link(5), by the settings that they are here.
constexpr std::array<std::pair<std::string_view, std::string_view>, 7> link_keys = {
    {{"MTUBytes", "nic.mtu"},
     {"RxBufferSize", "nic.ring.rx"},
     {"TxBufferSize", "nic.ring.tx"},
     {"CombinedChannels", "nic.channels.combined"},
     {"TransmitQueueLength", "nic.txqueuelen"},
     {"RxCoalesceSec", "nic.coalesce.rx_usecs"},
     {"TxCoalesceSec", "nic.coalesce.tx_usecs"}}};

/// As the kernel prints it, or in the words that others have for a switch.
Result<Value> told_value(const Domain& domain, const std::string& text) {
    const bool is_on = text == "true" || text == "yes" || text == "on";
    const bool is_off = text == "false" || text == "no" || text == "off";
    if (domain.kind == Domain::Kind::flag && (is_on || is_off || text == "1" || text == "0")) {
        return is_on || text == "1";
    }
    return from_kernel(domain, text);
}

std::string content_of(const std::string& file) {
    return read_file(file, longest_file).value_or("");
}

class Claims {
  public:
    Claims(const std::vector<Row>& rows, const Catalog& catalog, std::string root)
        : rows_(rows), catalog_(catalog), root_(std::move(root)) {}

    std::vector<std::string> all() {
        for (const SysctlLine& line : sysctl_lines(root_)) {
            compare(line);
        }
        compare_links();
        for (const NetworkLine& line : network_lines(catalog_, root_)) {
            compare(line);
        }
        if (!rows_.empty() && file_facts(root_ + "/run/tuned/tuned.pid")) {
            std::string profile = content_of(root_ + "/etc/tuned/active_profile");
            profile.resize(std::min(profile.find('\n'), profile.size()));
            notes_.push_back(fmt::format(
                "TuneD runs{}{}: it sets what its profile says whenever it starts or switches",
                profile.empty() ? "" : " with ", profile));
        }
        if (concerns("cpu.") &&
            file_facts(root_ + "/etc/systemd/system/multi-user.target.wants/cpupower.service")) {
            notes_.emplace_back("cpupower.service sets frequencies at boot, too");
        }
        return std::move(notes_);
    }

  private:
    [[nodiscard]] bool concerns(std::string_view prefix) const {
        return std::ranges::any_of(
            rows_, [prefix](const Row& row) { return row.setting.starts_with(prefix); });
    }

    /// A glob is of any number of keys; a row says which.
    [[nodiscard]] bool is_about(const SysctlLine& line, const Row& row) const {
        const std::string name = std::string(sysctl_prefix) + line.key;
        const auto owner = catalog_.owner_of_alias(name);
        return owner ? row.setting == owner->full_name()
                     : row.setting.starts_with(sysctl_prefix) &&
                           glob_matches(line.key,
                                        std::string_view(row.setting).substr(sysctl_prefix.size()));
    }

    void compare(const SysctlLine& line) {
        for (const Row& row : rows_) {
            if (!is_about(line, row) || row.wanted.empty()) {
                continue;
            }
            const auto setting = catalog_.setting(row.setting);
            const auto value = setting ? from_kernel(setting->tunable->domain, line.value)
                                       : Result<Value>(std::unexpected(setting.error()));
            if (!value || printed(setting->tunable->domain, *value) != row.wanted) {
                notes_.push_back(
                    fmt::format("{}:{} sets {} to another value, at boot and by sysctl --system",
                                line.file, line.line, row.setting));
            }
        }
    }

    /// A device's own, by the name that it has now. What a program may set to anything counts.
    void compare(const NetworkLine& line) {
        const auto fits = [&line](const Row& row) {
            return line.devices.empty() ||
                   std::ranges::any_of(line.devices, [&row](const std::string& glob) {
                       return glob_matches(glob, row.target.device());
                   });
        };
        std::vector<const Row*> claimed;
        for (const SettingRef& setting : line.settings) {
            const auto value = told_value(setting.tunable->domain, line.value);
            const std::string wanted =
                value ? printed(setting.tunable->domain, *value) : std::string();
            for (const Row& row : rows_) {
                if (row.setting == setting.full_name() && !row.wanted.empty() &&
                    row.wanted != wanted && fits(row)) {
                    claimed.push_back(&row);
                }
            }
        }
        if (claimed.empty()) {
            return;
        }
        notes_.push_back(
            fmt::format("{}:{} sets {} on {}{} to {}, {}{}", line.file, line.line,
                        claimed.front()->setting, claimed.front()->target.text(),
                        claimed.size() > 1 ? fmt::format(" and {} more", claimed.size() - 1) : "",
                        line.value.empty() ? "what DHCP says" : "another value", line.when,
                        line.devices.empty() ? ", where it matches" : ""));
    }

    void compare_links() {
        for (const char* folder : {"/etc/systemd/network", "/run/systemd/network"}) {
            const auto names = folder_names(root_ + folder);
            for (const std::string& name : names ? *names : std::vector<std::string>()) {
                if (name.ends_with(".link")) {
                    compare_link(root_ + folder + "/" + name);
                }
            }
        }
    }

    /// Which devices it matches is udev's to say.
    void compare_link(const std::string& file) {
        const std::string text = content_of(file);
        for (const auto& [key, setting] : link_keys) {
            const std::string start = fmt::format("\n{}=", key);
            const std::size_t found = ("\n" + text).find(start);
            if (found != std::string::npos && concerns(setting)) {
                const std::string_view line = std::string_view(text).substr(found);
                notes_.push_back(fmt::format(
                    "{} has {} for the devices that it matches, which comes to {} when they do",
                    file, line.substr(0, line.find('\n')), setting));
            }
        }
    }

    const std::vector<Row>& rows_;
    const Catalog& catalog_;
    std::string root_;
    std::vector<std::string> notes_;
};

}  // namespace

std::vector<std::string> claims_on(const std::vector<Row>& rows, const Catalog& catalog,
                                   const std::string& root) {
    return Claims(rows, catalog, root).all();
}

}  // namespace nanotune::cli
