// Tables whose rows have their texts beside them.
#include <vector>

#include <nanotune/file_bank.hpp>

#include "support/catch.hpp"

using namespace nanotune;

namespace {

constexpr FileRow as_written[] = {
    {{.name = "governor",
      .domain = choice("performance | powersave", "0 | 1"),
      .summary = "Policy that picks the frequency.",
      .alias = "sysctl.kernel.governor",
      .witness = {.label = "governor:"}},
     "/sys/policy{}/governor",
     "notsupported",
     "/sys/policy{}/offered"},
    {{.name = "limit", .domain = with_samples(integer(1, 9), "3 | 4"), .resets = "cpu.governor"},
     "/sys/policy{}/limit",
     {},
     {},
     {},
     {.by = "/sys/locked", .why = "it would be lost"}},
};

struct Both {
    RowText first;
    RowText second;
};

struct Forgetful {
    Tunable tunable;
    int number = 0;
    Both both;
};

template <typename With>
constexpr void each_text(Forgetful& row, std::size_t at, const With& with) {
    each_text(row.tunable, at + offsetof(Forgetful, tunable), with);
    with(row.both.first, at + offsetof(Forgetful, both.first));
}

/// Every text of a row, as a view.
std::vector<std::string_view> texts_of(FileRow& row) {
    std::vector<std::string_view> texts;
    each_text(row, 0, [&texts](const RowText& text, std::size_t) { texts.push_back(text); });
    return texts;
}

std::vector<std::string_view> texts_of(const FileRow& row) {
    FileRow copy = row;
    return texts_of(copy);
}

}  // namespace

TEST_CASE("a packed row says what its author wrote") {
    REQUIRE(std::size(packed<as_written>) == 2);
    for (std::size_t i = 0; i < 2; ++i) {
        CHECK(texts_of(packed<as_written>[i]) == texts_of(as_written[i]));
    }
    const FileRow& limit = packed<as_written>[1];
    CHECK(limit.tunable.name == "limit");
    CHECK(limit.tunable.domain.maximum == 9);
    CHECK(limit.tunable.alias.empty());
    CHECK(limit.forbidden.why == "it would be lost");
}

TEST_CASE("a row with a text that nobody listed is not packed") {
    STATIC_REQUIRE(has_each_text<Domain>);
    STATIC_REQUIRE(has_each_text<Witness>);
    STATIC_REQUIRE(has_each_text<Tunable>);
    STATIC_REQUIRE(has_each_text<FileRow>);
    STATIC_REQUIRE_FALSE(has_each_text<Forgetful>);
    STATIC_REQUIRE(texts_in<FileRow> == texts_in<Tunable> + 8);
}

TEST_CASE("the texts of a packed table are part of it") {
    const auto& table = packed_table<as_written>;
    const auto* const begin = reinterpret_cast<const char*>(&table);
    for (const FileRow& row : table.rows) {
        for (const std::string_view text : texts_of(row)) {
            INFO(text);
            CHECK(std::greater_equal<>()(text.data(), begin));
            CHECK(std::less_equal<>()(text.data() + text.size(), begin + sizeof(table)));
        }
    }
}

TEST_CASE("a copy of a packed row keeps its texts, and may be given others") {
    Tunable copy = packed<as_written>[0].tunable;
    copy.name = "cpu.governor";
    const Tunable moved = std::move(copy);
    CHECK(moved.name == "cpu.governor");
    CHECK(moved.summary == "Policy that picks the frequency.");
    CHECK(moved.domain.kernel_words == "0 | 1");
    CHECK(packed<as_written>[0].tunable.name == "governor");
}

TEST_CASE("a row is found by a text that it is compared with, whatever holds that one") {
    constexpr auto name_of_row = [](const FileRow& row) -> const RowText& {
        return row.tunable.name;
    };
    const auto* const limit = &packed<as_written>[1];
    const std::string_view view = "limit";
    CHECK(std::ranges::find(packed<as_written>, view, name_of_row) == limit);
    CHECK(std::ranges::find(packed<as_written>, std::string(view), name_of_row) == limit);
    CHECK(limit->tunable.name < "limits");
}
