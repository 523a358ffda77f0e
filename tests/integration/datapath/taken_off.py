"""What root does to a program that a worker has put on a device."""

import ctypes
import glob
import os
import re
import struct

from worker import PATIENCE

libc = ctypes.CDLL(None, use_errno=True)
SYS_BPF = 321
BPF_PROG_LOAD, BPF_LINK_UPDATE, BPF_LINK_GET_FD_BY_ID, BPF_LINK_DETACH = 5, 29, 30, 34
BPF_PROG_TYPE_XDP, BPF_XDP = 6, 37


def bpf(command, attributes):
    block = ctypes.create_string_buffer(attributes, 128)
    result = libc.syscall(SYS_BPF, command, block, len(block))
    if result < 0:
        raise OSError(ctypes.get_errno(), "bpf %d" % command)
    return result


def link_of(process):
    """A descriptor of the one XDP link that the process has."""
    found = []
    for path in glob.glob("/proc/%d/fdinfo/*" % process):
        with open(path) as file:
            found += re.findall(r"^link_type:\txdp\nlink_id:\t(\d+)$", file.read(), re.MULTILINE)
    [number] = found
    return bpf(BPF_LINK_GET_FD_BY_ID, struct.pack("<I", int(number)))


def take_off(process):
    link = link_of(process)
    bpf(BPF_LINK_DETACH, struct.pack("<I", link))
    os.close(link)


def passing_program(attach_type):
    code = ctypes.create_string_buffer(struct.pack("<BBhiBBhi", 0xB7, 0, 0, 2, 0x95, 0, 0, 0))  # r0 = XDP_PASS; exit
    licence = ctypes.create_string_buffer(b"GPL")
    return bpf(BPF_PROG_LOAD, struct.pack("<IIQQ44xI", BPF_PROG_TYPE_XDP, 2, ctypes.addressof(code), ctypes.addressof(licence),
                                          attach_type))


def replace(process):
    """By a program that passes every packet on."""
    link = link_of(process)
    for attach_type in (0, BPF_XDP):  # only one of the same kind takes another one's place
        program = passing_program(attach_type)
        try:
            bpf(BPF_LINK_UPDATE, struct.pack("<III", link, program, 0))
            break
        except OSError:
            if attach_type == BPF_XDP:
                raise
        finally:
            os.close(program)
    os.close(link)


class TakenOff:
    """Of every backend that has a program on the device."""

    def test_a_program_that_somebody_takes_off_or_replaces_ends_the_worker_which_says_so(self):
        for act, words in ((take_off, "somebody took the XDP program off the device"),
                           (replace, "somebody replaced the XDP program on the device")):
            worker = self.start()
            act(worker.process.pid)
            self.assertEqual(worker.process.wait(PATIENCE), 1)
            self.assertIn("w0: " + words, worker.process.stderr.read())
            worker.stop()
