#include "engine/registry.hpp"

#include <cstdio>

#define BOOST_DLL_USE_STD_FS
#include <vector>  // before Boost.DLL, which forgets it

#include <boost/dll/library_info.hpp>
#include <boost/dll/shared_library.hpp>
#include <fmt/format.h>

#include <nanotune/domain.hpp>
#include <nanotune/plugin.hpp>

#include "engine/plugin_file.hpp"
#include "engine/seen_plugins.hpp"
#include "system/storage/child.hpp"
#include "system/storage/file_facts.hpp"
#include "system/storage/storage.hpp"

namespace nanotune {
namespace plugin_loading {

constexpr const char* symbol = "nanotune_plugin";
namespace dll = boost::dll;

struct File {
    std::string name;  ///< of the plugin: the file's without ".so"
    std::string path;
    std::optional<unsigned> program_owner;
    FileIdentity looked_at = {};  ///< what was checked, and tried, or seen before
    std::string summary = {};     ///< of a plugin that passed its trial
    std::string refused = {};     ///< why, before it was asked for
};

/// A plugin and the code of its objects, which must outlive them.
struct Loaded {
    dll::shared_library library;
    Plugin plugin;
};

/// A trial resolves every symbol; after it they are resolved as they are called, which is much
/// quicker.
Result<dll::shared_library> opened(const File& file, dll::load_mode::type mode) {
    std::error_code error;
    dll::shared_library library;
    library.load(file.path, mode | dll::load_mode::rtld_local, error);
    if (error) {
        return failure(ErrorCode::damaged, fmt::format("{}: {}", file.path, error.message()));
    }
    return library;
}

/// The record, read before any C++ of the plugin is called.
Result<const nanotune_plugin_record*> record_in(const dll::shared_library& library,
                                                const File& file) {
    if (!library.has(symbol)) {
        return failure(ErrorCode::damaged, fmt::format("{} is no nanotune plugin: it exports no {}",
                                                       file.path, symbol));
    }
    const auto& record = library.get<const nanotune_plugin_record>(symbol);
    if (record.abi != plugin_abi) {
        return failure(ErrorCode::damaged, fmt::format("{} has ABI {}, this is ABI {}: rebuild it",
                                                       file.path, record.abi, plugin_abi));
    }
    if (std::string_view(record.build) != NANOTUNE_BUILD) {
        return failure(ErrorCode::damaged,
                       fmt::format(R"({} is built as "{}", this is "{}": rebuild it)", file.path,
                                   record.build, NANOTUNE_BUILD));
    }
    if (file.name != record.name) {
        return failure(ErrorCode::damaged, fmt::format("{} calls itself {}: the file must be {}.so",
                                                       file.path, record.name, record.name));
    }
    return &record;
}

Result<Plugin> defined(const nanotune_plugin_record& record, const File& file) {
    PluginBuilder builder;
    record.define(builder);
    if (!builder.refusal().empty()) {
        return failure(ErrorCode::damaged, fmt::format("{}: {}", file.path, builder.refusal()));
    }
    return Plugin{.name = record.name,
                  .summary = record.summary,
                  .file = file.path,
                  .selector = builder.selector(),
                  .banks = builder.take_banks(),
                  .rules = builder.take_rules()};
}

/// What is to be known of a plugin without loading it: its names elsewhere, a tab, and its summary.
Result<std::string> rehearsed(const File& file) {
    NT_TRY(const dll::shared_library library, opened(file, dll::load_mode::rtld_now));
    NT_TRY(const nanotune_plugin_record* record, record_in(library, file));
    NT_TRY(const Plugin plugin, defined(*record, file));
    if (const auto repeated = DeclaredNames(plugin).declared_twice(); !repeated.empty()) {
        return failure(ErrorCode::damaged,
                       fmt::format("{}: it declares {} twice", file.path, repeated));
    }
    std::string names;
    for (const NameElsewhere& elsewhere : names_elsewhere(plugin)) {
        names += (names.empty() ? "" : "|") + elsewhere.name;
    }
    return names + '\t' + plugin.summary;
}

/// A corrupt file can kill whoever loads it: a child goes first, and alone, as not every plugin is
/// needed. What it has found out.
Result<std::string> tried(const File& file, std::chrono::milliseconds patience) {
    auto found = found_in_child(
        [&file](std::string& told) {
            auto rehearsal = rehearsed(file);
            if (!rehearsal) {
                std::fputs(rehearsal.error().message.c_str(), stderr);
                return 1;
            }
            told = *std::move(rehearsal);
            return 0;
        },
        patience);
    if (found) {
        return found;
    }
    // What the child said of the file says it all.
    std::string& message = found.error().message;
    if (const std::size_t end = message.rfind(" (exit status 1)");
        end != std::string::npos && message.contains(file.path)) {
        message.resize(end);
    } else if (!message.contains(file.path)) {
        message = fmt::format("{}: {}", file.path, message);
    }
    return found;
}

/// Whether the file is the one that was looked at, and as it was then.
Result<bool> is_as_looked_at(const File& file) {
    NT_TRY(const PluginOnDisk found, checked_plugin_file(file.path, file.program_owner));
    return found.identity == file.looked_at;
}

Result<Loaded> loaded(const File& file) {
    NT_TRY(dll::shared_library library, opened(file, dll::load_mode::rtld_lazy));
    NT_TRY(const nanotune_plugin_record* record, record_in(library, file));
    NT_TRY(Plugin plugin, defined(*record, file));
    return Loaded{.library = std::move(library), .plugin = std::move(plugin)};
}

}  // namespace plugin_loading

using namespace plugin_loading;

struct Registry::Contents {
    std::vector<dll::shared_library> libraries;  // outlive the catalog's objects
    Catalog catalog;
    std::vector<File> files;  // stay where they are: offers refer to them

