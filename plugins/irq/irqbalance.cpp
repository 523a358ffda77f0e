// Finds irqbalance and speaks the few words of its protocol.
#include "irqbalance.hpp"

namespace nanotune::irq {
namespace {

constexpr std::string_view socket_folder = "/run/irqbalance";

// What irqbalance reads of a request; of a longer one it would take the end of a number for another
// one's.
constexpr std::size_t longest_request = 500;

bool is_irqbalance(Files& files, const std::string& process) {
    const auto comm = files.read("/proc/" + process + "/comm");
    return comm && *comm == "irqbalance";
}

bool is_number(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// "irqbalance1234.sock"
std::string process_of(std::string_view socket) {
    constexpr std::string_view before = "irqbalance";
    constexpr std::string_view after = ".sock";
    if (!socket.starts_with(before) || !socket.ends_with(after)) {
        return {};
    }
    socket.remove_prefix(before.size());
    socket.remove_suffix(after.size());
    return is_number(socket) ? std::string(socket) : std::string{};
}

// Under systemd its unit tells at the price of one read; elsewhere every process is looked at.
std::vector<std::string> processes(Files& files) {
    if (files.exists("/run/systemd/system")) {
        const auto members =
            files.read("/sys/fs/cgroup/system.slice/irqbalance.service/cgroup.procs");
        return members && !members->empty()
                   ? std::vector<std::string>{members->substr(0, members->find('\n'))}
                   : std::vector<std::string>{};
    }
    auto names = files.list("/proc").value_or(std::vector<std::string>{});
    std::erase_if(names, [](const std::string& name) { return !is_number(name); });
    return names;
}

}  // namespace

std::optional<Irqbalance> Irqbalance::running(Files& files) {
    for (const std::string& socket :
         files.list(std::string(socket_folder)).value_or(std::vector<std::string>{})) {
        if (const std::string process = process_of(socket);
            !process.empty() && is_irqbalance(files, process)) {
            return Irqbalance(process, std::string(socket_folder).append("/").append(socket));
        }
    }
    for (const std::string& process : processes(files)) {
        if (is_irqbalance(files, process)) {
            return Irqbalance(process, "@irqbalance" + process + ".sock");
        }
    }
    return std::nullopt;
}

Result<std::string> Irqbalance::asked(System& system, const std::string& request) const {
    auto answer = system.ask(socket_, request);
    if (answer || answer.error().code == ErrorCode::denied) {
        return answer;
    }
    return failure(ErrorCode::conflict,
                   "irqbalance (process " + process_ +
                       ") moves interrupts and cannot be told to leave these alone: " +
                       answer.error().message + "; stop it, or start it with --banirq");
}

Result<CpuSet> Irqbalance::banned(System& system) const {
    // "SLEEP 10 IRQ 41 LOAD 0 DIFF 0 CLASS 0 IRQ 42 ... BANNED 00": one IRQ for each banned one.
    NT_TRY(const std::string answer, asked(system, "setup"));
    if (!answer.starts_with("SLEEP ")) {
        return failure(ErrorCode::conflict,
                       "irqbalance (process " + process_ +
                           ") answers in a way that is not understood: " + answer);
    }
    constexpr std::string_view word = "IRQ ";
    CpuSet interrupts;
    for (auto at = answer.find(word); at != std::string::npos; at = answer.find(word, at)) {
        at += word.size();
        const std::string number = answer.substr(at, answer.find(' ', at) - at);
        NT_TRY(const CpuSet one, CpuSet::from_list(number));
        interrupts = interrupts | one;
    }
    return interrupts;
}

Status Irqbalance::ban(System& system, const CpuSet& interrupts) const {
    std::string request = "settings ban irqs";
    for (const unsigned number : interrupts.members()) {
        request += " " + std::to_string(number);
    }
    if (interrupts.empty()) {
        request += " NONE";
    }
    if (request.size() > longest_request) {
        return failure(ErrorCode::exhausted,
                       "irqbalance (process " + process_ + ") cannot be told to leave " +
                           std::to_string(interrupts.size()) + " interrupts alone: it reads " +
                           std::to_string(longest_request) +
                           " bytes of their list; stop it, or start it with --banirq");
    }
    NT_CHECK(asked(system, request));
    return {};
}

}  // namespace nanotune::irq
