// Text files with the kernel's habits: no folders read, no last newline kept, no write without the
// right to it.
#include <cerrno>

#include "support/fake_interfaces.hpp"

namespace nanotune::test {

namespace {

/// What writing needs: networking belongs to CAP_NET_ADMIN whoever owns the file.
Capability needed_for(std::string_view path) {
    const bool is_network =
        path.starts_with("/sys/class/net/") || path.starts_with("/proc/sys/net/");
    return is_network ? Capability::net_admin : Capability::dac_override;
}

Status permitted(const FakeHost& host, const std::string& path, const std::string& operation) {
    // A file of /proc by its mode, everything else by its mount.
    const bool is_read_only = any_fits(host.behaviours.read_only, path);
    if (is_read_only && path.starts_with("/proc/")) {
        auto for_nobody = kernel_failure(operation, EACCES);
        for_nobody.error().code = ErrorCode::unsupported;
        return for_nobody;
    }
    const Capability needed = needed_for(path);
    if (!host.capabilities.contains(needed)) {
        return kernel_failure(operation, EACCES,
                              "Permission denied, needs " + std::string(name_of(needed)));
    }
    return is_read_only ? kernel_failure(operation, EROFS) : Status();
}

}  // namespace

Result<std::string> FakeFiles::read(const std::string& path) {
    kernel_->stall(path);
    auto result = kernel_->look([&](const FakeHost& host) -> Result<std::string> {
        const auto real = followed(host.cells, path);
        if (!real) {
            return kernel_failure("read " + path, ENOENT);
        }
        if (any_fits(host.behaviours.unreadable, *real)) {
            return kernel_failure("read " + path, EACCES);
        }
        const auto cell = host.cells.find(*real);
        if (cell == host.cells.end()) {
            return kernel_failure("read " + path, EISDIR);
        }
        return cell->second;
    });
    if (!result && result.error().kernel_errno == ENOENT) {
        kernel_->miss(path);
    }
    return result;
}

Status FakeFiles::write(const std::string& path, std::string_view text) {
    const std::string operation = "write \"" + std::string(text) + "\" to " + path;
    const auto real = kernel_->look([&](const FakeHost& host) -> Result<std::string> {
        const auto found = followed(host.cells, path);
        if (!found) {
            return kernel_failure(operation, ENOENT);
        }
        NT_CHECK(permitted(host, path, operation));
        return host.cells.contains(*found) ? Result<std::string>(*found)
                                           : kernel_failure(operation, EISDIR);
    });
    NT_CHECK(real);
    if (text.ends_with('\n')) {
        text.remove_suffix(1);
    }
    return kernel_->write(operation, {{*real, std::string(text)}});
}

Result<std::vector<std::string>> FakeFiles::list(const std::string& folder) {
    return kernel_->look([&](const FakeHost& host) -> Result<std::vector<std::string>> {
        const auto real = followed(host.cells, folder);
        if (!real) {
            return kernel_failure("list " + folder, ENOENT);
        }
        if (!is_folder(host.cells, *real)) {
            return kernel_failure("list " + folder, ENOTDIR);
        }
        return names_in(host.cells, *real);
    });
}

Result<std::string> FakeFiles::link_name(const std::string& path) {
    return kernel_->look([&](const FakeHost& host) -> Result<std::string> {
        const std::size_t slash = path.rfind('/');
        const auto folder = followed(host.cells, std::string_view(path).substr(0, slash));
        const auto link =
            folder ? host.cells.find("symlink:" + *folder + path.substr(slash)) : host.cells.end();
        if (link == host.cells.end()) {
            return kernel_failure("read link " + path, ENOENT);
        }
        return link->second.substr(link->second.rfind('/') + 1);
    });
}

Result<std::string> FakeFiles::resolved(const std::string& path) {
    return kernel_->look([&](const FakeHost& host) -> Result<std::string> {
        auto real = followed(host.cells, path);
        return real ? Result<std::string>(*std::move(real))
                    : kernel_failure("resolve " + path, ENOENT);
    });
}

bool FakeFiles::exists(const std::string& path) {
    return kernel_->look(
        [&](const FakeHost& host) { return followed(host.cells, path).has_value(); });
}

Status FakeFiles::may_write(const std::string& path) {
    return kernel_->look([&](const FakeHost& host) -> Status {
        if (!followed(host.cells, path)) {
            return kernel_failure("write " + path, ENOENT);
        }
        return permitted(host, path, "write " + path);
    });
}

}  // namespace nanotune::test
