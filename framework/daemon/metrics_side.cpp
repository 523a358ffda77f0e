#include "daemon/metrics_side.hpp"

#include <cerrno>
#include <cstdio>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/patience.hpp"

namespace nanotune::daemon {

namespace {

constexpr std::chrono::seconds fresh_for{1};
constexpr std::chrono::seconds file_pause{15};  // Prometheus' own default between scrapes

double now_since_epoch() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration<double>(now).count();
}

/// For everybody to read, and never half of it. What is written every few seconds need not outlive
/// a power failure.
Status put(const std::string& path, std::string_view text) {
    const std::string made = path + ".new";
    const Descriptor file(
        ::open(made.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644));
    if (!file.is_open()) {
        return kernel_failure("create " + made, errno);
    }
    ::fchmod(file.number(), 0644);
    while (!text.empty()) {
        const ssize_t count = ::write(file.number(), text.data(), text.size());
        if (count < 0) {
            return kernel_failure("write " + made, errno);
        }
        text.remove_prefix(static_cast<std::size_t>(count));
    }
    return ::rename(made.c_str(), path.c_str()) == 0
               ? Status()
               : kernel_failure("rename " + made + " to " + path, errno);
}

}  // namespace

MetricsSide::MetricsSide(Parts parts, const HostFile::Metrics& wanted)
    : parts_(std::move(parts)), file_(wanted.file), start_time_(now_since_epoch()) {
    if (!wanted.listen.empty()) {
        auto server =
            MetricsServer::open(wanted.listen, [this](std::uint64_t number) { asked(number); });
        if (server) {
            server_ = std::make_unique<MetricsServer>(*std::move(server));
        } else {
            parts_.log(server.error().message + "; nobody can scrape this daemon");
        }
    }
    if (!file_.empty()) {
        next_file_ = Clock::now();
    }
}

void MetricsSide::add_to(std::vector<pollfd>& waited) const {
    if (server_) {
        server_->add_to(waited);
    }
}

int MetricsSide::patience(Clock::time_point now) const {
    return sooner(server_ ? server_->patience(now) : -1, patience_until(next_file_, now));
}

void MetricsSide::process(Clock::time_point now) {
    if (server_) {
        server_->process(now);
    }
    if (next_file_ && now >= *next_file_) {
        next_file_ = now + file_pause;
        write_file();
    }
}

void MetricsSide::take(const std::vector<Datapath>& datapaths) {
    if (metrics_.take(datapaths)) {
        counted_at_ = {};
    }
}

void MetricsSide::asked(std::uint64_t number) {
    waiting_.push_back(number);
    if (is_counting_) {
        return;
    }
    if (counted_at_ + fresh_for > Clock::now()) {
        answer_waiting();
        return;
    }
    is_counting_ = parts_.side.submit([this, kept = parts_.datapaths] {
        parts_.mailbox.post([this, counted = kept.metrics()]() mutable {
            is_counting_ = false;
            counted_ = std::move(counted);
            counted_at_ = Clock::now();
            answer_waiting();
        });
    });
    if (!is_counting_) {
        counted_.clear();  // what is older is no answer of now
        answer_waiting();
    }
}

void MetricsSide::answer_waiting() {
    const std::string text = metrics_.text(own_process(start_time_)) + counted_;
    for (const std::uint64_t number : std::exchange(waiting_, {})) {
        server_->answer(number, text);
    }
}

/// Durable writes wait for a disk, so they are made on the side, too.
void MetricsSide::write_file() {
    std::string text = metrics_.text(own_process(start_time_));
    static_cast<void>(parts_.side.submit([this, file = file_, text = std::move(text),
                                          kept = parts_.datapaths] {
        const Status written = put(file, text + kept.metrics());
        parts_.mailbox.post([this, complaint = written ? std::string() : written.error().message] {
            if (!complaint.empty() && complaint != last_complaint_) {
                parts_.log("metrics.file: " + complaint);
            }
            last_complaint_ = complaint;
        });
    }));
}

}  // namespace nanotune::daemon
