#include "values.hpp"

#include <algorithm>
#include <cctype>
#include <iterator>

#include <fmt/core.h>

#include "../commands/commands.hpp"
#include "model/cpu_expression.hpp"
#include "model/layer_reader.hpp"

namespace nanotune::cli {

namespace {

void add_verbs(Completion& completion) {
    for (const Command* command : all_commands()) {
        if (!command->hidden) {
            completion.words.push_back({std::string(command->name), std::string(command->help)});
        }
    }
}

void add_all(Completion& completion, const std::function<std::vector<CompletionWord>()>& source) {
    std::ranges::move(source(), std::back_inserter(completion.words));
}

/// The words of --allow.
void add_consents(Completion& completion) {
    for (const Impact impact : {Impact::drops_packets, Impact::bounces_link,
                                Impact::moves_processes, Impact::disturbs_clock}) {
        completion.words.push_back({std::string(name_of(impact)), {}});
    }
    completion.words.push_back({"management", {}});
    completion.words.push_back({"all", {}});
}

/// A set of the CPU plan: as a profile's [cpus] has it. The numbers of CPUs are nobody's to offer.
void add_cpu_plan(Completion& completion) {
    for (const std::string& word : cpu_words()) {
        if (!word.contains('(')) {
            completion.words.push_back({word, {}});
        }
    }
}

/// What may stand in a list of CPUs besides numbers.
void add_cpu_words(Completion& completion, const CompletionSource& source) {
    constexpr std::string_view of_device = "(DEVICE)";
    add_cpu_plan(completion);
    for (const std::string& word : cpu_words()) {
        if (!word.ends_with(of_device)) {
            continue;
        }
        const std::string function = word.substr(0, word.size() - of_device.size());
        for (const CompletionWord& device : source.devices()) {
            completion.words.push_back({fmt::format("{}({})", function, device.word), {}});
        }
    }
}

void add_meaning(Completion& completion, std::string_view word, const CompletionSource& source) {
    if (word == "PROFILE") {
        add_all(completion, source.profiles);
        completion.also = ShellWords::files;
    } else if (word == "TUNED-PROFILE") {
        add_all(completion, source.tuned_profiles);
    } else if (word == "FILE" || word == "PATH" || word == "PLAN") {
        completion.also = ShellWords::files;
    } else if (word == "DIR" || word == "FOLDER") {
        completion.also = ShellWords::folders;
    } else if (word == "COMMAND") {
        completion.also = ShellWords::commands;
    } else if (word == "SETTING") {
        add_all(completion, source.settings);
    } else if (word == "PLUGIN") {
        add_all(completion, source.plugins);
    } else if (word == "NIC") {
        add_all(completion, source.devices);
    } else if (word == "DATAPATH") {
        add_all(completion, source.datapaths);
    } else if (word == "VERB") {
        add_verbs(completion);
    } else if (word == "NAME=VALUE") {
        for (const std::string_view set : cpu_set_names) {
            completion.words.push_back({fmt::format("cpus.{}=", set), "CPUs of the plan"});
        }
    } else if (word == "WORDS") {
        add_consents(completion);
    } else if (word == "CPUS") {
        add_cpu_words(completion, source);
    } else if (word == "WHEN") {
        for (const char* when : {"auto", "always", "never"}) {
            completion.words.push_back({when, {}});
        }
    } else if (!word.empty() && std::islower(static_cast<unsigned char>(word.front())) != 0) {
        completion.words.push_back({std::string(word), {}});
    }
}

/// Leaves out what is in the list, and puts the list before what is not.
void continue_list(Completion& completion, std::string_view list) {
    std::erase_if(completion.words, [list](const CompletionWord& each) {
        return fmt::format(",{}", list).contains(fmt::format(",{},", each.word));
    });
    put_before(completion, list);
}

/// What of "a,b,c" is whole: "a,b,".
std::string_view whole_part(std::string_view list) {
    const std::size_t comma = list.rfind(',');
    return list.substr(0, comma == std::string_view::npos ? 0 : comma + 1);
}

}  // namespace

void put_before(Completion& completion, std::string_view head) {
    for (CompletionWord& each : completion.words) {
        each.word.insert(0, head);
    }
}

std::string_view next_part(std::string_view& text, std::string_view separator) {
    const std::size_t end = std::min(text.find(separator), text.size());
    const std::string_view part = text.substr(0, end);
    text.remove_prefix(std::min(end + separator.size(), text.size()));
    return part;
}

void add_alternatives(Completion& completion, std::string_view bars,
                      const CompletionSource& source) {
    while (!bars.empty()) {
        add_meaning(completion, next_part(bars, "|"), source);
    }
}

void add_value(Completion& completion, std::string_view bars, std::string_view begun,
               const CompletionSource& source) {
    constexpr std::string_view plan = "cpus.";
    if (bars == "NAME=VALUE" && begun.starts_with(plan) && begun.contains('=')) {
        const std::string_view name = begun.substr(0, begun.find('=') + 1);
        const std::string_view whole = whole_part(begun.substr(name.size()));
        if (whole.empty()) {
            completion.words.push_back({"auto", "as nanotune shares CPUs out"});
        }
        add_cpu_plan(completion);
        continue_list(completion, whole);
        put_before(completion, name);
        return;
    }
    add_alternatives(completion, bars, source);
    if (bars == "WORDS" || bars == "CPUS") {
        continue_list(completion, whole_part(begun));
    }
}

}  // namespace nanotune::cli
