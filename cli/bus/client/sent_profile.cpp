#include "sent_profile.hpp"

#include "service/given_profile.hpp"
#include "service/sealed_text.hpp"

namespace nanotune::cli {

Result<SentProfile> sent_profile(const ProfileRequest& profile, const ProfileSource& files) {
    SentProfile sent{.name = profile.name, .files = {}, .set = bus::wire_of(profile.overrides)};
    NT_TRY(const auto given, given_files(profile.name, files));
    for (const GivenFile& file : given) {
        NT_TRY(const Descriptor text, sealed_text(file.label, file.text));
        sent.files.emplace_back(file.path, file.label, sdbus::UnixFd(text.number()));
    }
    return sent;
}

}  // namespace nanotune::cli
