// What a process costs while nothing happens.
#pragma once

#include <sys/types.h>

namespace nanotune::bench {

/// Prints what memory it has once it has come to rest, and how often it is woken and how long it
/// computes within so many seconds.
void show_rest(pid_t process, int seconds);

}  // namespace nanotune::bench
