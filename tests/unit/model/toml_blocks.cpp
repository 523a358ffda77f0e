#include "toml_blocks.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "support/catch.hpp"

namespace given {

std::filesystem::path sources() {
    return NANOTUNE_SOURCES;
}

std::string content_of(const std::filesystem::path& path) {
    const std::ifstream file(path);
    INFO(path);
    REQUIRE(file.good());
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

std::vector<std::filesystem::path> documents() {
    std::vector<std::filesystem::path> found = {sources() / "README.md"};
    for (const auto& entry : std::filesystem::directory_iterator(sources() / "docs")) {
        if (entry.path().extension() == ".md") {
            found.push_back(entry.path());
        }
    }
    std::ranges::sort(found);
    return found;
}

std::vector<TomlBlock> toml_blocks(const std::filesystem::path& document) {
    std::istringstream lines(content_of(document));
    std::vector<TomlBlock> blocks;
    enum class Inside { nothing, toml, other };
    Inside inside = Inside::nothing;
    int number = 0;
    for (std::string line; std::getline(lines, line);) {
        ++number;
        const bool is_fence = line.starts_with("```");
        if (is_fence && inside != Inside::nothing) {
            inside = Inside::nothing;
        } else if (is_fence) {
            inside = line.starts_with("```toml") ? Inside::toml : Inside::other;
            if (inside == Inside::toml) {
                blocks.push_back({document.filename().string() + ":" + std::to_string(number), ""});
            }
        } else if (inside == Inside::toml) {
            blocks.back().text += line + "\n";
        }
    }
    INFO(document << " leaves a block open");
    REQUIRE(inside == Inside::nothing);
    return blocks;
}

}  // namespace given
