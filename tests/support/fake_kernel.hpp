// The one way by which every interface of a fake system reads and changes its host.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include <nanotune/error.hpp>

#include "support/fake_host.hpp"

namespace nanotune::test {

/// Threads may call it at the same time: a driver that hangs blocks only its own caller.
class FakeKernel {
  public:
    explicit FakeKernel(FakeHost& host) : host_(&host) {}
    ~FakeKernel() = default;
    FakeKernel(const FakeKernel&) = delete;
    FakeKernel& operator=(const FakeKernel&) = delete;
    FakeKernel(FakeKernel&&) = delete;
    FakeKernel& operator=(FakeKernel&&) = delete;

    /// A copy of what `read` returns, taken while nobody writes.
    template <typename Read>
    [[nodiscard]] auto look(const Read& read) const {
        const std::scoped_lock lock(mutex_);
        if (before_look_) {
            before_look_();
        }
        return read(*host_);
    }

    /// All of the writes or none, as one message to the kernel. `operation` begins the error.
    Status write(std::string_view operation, std::vector<Write> writes);

    /// What the kernel does by itself, with the effects that it has.
    void happen(const std::function<std::vector<Write>(const Cells&)>& what);
    /// Returns at once, unless reads of the cell hang.
    void stall(std::string_view key);
    void release();
    /// Whether a call hangs that nobody has given up.
    [[nodiscard]] bool hangs() const { return hanging_ > given_up_; }
    /// Somebody goes on without the calls that hang now.
    void give_up() { given_up_ = hanging_.load(); }
    /// The host is going away: whoever still hangs is told so, and touches it no more.
    void close();
    void persist(std::string path);
    void before_write(std::function<void(unsigned)> observer) { observer_ = std::move(observer); }
    void before_look(std::function<void()> observer) { before_look_ = std::move(observer); }
    [[nodiscard]] std::vector<std::string> attempts() const;
    void miss(const std::string& path);
    [[nodiscard]] std::vector<std::string> misses() const;
    /// What the last System said that was told.
    void expect_writes(bool are_expected) { are_writes_expected_ = are_expected; }
    [[nodiscard]] bool are_writes_expected() const { return are_writes_expected_; }

  private:
    [[nodiscard]] Status refused(std::string_view operation,
                                 const std::vector<Write>& writes) const;
    void carry_out(const std::vector<Write>& writes);
    void hang(std::unique_lock<std::mutex>& lock);

    FakeHost* host_;
    FakeHost nowhere_;  // what is left to look at once the host has gone
    mutable std::mutex mutex_;
    std::condition_variable released_;
    std::atomic<unsigned> hanging_ = 0;
    std::atomic<unsigned> given_up_ = 0;
    std::atomic<bool> are_writes_expected_ = false;
    bool is_released_ = false;
    bool is_closed_ = false;
    std::string log_;
    std::function<void(unsigned)> observer_;
    std::function<void()> before_look_;
    std::vector<std::string> attempts_;
    std::vector<std::string> misses_;
};

}  // namespace nanotune::test
