#include "worker/unit.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <memory>
#include <thread>

#include <dlfcn.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <systemd/sd-bus.h>
#include <unistd.h>

#include "system/storage/next_line.hpp"
#include "system/storage/storage.hpp"

namespace nanotune::worker {

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::microseconds;
using std::chrono::seconds;

constexpr seconds patience{20};
constexpr seconds gone_patience{5};  // of a unit that has just ended
constexpr std::chrono::milliseconds glance{20};
constexpr std::size_t cgroup_limit = 16UL << 10;

constexpr const char* manager = "org.freedesktop.systemd1";
constexpr const char* manager_path = "/org/freedesktop/systemd1";
constexpr const char* manager_interface = "org.freedesktop.systemd1.Manager";

/// What of libsystemd is called here, by the types that its header declares.
class Library {
  public:
    static Result<Library> open() {
        Library library;
        void* const object = ::dlopen("libsystemd.so.0", RTLD_NOW | RTLD_LOCAL);
        if (object == nullptr || !library.find_all(object)) {
            return failure(ErrorCode::not_found,
                           fmt::format("the library of systemd: {}", ::dlerror()));
        }
        return library;
    }

    decltype(&sd_bus_open_system) open_system = nullptr;
    decltype(&sd_bus_flush_close_unref) close = nullptr;
    decltype(&sd_bus_match_signal) match_signal = nullptr;
    decltype(&sd_bus_message_new_method_call) new_call = nullptr;
    decltype(&sd_bus_message_append) append = nullptr;
    decltype(&sd_bus_call) call = nullptr;
    decltype(&sd_bus_process) process = nullptr;
    decltype(&sd_bus_wait) wait = nullptr;
    decltype(&sd_bus_message_read) read = nullptr;
    decltype(&sd_bus_message_unref) unref = nullptr;
    decltype(&sd_bus_error_free) free_error = nullptr;

  private:
    template <typename F>
    static bool find(void* object, const char* name, F& place) {
        place = reinterpret_cast<F>(::dlsym(object, name));
        return place != nullptr;
    }
    bool find_all(void* object) {
        return find(object, "sd_bus_open_system", open_system) &&
               find(object, "sd_bus_flush_close_unref", close) &&
               find(object, "sd_bus_match_signal", match_signal) &&
               find(object, "sd_bus_message_new_method_call", new_call) &&
               find(object, "sd_bus_message_append", append) && find(object, "sd_bus_call", call) &&
               find(object, "sd_bus_process", process) && find(object, "sd_bus_wait", wait) &&
               find(object, "sd_bus_message_read", read) &&
               find(object, "sd_bus_message_unref", unref) &&
               find(object, "sd_bus_error_free", free_error);
    }
};

using Message = std::unique_ptr<sd_bus_message, decltype(&sd_bus_message_unref)>;
using Bus = std::unique_ptr<sd_bus, decltype(&sd_bus_flush_close_unref)>;

/// A job of systemd's, and how it ended.
struct Job {
    const Library& library;
    std::string path;
    std::string end;
};

int hear_job(sd_bus_message* message, void* user, sd_bus_error* /*error*/) {
    Job& job = *static_cast<Job*>(user);
    std::uint32_t number = 0;
    const char* path = nullptr;
    const char* unit = nullptr;
    const char* end = nullptr;
    if (job.library.read(message, "uoss", &number, &path, &unit, &end) >= 0 && job.path == path) {
        job.end = end;
    }
    return 0;
}

class Manager {
  public:
    static Result<Manager> open(const Library& library) {
        sd_bus* bus = nullptr;
        if (const int error = library.open_system(&bus); error < 0) {
            return kernel_failure("connect to the system bus", -error);
        }
        return Manager(library, Bus(bus, library.close));
    }

    /// The job that starts it. `is_there` where a unit of that name is.
    Result<std::string> start(const std::string& unit, const std::string& program,
                              const std::string& folder, bool& is_there) {
        NT_TRY(const Message message, order(unit, program, folder));
        sd_bus_error error{};
        sd_bus_message* answer = nullptr;
        const int called = library_.call(bus_.get(), message.get(),
                                         static_cast<std::uint64_t>(microseconds(patience).count()),
                                         &error, &answer);
        const Message kept(answer, library_.unref);
        if (called < 0) {
            is_there = error.name != nullptr &&
                       std::string_view(error.name) == "org.freedesktop.systemd1.UnitExists";
            const std::string words = error.message == nullptr ? "no answer" : error.message;
            library_.free_error(&error);
            return failure(is_there ? ErrorCode::busy : ErrorCode::refused,
                           fmt::format("systemd, asked to start {}: {}", unit, words));
        }
        const char* path = nullptr;
        if (library_.read(answer, "o", &path) < 0) {
            return failure(
                ErrorCode::damaged,
                fmt::format("systemd, asked to start {}: an answer without a job", unit));
        }
        return std::string(path);
    }

    Status listen(Job& job) {
        const int error = library_.match_signal(bus_.get(), nullptr, manager, manager_path,
                                                manager_interface, "JobRemoved", hear_job, &job);
        return error < 0 ? kernel_failure("listen to systemd", -error) : Status();
    }

