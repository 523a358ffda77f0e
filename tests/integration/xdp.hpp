// A real XDP program and a real AF_XDP socket, by system calls alone.
#pragma once

#include <cstddef>
#include <string>

#include "system/storage/storage.hpp"

/// Passes every packet on. Attached until it is destroyed; fails the test where it cannot be.
class AttachedXdp {
  public:
    enum class Mode { generic, native };
    AttachedXdp(const std::string& device, Mode mode);

  private:
    nanotune::Descriptor program_;
    nanotune::Descriptor link_;
};

/// Bound to the queue, in copy mode, until it is destroyed.
class BoundXdpSocket {
  public:
    BoundXdpSocket(const std::string& device, unsigned queue);
    ~BoundXdpSocket();
    BoundXdpSocket(const BoundXdpSocket&) = delete;
    BoundXdpSocket& operator=(const BoundXdpSocket&) = delete;
    BoundXdpSocket(BoundXdpSocket&&) = delete;
    BoundXdpSocket& operator=(BoundXdpSocket&&) = delete;

    /// Its number in sockfs.
    [[nodiscard]] std::size_t inode() const;

  private:
    nanotune::Descriptor socket_;
    void* memory_ = nullptr;
};
