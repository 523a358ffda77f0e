#include "engine/trial_grounds.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include <nanotune/discover.hpp>

namespace nanotune {

namespace {

class Grounds {
  public:
    Grounds(const Catalog& catalog, Survey& survey, const std::string& nic)
        : catalog_(catalog), survey_(survey), nic_(nic) {}

    Result<TrialGrounds> found() {
        NT_CHECK(look_at_host());
        NT_TRY(std::vector<SettingRef> settings, this->settings());
        std::ranges::stable_sort(settings, {},
                                 [](const SettingRef& one) { return one.bank->stage(); });
        for (const SettingRef& setting : settings) {
            NT_CHECK(add(setting));
        }
        return std::move(grounds_);
    }

  private:
    [[nodiscard]] static bool is_of_host(const SettingRef& setting) {
        return setting.plugin->selector != Selector::device ||
               setting.bank->discovery() == &discover::host;
    }

    Status look_at_host() {
        NT_TRY(const Topology topology, survey_.topology());
        grounds_.ground.cpus = topology.online;
        grounds_.ground.nodes = topology.nodes_of(topology.online);
        NT_TRY(const auto kernel,
               survey_.calls().ask("reading the kernel's version", [](System& system) {
                   return system.files().read("/proc/sys/kernel/osrelease");
               }));
        grounds_.kernel = kernel.value_or("");
        if (nic_.empty()) {
            return {};
        }
        NT_TRY(const auto* nics, survey_.candidates(discover::nics));
        const auto found = std::ranges::find(*nics, nic_, &Candidate::device);
        if (found == nics->end()) {
            return failure(ErrorCode::not_found,
                           fmt::format("there is no network device {} here", nic_));
        }
        grounds_.nic = *found;
        if (const auto queues = survey_.candidates(discover::rx_queues)) {
            for (const Candidate& queue : **queues) {
                if (queue.device == nic_) {
                    grounds_.ground.queues = grounds_.ground.queues | queue.ids;
                }
            }
        }
        return {};
    }

    /// Those that are written, and whose targets no profile has to name first. Names that only the
    /// host knows are a NIC's offloads and switches; of sysctls those count that are declared.
    Result<std::vector<SettingRef>> settings() {
        std::vector<SettingRef> all = catalog_.settings();
        for (const Plugin* plugin : catalog_.plugins()) {
            if (!nic_.empty() && plugin->selector == Selector::device) {
                NT_CHECK(add_open(*plugin, all));
            }
        }
        std::erase_if(all, [this](const SettingRef& setting) {
            const Selector selector = setting.plugin->selector;
            return setting.tunable->check_only || selector == Selector::label ||
                   selector == Selector::given || is_of_host(setting) != nic_.empty();
        });
        return all;
    }

    Status add_open(const Plugin& plugin, std::vector<SettingRef>& all) {
        for (const auto& bank : plugin.banks) {
            NT_TRY(const auto names, survey_.calls().ask("looking for settings of " + plugin.name,
                                                         [&bank](System& system) {
                                                             return bank->open_names(system);
                                                         }));
            for (const std::string& name : names) {
                if (const auto meaning = catalog_.meaning(plugin, name)) {
                    std::ranges::copy(meaning->settings, std::back_inserter(all));
                }
            }
        }
        return {};
    }

    Result<std::vector<Candidate>> candidates(const SettingRef& setting) {
        const auto found = survey_.candidates(setting.bank->discovery());
        if (!found && found.error().code == ErrorCode::timed_out) {
            return std::unexpected(found.error());
        }
        std::vector<Candidate> own;
        if (found) {
            std::ranges::copy_if(**found, std::back_inserter(own),
                                 [this](const Candidate& one) { return one.device == nic_; });
        }
        // One is enough, and not the one that this runs on.
        if (setting.tunable->topology == TopologyEffect::online && own.size() > 1) {
            own.erase(own.begin(), std::prev(own.end()));
        }
        return own;
    }

    Status add(const SettingRef& setting) {
        TrialSubject subject{.setting = setting, .targets = {}, .absence = {}};
        NT_TRY(const auto candidates, this->candidates(setting));
        std::vector<Place> places;
        for (const Candidate& candidate : candidates) {
            places.push_back({setting, candidate.target});
        }
        NT_TRY(auto readings, survey_.read(places));
        subject.absence = places.empty() ? fmt::format("{} has nothing that could have it",
                                                       nic_.empty() ? "this host" : nic_)
                                         : "";
        for (std::size_t i = 0; i < places.size(); ++i) {
            if (!readings[i]) {
                subject.absence = readings[i].error().message;
                continue;
            }
            NT_TRY(auto inquiry, this->inquiry(places[i]));
            subject.targets.push_back({.candidate = candidates[i],
                                       .held = std::move(readings[i]->value),
                                       .is_fixed = readings[i]->is_fixed,
                                       .inquiry = std::move(inquiry)});
        }
        if (!subject.targets.empty()) {
            subject.absence.clear();
        }
        grounds_.subjects.push_back(std::move(subject));
        return {};
    }

    Result<Result<Inquiry>> inquiry(const Place& place) {
        return survey_.calls().ask("asking who else tells " + text_of(place.setting, place.target),
                                   [&place](System& system) {
                                       return place.setting.bank->witness(system, place.target,
                                                                          *place.setting.tunable);
                                   },
                                   {.bank = place.setting.bank, .target = place.target});
    }

    const Catalog& catalog_;
    Survey& survey_;
    const std::string& nic_;
    TrialGrounds grounds_;
};

}  // namespace

Result<TrialGrounds> trial_grounds(const Catalog& catalog, Survey& survey, const std::string& nic) {
    return Grounds(catalog, survey, nic).found();
}

}  // namespace nanotune
