#include "tuned_profile.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include <nanotune/nearest.hpp>

#include "model/ini_text.hpp"

namespace nanotune::cli {

namespace {

constexpr std::size_t deepest = 16;

struct Found {
    std::string file;
    std::string text;
};

bool is_false(std::string_view text) {
    return text == "0" || text == "false" || text == "False";
}

/// One file, before anything is expanded.
struct Layer {
    std::vector<TunedUnit> units;
    std::vector<std::string> replaced;                         // names of units
    std::vector<std::pair<std::string, std::string>> dropped;  // unit, option
    std::vector<TunedOption> main;
    std::vector<LeftOut> unread;
};

void replace_all(std::string& text, std::string_view what, std::string_view with) {
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at)) {
        text.replace(at, what.size(), with);
    }
}

void put(std::vector<TunedOption>& options, TunedOption option) {
    const auto same = std::ranges::find(options, option.name, &TunedOption::name);
    if (same == options.end()) {
        options.push_back(std::move(option));
    } else {
        *same = std::move(option);
    }
}

/// What of a unit is about the unit itself.
bool takes_for_itself(TunedUnit& unit, Layer& layer, const TunedOption& option) {
    const std::pair<std::string_view, std::string*> texts[] = {
        {"type", &unit.type},
        {"devices", &unit.devices},
        {"devices_udev_regex", &unit.devices_udev_regex},
        {"uname_regex", &unit.uname_regex},
        {"cpuinfo_regex", &unit.cpuinfo_regex}};
    for (const auto& [name, text] : texts) {
        if (option.name == name) {
            *text = option.value;
            return true;
        }
    }
    if (option.name == "enabled") {
        unit.is_enabled = !is_false(option.value);
    } else if (option.name == "replace") {
        if (!is_false(option.value)) {
            layer.replaced.push_back(unit.name);
        }
    } else if (option.name == "drop") {
        std::string_view rest = option.value;
        while (!rest.empty()) {
            const std::string_view one = rest.substr(0, rest.find_first_of(",;"));
            rest.remove_prefix(std::min(one.size() + 1, rest.size()));
            layer.dropped.emplace_back(unit.name, stripped(one));
        }
    } else {
        return option.name == "priority" || option.name == "dynamic" ||
               option.name == "script_pre" || option.name == "script_post";
    }
    return true;
}

Layer layer_of(const Found& found) {
    Layer layer;
    const std::string folder = found.file.substr(0, found.file.rfind('/'));
    for (IniLine& line : ini_lines(found.text, tuned_dialect)) {
        const std::string origin = fmt::format("{}:{}", found.file, line.line);
        if (line.key.empty() && !line.value.empty()) {
            layer.unread.push_back({fmt::format("{}: {}", origin, line.value),
                                    "it is no OPTION=VALUE: TuneD refuses the whole file for it"});
            continue;
        }
        replace_all(line.value, "${i:PROFILE_DIR}", folder);
        if (line.section == "main") {
            put(layer.main, {.name = line.key, .value = line.value, .origin = origin});
            continue;
        }
        auto unit = std::ranges::find(layer.units, line.section, &TunedUnit::name);
        if (unit == layer.units.end()) {
            layer.units.push_back({.name = line.section, .type = line.section, .origin = origin});
            unit = std::prev(layer.units.end());
        }
        TunedOption option{.name = line.key, .value = line.value, .origin = origin};
        if (!line.key.empty() &&
            (line.section == "variables" || !takes_for_itself(*unit, layer, option))) {
            put(unit->options, std::move(option));
        }
    }
    return layer;
}

void merge_unit(TunedUnit& older, TunedUnit newer) {
    older.type = newer.type;
    older.is_enabled = newer.is_enabled;
    older.devices = newer.devices;
    const auto take = [](std::string& into, std::string& from) {
        into = from.empty() ? into : std::move(from);
    };
    take(older.devices_udev_regex, newer.devices_udev_regex);
    take(older.uname_regex, newer.uname_regex);
    take(older.cpuinfo_regex, newer.cpuinfo_regex);
    for (TunedOption& option : newer.options) {
        // Scripts of both run.
        if (older.type == "script" && older.find(option.name) != nullptr) {
            older.options.push_back(std::move(option));
        } else {
            put(older.options, std::move(option));
        }
    }
}

class Loader {
  public:
    Loader(const HostReader& read, const TunedHost& host, const std::vector<std::string>& known)
        : read_(read), words_(host), known_(known) {}

    Result<TunedProfile> loaded(const std::vector<std::string>& names) {
        for (const std::string& name : names) {
            NT_CHECK(load(name, {}, 0));
        }
        const auto variables = std::ranges::find(profile_.units, "variables", &TunedUnit::name);
        if (variables != profile_.units.end()) {
            NT_CHECK(define(variables->options));
            profile_.units.erase(variables);
        }
        for (TunedUnit& unit : profile_.units) {
            for (std::string* text : {&unit.devices, &unit.uname_regex, &unit.cpuinfo_regex}) {
                NT_TRY(*text, words_.expanded(*text));
            }
            for (TunedOption& option : unit.options) {
                NT_TRY(option.value, words_.expanded(option.value));
            }
        }
        return std::move(profile_);
    }

