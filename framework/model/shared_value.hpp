// A value that copies share until one of them is changed.
#pragma once

#include <atomic>
#include <memory>
#include <utility>

namespace nanotune {

/// Copying costs as much as a pointer. Two copies may be used by two threads, one may not.
template <typename T>
class Shared {
  public:
    Shared(T value) : value_(std::make_shared<T>(std::move(value))) {}  // NOLINT: as a value

    operator const T&() const { return *value_; }  // NOLINT: as a value
    const T& operator*() const { return *value_; }
    const T* operator->() const { return value_.get(); }

    /// A part of it, which keeps all of it as it is.
    template <typename Part>
    [[nodiscard]] std::shared_ptr<const Part> sharing(const Part T::* part) const {
        return {value_, &((*value_).*part)};
    }

    /// To be changed: nobody else's from here on.
    T& own() {
        if (value_.use_count() > 1) {
            value_ = std::make_shared<T>(std::as_const(*value_));
        }
        see_what_others_did();
        return *value_;
    }

  private:
    /// Another thread's copy may be gone.
    void see_what_others_did() const {
#if defined(__SANITIZE_THREAD__)  // knows of no fences, but that a copy lets go of what it shared
        static_cast<void>(std::shared_ptr<T>(value_));
#else
        std::atomic_thread_fence(std::memory_order_acquire);
#endif
    }

    std::shared_ptr<T> value_;
};

}  // namespace nanotune
