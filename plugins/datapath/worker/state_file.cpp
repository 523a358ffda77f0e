#include "state_file.hpp"

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <ctime>
#include <new>
#include <string_view>

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include "tick_rate.hpp"
#include "worker/live_word.hpp"
#include "worker/shared_head.hpp"
#include "worker/worker_folder.hpp"

namespace nanotune::datapath {

namespace {

std::uint64_t nanoseconds(clockid_t clock) {
    timespec now{};
    ::clock_gettime(clock, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 +
           static_cast<std::uint64_t>(now.tv_nsec);
}

template <std::size_t size>
void put(std::array<char, size>& place, std::string_view text) {
    const std::size_t length = std::min(text.size(), size - 1);
    std::memcpy(place.data(), text.data(), length);
}

using LiveFields = decltype(worker::SharedHead::fields);
static_assert(Control::places.size() <= std::tuple_size_v<LiveFields>);

/// Connections can be cleared where there are some.
LiveFields live_fields(const WorkerOptions& options) {
    LiveFields fields{};
    for (std::size_t at = 0; at < Control::places.size(); ++at) {
        const Control::Place& place = Control::places[at];
        if (place.name.starts_with("clears") && options.protocol != Protocol::tcp) {
            continue;
        }
        fields[at].word = place.word;
        fields[at].shift = place.shift;
        fields[at].bits = place.bits;
        put(fields[at].name, place.name);
    }
    return fields;
}

/// All but the control, which a worker that takes over from another leaves as it is.
void prepare(Shared& shared, const WorkerOptions& options) {
    for (WorkerPart& part : shared.parts) {
        part = {};
    }
    shared.last_error = {};
    shared.membership = {};
    shared.trace = {};
    shared.workers = 0;
    shared.version = Shared::right_version;
    shared.ticks_per_second = measured_ticks_per_second();
    shared.listens_to = {};
    put(shared.listens_to, options.listen_text);
    shared.memory = {};
    worker::SharedHead& head = shared.head;
    head.set_state(worker::State::starting);
    head.size = sizeof(Shared);
    head.process = static_cast<std::uint32_t>(::getpid());
    head.started = nanoseconds(CLOCK_BOOTTIME);
    head.live_at = offsetof(Shared, control);
    head.fields = live_fields(options);
    head.how = {};
    head.magic = worker::SharedHead::right_magic;
}

Shared& prepared(void* memory, const WorkerOptions& options) {
    Shared& shared = *new (memory) Shared{};
    shared.control.set_order(options.price, options.quantity);
    shared.control.set_network_order(options.network_order);
    shared.control.arm(options.is_armed);
    prepare(shared, options);
    return shared;
}

/// What is there under that name already, such as a file that was named by mistake, stays unless it
/// is a worker's, of whatever version.
Status may_replace(const std::string& path) {
    constexpr std::string_view front{worker::SharedHead::right_magic.data(), 6};
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!file.is_open()) {
        return errno == ENOENT ? Status() : kernel_failure("open " + path, errno);
    }
    std::array<char, front.size()> begins{};
    const ssize_t got = ::read(file.number(), begins.data(), begins.size());
    return got == 0 || std::string_view(begins.data(), begins.size()) == front
               ? Status()
               : failure(ErrorCode::invalid, path + ": it is there, and no file of a datapath");
}

}  // namespace

Result<worker::SharedFile> shared_file(const std::string& path, bool for_writing) {
    NT_TRY(worker::SharedFile file, worker::SharedFile::open(path, sizeof(Shared), for_writing));
    if (!static_cast<const Shared*>(file.memory())->is_right(sizeof(Shared))) {
        return failure(ErrorCode::damaged,
                       fmt::format("{}: it is of another version of nanotune-worker", path));
    }
    return file;
}

Status turn_switch(const std::string& path, bool is_on) {
    const Status noted = worker::WorkerFolder::note_switch_beside(
        path, is_on ? worker::Turned::on : worker::Turned::disabled);
    if (!noted && is_on) {
        return noted;
    }
    NT_TRY(const worker::SharedFile file, shared_file(path, true));  // after it, as told there
    auto& shared = *static_cast<Shared*>(file.memory());
    shared.control.arm(is_on);
    worker::tell_waiters(shared.switches());
    return noted;
}

std::string how_before(const WorkerOptions& options) {
    const auto left = shared_file(options.shared, false);
    return left ? static_cast<const Shared*>(left->memory())->head.how.data() : std::string();
}

Result<worker::SharedFile> own_file(WorkerOptions options) {
    if (options.is_resumed) {
        if (auto left = shared_file(options.shared, true)) {
            prepare(*static_cast<Shared*>(left->memory()), options);
            return left;
        }
        options.is_armed = false;
    } else {
        NT_CHECK(may_replace(options.shared));
    }
    NT_TRY(worker::SharedFile file, worker::SharedFile::create(options.shared, sizeof(Shared)));
    prepared(file.memory(), options);
    NT_CHECK(file.publish());
    if (worker::WorkerFolder::is_switched_off_beside(options.shared)) {
        static_cast<Shared*>(file.memory())->control.arm(false);
    }
    return file;
}

}  // namespace nanotune::datapath