  private:
    [[nodiscard]] Result<Found> find(const std::string& name, const std::string& asked_by) const {
        std::vector<std::string> files;
        if (name.contains('/')) {
            files = {name, fmt::format("{}/{}", name, tuned_file)};
        } else {
            for (const std::string_view folder : tuned_folders) {
                files.push_back(fmt::format("{}/{}/{}", folder, name, tuned_file));
            }
        }
        for (const std::string& file : files) {
            if (auto text = read_(file)) {
                return Found{.file = file, .text = *std::move(text)};
            }
        }
        std::string all;
        for (const std::string& file : files) {
            all += fmt::format("{}{}", all.empty() ? "" : ", ", file);
        }
        return failure(ErrorCode::not_found,
                       fmt::format("TuneD's profile {}{} is not there: looked for {}{}", name,
                                   asked_by.empty() ? "" : ", which " + asked_by + " includes,",
                                   all, did_you_mean(name, known_)));
    }

    Status load(const std::string& name, const std::string& asked_by, std::size_t depth) {
        NT_TRY(const Found found, find(name, asked_by));
        if (std::ranges::find(loaded_, found.file) != loaded_.end()) {
            return {};
        }
        if (depth > deepest) {
            return failure(ErrorCode::invalid,
                           fmt::format("{}: profiles include each other too deeply", found.file));
        }
        loaded_.push_back(found.file);
        Layer layer = layer_of(found);
        for (const TunedOption& option : layer.main) {
            if (option.name == "include") {
                NT_TRY(const std::string names, words_.expanded(option.value));
                std::string_view rest = names;
                while (!rest.empty()) {
                    const std::string_view one = rest.substr(0, rest.find_first_of(",;"));
                    rest.remove_prefix(std::min(one.size() + 1, rest.size()));
                    NT_CHECK(load(std::string(stripped(one)), option.origin, depth + 1));
                }
            }
        }
        for (const TunedOption& option : layer.main) {
            profile_.summary = option.name == "summary" ? option.value : profile_.summary;
        }
        merge(std::move(layer));
        return {};
    }

    void merge(Layer layer) {
        std::ranges::move(layer.unread, std::back_inserter(profile_.unread));
        for (const auto& [unit, option] : layer.dropped) {
            const auto older = std::ranges::find(profile_.units, unit, &TunedUnit::name);
            if (older != profile_.units.end()) {
                std::erase_if(older->options,
                              [&option](const TunedOption& one) { return one.name == option; });
            }
        }
        for (TunedUnit& unit : layer.units) {
            const auto older = std::ranges::find(profile_.units, unit.name, &TunedUnit::name);
            if (older == profile_.units.end()) {
                profile_.units.push_back(std::move(unit));
            } else if (std::ranges::find(layer.replaced, unit.name) != layer.replaced.end()) {
                *older = std::move(unit);
            } else {
                merge_unit(*older, std::move(unit));
            }
        }
    }

    Status define(const std::vector<TunedOption>& options) {
        for (const TunedOption& option : options) {
            if (option.name != "include") {
                NT_CHECK(words_.define(option.name, option.value));
                continue;
            }
            const auto text = read_(option.value);
            if (!text) {
                profile_.unread.push_back(
                    {fmt::format("{}: include={}", option.origin, option.value),
                     "the file of variables is not there"});
                continue;
            }
            for (const IniLine& line : ini_lines(*text, tuned_dialect)) {
                if (!line.key.empty()) {
                    NT_CHECK(words_.define(line.key, line.value));
                }
            }
        }
        return {};
    }

    const HostReader& read_;
    TunedWords words_;
    const std::vector<std::string>& known_;
    TunedProfile profile_;
    std::vector<std::string> loaded_;
};

}  // namespace

TunedOption* TunedUnit::find(std::string_view option) {
    const auto found = std::ranges::find(options, option, &TunedOption::name);
    return found == options.end() ? nullptr : &*found;
}

Result<std::vector<std::string>> active_tuned_profiles(const HostReader& read) {
    std::vector<std::string> names;
    // tuned-adm writes the first; the second is kept whatever it switches to.
    for (const char* const file : {"/etc/tuned/active_profile", "/etc/tuned/post_loaded_profile"}) {
        const std::string text = read(file).value_or("");
        std::string_view rest = stripped(text);
        while (!rest.empty()) {
            const std::string_view name = rest.substr(0, rest.find_first_of(" \t\n"));
            names.emplace_back(name);
            rest = stripped(rest.substr(name.size()));
        }
    }
    if (names.empty()) {
        return failure(ErrorCode::not_found,
                       "TuneD works by no profile: /etc/tuned/active_profile is not there, or "
                       "empty; name one");
    }
    return names;
}

Result<TunedProfile> tuned_profile(const std::vector<std::string>& names, const HostReader& read,
                                   const TunedHost& host, const std::vector<std::string>& known) {
    return Loader(read, host, known).loaded(names);
}

}  // namespace nanotune::cli
