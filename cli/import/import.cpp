#include "import.hpp"

#include <algorithm>
#include <cstdlib>
#include <set>

#include <fmt/format.h>

#include "../text.hpp"
#include "model/report.hpp"

namespace nanotune::cli {

namespace {

constexpr std::string_view objected = "no value of it passes";

/// A comment is one line, whatever stands in other people's files.
std::string comment(std::string_view text) {
    return harmless(text);
}

std::string listed(std::string_view title, const std::vector<LeftOut>& list) {
    if (list.empty()) {
        return {};
    }
    std::string text = fmt::format("\n# {}:\n", title);
    for (const LeftOut& one : list) {
        text += fmt::format("#   {}: {}\n", comment(one.origin), comment(one.why));
    }
    return text;
}

/// Lines of a text up to this one, which begins the next.
std::size_t lines_in(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count(text, '\n'));
}

}  // namespace

void Import::carry(CarriedLine line) {
    for (std::size_t at = 0; at < carried_.size(); ++at) {
        if (carried_[at].section == line.section && carried_[at].key == line.key) {
            carried_.erase(carried_.begin() + static_cast<std::ptrdiff_t>(at));
            objections_.erase(objections_.begin() + static_cast<std::ptrdiff_t>(at));
            places_.erase(places_.begin() + static_cast<std::ptrdiff_t>(at));
            break;
        }
    }
    carried_.push_back(std::move(line));
    objections_.emplace_back();
    places_.push_back(met_++);
}

void Import::leave(std::string origin, std::string why) {
    leave_at(met_++, {std::move(origin), std::move(why)});
}

void Import::leave_at(std::size_t place, LeftOut one) {
    // A line that is for several devices fails for each of them alike.
    if (std::ranges::find(left_, one) != left_.end()) {
        return;
    }
    const auto after = std::ranges::upper_bound(left_places_, place);
    left_.insert(left_.begin() + (after - left_places_.begin()), std::move(one));
    left_places_.insert(after, place);
}

void Import::pass_over(std::string origin, std::string why) {
    passed_over_.push_back({std::move(origin), std::move(why)});
}

std::size_t Import::carried_options() const {
    std::set<std::string_view> origins;
    for (const CarriedLine& line : carried_) {
        origins.insert(line.origin);
    }
    return origins.size();
}

std::string Import::head() const {
    return fmt::format(
        "{}{}.\n# {} {}, {} left out. A setting that the host lacks is no error.\n\n"
        "[profile]\nsummary = {}\n",
        head_.mark, comment(from_), counted(carried_options(), head_.noun), head_.done,
        left_.size(), toml_text(summary_));
}

std::string Import::text() const {
    std::string text = head();
    std::vector<std::string_view> sections;
    for (const CarriedLine& line : carried_) {
        if (std::ranges::find(sections, line.section) == sections.end()) {
            sections.push_back(line.section);
        }
    }
    for (const std::string_view section : sections) {
        text += fmt::format("\n[{}]\n", section);
        for (const CarriedLine& line : carried_) {
            if (line.section == section) {
                text += fmt::format("{} = {} # {}{}{}\n", line.key, line.spellings.front(),
                                    comment(line.origin), line.note.empty() ? "" : "; ",
                                    comment(line.note));
            }
        }
    }
    text += listed("Left out", left_);
    return text + listed("Not for this host", passed_over_);
}

bool Import::amend(const Problems& problems, std::string_view file) {
    // The line of each setting is found as text() has written them.
    const std::string whole = text();
    std::vector<std::size_t> at(carried_.size());
    for (std::size_t i = 0; i < carried_.size(); ++i) {
        const std::size_t section = whole.find(fmt::format("\n[{}]\n", carried_[i].section));
        const std::size_t key = whole.find(
            fmt::format("\n{} = {} # ", carried_[i].key, carried_[i].spellings.front()), section);
        at[i] = lines_in(std::string_view(whole).substr(0, key + 1)) + 1;
    }
    std::vector<std::string> said(carried_.size());
    for (const Error& problem : problems) {
        const std::string start = fmt::format("{}:", file);
        std::size_t number = 0;
        std::string_view rest = problem.message;
        if (rest.starts_with(start)) {
            rest.remove_prefix(start.size());
            number = static_cast<std::size_t>(std::atol(std::string(rest).c_str()));
            rest.remove_prefix(std::min(rest.find(": ") + 2, rest.size()));
        }
        const auto found = std::ranges::find(at, number);
        if (found == at.end()) {
            return false;
        }
        std::string& reason = said[static_cast<std::size_t>(found - at.begin())];
        reason = reason.empty() ? std::string(rest) : reason;
    }
    for (std::size_t i = carried_.size(); i-- > 0;) {
        if (said[i].empty()) {
            continue;
        }
        objections_[i] = objections_[i].empty() ? said[i] : objections_[i];
        if (carried_[i].spellings.size() > 1) {
            carried_[i].spellings.erase(carried_[i].spellings.begin());
            continue;
        }
        leave_at(places_[i], {carried_[i].origin,
                              objections_[i].empty() ? std::string(objected) : objections_[i]});
        places_.erase(places_.begin() + static_cast<std::ptrdiff_t>(i));
        carried_.erase(carried_.begin() + static_cast<std::ptrdiff_t>(i));
        objections_.erase(objections_.begin() + static_cast<std::ptrdiff_t>(i));
    }
    return true;
}

Checked<Import> checked_import(Import import,
                               const std::function<Problems(const std::string& text)>& check,
                               const std::string& file) {
    // Each round takes a spelling or a line away, so that it ends.
    while (true) {
        Problems problems = check(import.text());
        if (problems.empty()) {
            return import;
        }
        if (!import.amend(problems, file)) {
            return std::unexpected(std::move(problems));
        }
    }
}

}  // namespace nanotune::cli
