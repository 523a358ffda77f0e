// What a thread has freed, given back to the kernel.
#pragma once

namespace nanotune::daemon {

/// Gives back whole pages of which nothing is used, and what malloc keeps for this thread alone,
/// so that it pins none: each thread has up to half a thousand freed pieces of its own, which no
/// call lets go of while it lives. Begins and ends a thread; without one, those pieces stay.
/// Allocation is slower for a moment afterwards.
void give_back_memory();

}  // namespace nanotune::daemon
