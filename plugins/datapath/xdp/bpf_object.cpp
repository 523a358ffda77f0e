#include "bpf_object.hpp"

#include <cerrno>
#include <string_view>
#include <vector>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <fcntl.h>
#include <sys/mman.h>

#include "system/storage/next_line.hpp"

namespace nanotune::datapath {

namespace {

/// The verifier says at its end what it did not like, and then how much it has looked at.
std::string end_of(std::string_view log) {
    log = log.substr(0, log.find('\0'));
    const std::size_t counts = log.rfind("processed ");
    log = without_line_ends(log.substr(0, counts));
    const std::size_t line = log.rfind('\n');
    return std::string(log.substr(line == std::string_view::npos ? 0 : line + 1));
}

std::unexpected<Error> misbuilt(std::string_view what) {
    return failure(ErrorCode::damaged, "the XDP program of this build has no " + std::string(what) +
                                           " as it should be");
}

}  // namespace

void UnmapShared::operator()(void* memory) const noexcept {
    ::munmap(memory, size);
}

void BpfObject::Close::operator()(bpf_object* object) const noexcept {
    ::bpf_object__close(object);
}

Result<BpfObject> BpfObject::open(std::span<const std::byte> file) {
    ::libbpf_set_print(nullptr);  // what it has to say is in the errors
    LIBBPF_OPTS(bpf_object_open_opts, options, .object_name = "nanotune");
    bpf_object* const object = ::bpf_object__open_mem(file.data(), file.size(), &options);
    if (object == nullptr) {
        return kernel_failure("read the XDP program", errno);
    }
    return BpfObject(object);
}

/// The map, whose values are as large as this build takes them to be.
Result<bpf_map*> BpfObject::map_of(const char* name, std::size_t size) const {
    bpf_map* const map = ::bpf_object__find_map_by_name(object_.get(), name);
    if (map == nullptr || ::bpf_map__value_size(map) != size) {
        return misbuilt(name);
    }
    return map;
}

Status BpfObject::fix(const void* value, std::size_t size) {
    NT_TRY(bpf_map * constants, map_of(".rodata", size));
    return ::bpf_map__set_initial_value(constants, value, size) == 0
               ? Status()
               : kernel_failure("prepare the XDP program", errno);
}

Result<std::size_t> BpfObject::have_one_a_cpu(const char* map, std::size_t size) {
    NT_TRY(bpf_map * values, map_of(map, size));
    const int cpus = ::libbpf_num_possible_cpus();
    if (cpus <= 0) {
        return misbuilt("map for these CPUs");
    }
    if (::bpf_map__set_max_entries(values, static_cast<std::uint32_t>(cpus)) != 0) {
        return kernel_failure("prepare the XDP program", errno);
    }
    return static_cast<std::size_t>(cpus);
}

Result<Descriptor> BpfObject::load() {
    bpf_program* const program = ::bpf_object__find_program_by_name(object_.get(), "nanotune");
    std::vector<char> log(1 << 20);
    if (program == nullptr || ::bpf_program__set_log_buf(program, log.data(), log.size()) != 0) {
        return misbuilt("program");
    }
    if (const int error = ::bpf_object__load(object_.get()); error != 0) {
        return kernel_failure("load the XDP program", -error, end_of({log.data(), log.size()}));
    }
    Descriptor copy(::fcntl(::bpf_program__fd(program), F_DUPFD_CLOEXEC, 0));
    if (!copy.is_open()) {
        return kernel_failure("keep the XDP program", errno);
    }
    return copy;
}

Result<SharedWithKernel> BpfObject::share(const char* map, std::size_t size,
                                          std::size_t count) const {
    NT_TRY(const bpf_map* const found, map_of(map, size));
    const std::size_t whole = size * count;
    void* const memory =
        ::mmap(nullptr, whole, PROT_READ | PROT_WRITE, MAP_SHARED, ::bpf_map__fd(found), 0);
    if (memory == MAP_FAILED) {
        return kernel_failure("map what is shared with the XDP program", errno);
    }
    return SharedWithKernel(memory, UnmapShared{whole});
}

Result<Descriptor> BpfObject::add_ring(const char* map, std::uint32_t number,
                                       std::size_t size) const {
    NT_TRY(const bpf_map* const rings, map_of(map, sizeof number));
    Descriptor ring(::bpf_map_create(BPF_MAP_TYPE_RINGBUF, "nt_ring", 0, 0,
                                     static_cast<std::uint32_t>(size), nullptr));
    if (!ring.is_open()) {
        return kernel_failure("make a ring for the XDP program", errno);
    }
    const int descriptor = ring.number();
    if (::bpf_map_update_elem(::bpf_map__fd(rings), &number, &descriptor, BPF_ANY) != 0) {
        return kernel_failure("give the XDP program a ring", errno);
    }
    return ring;
}

}  // namespace nanotune::datapath