    /// How the job ended, in systemd's word; "" where it has not in time.
    std::string end_of(const Job& job, Clock::time_point deadline) {
        while (job.end.empty()) {
            const int done = library_.process(bus_.get(), nullptr);
            const auto left = std::chrono::ceil<microseconds>(deadline - Clock::now());
            if (done < 0 || left.count() <= 0) {
                break;
            }
            if (done == 0) {
                library_.wait(bus_.get(), static_cast<std::uint64_t>(left.count()));
            }
        }
        return job.end;
    }

  private:
    Manager(const Library& library, Bus bus) : library_(library), bus_(std::move(bus)) {}

    Result<Message> order(const std::string& unit, const std::string& program,
                          const std::string& folder) {
        sd_bus_message* made = nullptr;
        int error = library_.new_call(bus_.get(), &made, manager, manager_path, manager_interface,
                                      "StartTransientUnit");
        Message message(made, library_.unref);
        if (error >= 0) {
            const std::string name = folder.substr(folder.rfind('/') + 1);
            const std::string described = "Datapath " + name + " of nanotune";
            constexpr std::uint64_t second = 1'000'000;
            error = library_.append(made, "ssa(sv)a(sa(sv))", unit.c_str(), "fail", 15,     //
                                    "Description", "s", described.c_str(),                  //
                                    "Type", "s", "notify",                                  //
                                    "NotifyAccess", "s", "all",                             //
                                    "ExecStart", "a(sasb)", 1, program.c_str(),             //
                                    4, program.c_str(), "keep", folder.c_str(), "unit", 0,  //
                                    "StandardOutputFileDescriptor", "h", STDOUT_FILENO,     //
                                    "KillMode", "s", "mixed",                               //
                                    "Restart", "s", "on-abnormal",                          //
                                    "RestartUSec", "t", second / 10,                        //
                                    "StartLimitIntervalUSec", "t", 60 * second,             //
                                    "StartLimitBurst", "u", 5U,                             //
                                    "TimeoutStartUSec", "t", 15 * second,                   //
                                    "TimeoutStopUSec", "t", 5 * second,                     //
                                    "LimitMEMLOCK", "t", UINT64_MAX,                        //
                                    "CollectMode", "s", "inactive-or-failed",               //
                                    "UMask", "u", 0077U,                                    //
                                    0);
        }
        if (error < 0) {
            return kernel_failure("write a call of StartTransientUnit", -error);
        }
        return message;
    }

    const Library& library_;
    Bus bus_;
};

/// Of two namespaces' files, whether they are the same one.
bool is_same(const char* one, const char* other) {
    struct stat first{};
    struct stat second{};
    return ::stat(one, &first) == 0 && ::stat(other, &second) == 0 &&
           first.st_ino == second.st_ino && first.st_dev == second.st_dev;
}

Result<std::string> own_program() {
    std::array<char, 4096> path{};
    const ssize_t size = ::readlink("/proc/self/exe", path.data(), path.size());
    if (size <= 0) {
        return kernel_failure("read the link /proc/self/exe", errno);
    }
    return std::string(path.data(), static_cast<std::size_t>(size));
}

}  // namespace

bool names_service(std::string_view cgroups) {
    while (!cgroups.empty()) {
        const std::string_view line = next_line(cgroups);
        // Of cgroup v2, or systemd's own hierarchy of v1; a user's manager runs services of its
        // own.
        const bool is_systemds = line.starts_with("0::/") || line.contains(":name=systemd:/");
        if (is_systemds && !line.contains("/user.slice/") && line.ends_with(".service")) {
            return true;
        }
    }
    return false;
}

bool is_in_service() {
    struct stat facts{};
    // As sd_booted(3) tells it.
    if (::lstat("/run/systemd/system", &facts) != 0 || !S_ISDIR(facts.st_mode)) {
        return false;
    }
    const auto cgroups = read_file("/proc/self/cgroup", cgroup_limit);
    return cgroups && names_service(*cgroups) && is_same("/proc/self/ns/net", "/proc/1/ns/net");
}

std::string unit_of(std::string_view folder) {
    return fmt::format("nanotune-worker@{}.service", folder.substr(folder.rfind('/') + 1));
}

Status keep_as_unit(const std::string& folder) {
    const std::string unit = unit_of(folder);
    NT_TRY(const std::string program, own_program());
    NT_TRY(const Library library, Library::open());
    NT_TRY(Manager systemd, Manager::open(library));
    Job job{.library = library, .path = {}, .end = {}};
    NT_CHECK(systemd.listen(job));
    const auto deadline = Clock::now() + patience;
    const auto gone_by = Clock::now() + gone_patience;
    while (true) {
        bool is_there = false;
        auto started = systemd.start(unit, program, folder, is_there);
        if (started) {
            job.path = *std::move(started);
            break;
        }
        if (!is_there || Clock::now() >= gone_by) {
            return std::unexpected(std::move(started).error());
        }
        std::this_thread::sleep_for(glance);
    }
    const std::string end = systemd.end_of(job, deadline);
    if (end == "done") {
        return {};
    }
    return failure(end.empty() ? ErrorCode::timed_out : ErrorCode::refused,
                   fmt::format("systemd, asked to start {}: {}", unit,
                               end.empty() ? fmt::format("not ready in {} s", patience.count())
                                           : "the start ended with \"" + end + "\""));
}

}  // namespace nanotune::worker
