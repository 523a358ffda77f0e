#include "engine/watched_system.hpp"

#include <type_traits>

namespace nanotune {
namespace {

const std::string no_file;

template <typename F>
std::invoke_result_t<F&> watched(CallWatch& watch, const std::string& file, F call) {
    if (Status free = watch.enters(file); !free) {
        return std::unexpected(std::move(free).error());
    }
    auto answer = call();
    watch.leaves();
    return answer;
}

}  // namespace

Result<std::string> WatchedSystem::ask(const std::string& socket, std::string_view request) {
    return watched(watch_, no_file, [&] { return system_.ask(socket, request); });
}

Result<std::string> WatchedSystem::Files::read(const std::string& path) {
    return watched(watch_, path, [&] { return system_.files().read(path); });
}

Status WatchedSystem::Files::write(const std::string& path, std::string_view text) {
    return watched(watch_, path, [&] { return system_.files().write(path, text); });
}

Result<std::vector<std::string>> WatchedSystem::Files::list(const std::string& folder) {
    return watched(watch_, folder, [&] { return system_.files().list(folder); });
}

Result<std::string> WatchedSystem::Files::link_name(const std::string& path) {
    return watched(watch_, path, [&] { return system_.files().link_name(path); });
}

Result<std::string> WatchedSystem::Files::resolved(const std::string& path) {
    return watched(watch_, path, [&] { return system_.files().resolved(path); });
}

bool WatchedSystem::Files::exists(const std::string& path) {
    return watched(watch_, path, [&] { return Result<bool>(system_.files().exists(path)); })
        .value_or(true);  // it hangs, so it is there
}

Status WatchedSystem::Files::may_write(const std::string& path) {
    return watched(watch_, path, [&] { return system_.files().may_write(path); });
}

Result<EthtoolNumbers> WatchedSystem::Ethtool::get(std::uint8_t command,
                                                   const std::string& device) {
    return watched(watch_, no_file, [&] { return system_.ethtool().get(command, device); });
}

Status WatchedSystem::Ethtool::set(std::uint8_t command, const std::string& device,
                                   const EthtoolNumbers& numbers) {
    return watched(watch_, no_file,
                   [&] { return system_.ethtool().set(command, device, numbers); });
}

Result<Features> WatchedSystem::Ethtool::features(const std::string& device) {
    return watched(watch_, no_file, [&] { return system_.ethtool().features(device); });
}

Status WatchedSystem::Ethtool::set_features(const std::string& device,
                                            const std::map<std::string, bool>& wanted) {
    return watched(watch_, no_file, [&] { return system_.ethtool().set_features(device, wanted); });
}

Result<std::vector<Link>> WatchedSystem::Links::list() {
    return watched(watch_, no_file, [&] { return system_.links().list(); });
}

Result<Link> WatchedSystem::Links::link(const std::string& device) {
    return watched(watch_, no_file, [&] { return system_.links().link(device); });
}

Status WatchedSystem::Links::set(const std::string& device, std::uint16_t attribute,
                                 std::uint32_t number) {
    return watched(watch_, no_file, [&] { return system_.links().set(device, attribute, number); });
}

Result<std::vector<std::string>> WatchedSystem::Links::default_route_devices() {
    return watched(watch_, no_file, [&] { return system_.links().default_route_devices(); });
}

Result<std::string> WatchedSystem::Links::device_of_address(const std::string& address) {
    return watched(watch_, no_file, [&] { return system_.links().device_of_address(address); });
}

Result<std::vector<QueueInterrupt>> WatchedSystem::Links::queue_interrupts(
    const std::string& device) {
    return watched(watch_, no_file, [&] { return system_.links().queue_interrupts(device); });
}

Result<Scheduling> WatchedSystem::Tasks::scheduling(unsigned thread) {
    return watched(watch_, no_file, [&] { return system_.tasks().scheduling(thread); });
}

Status WatchedSystem::Tasks::set_scheduling(unsigned thread, const Scheduling& wanted) {
    return watched(watch_, no_file, [&] { return system_.tasks().set_scheduling(thread, wanted); });
}

Result<CpuSet> WatchedSystem::Tasks::affinity(unsigned thread) {
    return watched(watch_, no_file, [&] { return system_.tasks().affinity(thread); });
}

Status WatchedSystem::Tasks::set_affinity(unsigned thread, const CpuSet& cpus) {
    return watched(watch_, no_file, [&] { return system_.tasks().set_affinity(thread, cpus); });
}

}  // namespace nanotune
