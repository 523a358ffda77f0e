#include "daemon/call_options.hpp"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace nanotune::daemon {

namespace {

constexpr std::size_t longest_word = 4096;
constexpr std::size_t longest_label = 256;  // it stands in each message
constexpr std::size_t most_pairs = 256;
constexpr std::size_t longest_pairs = std::size_t{64} << 10U;  // all of them
constexpr std::chrono::seconds longest_confirmation{24 * 3600};
constexpr std::chrono::milliseconds longest_timeout{3'600'000};

template <typename T>
Status take(const std::string& name, const sdbus::Variant& value, T& into) {
    if (!value.containsValueOfType<T>()) {
        return failure(ErrorCode::invalid,
                       fmt::format("option {}: of another type than it has", name));
    }
    into = value.get<T>();
    return {};
}

Status take_number(const std::string& name, const sdbus::Variant& value, std::uint32_t least,
                   std::uint32_t most, std::uint32_t& into) {
    NT_CHECK(take(name, value, into));
    if (into < least || into > most) {
        return failure(ErrorCode::invalid,
                       fmt::format("option {}: {}: expected {} to {}", name, into, least, most));
    }
    return {};
}

Status take_word(const std::string& name, const sdbus::Variant& value, std::string& into) {
    NT_CHECK(take(name, value, into));
    return into.size() <= longest_word
               ? Status()
               : failure(ErrorCode::invalid, fmt::format("option {}: too long", name));
}

Status take_option(const std::string& name, const sdbus::Variant& value, CallOptions& options) {
    std::uint32_t number = 0;
    if (name == "allow") {
        std::string words;
        NT_CHECK(take_word(name, value, words));
        NT_TRY(options.consent, Consent::from_words(words));
    } else if (name == "strict") {
        return take(name, value, options.strict);
    } else if (name == "all") {
        return take(name, value, options.all);
    } else if (name == "force") {
        return take(name, value, options.force);
    } else if (name == "confirm") {
        NT_CHECK(take_number(name, value, 1, longest_confirmation.count(), number));
        options.confirm = std::chrono::seconds(number);
    } else if (name == "timeout") {
        NT_CHECK(take_number(name, value, 0, longest_timeout.count(), number));
        options.timeout = std::chrono::milliseconds(number);
    } else if (name == "expected-plan") {
        return take_word(name, value, options.expected_plan);
    } else if (name == "session-address") {
        return take_word(name, value, options.session_address);
    } else if (name == "until") {
        std::uint64_t until = 0;
        NT_CHECK(take(name, value, until));
        constexpr std::uint64_t latest = 253'402'300'799;  // the last second of the year 9999
        options.until = static_cast<std::int64_t>(std::min(until, latest));
    }
    return {};
}

std::unexpected<Error> no_file(const std::string& label, std::string_view why) {
    return failure(ErrorCode::invalid, fmt::format("{}: {}", label, why));
}

/// A file that nobody can change or shorten any more, and that no device or file system stands
/// behind: reading it neither waits nor ends early.
Result<std::string> sealed_text(const std::string& label, int fd) {
    constexpr int seals = F_SEAL_WRITE | F_SEAL_SHRINK;
    const int found = ::fcntl(fd, F_GET_SEALS);
    if (found < 0 || (found & seals) != seals) {
        return no_file(label,
                       "what is given is no memfd that is sealed with F_SEAL_WRITE and "
                       "F_SEAL_SHRINK");
    }
    struct stat about{};
    if (::fstat(fd, &about) != 0) {
        return kernel_failure("look at " + label, errno);
    }
    const auto size = static_cast<std::size_t>(about.st_size);
    if (size > given_bytes_limit) {
        return failure(ErrorCode::exhausted, fmt::format("{}: larger than {} MiB: not read", label,
                                                         given_bytes_limit >> 20U));
    }
    std::string text(size, '\0');
    for (std::size_t done = 0; done < size;) {
        const ssize_t count =
            ::pread(fd, text.data() + done, size - done, static_cast<off_t>(done));
        if (count <= 0) {
            return kernel_failure("read " + label, count == 0 ? EIO : errno);
        }
        done += static_cast<std::size_t>(count);
    }
    return text;
}

}  // namespace

ApplyRequest CallOptions::apply() const {
    ApplyRequest request;
    request.consent = consent;
    request.strict = strict;
    request.confirm_within = confirm;
    request.guard = ::getpid();
    request.timeout = timeout;
    request.expected_plan = expected_plan;
    return request;
}

RollbackRequest CallOptions::rollback() const {
    RollbackRequest request;
    request.all = all;
    request.force = force;
    request.consent = consent;
    request.timeout = timeout;
    return request;
}

Result<CallOptions> options_of(const bus::Facts& facts, std::span<const std::string_view> known) {
    CallOptions options;
    for (const auto& [name, value] : facts) {
        if (std::ranges::find(known, name) == known.end()) {
            return failure(ErrorCode::invalid,
                           fmt::format("there is no option \"{}\" here; there are {}",
                                       name.substr(0, longest_word), fmt::join(known, ", ")));
        }
        NT_CHECK(take_option(name, value, options));
    }
    return options;
}

Result<CalledProfile> profile_of(const std::string& name, const std::vector<bus::WireFile>& files,
                                 const std::vector<bus::WirePair>& set) {
    if (name.size() > longest_word || set.size() > most_pairs || files.size() > given_files_limit) {
        return failure(ErrorCode::invalid,
                       "a profile's name is too long, or there are too many "
                       "pairs of NAME and VALUE, or files");
    }
    CalledProfile profile{.request = {.name = name, .overrides = bus::overrides_of(set)},
                          .files = {}};
    std::size_t said = 0;
    for (const Override& override : profile.request.overrides) {
        const std::size_t size = override.name.size() + override.value.size();
        said += size;
        if (override.name.empty() || size > longest_word || said > longest_pairs) {
            return failure(ErrorCode::invalid, "a pair of NAME and VALUE is empty or too long");
        }
    }
    std::size_t bytes = 0;
    for (const bus::WireFile& file : files) {
        const auto& [path, label, fd] = bus::fields(file);
        if (path.empty() || path.size() > longest_word || label.size() > longest_label) {
            return no_file("a file that is given",
                           fmt::format("its path is empty or too long, or its name longer than {}",
                                       longest_label));
        }
        NT_TRY(std::string text, sealed_text(label, fd.get()));
        bytes += text.size();
        if (bytes > given_bytes_limit) {
            return failure(ErrorCode::exhausted, fmt::format("{}: more than {} MiB of files", label,
                                                             given_bytes_limit >> 20U));
        }
        profile.files.push_back({.path = path, .label = label, .text = std::move(text)});
    }
    if (is_given_by_path(name) && (files.empty() || profile.files.front().path != name)) {
        return failure(ErrorCode::invalid,
                       fmt::format("{}: the daemon opens no path: a profile is named, or it is "
                                   "the first of the files that are given",
                                   name));
    }
    return profile;
}

}  // namespace nanotune::daemon