    std::chrono::milliseconds trial_time{};

    /// Loads a file that passed its trial. Another one in its place is looked at first as if
    /// nothing were known of it.
    Result<Plugin> take(File& file) {
        NT_TRY(const bool is_the_same, is_as_looked_at(file));
        if (!is_the_same) {
            SeenPlugins none("");
            NT_CHECK(look_at(file, none));
        }
        NT_TRY(Loaded taken, loaded(file));
        NT_TRY(const bool is_still_the_same, is_as_looked_at(file));
        if (!is_still_the_same) {
            return failure(ErrorCode::damaged,
                           fmt::format("{} was exchanged while it was loaded", file.path));
        }
        libraries.push_back(std::move(taken.library));
        return std::move(taken.plugin);
    }

    /// It is loaded once it is asked for.
    void offer(File& file, const SeenPlugin& seen) {
        file.summary = seen.summary;
        const std::vector<std::string_view> names = words_of(seen.names_elsewhere);
        catalog.offer({.name = file.name,
                       .names_elsewhere = {names.begin(), names.end()},
                       .load = [this, &file] { return take(file); }});
    }

    /// What is known of the file's plugin. One that was not seen before is tried.
    Result<SeenPlugin> look_at(File& file, SeenPlugins& seen) const {
        NT_TRY(const PluginOnDisk found, checked_plugin_file(file.path, file.program_owner));
        file.looked_at = found.identity;
        if (const SeenPlugin* known = seen.find(file.path, found.identity)) {
            if (known->hangs) {
                return failure(ErrorCode::timed_out,
                               fmt::format("{}: its trial load did not end; it is tried again once "
                                           "it is another file, or after a boot",
                                           file.path));
            }
            return *known;
        }
        NT_CHECK(checked_shared_object(found));
        NT_TRY(const bool is_sealed, has_its_seal(found));
        const auto trial = tried(file, trial_time);
        if (!trial && trial.error().code == ErrorCode::timed_out) {
            seen.add(file.path, found.identity, SeenPlugins::hanging);
        }
        if (!trial) {
            return std::unexpected(trial.error());
        }
        if (!is_sealed) {
            return failure(
                ErrorCode::damaged,
                fmt::format("{} has no seal: build it with nanotune_add_plugin", file.path));
        }
        return seen.add(file.path, found.identity, *trial);
    }

    /// Offers the file's plugin.
    Status add(File& file, SeenPlugins& seen) {
        NT_TRY(const SeenPlugin known, look_at(file, seen));
        offer(file, known);
        return {};
    }
};

Registry::Registry() : contents_(std::make_unique<Contents>()) {}
Registry::~Registry() = default;
Registry::Registry(Registry&&) noexcept = default;
Registry& Registry::operator=(Registry&&) noexcept = default;

Result<Registry> Registry::load(const PluginFolder& folder) {
    NT_TRY(const FileFacts facts, checked_folder(folder.path, folder.program_owner));
    SeenPlugins seen(folder.seen_file);
    NT_TRY(const std::vector<std::string> names, plugin_files_in(folder.path, facts, seen));
    Registry registry;
    registry.contents_->files.reserve(names.size());
    registry.contents_->trial_time = folder.trial_time;
    for (const std::string& name : names) {
        File& file =
            registry.contents_->files.emplace_back(File{.name = name.substr(0, name.size() - 3),
                                                        .path = folder.path + "/" + name,
                                                        .program_owner = folder.program_owner});
        if (const Status added = registry.contents_->add(file, seen); !added) {
            file.summary.clear();
            file.refused = added.error().message;
            registry.contents_->catalog.refuse(file.name, added.error().message);
        }
    }
    seen.keep();
    return registry;
}

const Catalog& Registry::catalog() const {
    return contents_->catalog;
}

std::vector<PluginInfo> Registry::plugins() const {
    std::vector<PluginInfo> plugins;
    for (const File& file : contents_->files) {
        const Plugin* plugin = catalog().plugin(file.name);
        const std::string* refusal = catalog().refusal_of(file.name);
        plugins.push_back({.name = file.name,
                           .file = file.path,
                           .summary = plugin == nullptr ? "" : plugin->summary,
                           .refused = refusal == nullptr ? "" : *refusal});
    }
    return plugins;
}

std::vector<PluginInfo> Registry::installed() const {
    std::vector<PluginInfo> plugins;
    for (const File& file : contents_->files) {
        plugins.push_back({.name = file.name,
                           .file = file.path,
                           .summary = file.summary,
                           .refused = file.refused});
    }
    return plugins;
}

}  // namespace nanotune
