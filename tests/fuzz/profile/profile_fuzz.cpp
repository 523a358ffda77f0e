// Any bytes as a profile: they resolve or they are refused, and what resolves reads back as the
// same profile.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "model/resolved.hpp"
#include "unit/model/given_catalog.hpp"

namespace {

using namespace nanotune;

// "host" is the input; it may extend "base", and itself.
Result<ProfileText> found(std::string_view name, const std::string& host) {
    if (name == "host") {
        return ProfileText{"host", host};
    }
    if (name == "base") {
        return ProfileText{"base", "[vars]\nfeeds = [\"eth0\"]\n[nic.\"${feeds}\"]\nmtu = 9000\n"};
    }
    return failure(ErrorCode::not_found, "no such profile");
}

void require(bool claim) {
    if (!claim) {
        std::abort();
    }
}

Checked<ResolvedProfile> resolution(const std::string& text, const Catalog& catalog) {
    const ProfileSource source = [&text](std::string_view name, std::string_view) {
        return found(name, text);
    };
    const auto profile = loaded_profile("host", source, {});
    if (!profile) {
        return std::unexpected(profile.error());
    }
    return resolved(*profile, catalog);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    const Catalog catalog = given::catalog();
    const auto profile = resolution(text, catalog);
    if (!profile) {
        require(!profile.error().empty());
        return 0;
    }
    const auto again = resolution(shown(*profile), catalog);
    require(again.has_value());
    require(again->hash == profile->hash);
    return 0;
}
