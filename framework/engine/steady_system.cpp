#include "engine/steady_system.hpp"

#include <algorithm>

namespace nanotune {

namespace {

/// The answer that is known, or what `ask` answers, which is known then.
template <typename T, typename F>
Result<T> once(std::optional<T>& known, F ask) {
    if (!known) {
        NT_TRY(known, ask());
    }
    return *known;
}

}  // namespace

Result<std::string> SteadySystem::Files::read(const std::string& path) {
    return files_.read(path);
}

Status SteadySystem::Files::write(const std::string& path, std::string_view text) {
    return files_.write(path, text);
}

Result<std::vector<std::string>> SteadySystem::Files::list(const std::string& folder) {
    return folder.starts_with("/sys/class/net/") && folder.ends_with("/queues")
               ? once(answers_.queues[folder], [&] { return files_.list(folder); })
               : files_.list(folder);
}

Result<std::string> SteadySystem::Files::link_name(const std::string& path) {
    return files_.link_name(path);
}

Result<std::string> SteadySystem::Files::resolved(const std::string& path) {
    return files_.resolved(path);
}

bool SteadySystem::Files::exists(const std::string& path) {
    return files_.exists(path);
}

Status SteadySystem::Files::may_write(const std::string& path) {
    return files_.may_write(path);
}

Result<std::vector<Link>> SteadySystem::Links::list() {
    return once(answers_.links, [this] { return system_.links().list(); });
}

Result<Link> SteadySystem::Links::link(const std::string& device) {
    if (whom_ == For::limits && answers_.links && answers_.do_links_tell_limits) {
        const auto listed = std::ranges::find(*answers_.links, device, &Link::name);
        if (listed != answers_.links->end()) {
            return *listed;
        }
    }
    return system_.links().link(device);
}

Result<std::string> SteadySystem::Links::name(unsigned index) {
    return system_.links().name(index);
}

Status SteadySystem::Links::set(const std::string& device, std::uint16_t attribute,
                                std::uint32_t number) {
    return system_.links().set(device, attribute, number);
}

Result<std::vector<std::string>> SteadySystem::Links::default_route_devices() {
    return once(answers_.default_route_devices,
                [this] { return system_.links().default_route_devices(); });
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
    return once(answers_.xdp_sockets, [this] { return system_.links().xdp_sockets(); });
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
