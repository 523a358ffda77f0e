// nanotune complete: what may come next on a command line, for the completions of shells.
#include "complete_verb.hpp"

#include <algorithm>
#include <filesystem>

#include "../context.hpp"
#include "../import/tuned_profile.hpp"
#include "../text.hpp"
#include "completion.hpp"
#include "service/datapaths.hpp"

namespace nanotune::cli {

namespace {

/// The names that a profile may be called by, whichever folder has them.
std::vector<CompletionWord> profile_names(const Surroundings& surroundings) {
    constexpr std::string_view suffix = ".toml";
    std::vector<CompletionWord> names;
    for (const std::string& folder : surroundings.places.profiles) {
        std::error_code unreadable;
        for (std::filesystem::directory_iterator file(folder, unreadable), end;
             !unreadable && file != end; file.increment(unreadable)) {
            if (file->path().extension() == suffix) {
                names.push_back({file->path().stem().string(), "in " + folder});
            }
        }
    }
    std::ranges::stable_sort(names, {}, &CompletionWord::word);
    const auto repeated = std::ranges::unique(names, {}, &CompletionWord::word);
    names.erase(repeated.begin(), repeated.end());
    return names;
}

/// TuneD's profiles on this host, by the names that tuned-adm has for them.
std::vector<CompletionWord> tuned_profile_names() {
    std::vector<CompletionWord> names;
    for (const std::string& name : tuned_profile_names_below("")) {
        names.push_back({name, {}});
    }
    return names;
}

/// Opens the service when somebody first asks what it knows. Where it cannot be had nothing is
/// completed from it: there is nobody to be told.
class LateService {
  public:
    explicit LateService(const Context& context) : context_(context) {}

    Service* get() {
        if (!service_) {
            auto opened = context_.service();
            if (!opened) {
                return nullptr;
            }
            service_ = *std::move(opened);
        }
        return service_.get();
    }

  private:
    const Context& context_;
    std::unique_ptr<Service> service_;
};

std::vector<CompletionWord> settings_of(LateService& late) {
    std::vector<CompletionWord> names;
    if (Service* const service = late.get()) {
        for (const KeyInfo& key : service->keys()) {
            names.push_back({key.name, key.summary});
        }
    }
    return names;
}

std::vector<CompletionWord> plugins_of(LateService& late) {
    std::vector<CompletionWord> names;
    if (Service* const service = late.get()) {
        for (const PluginInfo& plugin : service->plugins()) {
            names.push_back({plugin.name, plugin.summary});
        }
    }
    return names;
}

std::vector<CompletionWord> devices_of(LateService& late) {
    std::vector<CompletionWord> names;
    if (Service* const service = late.get()) {
        if (const auto topology = service->topology()) {
            for (const NicLayout& nic : topology->nics) {
                names.push_back({nic.nic.target.name, {}});
            }
        }
    }
    return names;
}

std::vector<CompletionWord> datapaths_of(LateService& late) {
    std::vector<CompletionWord> names;
    if (auto* const reached = dynamic_cast<DatapathService*>(late.get())) {
        if (const auto datapaths = reached->datapaths(false)) {
            for (const Datapath& datapath : *datapaths) {
                const Worker& worker = datapath.worker;
                names.push_back({datapath.name, worker.hangs        ? "hangs"
                                                : worker.is_running ? "runs"
                                                                    : "ended"});
            }
        }
    }
    return names;
}

std::string_view name_of(ShellWords also) {
    switch (also) {
        case ShellWords::none:
            return "";
        case ShellWords::files:
            return ":files";
        case ShellWords::folders:
            return ":folders";
        case ShellWords::commands:
            return ":commands";
    }
    return "";
}

Ended run(Context& context) {
    LateService service(context);
    const Completion completion =
        completion_of(context.arguments().command(),
                      {.profiles = [&context] { return profile_names(context.surroundings()); },
                       .settings = [&service] { return settings_of(service); },
                       .plugins = [&service] { return plugins_of(service); },
                       .devices = [&service] { return devices_of(service); },
                       .tuned_profiles = tuned_profile_names,
                       .datapaths = [&service] { return datapaths_of(service); }});
    const Screen& screen = context.screen();
    for (const CompletionWord& word : completion.words) {
        screen.raw(harmless(word.word) + '\t' + harmless(word.help) + '\n');
    }
    if (const std::string_view also = name_of(completion.also); !also.empty()) {
        screen.raw(std::string(also) + '\n');
    }
    return 0;
}

}  // namespace

constinit const Command complete_command = {
    .name = "complete",
    .help = "what may come next on a command line",
    .details =
        "Prints a word a line, a tab, and what it is; then what the shell is to complete "
        "besides: \":files\", \":folders\" or \":commands\".",
    .run = run,
    .takes_a_command = true,
    .hidden = true};

}  // namespace nanotune::cli
