// CPU hotplug and SMT: what an offline CPU takes with it, and gets back.
#include <cerrno>

#include "support/kernel_habits.hpp"

namespace nanotune::test {

namespace {

const std::string cpu_folder = "/sys/devices/system/cpu/";
const std::string node_folder = "/sys/devices/system/node/";

std::string folder_of(unsigned cpu) {
    return cpu_folder + "cpu" + std::to_string(cpu);
}

void move_below(Edit& edit, const std::string& from, const std::string& to) {
    for (const std::string& key : keys_below(edit.cells(), from)) {
        edit.rename(key, to + key.substr(from.size()));
    }
}

// What the kernel removes comes back as it was.
void set_aside(Edit& edit, const std::string& folder, bool aside) {
    for (const std::string prefix : {"", "symlink:"}) {
        const std::string here = prefix + folder;
        move_below(edit, aside ? here : "offline:" + here, aside ? "offline:" + here : here);
    }
}

void change_list(Edit& edit, const std::string& key, unsigned cpu, bool add) {
    if (!edit.cells().contains(key)) {
        return;
    }
    CpuSet cpus = cpus_in(edit.cells(), key);
    if (add) {
        cpus.add(cpu);
    } else {
        cpus.remove(cpu);
    }
    if (cpus.list() != text_of(edit.cells(), key)) {
        edit.set(key, cpus.list());
    }
}

unsigned node_of(const Cells& cells, unsigned cpu) {
    for (const std::string& key : keys_below(cells, "socket:")) {
        if (cpus_in(cells, key).contains(cpu)) {
            return static_cast<unsigned>(std::stoul(key.substr(7)));
        }
    }
    return 0;
}

void change_policy(Edit& edit, unsigned cpu, bool online) {
    const std::string policy = cpu_folder + "cpufreq/policy" + std::to_string(cpu);
    set_aside(edit, policy + "/", !online);
}

void set_online(Edit& edit, unsigned cpu, bool online) {
    const bool is_online = cpus_in(edit.cells(), cpu_folder + "online").contains(cpu);
    const std::string file = folder_of(cpu) + "/online";
    if (edit.cells().contains(file) && text_of(edit.cells(), file) != (online ? "1" : "0")) {
        edit.set(file, online ? "1" : "0");
    }
    if (is_online == online) {
        return;
    }
    change_list(edit, cpu_folder + "online", cpu, online);
    change_list(edit, cpu_folder + "offline", cpu, !online);
    const std::string node = node_folder + "node" + std::to_string(node_of(edit.cells(), cpu));
    change_list(edit, node + "/cpulist", cpu, online);
    for (const char* gone : {"/topology/", "/cpuidle/", "/cpufreq", "/cache/"}) {
        set_aside(edit, folder_of(cpu) + gone, !online);
    }
    change_policy(edit, cpu, online);
    break_affinity(edit);
    for (const unsigned sibling : cpus_in(edit.cells(), "core:" + std::to_string(cpu)).members()) {
        change_list(edit, folder_of(sibling) + "/topology/thread_siblings_list", cpu, online);
        change_list(edit, folder_of(sibling) + "/topology/core_cpus_list", cpu, online);
    }
}

void set_smt(Edit& edit, const std::string& word) {
    const bool on = word == "on";
    for (const unsigned cpu : cpus_in(edit.cells(), cpu_folder + "present").members()) {
        const CpuSet core = cpus_in(edit.cells(), "core:" + std::to_string(cpu));
        if (core.first() != cpu) {
            set_online(edit, cpu, on);
        }
    }
    edit.set(cpu_folder + "smt/active", on ? "1" : "0");
}

}  // namespace

CpuSet cpus_in(const Cells& cells, std::string_view list_cell) {
    return CpuSet::from_list(text_of(cells, list_cell)).value_or(CpuSet());
}

void add_cpu_habits(FakeHost& host) {
    host.on_write(cpu_folder + "cpu*/online", [](Edit& edit, const Write& write) {
        const std::string number = write.key.substr(cpu_folder.size() + 3);
        set_online(edit, static_cast<unsigned>(std::stoul(number)), write.text == "1");
    });
    host.on_write(cpu_folder + "smt/control",
                  [](Edit& edit, const Write& write) { set_smt(edit, write.text); });
    host.check(cpu_folder + "smt/control",
               [](const Cells& cells, const Write& write) -> std::optional<Refusal> {
                   const std::string now = text_of(cells, write.key);
                   if (now == "notsupported" || now == "forceoff") {
                       return Refusal{.error = now == "forceoff" ? EPERM : ENODEV};
                   }
                   const bool known =
                       write.text == "on" || write.text == "off" || write.text == "forceoff";
                   return known ? std::nullopt : std::optional(Refusal{.error = EINVAL});
               });
}

}  // namespace nanotune::test
