#include "worker/worker_memory.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <string>

#include <fmt/core.h>
#include <sys/types.h>

#include <nanotune/numbers.hpp>

#include "worker/live_word.hpp"

namespace nanotune::worker {

namespace {

std::uint64_t number_in(SharedHead& head, const LiveField& field) {
    return (__atomic_load_n(head.word(field), __ATOMIC_ACQUIRE) & field.mask()) >> field.shift;
}

bool is_there(unsigned process) noexcept {
    return process != 0 && (::kill(static_cast<pid_t>(process), 0) == 0 || errno == EPERM);
}

/// As far as it is one that the field has room for.
std::optional<std::uint64_t> number_for(const LiveField& field, std::string_view text) {
    const auto number = whole_number<std::uint64_t>(text);
    return number && *number <= field.mask() >> field.shift ? number : std::nullopt;
}

/// Sets bits of the word, whoever else sets others of it.
void put(std::uint64_t& word, std::uint64_t mask, std::uint64_t bits) {
    const std::atomic_ref shared(word);
    std::uint64_t seen = shared.load(std::memory_order_relaxed);
    while (!shared.compare_exchange_weak(seen, (seen & ~mask) | bits, std::memory_order_release,
                                         std::memory_order_relaxed)) {
    }
}

}  // namespace

Result<WorkerMemory> WorkerMemory::open(const WorkerFolder& folder, bool for_writing) {
    NT_TRY(SharedFile front, SharedFile::open(folder.shared(), sizeof(SharedHead), for_writing));
    const std::size_t size = static_cast<const SharedHead*>(front.memory())->size;
    NT_TRY(SharedFile whole,
           SharedFile::open(folder.shared(), std::max(size, sizeof(SharedHead)), for_writing));
    if (!static_cast<const SharedHead*>(whole.memory())->is_right(size)) {
        return failure(ErrorCode::damaged, folder.shared() + ": it is not of this version");
    }
    return WorkerMemory(std::move(whole));
}

unsigned WorkerMemory::process() const noexcept {
    const unsigned process = head().process;
    return works(head().state_now()) && is_there(process) ? process : 0;
}

bool WorkerMemory::is_starting() const noexcept {
    return head().state_now() == State::starting && is_there(head().process);
}

const LiveField* WorkerMemory::field(std::string_view name) const noexcept {
    const auto* const found = std::ranges::find(head().fields, name, &LiveField::text);
    return name.empty() || found == head().fields.end() ? nullptr : &*found;
}

std::optional<std::uint64_t> WorkerMemory::number(std::string_view name) const noexcept {
    const LiveField* const found = field(name);
    return found == nullptr ? std::nullopt : std::optional(number_in(head(), *found));
}

Status WorkerMemory::change(const WorkerSettings& settings) {
    struct Change {
        std::uint64_t mask = 0;
        std::uint64_t bits = 0;
    };
    std::array<Change, std::tuple_size_v<decltype(SharedHead::fields)>> words{};
    for (const auto& [name, text] : settings) {
        const LiveField* const found = field(name);
        const auto number = found == nullptr ? std::nullopt : number_for(*found, text);
        if (!number) {
            return failure(
                ErrorCode::invalid,
                fmt::format("{} {}: it does not change while the worker runs", name, text));
        }
        Change& change = words[found->word % words.size()];
        change.mask |= found->mask();
        change.bits |= *number << found->shift;
    }
    for (std::size_t at = 0; at < words.size(); ++at) {
        if (words[at].mask != 0) {
            std::uint64_t* const word =
                head().word({.name = {}, .word = static_cast<std::uint8_t>(at)});
            put(*word, words[at].mask, words[at].bits);
            tell_waiters(word);
        }
    }
    return {};
}

Status WorkerMemory::wait_for(const WorkerSettings& settings,
                              std::chrono::milliseconds patience) const {
    using Clock = std::chrono::steady_clock;
    constexpr std::chrono::milliseconds between_looks{10};
    const auto deadline = Clock::now() + patience;
    for (const auto& [name, text] : settings) {
        const LiveField* const asked = field(name);
        const LiveField* const done = field(name + std::string(done_suffix));
        if (asked == nullptr || done == nullptr) {
            continue;
        }
        const auto own = number_for(*asked, text);
        while (true) {
            std::uint64_t* const word = head().word(*done);
            const std::uint64_t seen = __atomic_load_n(word, __ATOMIC_RELAXED);
            const std::uint64_t now = number_in(head(), *done);
            // Whoever has asked since has the same done for himself, and for all before him.
            if (now == own || now == number_in(head(), *asked)) {
                break;
            }
            if (process() == 0) {
                return failure(ErrorCode::conflict,
                               "it does not run, and what a worker does once is not done");
            }
            if (Clock::now() >= deadline) {
                return failure(
                    ErrorCode::timed_out,
                    fmt::format("the worker, process {}, has not done so within {} s: it "
                                "hangs, or gets no CPU; it does so once it goes on",
                                process(), patience.count() / 1000));
            }
            wait_for_change(word, seen, between_looks);
        }
    }
    return {};
}

}  // namespace nanotune::worker
