#include "network_files.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string_view>

#include <fmt/core.h>

#include "model/ini_text.hpp"
#include "system/storage/file_facts.hpp"
#include "system/storage/storage.hpp"

namespace nanotune::cli {

namespace {

constexpr std::size_t longest_network_file = std::size_t{1} << 20U;

/// A key of a section, or keys with that beginning, and what it is among a NIC's settings. Where
/// `ours` ends with a dot the rest of the key follows it.
struct Word {
    std::string_view section;
    std::string_view key;
    std::string_view ours;
    std::string_view none = {};  ///< the value that leaves it as it is
};

/// By nm-settings-keyfile(5); [link] is newer than 1.42.
constexpr std::array<Word, 13> manager_words = {
    {{"ethernet", "mtu", "mtu", "0"},
     {"802-3-ethernet", "mtu", "mtu", "0"},  // its older name
     {"infiniband", "mtu", "mtu", "0"},
     {"ethtool", "feature-", "features."},
     {"ethtool", "ring-", "ring."},
     {"ethtool", "coalesce-", "coalesce."},
     {"ethtool", "pause-", "pause."},
     {"ethtool", "channels-", "channels."},
     {"ethtool", "eee-", "eee."},
     {"link", "tx-queue-length", "txqueuelen", "-1"},
     {"link", "gso-max-size", "gso_max_size", "-1"},
     {"link", "gso-max-segments", "gso_max_segs", "-1"},
     {"link", "gro-max-size", "gro_max_size", "-1"}}};

/// By systemd.network(5). What DHCP says nobody knows before.
constexpr std::array<Word, 3> networkd_words = {{{"Link", "MTUBytes", "mtu"},
                                                 {"DHCPv4", "UseMTU", "mtu", "no"},
                                                 {"DHCP", "UseMTU", "mtu", "no"}}};

constexpr std::string_view by_manager = "when NetworkManager activates it";
constexpr std::string_view by_networkd = "when systemd-networkd sets the device up";

std::string network_text(const std::string& file) {
    return read_file(file, longest_network_file).value_or("");
}

std::vector<std::string> device_words(std::string_view text) {
    constexpr std::string_view between = " \t;,";
    std::vector<std::string> words;
    while (!text.empty()) {
        const std::string_view word = text.substr(0, text.find_first_of(between));
        if (!word.empty()) {
            words.emplace_back(word);
        }
        text.remove_prefix(std::min(word.size() + 1, text.size()));
    }
    return words;
}

class Reader {
  public:
    Reader(const Catalog& catalog, std::string root)
        : nic_(catalog.plugin("nic")), catalog_(catalog), root_(std::move(root)) {}

    std::vector<NetworkLine> lines() {
        if (nic_ != nullptr) {
            read_manager();
            read_networkd();
        }
        return std::move(lines_);
    }

  private:
    /// A key is spelled as ethtool spells it, or as it is here.
    [[nodiscard]] std::vector<SettingRef> settings_of(const Word& word,
                                                      std::string_view key) const {
        std::string name(word.ours);
        if (name.ends_with('.')) {
            name += key.substr(word.key.size());
        }
        for (const bool is_ours : {false, true}) {
            if (is_ours) {
                std::ranges::replace(name, '-', '_');
            }
            if (auto meaning = catalog_.meaning(*nic_, name); meaning) {
                return std::move(meaning->settings);
            }
        }
        return {};
    }

    [[nodiscard]] static bool is_of(const Word& word, const IniLine& line) {
        return word.section == line.section &&
               (word.ours.ends_with('.') ? line.key.starts_with(word.key) : line.key == word.key);
    }

    void take(const std::string& file, const std::vector<IniLine>& lines,
              std::span<const Word> words, NetworkLine found) {
        for (const IniLine& line : lines) {
            const auto word = std::ranges::find_if(
                words, [&line](const Word& each) { return is_of(each, line); });
            if (word == words.end() || line.value == word->none) {
                continue;
            }
            found.settings = settings_of(*word, line.key);
            if (!found.settings.empty()) {
                found.file = file;
                found.line = line.line;
                found.value = line.key == "UseMTU" ? std::string() : line.value;
                lines_.push_back(found);
            }
        }
    }

    void read_manager() {
        std::set<std::string> known;  // UUIDs
        for (const char* folder :
             {"/etc/NetworkManager/system-connections", "/run/NetworkManager/system-connections",
              "/usr/lib/NetworkManager/system-connections"}) {
            const auto names = folder_names(root_ + folder);
            for (const std::string& name : names ? *names : std::vector<std::string>()) {
                const std::string file = root_ + folder + "/" + name;
                const auto lines = ini_lines(network_text(file), glib_dialect);
                const std::string uuid = value_in(lines, "connection", "uuid");
                if (name.starts_with('.') || name.ends_with('~') ||
                    (!uuid.empty() && !known.insert(uuid).second)) {
                    continue;
                }
                std::vector<std::string> devices =
                    device_words(value_in(lines, "connection", "interface-name"));
                if (devices.empty()) {
                    devices = device_words(value_in(lines, "match", "interface-name"));
                }
                take(file, lines, manager_words, {.devices = devices, .when = by_manager});
            }
        }
    }

    void read_networkd() {
        std::map<std::string, std::string> files;  // path by name
        for (const char* folder : {"/etc/systemd/network", "/run/systemd/network",
                                   "/usr/local/lib/systemd/network", "/usr/lib/systemd/network"}) {
            const auto names = folder_names(root_ + folder);
            for (const std::string& name : names ? *names : std::vector<std::string>()) {
                if (name.ends_with(".network")) {
                    files.try_emplace(name, root_ + folder + "/" + name);
                }
            }
        }
        for (const auto& [name, path] : files) {
            const auto own = ini_lines(network_text(path), systemd_dialect);
            const NetworkLine found{.devices = device_words(value_in(own, "Match", "Name")),
                                    .when = by_networkd};
            take(path, own, networkd_words, found);
            read_drop_ins(name, found);
        }
    }

    /// FILE.network.d/*.conf of any folder, a name once.
    void read_drop_ins(const std::string& name, const NetworkLine& found) {
        std::set<std::string> known;
        for (const char* folder : {"/etc/systemd/network", "/run/systemd/network",
                                   "/usr/local/lib/systemd/network", "/usr/lib/systemd/network"}) {
            const std::string path = fmt::format("{}{}/{}.d", root_, folder, name);
            const auto names = folder_names(path);
            for (const std::string& part : names ? *names : std::vector<std::string>()) {
                if (part.ends_with(".conf") && known.insert(part).second) {
                    const std::string file = fmt::format("{}/{}", path, part);
                    take(file, ini_lines(network_text(file), systemd_dialect), networkd_words,
                         found);
                }
            }
        }
    }

    const Plugin* nic_;
    const Catalog& catalog_;
    std::string root_;
    std::vector<NetworkLine> lines_;
};

}  // namespace

std::vector<NetworkLine> network_lines(const Catalog& catalog, const std::string& root) {
    return Reader(catalog, root).lines();
}

}  // namespace nanotune::cli
