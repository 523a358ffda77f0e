// A processor on one kind of port: compiled once for each kind, family and logic.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "backends.hpp"
#include "datapath/processor/processor.hpp"
#include "datapath/processor/socket_family.hpp"
#include "errands.hpp"
#include "probes.hpp"
#include "runner.hpp"
#include "strategy_file.hpp"
#include "strategy_logic.hpp"
#include "worker/binding.hpp"

namespace nanotune::datapath {

/// A strategy with the state that is this worker's.
class OwnedStrategy : public StrategyLogic {
  public:
    explicit OwnedStrategy(StrategyState state)
        : StrategyLogic(state.strategy(), state.get()), state_(std::move(state)) {}

  private:
    StrategyState state_;
};

inline void relax() noexcept {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
}

template <FramePort Port, typename Family, typename Logic, NextHops Hops>
class RunnerOn : public Runner {
  public:
    RunnerOn(const ProcessorOptions& options, Port port, Hops hops, Shared& shared,
             WorkerPart& part, Logic logic)
        : port_(std::move(port)),
          hops_(std::move(hops)),
          shared_(shared),
          part_(part),
          errands_(shared, part),
          trace_(shared.trace.is_on, shared.trace.looks, part.traced, shared.ticks_per_second,
                 sender_kind()),
          processor_(options, port_, hops_, shared.control, part.counters, std::move(logic)) {
        processor_.trace_to(trace_);
        if constexpr (requires { port_.count_in(part.connections); }) {
            port_.count_in(part.connections);
        } else if constexpr (requires {
                                 port_.count_in(part.connections, part.counters, part.order_line);
                             }) {
            port_.count_in(part.connections, part.counters, part.order_line);
        }
    }

    void run(const std::atomic<bool>& stop) noexcept override {
        errands_.begin();
        while (!stop.load(std::memory_order_relaxed)) {
            // What comes after a reset is counted: it is looked for before anything is taken.
            if (errands_.have_come()) [[unlikely]] {
                run_errands();
            }
            if constexpr (requires { port_.withdraw(); }) {
                withdraw_when_disarmed();
            }
            if (processor_.poll() == 0) {
                relax();
            }
        }
    }

    [[nodiscard]] Usage usage() const noexcept override { return port_.usage(); }
    [[nodiscard]] std::uint64_t strategy_calls() const noexcept override {
        if constexpr (requires { processor_.logic().calls(); }) {
            return processor_.logic().calls();
        } else {
            return 0;
        }
    }
    void look_after() noexcept override {
        if constexpr (requires { hops_.ask_for_missed(); }) {
            if (shared_.control.now().is_armed != 0) {  // else nothing at all is sent to strangers
                hops_.ask_for_missed();
            } else {
                hops_.forget_missed();
            }
        }
    }
    [[nodiscard]] Status stands() const override {
        if constexpr (requires { port_.stands(); }) {
            return port_.stands();
        } else {
            return {};
        }
    }

  private:
    static constexpr Sender sender_kind() {
        if constexpr (requires { Port::has_sessions; }) {
            return Sender::session;
        }
        return Family::address_size == 16 ? Sender::ipv6 : Sender::ipv4;
    }

    /// The switch is for orders, too, that were decided on before it, and wait for a slow receiver.
    void withdraw_when_disarmed() noexcept {
        const bool is_armed = shared_.control.now().is_armed != 0;
        if (std::exchange(was_armed_, is_armed) && !is_armed) [[unlikely]] {
            port_.withdraw();
        }
    }

    [[gnu::noinline]] void run_errands() noexcept {
        errands_.run([this] { count_anew(); },
                     [&] {
                         if constexpr (requires { port_.clear(); }) {
                             port_.clear();
                         }
                     });
    }

    void count_anew() noexcept {
        static_cast<void>(port_.flush());  // losses that it has not told yet are of before
        part_.counters.clear();
        part_.connections.begin_anew();
        part_.order_line.begin_anew();
        part_.usage.dropped_before.set(port_.usage().dropped);
    }

    Port port_;
    Hops hops_;
    Shared& shared_;
    WorkerPart& part_;
    bool was_armed_ = false;
    Errands errands_;
    ProbedTrace trace_;
    Processor<Port, Family, Logic, Hops> processor_;
};

/// On one port of several: `part` is what its worker shares, `strategy` somebody else's logic.
template <typename Family, FramePort Port, NextHops Hops>
Result<std::unique_ptr<Runner>> runner_on(LogicName logic, const nanotune_strategy_calls* strategy,
                                          std::uint32_t number, const ProcessorOptions& options,
                                          Port port, Hops hops, Shared& shared, WorkerPart& part) {
    const auto made = [&]<typename Logic>(Logic which) -> std::unique_ptr<Runner> {
        return std::make_unique<RunnerOn<Port, Family, Logic, Hops>>(
            options, std::move(port), std::move(hops), shared, part, std::move(which));
    };
    switch (logic) {
        case LogicName::strategy: {
            NT_TRY(StrategyState state, StrategyState::start(*strategy, number));
            return made(OwnedStrategy(std::move(state)));
        }
        case LogicName::echo:
            return made(Echo());
        case LogicName::discard:
            return made(Discard());
        case LogicName::threshold:
            break;
    }
    return made(Threshold());
}

inline ProcessorOptions processor_options(const WorkerOptions& options) {
    ProcessorOptions wanted{.flows = options.flows};
    if (options.respond) {
        wanted.respond = RespondTo{.address = options.respond->address,
                                   .port = nt_swap16(options.respond->port)};
    }
    return wanted;
}

/// One for each port, made on the CPU that it will run on.
template <typename Family, typename Port, typename MakeHops>
Result<Runners> runners_on(const WorkerOptions& options, const ProcessorOptions& processor,
                           std::vector<Port> ports, MakeHops hops, Shared& shared) {
    const nanotune_strategy_calls* strategy = nullptr;
    if (options.logic == LogicName::strategy) {
        NT_TRY(strategy, loaded_strategy(options.strategy));
    }
    Runners runners;
    for (Port& port : ports) {
        WorkerPart& part = shared.parts[runners.size()];
        if (!options.cpus.empty()) {
            part.cpu = options.cpus[runners.size()];
            NT_CHECK(worker::bind_to_cpu(part.cpu));
        }
        NT_TRY(auto next_hops, hops());
        NT_TRY(auto runner, runner_on<Family>(options.logic, strategy,
                                              static_cast<std::uint32_t>(runners.size()), processor,
                                              std::move(port), std::move(next_hops), shared, part));
        runners.push_back(std::move(runner));
    }
    return runners;
}

}  // namespace nanotune::datapath
