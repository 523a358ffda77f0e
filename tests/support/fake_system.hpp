// A System over a FakeHost: the kernel-shaped interfaces, answered from cells.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <nanotune/system.hpp>

#include "support/fake_interfaces.hpp"
#include "support/fake_kernel.hpp"

namespace nanotune::test {

/// Changes the host that it was made with, which must outlive it.
class FakeSystem final : public System {
  public:
    explicit FakeSystem(FakeHost& host)
        : host_(&host),
          kernel_(host),
          files_(kernel_),
          ethtool_(kernel_),
          links_(kernel_),
          tasks_(kernel_) {}

    Files& files() override { return files_; }
    Ethtool& ethtool() override { return ethtool_; }
    Links& links() override { return links_; }
    Tasks& tasks() override { return tasks_; }
    [[nodiscard]] bool has(Capability capability) const override {
        return host_->capabilities.contains(capability);
    }
    [[nodiscard]] std::string session_address() const override { return host_->session_address; }

    /// Keeps the host in this file from now on: what the file holds happens to the host first.
    FakeSystem& persisted(std::string path) {
        kernel_.persist(std::move(path));
        return *this;
    }
    /// Told the number of each write, from 1, before it happens, refused ones too.
    void before_write(std::function<void(unsigned)> observer) {
        kernel_.before_write(std::move(observer));
    }
    /// Writes that were tried so far, "KEY=TEXT" each.
    [[nodiscard]] std::vector<std::string> writes() const { return kernel_.attempts(); }
    /// Lets hanging writes go on.
    void release() { kernel_.release(); }
    /// Paths that were asked for and are not there.
    [[nodiscard]] const std::vector<std::string>& misses() const { return files_.misses(); }

  private:
    FakeHost* host_;
    FakeKernel kernel_;
    FakeFiles files_;
    FakeEthtool ethtool_;
    FakeLinks links_;
    FakeTasks tasks_;
};

}  // namespace nanotune::test
