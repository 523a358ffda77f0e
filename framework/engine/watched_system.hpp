// The kernel with somebody who knows where in it a call is: what hangs is named by its file, and a
// thread that was given up goes no further, should the kernel ever return.
#pragma once

#include <string>

#include <nanotune/system.hpp>

namespace nanotune {

/// Follows one call.
class CallWatch {
  public:
    CallWatch() = default;
    virtual ~CallWatch() = default;
    CallWatch(const CallWatch&) = delete;
    CallWatch& operator=(const CallWatch&) = delete;
    CallWatch(CallWatch&&) = delete;
    CallWatch& operator=(CallWatch&&) = delete;

    /// The kernel is about to be asked, by this file where it is one. Errors: timed_out: somebody
    /// hangs in that file.
    virtual Status enters(const std::string& file) = 0;
    /// It has answered. Like `enters` it never returns in a thread that was given up.
    virtual void leaves() = 0;
};

/// Both must outlive it.
class WatchedSystem final : public System {
  public:
    WatchedSystem(System& system, CallWatch& watch)
        : system_(system),
          watch_(watch),
          files_(system, watch),
          ethtool_(system, watch),
          links_(system, watch),
          tasks_(system, watch),
          devlink_(system, watch),
          workers_(system, watch) {}

    nanotune::Files& files() override { return files_; }
    nanotune::Ethtool& ethtool() override { return ethtool_; }
    nanotune::Links& links() override { return links_; }
    nanotune::Tasks& tasks() override { return tasks_; }
    nanotune::Devlink& devlink() override { return devlink_; }
    [[nodiscard]] bool has(Capability capability) const override { return system_.has(capability); }
    [[nodiscard]] std::string session_address() const override { return system_.session_address(); }
    Result<std::string> ask(const std::string& socket, std::string_view request) override;
    nanotune::Workers& workers() override { return workers_; }

  private:
    class Files final : public nanotune::Files {
      public:
        Files(System& system, CallWatch& watch) : system_(system), watch_(watch) {}

        Result<std::string> read(const std::string& path) override;
        Status write(const std::string& path, std::string_view text) override;
        Result<std::vector<std::string>> list(const std::string& folder) override;
        Result<std::string> link_name(const std::string& path) override;
        Result<std::string> resolved(const std::string& path) override;
        bool exists(const std::string& path) override;
        Status may_write(const std::string& path) override;

      private:
        System& system_;
        CallWatch& watch_;
    };

    class Ethtool final : public nanotune::Ethtool {
      public:
        Ethtool(System& system, CallWatch& watch) : system_(system), watch_(watch) {}

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
        Status set_receive_hash(const std::string& device,
                                const ReceiveHashChange& change) override;
        Result<HardwareStamps> hardware_stamps(const std::string& device) override;
        Status set_hardware_stamps(const std::string& device,
                                   const HardwareStamps& stamps) override;
        Result<std::vector<FlowRule>> flow_rules(const std::string& device) override;
        Status put_flow_rule(const std::string& device, const FlowRule& rule) override;
        Status remove_flow_rule(const std::string& device, std::uint32_t location) override;
        Result<DriverInfo> driver(const std::string& device) override;
        Result<Counters> counters(const std::string& device) override;
        Result<EthtoolNumbers> queue_coalesce(const std::string& device, unsigned queue) override;
        Status set_queue_coalesce(const std::string& device, unsigned queue,
                                  const EthtoolNumbers& numbers) override;

      private:
        System& system_;
        CallWatch& watch_;
    };

    class Links final : public nanotune::Links {
      public:
        Links(System& system, CallWatch& watch) : system_(system), watch_(watch) {}

        Result<std::vector<Link>> list() override;
        Result<Link> link(const std::string& device) override;
        Result<std::string> name(unsigned index) override;
        Status set(const std::string& device, std::uint16_t attribute,
                   std::uint32_t number) override;
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
        System& system_;
        CallWatch& watch_;
    };

    class Tasks final : public nanotune::Tasks {
      public:
        Tasks(System& system, CallWatch& watch) : system_(system), watch_(watch) {}

        Result<Scheduling> scheduling(unsigned thread) override;
        Status set_scheduling(unsigned thread, const Scheduling& wanted) override;
        Result<CpuSet> affinity(unsigned thread) override;
        Status set_affinity(unsigned thread, const CpuSet& cpus) override;
        Status set_limit(unsigned process, unsigned resource, const ResourceLimit& limit) override;

      private:
        System& system_;
        CallWatch& watch_;
    };

    class Devlink final : public nanotune::Devlink {
      public:
        Devlink(System& system, CallWatch& watch) : system_(system), watch_(watch) {}

        Result<std::vector<DevlinkParameter>> parameters(const std::string& bus,
                                                         const std::string& device) override;
        Status set(const std::string& bus, const std::string& device,
                   const DevlinkParameter& parameter) override;

      private:
        System& system_;
        CallWatch& watch_;
    };

    class Workers final : public nanotune::Workers {
      public:
        Workers(System& system, CallWatch& watch) : system_(system), watch_(watch) {}

        Result<std::vector<std::string>> names() override;
        Result<Worker> worker(const std::string& name) override;
        Status start(const std::string& name, const WorkerSettings& settings) override;
        Status change(const std::string& name, const WorkerSettings& settings) override;
        Status prepare(const std::string& name, const WorkerSettings& settings) override;
        Status stop(const std::string& name) override;
        Status forget(const std::string& name) override;

      private:
        System& system_;
        CallWatch& watch_;
    };

    System& system_;
    CallWatch& watch_;
    Files files_;
    Ethtool ethtool_;
    Links links_;
    Tasks tasks_;
    Devlink devlink_;
    Workers workers_;
};

}  // namespace nanotune
