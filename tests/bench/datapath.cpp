// What a packet costs in the processor alone: frames lie in memory, answers stay there. Each stage
// is a way in which the processor really runs; beside them a loop that does the least that any
// program could: looks at the port and copies a frame in and an answer out.
//
//   datapath [ROUNDS] [SET...]
//
// The rounds of all stages are interleaved, so that whatever else the machine does meets all of
// them.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <functional>
#include <memory>
#include <numeric>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <sys/mman.h>

#include "datapath/processor/memory_port.hpp"
#include "datapath/processor/processor.hpp"
#include "datapath/worker/probes.hpp"
#include "support/listening.hpp"
#include "support/packets.hpp"

using namespace nanotune::datapath;
using namespace nanotune::test;

namespace {

struct Set {
    std::string name;
    std::size_t frames;
    std::size_t flows;
    bool shuffled = false;
};

/// Sets the timestamp of a frame, and changes the UDP checksum with it (RFC 1624).
void set_time(std::uint8_t* frame, std::uint64_t time) {
    constexpr std::size_t checksum_at = 14 + 20 + 6;
    constexpr std::size_t time_at = 14 + 20 + 8 + 16;
    std::uint64_t sum = static_cast<std::uint16_t>(~nt_load16(frame + checksum_at));
    for (std::size_t word = 0; word < 8; word += 2) {
        sum += static_cast<std::uint16_t>(~nt_load16(frame + time_at + word));
        sum += static_cast<std::uint16_t>(time >> 8 * word);
    }
    nt_store64(frame + time_at, time);
    sum = (sum & 0xFFFF) + (sum >> 16);
    nt_store16(frame + checksum_at, static_cast<std::uint16_t>(~((sum & 0xFFFF) + (sum >> 16))));
}

/// Frames, a microsecond apart by their timestamps, in slots of two cache lines, in huge pages
/// where there are some.
class Frames {
  public:
    explicit Frames(const Set& set) : size_(set.frames * slot), frames_(set.frames) {
        constexpr std::size_t huge = 2 << 20;
        size_ = (size_ + huge - 1) / huge * huge;
        void* const found = ::mmap(nullptr, size_ + huge, PROT_READ | PROT_WRITE,
                                   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (found == MAP_FAILED) {
            fmt::print(stderr, "no {} bytes of memory\n", size_);
            std::exit(1);
        }
        const std::size_t behind = reinterpret_cast<std::uintptr_t>(found) % huge;
        auto* const memory = static_cast<std::uint8_t*>(found) + (huge - behind) % huge;
        ::madvise(memory, size_, MADV_HUGEPAGE);
        std::vector<std::uint32_t> order(set.frames);
        std::iota(order.begin(), order.end(), 0);
        if (set.shuffled) {
            std::ranges::shuffle(order, std::mt19937(7));
        }
        std::vector<Packet> packets;
        for (std::size_t flow = 0; flow < set.flows; ++flow) {
            packets.push_back(
                packet({.source = fmt::format("10.{}.{}.{}", 1 + flow / 62'500, flow / 250 % 250,
                                              1 + flow % 250),
                        .source_port = static_cast<std::uint16_t>(40000 + flow % 7)}));
        }
        std::mt19937 dice(11);
        for (std::size_t frame = 0; frame < set.frames; ++frame) {
            const Packet& bytes = packets[set.shuffled ? dice() % set.flows : frame % set.flows];
            std::uint8_t* const at = memory + order[frame] * slot;
            std::memcpy(at, bytes.data(), bytes.size());
            set_time(at, 1'700'000'000'000'000'000 + 1000 * frame);
            frames_[frame] = {.data = at, .length = static_cast<std::uint32_t>(bytes.size())};
        }
    }
    [[nodiscard]] std::span<const Frame> all() const { return frames_; }

  private:
    static constexpr std::size_t slot = 128;
    std::size_t size_;
    std::vector<Frame> frames_;
};

const OneNextHop next_hop({2, 0, 0, 0, 0, 1});

/// A pass over all frames; how many were answered, or taken where nothing is answered.
using Pass = std::function<std::size_t()>;

struct Stage {
    std::string name;
    Pass pass;
    std::vector<double> nanoseconds = {};
};

/// Who looks at single packets, of a processor that can be looked at.
enum class Looked { by_nobody, by_trace, at_all };

/// Looks into a ring as often as `datapath trace` does.
class Looker {
  public:
    /// Both outlive it.
    Looker(const TraceRing& ring, Counter& looks)
        : thread_([&ring, &looks](const std::stop_token& stop) {
              constexpr timespec between_looks{.tv_sec = 0, .tv_nsec = 20'000'000};
              for (std::uint64_t next = 0; !stop.stop_requested();) {
                  for (const std::uint64_t end = ring.written(); next < end; ++next) {
                      static_cast<void>(ring.at(next));
                  }
                  looks.add();
                  ::nanosleep(&between_looks, nullptr);
              }
          }) {}

