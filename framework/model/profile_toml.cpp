// The only file that knows the TOML library.
#include <algorithm>
#include <exception>
#include <utility>

// Text that is no TOML breaks what the library asserts of its own keys; without the assertion it
// finds the error one line later.
#define TOML_ASSERT(expression) static_cast<void>(0)
#include <toml++/toml.h>

#include "syntax_errors.hpp"
#include "toml_complaint.hpp"
#include "toml_nodes.hpp"

namespace nanotune {
namespace {

// Each knows its place, and so its file's name: a file of nothing but small values would come to
// hundreds of times its size.
constexpr std::size_t most_values = 50'000;

using Entry = std::pair<const toml::key*, const toml::node*>;

/// The library sorts by name; people read by line.
std::vector<Entry> by_line(const toml::table& table) {
    std::vector<Entry> entries;
    entries.reserve(table.size());
    for (const auto& [key, value] : table) {
        entries.emplace_back(&key, &value);
    }
    std::ranges::stable_sort(entries, [](const Entry& a, const Entry& b) {
        const toml::source_position& first = a.first->source().begin;
        const toml::source_position& second = b.first->source().begin;
        return std::pair(first.line, first.column) < std::pair(second.line, second.column);
    });
    return entries;
}

class Reader {
  public:
    explicit Reader(const std::string& file) : file_(file) {}

    [[nodiscard]] Origin place(const toml::source_region& region) const {
        return {file_, region.begin.line, region.begin.column};
    }

    std::vector<ProfileNode> nodes(const toml::table& table) {
        std::vector<ProfileNode> nodes;
        nodes.reserve(table.size());
        for (const auto& [key, value] : by_line(table)) {
            if (is_too_much(key->source())) {
                break;
            }
            ProfileNode& node = nodes.emplace_back(std::string(key->str()), place(key->source()));
            if (const toml::table* below = value->as_table()) {
                node.nodes = this->nodes(*below);
            } else {
                node.value = input(*value);
            }
        }
        return nodes;
    }

    std::vector<Finding> take_findings() { return std::move(findings_); }

  private:
    Input input(const toml::node& node) {
        Input input{std::string(), place(node.source())};
        if (const auto* flag = node.as_boolean()) {
            input.content = flag->get();
        } else if (const auto* integer = node.as_integer()) {
            input.content = integer->get();
        } else if (const auto* real = node.as_floating_point()) {
            input.content = real->get();
        } else if (const auto* text = node.as_string()) {
            input.content = text->get();
        } else if (const auto* array = node.as_array()) {
            InputList list;
            for (const toml::node& element : *array) {
                if (is_too_much(element.source())) {
                    break;
                }
                list.push_back(this->input(element));
            }
            input.content = std::move(list);
        } else if (const auto* table = node.as_table()) {
            input.content = this->table(*table);
        } else {
            findings_.push_back({input.origin,
                                 {ErrorCode::invalid,
                                  "a date or time is no value of any setting; quote it if it is "
                                  "meant as text"}});
        }
        return input;
    }

    InputTable table(const toml::table& table) {
        InputTable entries;
        for (const auto& [key, value] : by_line(table)) {
            if (is_too_much(key->source())) {
                break;
            }
            entries.emplace_back(std::string(key->str()), input(*value));
        }
        return entries;
    }

    /// Said once, and nothing is read from there on.
    bool is_too_much(const toml::source_region& region) {
        if (count_ == most_values) {
            ++count_;
            findings_.push_back(
                {place(region),
                 {ErrorCode::exhausted, "more than 50000 values and keys: the rest is not read"}});
        } else if (count_ < most_values) {
            ++count_;
            return false;
        }
        return true;
    }

    const std::string& file_;
    std::size_t count_ = 0;
    std::vector<Finding> findings_;
};

std::optional<SyntaxError> first_syntax_error(std::string_view text) {
    try {
        static_cast<void>(toml::parse(text));
        return std::nullopt;
    } catch (const toml::parse_error& broken) {
        const auto& place = broken.source().begin;
        return SyntaxError{place.line, place.column, std::string(broken.description())};
    } catch (const std::exception& broken) {
        return SyntaxError{0, 0, std::string(broken.what())};
    }
}

Problems syntax_problems(const ProfileText& text) {
    Problems problems;
    for (const SyntaxError& error : syntax_errors(text.text, first_syntax_error)) {
        problems.push_back(
            at({text.file, error.line, error.column},
               {ErrorCode::invalid, complaint(text.text, error.line, error.description)}));
    }
    return problems;
}

/// Blank lines and comments, with nothing that could be wrong with them: the host's file as it is
/// shipped, which every verb that writes reads.
bool says_nothing(std::string_view text) {
    bool is_comment = false;
    for (const char letter : text) {
        if (letter == '\n') {
            is_comment = false;
        } else if (letter == '#') {
            is_comment = true;
        } else if (letter != ' ' && letter != '\t' &&
                   (!is_comment || letter < ' ' || letter > '~')) {
            return false;
        }
    }
    return true;
}

}  // namespace

Checked<TomlNodes> toml_nodes(const ProfileText& text) {
    if (says_nothing(text.text)) {
        return TomlNodes();
    }
    if (const std::uint32_t line = endless_key_line(text.text); line != 0) {
        return std::unexpected(Problems{
            at({text.file, line, 1},
               {ErrorCode::invalid, "a key of more than 256 parts is none of any setting"})});
    }
    Reader reader(text.file);
    try {
        const toml::table root = toml::parse(text.text);
        TomlNodes read;
        read.nodes = reader.nodes(root);
        read.findings = reader.take_findings();
        return read;
    } catch (const toml::parse_error&) {
        return std::unexpected(syntax_problems(text));
    } catch (const std::exception& broken) {
        return std::unexpected(
            Problems{at({text.file, 0, 0}, {ErrorCode::invalid, std::string(broken.what())})});
    }
}

}  // namespace nanotune
