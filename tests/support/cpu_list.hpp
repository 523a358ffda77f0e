// CPUs as a test spells them.
#pragma once

#include <string_view>

#include <nanotune/cpu_set.hpp>

namespace nanotune::test {

inline CpuSet list(std::string_view text) {
    return CpuSet::from_list(text).value();
}

}  // namespace nanotune::test
