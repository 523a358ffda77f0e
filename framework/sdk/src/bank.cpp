// What a bank is when it says nothing else.
#include <nanotune/bank.hpp>

namespace nanotune {

std::string_view name_of(Stage stage) noexcept {
    switch (stage) {
        case Stage::topology:
            return "topology";
        case Stage::queues:
            return "queues";
        case Stage::devices:
            return "devices";
        case Stage::interrupts:
            return "interrupts";
        case Stage::host:
            return "host";
        case Stage::processes:
            return "processes";
        case Stage::datapath:
            return "datapath";
    }
    return "";
}

Result<std::optional<Tunable>> Bank::open(std::string_view /*name*/) const {
    return std::nullopt;
}

std::vector<Tunable> Bank::patterns() const {
    return {};
}

std::vector<std::string> Bank::open_names(System& /*system*/) const {
    return {};
}

std::string Bank::device_in(const Tunable& /*tunable*/) const {
    return {};
}

std::string Bank::name_for(const Tunable& tunable, std::string_view /*device*/) const {
    return std::string(tunable.name);
}

Result<Inquiry> Bank::witness(System& /*system*/, const Target& target,
                              const Tunable& tunable) const {
    return inquiry_of(tunable.witness, target);
}

std::vector<Status> Bank::may_hold(System& /*system*/, const Target& /*target*/,
                                   std::span<const Assignment> assignments) const {
    return std::vector<Status>(assignments.size());
}

Status Bank::pause(System& /*system*/, const Target& target) const {
    return failure(ErrorCode::unsupported, target.text() + ": nothing runs there that could end");
}

}  // namespace nanotune
