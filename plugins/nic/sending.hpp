// What decides in which order a NIC's packets leave: the queueing discipline at its root.
#pragma once

#include "words_bank.hpp"

namespace nanotune::nic {

/// qdisc.
[[nodiscard]] std::span<const WordsRow> sending_rows();

}  // namespace nanotune::nic
