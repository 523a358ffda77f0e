// The shipped profiles and the manual's examples, against the plugins of this build.
#include <algorithm>

#include "model/resolved.hpp"
#include "support/catch.hpp"
#include "support/plugin_files.hpp"
#include "toml_blocks.hpp"

using namespace nanotune;

namespace {

Catalog catalog_of_this_build() {
    Catalog catalog;
    for (test::PluginFile& file : test::plugins_of_this_build()) {
        INFO(file.file << ": " << file.summary);
        REQUIRE_FALSE(file.name.empty());
        Plugin plugin;
        plugin.name = file.name;
        plugin.summary = file.summary;
        plugin.file = file.file;
        plugin.selector = file.selector;
        plugin.banks = std::move(file.banks);
        plugin.rules = std::move(file.rules);
        const Status added = catalog.add(std::move(plugin));
        REQUIRE(added.has_value());
    }
    return catalog;
}

/// Finds shipped profiles by name, and `text` as the file "here.toml". Examples extend each other
/// by paths.
ProfileSource source(const std::string& text = {}, const std::string& host = {}) {
    return [text, host](std::string_view name, std::string_view) -> Result<ProfileText> {
        if (name == "here.toml") {
            return ProfileText{"here.toml", text};
        }
        if (name == "./host.toml") {
            return ProfileText{"host.toml", host};
        }
        const auto path = given::sources() / "profiles" / (std::string(name) + ".toml");
        if (!std::filesystem::exists(path)) {
            return failure(ErrorCode::not_found, "no profile " + std::string(name));
        }
        return ProfileText{std::string(name) + ".toml", given::content_of(path)};
    };
}

Checked<ResolvedProfile> resolution(const Catalog& catalog, std::string_view name,
                                    const ProfileSource& source,
                                    std::vector<Override> overrides = {}) {
    const auto profile = loaded_profile(name, source, std::move(overrides));
    if (!profile) {
        return std::unexpected(profile.error());
    }
    return resolved(*profile, catalog);
}

std::string text_of(const Problems& problems) {
    std::string text;
    for (const Error& problem : problems) {
        text += problem.message + "\n";
    }
    return text;
}

ResolvedProfile good(const Catalog& catalog, std::string_view name, const ProfileSource& source,
                     std::vector<Override> overrides = {}) {
    auto resolved = resolution(catalog, name, source, std::move(overrides));
    if (!resolved) {
        FAIL(text_of(resolved.error()));
    }
    return *std::move(resolved);
}

const ResolvedSetting* find(const ResolvedProfile& profile, std::string_view plugin,
                            std::string_view word, std::string_view key) {
    const ResolvedSetting* found = nullptr;
    for (const ResolvedSection& section : profile.sections) {
        if (section.plugin->name != plugin || section.selector.text != word) {
            continue;
        }
        const auto setting = std::ranges::find(section.settings, key, &ResolvedSetting::key);
        found = setting == section.settings.end() ? found : &*setting;
    }
    return found;
}

bool is_disruptive(const ResolvedSetting& setting) {
    return std::ranges::any_of(setting.settings, [](const SettingRef& ref) {
        return ref.tunable->impact == Impact::drops_packets ||
               ref.tunable->impact == Impact::bounces_link;
    });
}

const std::vector<std::string> shipped = {"base",     "cpu-partitioning", "hft",
                                          "hft-boot", "hft-datapath",     "low-latency",
                                          "realtime", "throughput"};

}  // namespace

TEST_CASE("every shipped profile resolves, and reads back as it is shown", "[shipped]") {
    const Catalog catalog = catalog_of_this_build();
    const std::vector<std::vector<Override>> ways = {
        {},
        {{"feeds", "eth0,eth1"}, {"nics", "eth0,enp*"}},
        {{"cpus.irq", "1"}, {"cpus.datapath", "2-3"}},
    };
    for (const std::string& name : shipped) {
        for (const std::vector<Override>& overrides : ways) {
            INFO(name);
            const ResolvedProfile profile = good(catalog, name, source(), overrides);
            const std::string text = shown(profile);
            INFO(text);
            CHECK(good(catalog, "here.toml", source(text)).hash == profile.hash);
        }
    }
}

TEST_CASE("hft-datapath makes a datapath of each name that it is given, unarmed", "[shipped]") {
    const Catalog catalog = catalog_of_this_build();
    const ResolvedProfile none = good(catalog, "hft-datapath", source());
    CHECK(find(none, "datapath", "orders", "listen") == nullptr);
    const ResolvedProfile profile =
        good(catalog, "hft-datapath", source(),
             {{"datapaths", "orders"}, {"listen", "192.0.2.1:8080"}, {"interface", "eth1"}});
    const ResolvedSetting* const listen = find(profile, "datapath", "orders", "listen");
    REQUIRE(listen != nullptr);
    CHECK(listen->value == Value(std::string("192.0.2.1:8080")));
    const ResolvedSetting* const enabled = find(profile, "datapath", "orders", "enabled");
    REQUIRE(enabled != nullptr);
    CHECK(enabled->value == Value(false));
}

