#include "service/instance.hpp"

#include <cerrno>

#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <nanotune/numbers.hpp>

#include "system/storage/next_line.hpp"
#include "system/storage/process_start.hpp"
#include "system/storage/storage.hpp"

namespace nanotune {

namespace {

constexpr std::size_t note_limit = 8192;

std::optional<Instance> instance_in(const std::string& file) {
    const auto text = read_file(file, note_limit);
    return text ? Instance::from(*text) : std::nullopt;
}

}  // namespace

std::optional<Instance> Instance::from(std::string_view text) {
    Instance instance;
    instance.mark = next_line(text);
    const std::string_view number =
        std::string_view(instance.mark).substr(0, instance.mark.find(' '));
    const auto process = whole_number<decltype(instance.process)>(number);
    const auto network = whole_number<decltype(instance.network)>(next_line(text));
    if (!process || !network) {
        return std::nullopt;
    }
    instance.process = *process;
    instance.network = *network;
    instance.state_folder = next_line(text);
    return instance;
}

std::string Instance::text() const {
    return fmt::format("{}\n{}\n{}\n", mark, network, state_folder);
}

std::optional<Instance> instance_for(std::string_view state_folder, const std::string& file) {
    auto instance = instance_in(file);
    if (!instance || instance->state_folder != state_folder || !is_running(instance->mark)) {
        return std::nullopt;
    }
    const auto own = current_identity();
    return own && own->network == instance->network ? std::move(instance) : std::nullopt;
}

bool has_started_within(std::chrono::milliseconds time, long process) {
    const auto age = running_for(process);
    return age && *age < time;
}

Result<InstanceNote> InstanceNote::leave(const std::string& state_folder, const std::string& file) {
    NT_TRY(const Identity own, current_identity());
    const std::string folder = file.substr(0, file.rfind('/'));
    const bool is_made = ::mkdir(folder.c_str(), 0755) == 0;
    if (!is_made && errno != EEXIST) {
        return kernel_failure("make folder " + folder, errno);
    }
    if (is_made && ::chmod(folder.c_str(), 0755) != 0) {  // whatever the umask
        return kernel_failure("open to all " + folder, errno);
    }
    const auto there = instance_in(file);
    if (there && there->process != ::getpid() && is_running(there->mark)) {
        return failure(ErrorCode::busy,
                       fmt::format("{} is of nanotuned (process {}), state in {}: commands find "
                                   "that one and not this one",
                                   file, there->process, there->state_folder));
    }
    const Instance instance{.process = ::getpid(),
                            .mark = process_mark(::getpid()),
                            .network = own.network,
                            .state_folder = state_folder};
    NT_CHECK(replace_file(file, instance.text()));
    if (::chmod(file.c_str(), 0644) != 0) {
        return kernel_failure("open to all " + file, errno);
    }
    return InstanceNote(file);
}

bool InstanceNote::stands() const {
    const auto there = instance_in(file_);
    return there && there->mark == process_mark(::getpid());
}

InstanceNote::~InstanceNote() {
    if (!file_.empty() && stands()) {
        static_cast<void>(remove_file(file_));
    }
}

}  // namespace nanotune
