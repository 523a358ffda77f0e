// A System over a FakeHost: the kernel-shaped interfaces, answered from cells.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <nanotune/system.hpp>

#include "support/fake_interfaces.hpp"
#include "support/fake_kernel.hpp"

namespace nanotune::test {

/// Changes the host that it was made with, which must outlive it. Copies by `another` see the same
/// host, the same observer and the same log.
class FakeSystem final : public System {
  public:
    explicit FakeSystem(FakeHost& host) : FakeSystem(std::make_shared<FakeKernel>(host)) {
        is_first_ = true;
    }
    /// The first one waits for calls that hang: what they use may be gone after it.
    ~FakeSystem() override;
    FakeSystem(const FakeSystem&) = delete;
    FakeSystem& operator=(const FakeSystem&) = delete;
    FakeSystem(FakeSystem&&) = delete;
    FakeSystem& operator=(FakeSystem&&) = delete;

    Files& files() override { return files_; }
    Ethtool& ethtool() override { return ethtool_; }
    Links& links() override { return links_; }
    Tasks& tasks() override { return tasks_; }
    Devlink& devlink() override { return devlink_; }
    Workers& workers() override { return workers_; }
    [[nodiscard]] bool has(Capability capability) const override;
    [[nodiscard]] std::string session_address() const override;
    /// Answers as irqbalance does where the host has one.
    Result<std::string> ask(const std::string& socket, std::string_view request) override;

    /// For code that wants a System of its own on another thread.
    [[nodiscard]] std::unique_ptr<System> another() const {
        return std::unique_ptr<System>(new FakeSystem(kernel_));
    }
    /// Systems that see the host, this one among them: one fewer once a call that its engine has
    /// left alone is over, and all that was to come of it.
    [[nodiscard]] long users() const { return kernel_.use_count(); }
    /// Whether a call hangs that nobody has given up.
    [[nodiscard]] bool hangs() const { return kernel_->hangs(); }
    void give_up() { kernel_->give_up(); }
    /// Keeps the host in this file from now on: what the file holds happens to the host first.
    FakeSystem& persisted(std::string path) {
        kernel_->persist(std::move(path));
        return *this;
    }
    /// Told the number of each write, from 1, before it happens, refused ones too.
    void before_write(std::function<void(unsigned)> observer) {
        kernel_->before_write(std::move(observer));
    }
    /// Told of each look at the host before it happens: whatever an operator does just then.
    void before_look(std::function<void()> observer) { kernel_->before_look(std::move(observer)); }
    /// Writes that were tried so far, "KEY=TEXT" each.
    [[nodiscard]] std::vector<std::string> writes() const { return kernel_->attempts(); }
    /// Files::expect_writes.
    [[nodiscard]] bool are_writes_expected() const { return kernel_->are_writes_expected(); }
    /// Lets hanging writes go on.
    void release() { kernel_->release(); }
    /// Files that were read and are not there, by their paths, as often as that.
    [[nodiscard]] std::vector<std::string> misses() const { return kernel_->misses(); }

  private:
    explicit FakeSystem(std::shared_ptr<FakeKernel> kernel)
        : kernel_(std::move(kernel)),
          files_(*kernel_),
          ethtool_(*kernel_),
          links_(*kernel_),
          tasks_(*kernel_),
          devlink_(*kernel_),
          workers_(*kernel_) {}

    std::shared_ptr<FakeKernel> kernel_;
    bool is_first_ = false;
    FakeFiles files_;
    FakeEthtool ethtool_;
    FakeLinks links_;
    FakeTasks tasks_;
    FakeDevlink devlink_;
    FakeWorkers workers_;
};

}  // namespace nanotune::test
