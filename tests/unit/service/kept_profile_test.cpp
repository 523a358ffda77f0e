// The profile that was applied, kept beyond a boot.
#include "service/kept_profile.hpp"

#include "support/catch.hpp"
#include "support/held.hpp"
#include "support/scratch_folder.hpp"
#include "system/storage/next_line.hpp"
#include "system/storage/storage.hpp"

using namespace nanotune;
using namespace nanotune::test;
using nanotune::test::Contains;

namespace {

/// One without sections needs no plugin.
Checked<ResolvedProfile> profile_of(const std::string& text, const Catalog& catalog,
                                    std::vector<Override> overrides = {}) {
    const ProfileSource source = [&text](std::string_view,
                                         std::string_view) -> Result<ProfileText> {
        return ProfileText{.file = "/etc/nanotune/profiles/feed.toml", .text = text};
    };
    NT_TRY(const Profile profile, loaded_profile("feed", source, std::move(overrides)));
    return resolved(profile, catalog);
}

struct KeptScene {
    Catalog catalog;
    ScratchFolder scratch;
    std::string folder = scratch.path() + "/lasting";
    ProfileKeeper keeper{folder};
};

constexpr auto feed =
    "[profile]\nsummary = 'Feed'\nforbid = ['clock']\n[cpus]\nirq = '1'\n[vars]\na = 'b'\n";

}  // namespace

TEST_CASE_METHOD(KeptScene, "a profile that was kept is the same one again, whatever its file says",
                 "[service][kept]") {
    CHECK_FALSE(keeper.read().value());
    const auto profile = profile_of(feed, catalog, {{.name = "cpus.irq", .value = "2"}});
    REQUIRE(profile);
    REQUIRE(keeper.keep(*profile));
    const auto kept = held(keeper.read().value());
    CHECK(kept.request.name == "feed");
    const auto again = resolved(kept, catalog);
    REQUIRE(again);
    CHECK(again->name == profile->name);
    CHECK(again->hash == profile->hash);
    CHECK(again->overrides == profile->overrides);
    CHECK(again->irq.text == "2");
}

TEST_CASE_METHOD(KeptScene, "places in a profile that was kept are those of the file that keeps it",
                 "[service][kept]") {
    REQUIRE(keeper.keep(*profile_of(feed, catalog, {{.name = "cpus.irq", .value = "2"}})));
    const auto again = resolved(held(keeper.read().value()), catalog);
    REQUIRE(again);
    const Origin& place = again->irq.origin;
    CHECK(place.file == folder + "/profile.toml");
    const std::string text = *read_file(place.file, 65536);
    std::string_view rest = text;
    std::string_view line;
    for (std::uint32_t number = 0; number < place.line; ++number) {
        line = next_line(rest);
    }
    CHECK(std::string(line).starts_with("irq = "));
}

TEST_CASE_METHOD(KeptScene, "what somebody edited among what was kept is not applied",
                 "[service][kept]") {
    REQUIRE(keeper.keep(*profile_of(feed, catalog)));
    const auto text = read_file(folder + "/profile.toml", 65536);
    REQUIRE(text);
    REQUIRE(replace_file(folder + "/profile.toml", *text + "[cpus]\nirq = '3'\n"));
    const auto kept = keeper.read();
    REQUIRE_FALSE(kept);
    CHECK(kept.error().code == ErrorCode::damaged);
    CHECK_THAT(kept.error().message, Contains("apply it again"));
}

TEST_CASE_METHOD(KeptScene,
                 "a profile as large as one may be is kept, however long it is written out",
                 "[service][kept]") {
    const std::string quotes(profile_size_limit - 100, '"');  // each is written as two signs
    const auto profile = profile_of("[profile]\nsummary = '" + quotes + "'\n", catalog);
    REQUIRE(profile);
    REQUIRE(shown(*profile).size() > profile_size_limit);
    REQUIRE(keeper.keep(*profile));
    const auto again = resolved(held(keeper.read().value()), catalog);
    REQUIRE(again);
    CHECK(again->hash == profile->hash);
}

TEST_CASE_METHOD(KeptScene, "what is kept can be forgotten", "[service][kept]") {
    REQUIRE(keeper.keep(*profile_of(feed, catalog)));
    REQUIRE(keeper.forget());
    REQUIRE(keeper.forget());
    CHECK_FALSE(keeper.read().value());
}

TEST_CASE_METHOD(KeptScene, "what was kept before, or may be kept yet, is at hand by its hash",
                 "[service][kept]") {
    const auto hash_of_kept = [this] {
        const auto kept = keeper.read();
        return kept && *kept ? (*kept)->hash : std::string();
    };
    const auto first = profile_of("[vars]\na = '1'\n", catalog);
    const auto second = profile_of("[cpus]\nirq = '1'\n", catalog);
    const auto third = profile_of("[cpus]\nirq = '2'\n", catalog);
    REQUIRE(first);
    REQUIRE(second);
    REQUIRE(third);
    REQUIRE(keeper.keep(*first));
    REQUIRE(keeper.keep_at_hand(*second));
    CHECK(hash_of_kept() == first->hash);
    REQUIRE(keeper.keep_again(second->hash));
    CHECK(hash_of_kept() == second->hash);
    REQUIRE(keeper.keep(*third));
    REQUIRE(keeper.keep_again(first->hash));
    CHECK(hash_of_kept() == first->hash);
    CHECK(resolved(held(keeper.read().value()), catalog)->hash == first->hash);

    keeper.keep_at_hand_only({third->hash});
    CHECK(keeper.keep_again(second->hash).error().code == ErrorCode::not_found);
    CHECK(keeper.keep_again("../profile").error().code == ErrorCode::not_found);
    CHECK(hash_of_kept() == first->hash);
    CHECK(keeper.keep_again(third->hash));
}
