// The ledger, by what its devices are called today and by what has become of them.
#pragma once

#include <optional>
#include <vector>

#include "engine/devices.hpp"
#include "engine/ledger.hpp"
#include "engine/survey.hpp"

namespace nanotune {

/// Every device that the ledger is about; nothing where it is about none.
[[nodiscard]] std::optional<std::vector<DeviceIdentity>> devices_in(const Ledger& ledger,
                                                                    const Catalog& catalog);
/// For Ledger::follow. Both must outlive it.
[[nodiscard]] Following following(const Devices& devices, const Catalog& catalog);
/// Brings the ledger up to date, in a thread that may make calls. Errors: as Devices::since; then
/// it goes by the names that were recorded.
[[nodiscard]] Status follow_devices(Ledger& ledger, const Catalog& catalog, Survey& survey);

}  // namespace nanotune
