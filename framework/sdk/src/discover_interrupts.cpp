// The interrupts of a NIC. The kernel tells which queue one serves only since netdev netlink;
// before that, its name does, in every driver's own spelling.
#include <algorithm>
#include <cctype>
#include <iterator>
#include <limits>
#include <map>
#include <optional>
#include <set>

#include <nanotune/discover.hpp>
#include <nanotune/numbers.hpp>

#include "bus_device.hpp"

namespace nanotune::discover {
namespace {

using Actions = std::map<unsigned, std::string>;

// The last column; two spaces stand before it, and single ones may stand in it.
Actions actions_in(std::string_view table) {
    Actions actions;
    while (!table.empty()) {
        const auto end = table.find('\n');
        std::string_view line = table.substr(0, end);
        table.remove_prefix(end == std::string_view::npos ? table.size() : end + 1);
        line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
        line = line.substr(0, line.find_last_not_of(' ') + 1);
        const auto number = whole_number<unsigned>(line.substr(0, line.find(':')));
        const auto gap = line.rfind("  ");
        if (number && gap != std::string_view::npos) {
            actions.emplace(*number, std::string(line.substr(gap + 2)));
        }
    }
    return actions;
}

struct Interrupt {
    unsigned queue = std::numeric_limits<unsigned>::max();  // none known: sorts last
    std::vector<std::string> queues;                        // "rx-0", "tx-0"

    void serves(std::string direction, unsigned number) {
        queue = std::min(queue, number);
        queues.push_back(std::move(direction) + "-" + std::to_string(number));
    }

