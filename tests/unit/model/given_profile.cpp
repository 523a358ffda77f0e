#include "given_profile.hpp"

#include <algorithm>
#include <utility>

#include "given_catalog.hpp"
#include "support/catch.hpp"

namespace given {

using namespace nanotune;

namespace {

std::vector<std::string> messages_of(const Problems& problems) {
    std::vector<std::string> messages;
    for (const Error& problem : problems) {
        messages.push_back(problem.message);
    }
    return messages;
}

}  // namespace

ProfileSource source(ProfileFiles files) {
    return
        [files = std::move(files)](std::string_view name, std::string_view) -> Result<ProfileText> {
            const auto found = std::ranges::find(files, name, &ProfileText::file);
            if (found == files.end()) {
                return failure(ErrorCode::not_found, "no profile " + std::string(name));
            }
            return *found;
        };
}

Profile profile(const ProfileFiles& files, std::vector<Override> overrides) {
    auto loaded = loaded_profile(files.front().file, source(files), std::move(overrides));
    if (!loaded) {
        FAIL(loaded.error().front().message);
    }
    return *std::move(loaded);
}

const ResolvedProfile& Resolution::profile() const {
    if (!result) {
        FAIL(result.error().front().message);
    }
    return *result;
}

std::vector<std::string> Resolution::messages() const {
    return result ? std::vector<std::string>() : messages_of(result.error());
}

const ResolvedSection& Resolution::section(std::string_view plugin, std::string_view word) const {
    const ResolvedSection* found = nullptr;
    for (const ResolvedSection& section : profile().sections) {
        if (section.plugin->name == plugin && section.selector.text == word) {
            INFO(plugin << " " << word);
            REQUIRE(found == nullptr);
            found = &section;
        }
    }
    INFO(plugin << " " << word);
    REQUIRE(found != nullptr);
    return *found;
}

const ResolvedSetting& Resolution::setting(std::string_view key) const {
    const ResolvedSetting* found = nullptr;
    for (const ResolvedSection& section : profile().sections) {
        for (const ResolvedSetting& setting : section.settings) {
            if (setting.key == key) {
                INFO(key);
                REQUIRE(found == nullptr);
                found = &setting;
            }
        }
    }
    INFO(key);
    REQUIRE(found != nullptr);
    return *found;
}

Resolution resolution(const ProfileFiles& files, std::vector<Override> overrides) {
    Resolution made{catalog(), {}};
    made.result = resolved(profile(files, std::move(overrides)), made.catalog);
    return made;
}

Resolution resolution(std::string text, std::vector<Override> overrides) {
    return resolution(ProfileFiles{{"host.toml", std::move(text)}}, std::move(overrides));
}

std::vector<std::string> load_problems(const ProfileFiles& files) {
    const auto loaded = loaded_profile(files.front().file, source(files), {});
    return messages_of(loaded ? loaded->missing : loaded.error());
}

Topology four_cpus() {
    return {.present = CpuSet::range(0, 3),
            .online = CpuSet::range(0, 3),
            .isolated = {},
            .cores = {CpuSet::of(0) | CpuSet::of(2), CpuSet::of(1) | CpuSet::of(3)},
            .nodes = {{0, CpuSet::range(0, 3)}}};
}

nanotune::Result<nanotune::CpuSet> Words::cpus_near(std::string_view device) const {
    const auto found = near_.find(device);
    return found == near_.end() ? nanotune::failure(nanotune::ErrorCode::not_found,
                                                    "there is no NIC " + std::string(device))
                                : nanotune::Result<nanotune::CpuSet>(found->second);
}

}  // namespace given
