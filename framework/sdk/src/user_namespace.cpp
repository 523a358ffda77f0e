// The first user namespace has a number of its own; to map everybody others may, too.
#include <string>

#include <nanotune/user_namespace.hpp>

namespace nanotune {

bool is_in_user_namespace(Files& files) {
    const auto own = files.link_name("/proc/self/ns/user");
    return own && *own != "user:[4026531837]";  // PROC_USER_INIT_INO of the kernel
}

std::string why_not_in_user_namespace(Capability capability) {
    return std::string(name_of(capability)) +
           " is needed on the host itself, which no user namespace gives";
}

}  // namespace nanotune
