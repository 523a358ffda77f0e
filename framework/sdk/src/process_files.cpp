#include "process_files.hpp"

#include <vector>

namespace nanotune {

std::string text_of(const Process& process) {
    return process.name + " (process " + process.number + ")";
}

void for_each_descriptor(Files& files, const std::function<void(const HeldFile&)>& see) {
    for (const std::string& number : files.list("/proc").value_or(std::vector<std::string>{})) {
        if (number.find_first_not_of("0123456789") != std::string::npos) {
            continue;
        }
        const std::string folder = "/proc/" + number;
        const auto descriptors = files.list(folder + "/fd");
        if (!descriptors || descriptors->empty()) {
            continue;  // gone, somebody else's, or a thread of the kernel
        }
        const Process process{.number = number, .name = files.read(folder + "/comm").value_or("?")};
        for (const std::string& descriptor : *descriptors) {
            std::string path = folder;
            path.append("/fd/").append(descriptor);
            if (const auto file = files.link_name(path)) {
                see({.process = process, .name = *file, .link = path});
            }
        }
    }
}

}  // namespace nanotune
