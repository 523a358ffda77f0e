// A kernel that gives this process no further thread.
#pragma once

#include <cstddef>

#include <pthread.h>

namespace nanotune::test {

/// While it is there, no thread can be had: none has room for so large a stack. Threads that are
/// there already go on.
class NoThreads {
  public:
    NoThreads() {
        pthread_getattr_default_np(&before_);
        pthread_attr_t huge;
        pthread_attr_init(&huge);
        pthread_attr_setstacksize(&huge, std::size_t{1} << 60U);
        is_so_ = pthread_setattr_default_np(&huge) == 0;
        pthread_attr_destroy(&huge);
    }
    ~NoThreads() {
        pthread_setattr_default_np(&before_);
        pthread_attr_destroy(&before_);
    }
    NoThreads(const NoThreads&) = delete;
    NoThreads& operator=(const NoThreads&) = delete;
    NoThreads(NoThreads&&) = delete;
    NoThreads& operator=(NoThreads&&) = delete;

    [[nodiscard]] bool is_so() const { return is_so_; }

  private:
    pthread_attr_t before_{};
    bool is_so_ = false;
};

}  // namespace nanotune::test
