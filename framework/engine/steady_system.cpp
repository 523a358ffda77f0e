#include "engine/steady_system.hpp"

namespace nanotune {

Result<std::vector<Link>> SteadySystem::Links::list() {
    if (!answers_.links) {
        NT_TRY(answers_.links, system_.links().list());
    }
    return *answers_.links;
}

Result<Link> SteadySystem::Links::link(const std::string& device) {
    return system_.links().link(device);
}

Status SteadySystem::Links::set(const std::string& device, std::uint16_t attribute,
                                std::uint32_t number) {
    return system_.links().set(device, attribute, number);
}

Result<std::vector<std::string>> SteadySystem::Links::default_route_devices() {
    if (!answers_.default_route_devices) {
        NT_TRY(answers_.default_route_devices, system_.links().default_route_devices());
    }
    return *answers_.default_route_devices;
}

Result<std::string> SteadySystem::Links::device_of_address(const std::string& address) {
    return system_.links().device_of_address(address);
}

Result<std::vector<Link>> SteadySystem::Links::elsewhere() {
    return system_.links().elsewhere();
}

Result<std::vector<QueueInterrupt>> SteadySystem::Links::queue_interrupts(
    const std::string& device) {
    return system_.links().queue_interrupts(device);
}

Result<NapiTimes> SteadySystem::Links::napi_times(unsigned napi) {
    return system_.links().napi_times(napi);
}

Status SteadySystem::Links::set_napi_times(unsigned napi, const NapiTimes& times) {
    return system_.links().set_napi_times(napi, times);
}

Result<std::vector<XdpSocket>> SteadySystem::Links::xdp_sockets() {
    return system_.links().xdp_sockets();
}

Result<std::uint64_t> SteadySystem::Links::xdp_features(const std::string& device) {
    return system_.links().xdp_features(device);
}

Result<Qdisc> SteadySystem::Links::qdisc(const std::string& device) {
    return system_.links().qdisc(device);
}

Status SteadySystem::Links::put_qdisc(const std::string& device, const Qdisc& qdisc) {
    return system_.links().put_qdisc(device, qdisc);
}

Status SteadySystem::Links::remove_qdisc(const std::string& device) {
    return system_.links().remove_qdisc(device);
}

}  // namespace nanotune