    // virtio keeps the interrupts of queues that it was told to do without, under their names.
    // Other drivers do not, and some of them number their queues from another number than the
    // kernel.
    void keep_only(const std::vector<std::string>& present) {
        std::erase_if(queues, [&present](const std::string& one) {
            return std::ranges::find(present, one) == present.end();
        });
        if (queues.empty()) {
            queue = std::numeric_limits<unsigned>::max();
        }
    }
};
using Interrupts = std::map<unsigned, Interrupt>;

// "eth0-TxRx-3", "eth0-3", "eth0-rx-3", "virtio2-input.3", "mlx5_comp3@pci:...": the words say
// which directions, the last number before any "@" which queue.
void understand_name(std::string_view action, std::string_view nic, Interrupt& interrupt) {
    std::string name(action.substr(0, action.find('@')));
    std::ranges::transform(name, name.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    const auto digits = name.find_last_not_of("0123456789") + 1;
    const auto number = whole_number<unsigned>(std::string_view(name).substr(digits));
    if (!number) {
        return;
    }
    const std::string_view words = std::string_view(name).substr(0, digits);
    const auto has = [&](std::string_view word) { return words.contains(word); };
    const bool both =
        has("txrx") || has("rxtx") || has("tx-rx") || has("rx-tx") || has("comp") || has("-fp-") ||
        (words.ends_with('-') && action.starts_with(nic) && words.size() == nic.size() + 1);
    const bool receives = both || has("rx") || has("input");
    const bool sends = both || has("tx") || has("output");
    if (receives) {
        interrupt.serves("rx", *number);
    }
    if (sends) {
        interrupt.serves("tx", *number);
    }
}

bool has_word(std::string_view text, std::string_view word) {
    const auto is_part = [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
    };
    for (auto at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
        const auto end = at + word.size();
        if ((at == 0 || !is_part(text[at - 1])) && (end == text.size() || !is_part(text[end]))) {
            return true;
        }
    }
    return false;
}

// Numbers of the device's interrupts, by its message-signalled ones, else by the names.
void add_device_interrupts(System& system, const std::string& nic, const Actions& actions,
                           Interrupts& found) {
    Files& files = system.files();
    if (const auto numbers = files.list(bus_device_of(files, nic) + "/msi_irqs")) {
        for (const std::string& number : *numbers) {
            if (const auto irq = whole_number<unsigned>(number)) {
                found.try_emplace(*irq);
            }
        }
    }
    if (!found.empty()) {
        return;
    }
    const auto device = files.link_name("/sys/class/net/" + nic + "/device");
    for (const auto& [irq, action] : actions) {
        if (has_word(action, nic) || (device && has_word(action, *device))) {
            found.try_emplace(irq);
        }
    }
}

// Two ports of one PCI function share its interrupts: those with another port's name are not ours.
// With the name of any other device they are: of one that was renamed since it asked for them.
bool names_another(Files& files, std::string_view action, const std::string& nic,
                   const std::vector<std::string>& all) {
    const auto function = [&files](const std::string& device) {
        return files.resolved(bus_device_of(files, device)).value_or("");
    };
    return !action.empty() && !has_word(action, nic) &&
           std::ranges::any_of(all, [&](const std::string& other) {
               return has_word(action, other) && function(other) == function(nic);
           });
}

unsigned number_behind_dash(std::string_view queue) {  // of "rx-0"
    queue.remove_prefix(std::min(queue.find('-') + 1, queue.size()));
    return leading_number<unsigned>(queue).value_or(0);
}

Candidate candidate_of(const Candidate& nic, unsigned irq, std::string_view action,
                       const Interrupt& interrupt) {
    Candidate candidate = nic;
    candidate.target = Target::irq(irq);
    candidate.facts.emplace_back("action", action);
    std::string queues;
    for (const std::string& queue : interrupt.queues) {
        queues += (queues.empty() ? "" : ",") + queue;
        candidate.ids.add(number_behind_dash(queue));
    }
    if (!queues.empty()) {
        candidate.facts.emplace_back("queues", std::move(queues));
    }
    return candidate;
}

// What all NICs share, read once.
struct Surroundings {
    Actions actions;
    std::vector<std::string> devices;
};

Result<Surroundings> surroundings(Files& files) {
    NT_TRY(const std::string table, files.read("/proc/interrupts"));
    return Surroundings{
        .actions = actions_in(table),
        .devices = files.list("/sys/class/net").value_or(std::vector<std::string>{})};
}

bool may_have_interrupts(const Candidate& nic) {
    const auto kind = nic.fact("kind");
    return kind == "physical" || kind == "vf";
}

// Devices may have exchanged their names since they were listed.
bool is_another_by_now(System& system, const Candidate& nic) {
    const auto link = system.links().link(nic.device);
    return link && link->index != nic.identity.index;
}

std::vector<Candidate> interrupts_among(System& system, const Candidate& nic,
                                        const Surroundings& host) {
    Interrupts found;
    std::set<unsigned> told;
    if (const auto served = system.links().queue_interrupts(nic.device)) {
        for (const QueueInterrupt& queue : *served) {
            if (queue.irq != 0) {
                found[queue.irq].serves(queue.is_receive ? "rx" : "tx", queue.queue);
                told.insert(queue.irq);
            }
        }
        if (is_another_by_now(system, nic)) {  // asked by name, as what follows is not
            return {};
        }
    }
    // Names in /proc/interrupts are of all namespaces, too.
    std::optional<std::vector<std::string>> present;
    if (sysfs_shows(system.files(), nic.device, nic.identity.index)) {
        add_device_interrupts(system, nic.device, host.actions, found);
        const auto queues = system.files().list("/sys/class/net/" + nic.device + "/queues");
        present = queues ? std::optional(*queues) : std::nullopt;
    }
    struct Ordered {
        unsigned queue;
        unsigned irq;
        Candidate candidate;
    };
    std::vector<Ordered> ordered;
    for (auto& [irq, interrupt] : found) {
        const auto known = host.actions.find(irq);
        const std::string action = known == host.actions.end() ? std::string{} : known->second;
        if (!told.contains(irq) &&
            names_another(system.files(), action, nic.device, host.devices)) {
            continue;
        }
        if (interrupt.queues.empty()) {
            understand_name(action, nic.device, interrupt);
            if (present && action.starts_with("virtio")) {
                interrupt.keep_only(*present);
            }
        }
        ordered.push_back({interrupt.queue, irq, candidate_of(nic, irq, action, interrupt)});
    }
    std::ranges::sort(ordered, {},
                      [](const Ordered& one) { return std::pair(one.queue, one.irq); });
    std::vector<Candidate> interrupts;
    interrupts.reserve(ordered.size());
    for (Ordered& one : ordered) {
        interrupts.push_back(std::move(one.candidate));
    }
    return interrupts;
}

}  // namespace

Result<std::vector<Candidate>> interrupts_of(System& system, const Candidate& nic) {
    if (!may_have_interrupts(nic)) {
        return std::vector<Candidate>{};
    }
    NT_TRY(const Surroundings host, surroundings(system.files()));
    return interrupts_among(system, nic, host);
}

Result<std::vector<Candidate>> nic_interrupts(System& system) {
    NT_TRY(auto devices, nics(system));
    std::erase_if(devices, [](const Candidate& nic) { return !may_have_interrupts(nic); });
    std::vector<Candidate> all;
    if (devices.empty()) {
        return all;
    }
    NT_TRY(const Surroundings host, surroundings(system.files()));
    for (const Candidate& nic : devices) {
        std::ranges::move(interrupts_among(system, nic, host), std::back_inserter(all));
    }
    return all;
}

}  // namespace nanotune::discover
