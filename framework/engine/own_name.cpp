#include "engine/own_name.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <utility>

#include <fmt/format.h>

namespace nanotune {
namespace {

/// A card whose driver was loaded anew has another number, and its own address.
bool is_the_same(const DeviceIdentity& device, const Link& link) {
    return device.index == link.index ||
           (device.is_burnt_in && link.is_mac_burnt_in && device.address == link.mac);
}

/// What was found out, by names: each is asked for once.
class Answers {
  public:
    explicit Answers(System& system) : system_(system) {}

    const Status& of(const NamedDevice& device) {
        const auto known = answers_.find(device.name);
        return known != answers_.end()
                   ? known->second
                   : answers_.emplace(device.name, bears_its_name(system_, device)).first->second;
    }

  private:
    System& system_;
    std::map<std::string, Status> answers_;
};

}  // namespace

NamedDevice named_device(const SettingRef& setting, const Candidate& candidate) {
    if (!candidate.identity.is_known()) {
        return {};
    }
    return {.name = candidate.target == Target::host() ? setting.bank->device_in(*setting.tunable)
                                                       : std::string(candidate.target.device()),
            .identity = &candidate.identity};
}

Status bears_its_name(System& system, const NamedDevice& device) {
    if (device.name.empty()) {
        return {};
    }
    // Which is so nearly always, and costs a tenth of all that is known of the device.
    if (system.links().name(device.identity->index) == device.name) {
        return {};
    }
    const auto link = system.links().link(device.name);
    if (!link || is_the_same(*device.identity, *link)) {
        return {};
    }
    return failure(ErrorCode::refused,
                   fmt::format("another device was given the name {} meanwhile, and is left alone",
                               device.name));
}

namespace {

std::vector<NamedDevice> devices_of(const std::vector<Change>& changes) {
    std::vector<NamedDevice> devices;
    devices.reserve(changes.size());
    for (const Change& change : changes) {
        devices.push_back(named_device(change.desired.setting, change.desired.candidate));
    }
    return devices;
}

Result<std::vector<Status>> names_borne(const std::vector<NamedDevice>& devices,
                                        CallRunner& calls) {
    return calls.ask("looking whose names these are", [&devices](System& system) {
        Answers answers(system);
        std::vector<Status> statuses;
        statuses.reserve(devices.size());
        for (const NamedDevice& device : devices) {
            statuses.push_back(answers.of(device));
        }
        return statuses;
    });
}

}  // namespace

Result<std::vector<Status>> names_borne(const std::vector<Change>& changes, CallRunner& calls) {
    return names_borne(devices_of(changes), calls);
}

Status bear_their_names(std::initializer_list<const std::vector<Change>*> lists,
                        CallRunner& calls) {
    std::vector<NamedDevice> devices;
    for (const std::vector<Change>* changes : lists) {
        for (const Change& change : *changes) {
            if (change.desired.candidate->identity.is_known()) {
                devices.push_back(named_device(change.desired.setting, change.desired.candidate));
            }
        }
    }
    if (devices.empty()) {
        return {};
    }
    NT_TRY(const std::vector<Status> statuses, names_borne(devices, calls));
    for (const Status& borne : statuses) {
        NT_CHECK(borne);
    }
    return {};
}

std::vector<Status> write_to_its_own(System& system, const Bank& bank, const Target& target,
                                     std::span<const Assignment> assignments,
                                     std::span<const NamedDevice> devices) {
    Answers answers(system);
    std::vector<Status> statuses;
    statuses.reserve(devices.size());
    for (const NamedDevice& device : devices) {
        statuses.push_back(answers.of(device));
    }
    const auto others = std::ranges::count_if(statuses, std::not_fn(&Status::has_value));
    if (others == std::ssize(statuses)) {
        return statuses;
    }
    if (others == 0) {
        return bank.write(system, target, assignments);
    }
    std::vector<Assignment> own;
    for (std::size_t i = 0; i < assignments.size(); ++i) {
        if (statuses[i]) {
            own.push_back(assignments[i]);
        }
    }
    std::vector<Status> written = bank.write(system, target, own);
    auto next = written.begin();
    for (Status& status : statuses) {
        if (status) {
            status = std::move(*next++);
        }
    }
    return statuses;
}

}  // namespace nanotune
