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

Result<EthtoolBits> WatchedSystem::Ethtool::bits(std::uint8_t command, const std::string& device,
                                                 std::uint16_t attribute) {
    return watched(watch_, no_file,
                   [&] { return system_.ethtool().bits(command, device, attribute); });
}

Status WatchedSystem::Ethtool::set_bits(std::uint8_t command, const std::string& device,
                                        std::uint16_t attribute, const EthtoolBits& bits,
                                        const EthtoolNumbers& numbers) {
    return watched(watch_, no_file, [&] {
        return system_.ethtool().set_bits(command, device, attribute, bits, numbers);
    });
}

Result<ReceiveHash> WatchedSystem::Ethtool::receive_hash(const std::string& device) {
    return watched(watch_, no_file, [&] { return system_.ethtool().receive_hash(device); });
}

Status WatchedSystem::Ethtool::set_receive_hash(const std::string& device,
                                                const ReceiveHashChange& change) {
    return watched(watch_, no_file,
                   [&] { return system_.ethtool().set_receive_hash(device, change); });
}

Result<HardwareStamps> WatchedSystem::Ethtool::hardware_stamps(const std::string& device) {
    return watched(watch_, no_file, [&] { return system_.ethtool().hardware_stamps(device); });
}

Status WatchedSystem::Ethtool::set_hardware_stamps(const std::string& device,
                                                   const HardwareStamps& stamps) {
    return watched(watch_, no_file,
                   [&] { return system_.ethtool().set_hardware_stamps(device, stamps); });
}

Result<std::vector<FlowRule>> WatchedSystem::Ethtool::flow_rules(const std::string& device) {
    return watched(watch_, no_file, [&] { return system_.ethtool().flow_rules(device); });
}

Status WatchedSystem::Ethtool::put_flow_rule(const std::string& device, const FlowRule& rule) {
    return watched(watch_, no_file, [&] { return system_.ethtool().put_flow_rule(device, rule); });
}

Status WatchedSystem::Ethtool::remove_flow_rule(const std::string& device, std::uint32_t location) {
    return watched(watch_, no_file,
                   [&] { return system_.ethtool().remove_flow_rule(device, location); });
}

Result<DriverInfo> WatchedSystem::Ethtool::driver(const std::string& device) {
    return watched(watch_, no_file, [&] { return system_.ethtool().driver(device); });
}

Result<Counters> WatchedSystem::Ethtool::counters(const std::string& device) {
    return watched(watch_, no_file, [&] { return system_.ethtool().counters(device); });
}

Result<EthtoolNumbers> WatchedSystem::Ethtool::queue_coalesce(const std::string& device,
                                                              unsigned queue) {
    return watched(watch_, no_file,
                   [&] { return system_.ethtool().queue_coalesce(device, queue); });
}

Status WatchedSystem::Ethtool::set_queue_coalesce(const std::string& device, unsigned queue,
                                                  const EthtoolNumbers& numbers) {
    return watched(watch_, no_file,
                   [&] { return system_.ethtool().set_queue_coalesce(device, queue, numbers); });
}

Result<std::vector<Link>> WatchedSystem::Links::list() {
    return watched(watch_, no_file, [&] { return system_.links().list(); });
}

Result<Link> WatchedSystem::Links::link(const std::string& device) {
    return watched(watch_, no_file, [&] { return system_.links().link(device); });
}

Result<std::string> WatchedSystem::Links::name(unsigned index) {
    return watched(watch_, no_file, [&] { return system_.links().name(index); });
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

Result<std::vector<Link>> WatchedSystem::Links::elsewhere() {
    return watched(watch_, no_file, [&] { return system_.links().elsewhere(); });
}

Result<std::vector<QueueInterrupt>> WatchedSystem::Links::queue_interrupts(
    const std::string& device) {
    return watched(watch_, no_file, [&] { return system_.links().queue_interrupts(device); });
}

Result<NapiTimes> WatchedSystem::Links::napi_times(unsigned napi) {
    return watched(watch_, no_file, [&] { return system_.links().napi_times(napi); });
}

Status WatchedSystem::Links::set_napi_times(unsigned napi, const NapiTimes& times) {
    return watched(watch_, no_file, [&] { return system_.links().set_napi_times(napi, times); });
}

Result<std::vector<XdpSocket>> WatchedSystem::Links::xdp_sockets() {
    return watched(watch_, no_file, [&] { return system_.links().xdp_sockets(); });
}

Result<std::uint64_t> WatchedSystem::Links::xdp_features(const std::string& device) {
    return watched(watch_, no_file, [&] { return system_.links().xdp_features(device); });
}

Result<Qdisc> WatchedSystem::Links::qdisc(const std::string& device) {
    return watched(watch_, no_file, [&] { return system_.links().qdisc(device); });
}

Status WatchedSystem::Links::put_qdisc(const std::string& device, const Qdisc& qdisc) {
    return watched(watch_, no_file, [&] { return system_.links().put_qdisc(device, qdisc); });
}

Status WatchedSystem::Links::remove_qdisc(const std::string& device) {
    return watched(watch_, no_file, [&] { return system_.links().remove_qdisc(device); });
}

Result<std::vector<DevlinkParameter>> WatchedSystem::Devlink::parameters(
    const std::string& bus, const std::string& device) {
    return watched(watch_, no_file, [&] { return system_.devlink().parameters(bus, device); });
}

Status WatchedSystem::Devlink::set(const std::string& bus, const std::string& device,
                                   const DevlinkParameter& parameter) {
    return watched(watch_, no_file, [&] { return system_.devlink().set(bus, device, parameter); });
}

Result<std::vector<std::string>> WatchedSystem::Workers::names() {
    return watched(watch_, no_file, [&] { return system_.workers().names(); });
}

Result<Worker> WatchedSystem::Workers::worker(const std::string& name) {
    return watched(watch_, no_file, [&] { return system_.workers().worker(name); });
}

Status WatchedSystem::Workers::start(const std::string& name, const WorkerSettings& settings) {
    return watched(watch_, no_file, [&] { return system_.workers().start(name, settings); });
}

Status WatchedSystem::Workers::change(const std::string& name, const WorkerSettings& settings) {
    return watched(watch_, no_file, [&] { return system_.workers().change(name, settings); });
}

Status WatchedSystem::Workers::prepare(const std::string& name, const WorkerSettings& settings) {
    return watched(watch_, no_file, [&] { return system_.workers().prepare(name, settings); });
}

Status WatchedSystem::Workers::stop(const std::string& name) {
    return watched(watch_, no_file, [&] { return system_.workers().stop(name); });
}

Status WatchedSystem::Workers::forget(const std::string& name) {
    return watched(watch_, no_file, [&] { return system_.workers().forget(name); });
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

Status WatchedSystem::Tasks::set_limit(unsigned process, unsigned resource,
                                       const ResourceLimit& limit) {
    return watched(watch_, no_file,
                   [&] { return system_.tasks().set_limit(process, resource, limit); });
}

}  // namespace nanotune