  private:
    std::jthread thread_;
};

template <typename Logic>
Stage stage(std::string name, std::span<const Frame> frames, std::size_t flows, nt_u8 trust,
            bool armed, std::optional<Looked> looked = {}) {
    struct Parts {
        Control control;
        Counters counters{};
        MemoryPort port{64};
        Counter is_looked_at;
        Counter looks;
        TraceRing ring;
        ProbedTrace trace{is_looked_at, looks, ring, 2'600'000'000, Sender::ipv4};
        std::unique_ptr<Processor<MemoryPort, Ipv4, Logic, OneNextHop>> processor;
        std::optional<Looker> looker;
        bool is_armed = false;
    };
    const auto parts = std::make_shared<Parts>();
    nt_listen listen = listening();
    listen.trust = trust;
    parts->is_armed = armed;
    parts->control.arm(armed);
    parts->processor = std::make_unique<Processor<MemoryPort, Ipv4, Logic, OneNextHop>>(
        ProcessorOptions{.listen = listen, .flows = flows}, parts->port, next_hop, parts->control,
        parts->counters);
    if (looked) {
        parts->is_looked_at.set(*looked == Looked::by_nobody ? 0 : 1);
        parts->processor->trace_to(parts->trace);
    }
    if (looked == Looked::by_trace) {
        parts->looker.emplace(parts->ring, parts->looks);
    }
    return {std::move(name), [parts, frames, is_all = looked == Looked::at_all] {
                parts->port.feed(frames);
                std::size_t polled = 0;
                std::size_t answered = 0;
                while (const std::size_t count = parts->processor->poll()) {
                    if (is_all) {
                        parts->looks.add();
                    }
                    answered += parts->port.take_all();
                    polled += count;
                }
                return parts->is_armed ? answered : polled;
            }};
}

/// Looks at the port, copies the frame, and writes an answer's bytes.
Stage reference(std::span<const Frame> frames) {
    struct Memory {
        std::array<std::array<std::uint8_t, 2048>, 64> in;
        std::array<std::array<std::uint8_t, 2048>, 64> out;
        std::array<std::uint8_t, 83> answer{1, 2, 3};
    };
    const auto memory = std::make_shared<Memory>();
    return {"reference: copy in, port, copy out", [memory, frames] {
                std::size_t ours = 0;
                for (const Frame& frame : frames) {
                    auto& in = memory->in[ours % 64];
                    std::memcpy(in.data(), frame.data, 66);
                    if (nt_load16(in.data() + 36) == nt_swap16(8080)) {
                        std::memcpy(memory->out[ours % 64].data(), memory->answer.data(), 83);
                        ++ours;
                    }
                    asm volatile("" : : "r"(memory.get()) : "memory");
                }
                return ours;
            }};
}

/// What this thread has run, in nanoseconds: whoever else has the CPU meanwhile is not counted.
double own_time() {
    timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return 1e9 * static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec);
}

double median(std::vector<double> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::ranges::nth_element(values, middle);
    return *middle;
}

/// Round by round.
std::vector<double> differences(const Stage& one, const Stage& other) {
    std::vector<double> found(one.nanoseconds.size());
    std::ranges::transform(one.nanoseconds, other.nanoseconds, found.begin(), std::minus<>{});
    return found;
}

void measure(const Set& set, int rounds) {
    const Frames memory(set);
    const auto frames = memory.all();
    constexpr nt_u8 all = nt_trust_header | nt_trust_transport;
    std::vector<Stage> stages;
    stages.push_back(reference(frames));
    stages.push_back(stage<Discard>("parse and lengths", frames, set.flows, all, false));
    stages.push_back(stage<Discard>("+ IP checksum", frames, set.flows, nt_trust_transport, false));
    stages.push_back(stage<Discard>("+ UDP checksum", frames, set.flows, 0, false));
    stages.push_back(
        stage<Threshold>("+ decision, flow lookup and update", frames, set.flows, 0, false));
    stages.push_back(stage<Threshold>("+ order, headers, checksum", frames, set.flows, 0, true));
    const std::size_t whole = stages.size() - 1;
    stages.push_back(stage<Threshold>("  with probes, nobody looks", frames, set.flows, 0, true,
                                      Looked::by_nobody));
    stages.push_back(stage<Threshold>("  with probes, trace looks", frames, set.flows, 0, true,
                                      Looked::by_trace));
    stages.push_back(stage<Threshold>("  with probes, each packet told", frames, set.flows, 0, true,
                                      Looked::at_all));
    const std::size_t passes = std::max<std::size_t>(1, 100'000 / frames.size());
    for (int round = -1; round < rounds; ++round) {
        for (Stage& stage : stages) {
            const double began = own_time();
            for (std::size_t pass = 0; pass < passes; ++pass) {
                if (stage.pass() != frames.size()) {
                    fmt::print(stderr, "{}: not every packet was taken\n", stage.name);
                    std::exit(1);
                }
            }
            const double took = own_time() - began;
            if (round >= 0) {  // the first round warms up
                stage.nanoseconds.push_back(took / static_cast<double>(passes * frames.size()));
            }
        }
    }
    fmt::print("{}: {} frames, {} flows, ns a packet\n{:<38}{:>8}{:>8}{:>14}\n", set.name,
               set.frames, set.flows, "", "median", "least", "to reference");
    for (const Stage& stage : stages) {
        std::vector<double> ratios(stage.nanoseconds.size());
        std::ranges::transform(stage.nanoseconds, stages.front().nanoseconds, ratios.begin(),
                               std::divides<>{});
        fmt::print("{:<38}{:>8.2f}{:>8.2f}{:>14.2f}\n", stage.name, median(stage.nanoseconds),
                   std::ranges::min(stage.nanoseconds), median(ratios));
    }
    const auto more = [&](std::size_t after) {
        return median(differences(stages[whole + after], stages[whole]));
    };
    fmt::print(
        "probes: {:.2f} ns a packet more while nobody looks, {:.2f} while `datapath trace` does (5 "
        "at most), {:.2f} a packet that is timed and told\n",
        more(1), more(2), more(3));
    std::fflush(stdout);
}

}  // namespace

int main(int count, char** words) {
    const int rounds = count > 1 ? std::atoi(words[1]) : 25;
    const Set sets[] = {{"hot", 64, 1},
                        {"warm", 4096, 1024},
                        {"16 MB", (16 << 20) / 128, 1024, true},
                        {"512 MB", (512 << 20) / 128, 1024, true},
                        {"512 MB, many flows", (512 << 20) / 128, 1 << 20, true}};
    const std::vector<std::string> wanted(words + std::min(count, 2), words + count);
    for (const Set& set : sets) {
        if (wanted.empty() || std::ranges::find(wanted, set.name) != wanted.end()) {
            measure(set, set.frames > 1'000'000 ? std::max(rounds / 3, 3) : rounds);
        }
    }
    return 0;
}
