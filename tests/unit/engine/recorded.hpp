// Applies and rollbacks as the journal has them, for tests of what a ledger makes of them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/ledger.hpp"

namespace nanotune::test {

inline DeviceIdentity device_named(const std::string& name) {
    return {.name = name, .index = 5, .kind = "veth"};
}

inline record::Intent intent_for(std::string_view setting, const Value& before, std::int64_t wanted,
                                 const std::string& device = "eth0") {
    return {.setting = std::string(setting),
            .target = Target::nic(device),
            .before = before,
            .wanted = wanted,
            .device = device_named(device)};
}

inline void apply(Ledger& ledger, std::uint64_t id, const std::vector<record::Intent>& intents,
                  std::uint64_t continues = 0, const std::string& how = "committed") {
    ledger.take(record::Begin{.id = id, .kind = "apply", .undoes = continues, .profile = "given"});
    for (const record::Intent& intent : intents) {
        ledger.take(intent);
    }
    ledger.take(record::End{how});
}

inline void begin_rollback(Ledger& ledger, std::uint64_t id, std::uint64_t oldest) {
    ledger.take(record::Begin{.id = id, .kind = "rollback", .undoes = oldest});
}

/// As Undo has it without consent to anything else.
inline bool is_taken_for_ours(const Touched& touched, const Value& found) {
    return found == touched.before || found == touched.wanted || found == touched.got ||
           (!touched.got && found == touched.held) || touched.has_put_back(found);
}

}  // namespace nanotune::test
