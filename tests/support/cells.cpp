// Paths, symbolic links and differences over a map of cells.
#include "support/cells.hpp"

#include <algorithm>
#include <cstdlib>

namespace nanotune::test {

namespace {

constexpr int most_links = 40;  // the kernel's own MAXSYMLINKS

bool glob(std::string_view pattern, std::string_view text) {
    std::size_t p = 0;
    std::size_t t = 0;
    std::size_t star = std::string_view::npos;
    std::size_t resume = 0;
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            resume = t;
        } else if (p < pattern.size() && (pattern[p] == text[t] || pattern[p] == '?')) {
            ++p;
            ++t;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            t = ++resume;
        } else {
            return false;
        }
    }
    return std::all_of(pattern.begin() + static_cast<std::ptrdiff_t>(p), pattern.end(),
                       [](char c) { return c == '*'; });
}

bool has_key_below(const Cells& cells, const std::string& prefix) {
    const auto found = cells.lower_bound(prefix);
    return found != cells.end() && found->first.starts_with(prefix);
}

void add_names(const Cells& cells, const std::string& prefix, std::vector<std::string>& names) {
    auto at = cells.lower_bound(prefix);
    while (at != cells.end() && at->first.starts_with(prefix)) {
        const std::string name =
            at->first.substr(prefix.size(), at->first.find('/', prefix.size()) - prefix.size());
        if (!name.empty()) {
            names.push_back(name);
        }
        // Everything below NAME/ sorts before NAME0, so a large folder costs one step a name.
        const bool is_folder = at->first.size() > prefix.size() + name.size();
        at = is_folder ? cells.lower_bound(prefix + name + "0") : std::next(at);
    }
}

}  // namespace

std::string text_of(const Cells& cells, std::string_view key) {
    const auto found = cells.find(key);
    return found == cells.end() ? std::string() : found->second;
}

long long number_of(const Cells& cells, std::string_view key) {
    return std::strtoll(text_of(cells, key).c_str(), nullptr, 10);
}

std::vector<std::string> keys_below(const Cells& cells, std::string_view prefix) {
    std::vector<std::string> keys;
    for (auto at = cells.lower_bound(prefix); at != cells.end() && at->first.starts_with(prefix);
         ++at) {
        keys.push_back(at->first);
    }
    return keys;
}

bool fits(std::string_view pattern, std::string_view key) {
    if (glob(pattern, key)) {
        return true;
    }
    for (std::size_t at = key.find_first_of("/:"); at != std::string_view::npos;
         at = key.find_first_of("/:", at + 1)) {
        if (glob(pattern, key.substr(at + 1))) {
            return true;
        }
    }
    return false;
}

std::optional<std::string> followed(const Cells& cells, std::string_view path) {
    std::string rest(path);
    std::string done;
    int links = 0;
    while (!rest.empty()) {
        const std::size_t end = rest.find('/', 1);
        const std::string step = done + rest.substr(0, end);
        rest = end == std::string::npos ? "" : rest.substr(end);
        if (const auto link = cells.find("symlink:" + step); link != cells.end()) {
            if (++links > most_links) {
                return std::nullopt;
            }
            rest.insert(0, link->second);
            done.clear();
        } else {
            done = step;
        }
    }
    if (cells.contains(done) || is_folder(cells, done)) {
        return done;
    }
    return std::nullopt;
}

bool is_folder(const Cells& cells, std::string_view path) {
    const std::string below = std::string(path) + "/";
    return has_key_below(cells, below) || has_key_below(cells, "symlink:" + below);
}

std::vector<std::string> names_in(const Cells& cells, std::string_view folder) {
    std::vector<std::string> names;
    add_names(cells, std::string(folder) + "/", names);
    add_names(cells, "symlink:" + std::string(folder) + "/", names);
    std::ranges::sort(names);
    names.erase(std::ranges::unique(names).begin(), names.end());
    return names;
}

std::string difference(const Cells& before, const Cells& after) {
    const auto shown = [](const Cells& cells, const std::string& key) {
        return cells.contains(key) ? "\"" + text_of(cells, key) + "\"" : std::string("absent");
    };
    Cells both = before;
    both.insert(after.begin(), after.end());
    std::string lines;
    for (const auto& [key, text] : both) {
        const std::string was = shown(before, key);
        const std::string is = shown(after, key);
        if (was != is) {
            lines += key;
            lines += ": " + was;
            lines += " -> " + is + "\n";
        }
    }
    return lines;
}

void Edit::set(const std::string& key, std::string text) {
    (*cells_)[key] = std::move(text);
    changed_.push_back(key);
}

void Edit::erase(const std::string& key) {
    if (cells_->erase(key) > 0) {
        changed_.push_back(key);
    }
}

void Edit::erase_below(std::string_view prefix) {
    for (const std::string& key : keys_below(*cells_, prefix)) {
        erase(key);
    }
}

void Edit::rename(const std::string& from, const std::string& to) {
    if (const auto found = cells_->find(from); found != cells_->end()) {
        std::string text = found->second;
        erase(from);
        set(to, std::move(text));
    }
}

}  // namespace nanotune::test
