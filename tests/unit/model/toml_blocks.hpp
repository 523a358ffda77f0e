// The project's own files, as tests read them.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace given {

/// A fenced ```toml block: "profile.md:14" and its text.
struct TomlBlock {
    std::string place;
    std::string text;
};

/// The folder of the project's sources.
std::filesystem::path sources();
std::string content_of(const std::filesystem::path& path);
/// README.md and docs/*.md, sorted.
std::vector<std::filesystem::path> documents();
/// Every block of the document; fails the test when one is left open.
std::vector<TomlBlock> toml_blocks(const std::filesystem::path& document);

}  // namespace given
