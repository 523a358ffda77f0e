// Files, ethtool, links and tasks of a fake host. Each knows how its interface spells what the
// cells hold, and nothing else.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <nanotune/system.hpp>

#include "support/fake_kernel.hpp"

namespace nanotune::test {

class FakeFiles final : public Files {
  public:
    explicit FakeFiles(FakeKernel& kernel) : kernel_(&kernel) {}

    Result<std::string> read(const std::string& path) override;
    Status write(const std::string& path, std::string_view text) override;
    Result<std::vector<std::string>> list(const std::string& folder) override;
    Result<std::string> link_name(const std::string& path) override;
    Result<std::string> resolved(const std::string& path) override;
    bool exists(const std::string& path) override;
    Status may_write(const std::string& path) override;
    void expect_writes(bool are_expected) override { kernel_->expect_writes(are_expected); }

  private:
    FakeKernel* kernel_;
};

/// A number cell is "NUMBER/WIDTH", a feature cell "WANTED ACTIVE" with "fixed" behind it where the
/// driver allows no change; "bit:DEVICE:COMMAND:ATTRIBUTE:NAME" is "1" or "0". "rss:DEVICE:table"
/// is the queues with blanks between, "rss:DEVICE:key" hexadecimal, "rss:DEVICE:function" a number;
/// "stamps:DEVICE:tx" and rx are numbers; "flow:DEVICE:LOCATION" is a rule in hexadecimal, and
/// "flow:DEVICE:rules" stands where the device takes any; "counter:DEVICE:NAME" is a number,
/// "firmware:DEVICE" a version, "coalesce:DEVICE:QUEUE:ATTRIBUTE" a number cell.
class FakeEthtool final : public Ethtool {
  public:
    explicit FakeEthtool(FakeKernel& kernel) : kernel_(&kernel) {}

    Result<EthtoolNumbers> get(std::uint8_t command, const std::string& device) override;
    Status set(std::uint8_t command, const std::string& device,
               const EthtoolNumbers& numbers) override;
    Result<Features> features(const std::string& device) override;
    Status set_features(const std::string& device,
                        const std::map<std::string, bool>& wanted) override;
    Result<EthtoolBits> bits(std::uint8_t command, const std::string& device,
                             std::uint16_t attribute) override;
    Status set_bits(std::uint8_t command, const std::string& device, std::uint16_t attribute,
                    const EthtoolBits& bits, const EthtoolNumbers& numbers) override;
    Result<ReceiveHash> receive_hash(const std::string& device) override;
    Status set_receive_hash(const std::string& device, const ReceiveHashChange& change) override;
    Result<HardwareStamps> hardware_stamps(const std::string& device) override;
    Status set_hardware_stamps(const std::string& device, const HardwareStamps& stamps) override;
    Result<std::vector<FlowRule>> flow_rules(const std::string& device) override;
    Status put_flow_rule(const std::string& device, const FlowRule& rule) override;
    Status remove_flow_rule(const std::string& device, std::uint32_t location) override;
    Result<DriverInfo> driver(const std::string& device) override;
    Result<Counters> counters(const std::string& device) override;
    Result<EthtoolNumbers> queue_coalesce(const std::string& device, unsigned queue) override;
    Status set_queue_coalesce(const std::string& device, unsigned queue,
                              const EthtoolNumbers& numbers) override;

  private:
    /// Whether the device is there, and this process may change it.
    [[nodiscard]] Status may_change(const std::string& device, const std::string& operation) const;

    FakeKernel* kernel_;
};

/// Cells "link:DEVICE:index", kind, mac, burnt_in, altnames, master, lower, up, carrier, away,
/// serves ("0": the bond above does not use it), xdp:native (a program's number), xdp_features,
/// loopback and "number:ATTRIBUTE"; "queue:DEVICE:rx-0" is "NAPI IRQ", "napi:NAPI:FIELD" a number;
/// "xdp_socket:DEVICE:QUEUE" is an inode, and "xdp_sockets:unlisted" stands where the kernel lists
/// none; "address:ADDRESS" a device; "route:default" devices. "elsewhere:DEVICE:index" and so on
/// are those of other namespaces. "qdisc:DEVICE" is "KIND HANDLE", "qdisc:DEVICE:default" the kind
/// that the kernel puts there by itself.
class FakeLinks final : public Links {
  public:
    explicit FakeLinks(FakeKernel& kernel) : kernel_(&kernel) {}

    Result<std::vector<Link>> list() override;
    Result<Link> link(const std::string& device) override;
    Result<std::string> name(unsigned index) override;
    Status set(const std::string& device, std::uint16_t attribute, std::uint32_t number) override;
    Result<std::vector<std::string>> default_route_devices() override;
    Result<std::string> device_of_address(const std::string& address) override;
    Result<std::vector<Link>> elsewhere() override;
    Result<std::vector<QueueInterrupt>> queue_interrupts(const std::string& device) override;
    Result<NapiTimes> napi_times(unsigned napi) override;
    Status set_napi_times(unsigned napi, const NapiTimes& times) override;
    Result<std::vector<XdpSocket>> xdp_sockets() override;
    Result<std::uint64_t> xdp_features(const std::string& device) override;
    Result<Qdisc> qdisc(const std::string& device) override;
    Status put_qdisc(const std::string& device, const Qdisc& qdisc) override;
    Status remove_qdisc(const std::string& device) override;

  private:
    [[nodiscard]] Status may_change(const std::string& device, const std::string& operation) const;

    FakeKernel* kernel_;
};

/// Cells "task:THREAD:scheduling" ("POLICY PRIORITY NICE FLAGS") and "task:THREAD:affinity".
class FakeTasks final : public Tasks {
  public:
    explicit FakeTasks(FakeKernel& kernel) : kernel_(&kernel) {}

    Result<Scheduling> scheduling(unsigned thread) override;
    Status set_scheduling(unsigned thread, const Scheduling& wanted) override;
    Result<CpuSet> affinity(unsigned thread) override;
    Status set_affinity(unsigned thread, const CpuSet& cpus) override;
    Status set_limit(unsigned process, unsigned resource, const ResourceLimit& limit) override;

  private:
    FakeKernel* kernel_;
};

/// Cells "devlink:BUS:DEVICE:TYPE:PARAMETER:MODE" with the value.
class FakeDevlink final : public Devlink {
  public:
    explicit FakeDevlink(FakeKernel& kernel) : kernel_(&kernel) {}

    Result<std::vector<DevlinkParameter>> parameters(const std::string& bus,
                                                     const std::string& device) override;
    Status set(const std::string& bus, const std::string& device,
               const DevlinkParameter& parameter) override;

  private:
    FakeKernel* kernel_;
};

/// Cells "worker:NAME": see fake_workers.cpp. An empty one goes.
class FakeWorkers final : public Workers {
  public:
    explicit FakeWorkers(FakeKernel& kernel) : kernel_(&kernel) {}

    Result<std::vector<std::string>> names() override;
    Result<Worker> worker(const std::string& name) override;
    Status start(const std::string& name, const WorkerSettings& settings) override;
    Status change(const std::string& name, const WorkerSettings& settings) override;
    Status prepare(const std::string& name, const WorkerSettings& settings) override;
    Status stop(const std::string& name) override;
    Status forget(const std::string& name) override;

  private:
    FakeKernel* kernel_;
};

}  // namespace nanotune::test
