// Order of a write: it may hang, the observer sees it, then it is refused, or adjusted, stored and
// followed by its effects, and only then it is in the log.
#include "support/fake_kernel.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "support/write_log.hpp"

namespace nanotune::test {

Status FakeKernel::write(std::string_view operation, std::vector<Write> writes) {
    std::unique_lock lock(mutex_);
    const bool hangs = std::ranges::any_of(
        writes, [&](const Write& write) { return any_fits(host_->behaviours.hanging, write.key); });
    if (hangs) {
        hang(lock);
    }
    if (is_closed_) {
        return kernel_failure(operation, EINTR);
    }
    std::string attempt;
    for (const Write& write : writes) {
        attempt += (attempt.empty() ? "" : " ") + write.key + "=" + write.text;
    }
    attempts_.push_back(attempt);
    if (observer_) {
        observer_(static_cast<unsigned>(attempts_.size()));
    }
    NT_CHECK(refused(operation, writes));
    carry_out(writes);
    return {};
}

Status FakeKernel::refused(std::string_view operation, const std::vector<Write>& writes) const {
    for (const Write& write : writes) {
        if (any_fits(host_->behaviours.read_only, write.key)) {
            return kernel_failure(operation, EROFS);
        }
        for (const auto& [pattern, check] : host_->behaviours.checks) {
            if (!fits(pattern, write.key)) {
                continue;
            }
            if (const auto refusal = check(host_->cells, write)) {
                return kernel_failure(operation, refusal->error, refusal->words);
            }
        }
    }
    return {};
}

void FakeKernel::carry_out(const std::vector<Write>& writes) {
    Edit edit(host_->cells);
    for (Write write : writes) {
        if (any_fits(host_->behaviours.ignored, write.key)) {
            continue;
        }
        for (const auto& [pattern, adjusted] : host_->behaviours.adjustments) {
            if (fits(pattern, write.key)) {
                write.text = adjusted(host_->cells, write);
            }
        }
        edit.set(write.key, write.text);
        for (const auto& [pattern, effect] : host_->behaviours.effects) {
            if (fits(pattern, write.key)) {
                effect(edit, write);
            }
        }
    }
    if (!log_.empty() && !edit.changed().empty()) {
        append(log_, host_->cells, edit.changed());
    }
}

void FakeKernel::happen(const std::function<std::vector<Write>(const Cells&)>& what) {
    const std::scoped_lock lock(mutex_);
    carry_out(what(host_->cells));
}

void FakeKernel::stall(std::string_view key) {
    std::unique_lock lock(mutex_);
    if (any_fits(host_->behaviours.hanging_reads, key)) {
        hang(lock);
    }
}

void FakeKernel::hang(std::unique_lock<std::mutex>& lock) {
    ++hanging_;
    released_.wait(lock, [&] { return is_released_ || is_closed_; });
    --hanging_;
    given_up_ = std::min(given_up_.load(), hanging_.load());
}

void FakeKernel::release() {
    const std::scoped_lock lock(mutex_);
    is_released_ = true;
    released_.notify_all();
}

void FakeKernel::close() {
    const std::scoped_lock lock(mutex_);
    is_closed_ = true;
    host_ = &nowhere_;
    released_.notify_all();
}

void FakeKernel::persist(std::string path) {
    const std::scoped_lock lock(mutex_);
    log_ = std::move(path);
    replay(log_, host_->cells);
}

std::vector<std::string> FakeKernel::attempts() const {
    const std::scoped_lock lock(mutex_);
    return attempts_;
}

void FakeKernel::miss(const std::string& path) {
    const std::scoped_lock lock(mutex_);
    misses_.push_back(path);
}

std::vector<std::string> FakeKernel::misses() const {
    const std::scoped_lock lock(mutex_);
    return misses_;
}

}  // namespace nanotune::test
