// Tables of rows with their texts beside them. A text's address is what the loader would have to
// fill in, and each page of them is copied for every command that loads the plugin; how far a text
// is from its row, the compiler knows.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <iterator>
#include <string_view>
#include <type_traits>
#include <utility>

#include <nanotune/tunable.hpp>

namespace nanotune {

// Each hands every text of a row to `with`, and how far it is from the table's beginning, of which
// the row is `at` away.

template <typename With>
constexpr void each_text(Domain& domain, std::size_t at, const With& with) {
    with(domain.words, at + offsetof(Domain, words));
    with(domain.kernel_words, at + offsetof(Domain, kernel_words));
    with(domain.kernel_zero, at + offsetof(Domain, kernel_zero));
    with(domain.expected, at + offsetof(Domain, expected));
    with(domain.samples, at + offsetof(Domain, samples));
}

template <typename With>
constexpr void each_text(Witness& witness, std::size_t at, const With& with) {
    with(witness.command, at + offsetof(Witness, command));
    with(witness.heading, at + offsetof(Witness, heading));
    with(witness.label, at + offsetof(Witness, label));
    with(witness.until, at + offsetof(Witness, until));
    with(witness.none, at + offsetof(Witness, none));
}

template <typename With>
constexpr void each_text(Tunable& tunable, std::size_t at, const With& with) {
    with(tunable.name, at + offsetof(Tunable, name));
    with(tunable.summary, at + offsetof(Tunable, summary));
    with(tunable.alias, at + offsetof(Tunable, alias));
    with(tunable.resets, at + offsetof(Tunable, resets));
    with(tunable.resets_on_bus, at + offsetof(Tunable, resets_on_bus));
    with(tunable.carries, at + offsetof(Tunable, carries));
    with(tunable.at_most, at + offsetof(Tunable, at_most));
    with(tunable.written_as, at + offsetof(Tunable, written_as));
    with(tunable.pauses, at + offsetof(Tunable, pauses));
    each_text(tunable.domain, at + offsetof(Tunable, domain), with);
    each_text(tunable.witness, at + offsetof(Tunable, witness), with);
}

/// Any other row has a tunable. One that has texts of its own says so beside its declaration.
template <typename Row, typename With>
    requires std::same_as<decltype(Row::tunable), Tunable>
constexpr void each_text(Row& row, std::size_t at, const With& with) {
    each_text(row.tunable, at + offsetof(Row, tunable), with);
}

/// Becomes whatever the member of a row is that it stands for, and counts the texts in that.
class MemberOfRow {
  public:
    constexpr explicit MemberOfRow(std::size_t& texts) : texts_(&texts) {}
    template <typename Member>
        requires(!std::same_as<Member, std::string_view>)  // or a RowText had two ways to be made
    constexpr operator Member() const;

  private:
    std::size_t* texts_;
};

template <typename Row, std::size_t... member>
consteval std::size_t texts_in_members(std::index_sequence<member...> /*each*/) {
    std::size_t texts = 0;
    if constexpr (requires(MemberOfRow any) { Row{(void(member), any)..., any}; }) {
        return texts_in_members<Row>(std::make_index_sequence<sizeof...(member) + 1>());
    } else {
        static_cast<void>(Row{(void(member), MemberOfRow(texts))...});
        return texts;
    }
}

/// How many texts a row has, with those of its parts; 0 of one that is no aggregate.
template <typename Row>
inline constexpr std::size_t texts_in = texts_in_members<Row>(std::index_sequence<>());

template <typename Member>
    requires(!std::same_as<Member, std::string_view>)
constexpr MemberOfRow::operator Member() const {
    if constexpr (std::same_as<Member, RowText>) {
        ++*texts_;
    } else if constexpr (std::is_class_v<Member> && std::is_aggregate_v<Member>) {
        *texts_ += texts_in<Member>;
    }
    return Member();
}

/// Whether `each_text` of such a row has all of its texts: what it left out would have an address.
template <typename Row>
inline constexpr bool has_each_text = [] {
    std::size_t told = 0;
    Row row{};
    each_text(row, 0, [&told](const RowText&, std::size_t) { ++told; });
    return told >= texts_in<Row>;
}();

/// See packed.
template <const auto& source>
class PackedTable {
  public:
    using Row = std::remove_cvref_t<decltype(source[0])>;
    static constexpr std::size_t count = std::size(source);
    static_assert(has_each_text<Row>, "each_text leaves out a text of these rows");

    consteval PackedTable() : PackedTable(std::make_index_sequence<count>()) {}

    Row rows[count];

  private:
    template <std::size_t... i>
    consteval explicit PackedTable(std::index_sequence<i...> /*each*/) : rows{source[i]...} {
        std::size_t used = 0;
        for (std::size_t row = 0; row < count; ++row) {
            each_text(rows[row], row * sizeof(Row), [&](RowText& text, std::size_t at) {
                const std::string_view literal = text;
                std::ranges::copy(literal, texts_ + used);
                text.lie_beside(sizeof(rows) + used - at, literal.size());
                used += literal.size();
            });
        }
    }

    static consteval std::size_t size_of_texts() {
        std::size_t size = 1;
        for (Row row : source) {
            each_text(row, 0, [&](const RowText& text, std::size_t) { size += text.size(); });
        }
        return size;
    }

    char texts_[size_of_texts()] = {};
};

template <const auto& source>
inline constexpr PackedTable<source> packed_table;

/// The rows of a constexpr array, to be used in its place: add<FileBank>(packed<rows>, ...). The
/// array itself is left to the compiler alone.
template <const auto& source>
inline constexpr auto& packed = packed_table<source>.rows;

}  // namespace nanotune