TEST_CASE("every shipped profile opens with what it trades away", "[shipped]") {
    std::vector<std::string> found;
    for (const auto& entry : std::filesystem::directory_iterator(given::sources() / "profiles")) {
        if (entry.path().extension() == ".toml") {
            found.push_back(entry.path().stem().string());
            INFO(found.back());
            const std::string text = given::content_of(entry.path());
            CHECK(text.starts_with("# "));
            CHECK(text.substr(0, text.find("\n[")).contains("Trades "));
            const auto layer = layer_of({found.back(), text});
            REQUIRE(layer.has_value());
            CHECK_FALSE(layer->summary.empty());
        }
    }
    std::ranges::sort(found);
    CHECK(found == shipped);
}

TEST_CASE("no shipped profile disturbs a NIC that nobody named", "[shipped]") {
    const Catalog catalog = catalog_of_this_build();
    for (const std::string& name : shipped) {
        for (const ResolvedSection& section : good(catalog, name, source()).sections) {
            for (const ResolvedSetting& setting : section.settings) {
                INFO(name << ": " << setting.key);
                CHECK_FALSE(is_disruptive(setting));
            }
        }
    }
}

TEST_CASE("hft changes no MTU unless told", "[shipped]") {
    const Catalog catalog = catalog_of_this_build();
    const auto has_mtu = [&](std::vector<Override> overrides) {
        const ResolvedProfile profile = good(catalog, "hft", source(), std::move(overrides));
        return find(profile, "nic", "eth0", "mtu") != nullptr;
    };
    CHECK_FALSE(has_mtu({}));
    CHECK_FALSE(has_mtu({{"feeds", "eth0"}}));
    CHECK(has_mtu({{"jumbo", "eth0"}}));
}

TEST_CASE("hft carries what the tuning guide recommends", "[shipped]") {
    const Catalog catalog = catalog_of_this_build();
    const ResolvedProfile hft = good(
        catalog, "hft", source(),
        {{"feeds", "eth0"}, {"jumbo", "eth0"}, {"applications", "feed-handler"}, {"nics", "eth0"}});
    const auto value = [&](std::string_view plugin, std::string_view word, std::string_view key) {
        const ResolvedSetting* setting = find(hft, plugin, word, key);
        INFO(plugin << " " << word << " " << key);
        REQUIRE(setting != nullptr);
        REQUIRE(setting->value.has_value());
        return printed(setting->domain(), *setting->value);
    };
    CHECK(value("cpu", "", "smt") == "off");
    CHECK(value("cpu", "", "turbo") == "true");
    CHECK(value("cpu", "", "boost") == "true");
    CHECK(value("cpu", "", "governor") == "performance");
    CHECK(value("nic", "eth0", "channels.combined") == "4");
    CHECK(value("nic", "eth0", "coalesce.rx_usecs") == "0us");
    CHECK(value("nic", "eth0", "mtu") == "9000");
    CHECK(value("nic", "eth0", "features.tso") == "false");
    CHECK(value("nic", "eth0", "features.gso") == "false");
    CHECK(value("nic", "eth0", "features.ufo") == "false");
    CHECK(value("sysctl", "", "net.core.rmem_max") == "8MiB");
    CHECK(value("sysctl", "", "net.core.wmem_max") == "8MiB");
    CHECK(value("numa", "", "balancing") == "false");
    CHECK(value("numa", "", "colocate") == "eth0");
    CHECK(value("process", "feed-handler", "policy") == "fifo");
    CHECK(value("process", "feed-handler", "priority") == "98");
    REQUIRE(find(hft, "irq", "eth0", "cpus") != nullptr);
    CHECK(find(hft, "irq", "eth0", "cpus")->expression == "irq");
    for (const CpuRequest* set : {&hft.housekeeping, &hft.irq, &hft.datapath, &hft.isolated}) {
        CHECK(set->text == "auto");
    }
}

TEST_CASE("the manual's examples hold against the plugins of this build", "[documents]") {
    const Catalog catalog = catalog_of_this_build();
    const auto blocks = given::toml_blocks(given::sources() / "docs" / "profile.md");
    REQUIRE(blocks.size() >= 3);
    for (const given::TomlBlock& block : blocks) {
        INFO(block.place);
        const auto resolved =
            resolution(catalog, "here.toml", source(block.text, blocks.front().text));
        if (!resolved) {
            FAIL_CHECK(text_of(resolved.error()));
        }
    }
}
