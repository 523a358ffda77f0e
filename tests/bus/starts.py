#!/usr/bin/env python3
"""How long it takes until what has just started runs with SCHED_FIFO on CPU 0 alone: each time, and the middle one.

    starts.py is-told                       whether the kernel tells this process that programs start
    starts.py programs PROGRAM TIMES        of a program that takes a number of seconds
    starts.py threads PROCESS:THREAD TIMES  of a thread that takes its name, in this process, which takes that one
"""

import os
import select
import socket
import statistics
import struct
import subprocess
import sys
import threading
import time

PATIENCE = 20  # seconds
SOON = 2000  # ms, of the middle one: a busy machine puts off single ones
PAUSE = 0.3
FIRST_PID_NAMESPACE = 0xEFFFFFFC  # PROC_PID_INIT_INO


def is_told():
    if os.stat("/proc/self/ns/pid").st_ino != FIRST_PID_NAMESPACE:
        print("the process connector takes no listener from other PID namespaces than the first")
        return False
    NETLINK_CONNECTOR, CN_IDX_PROC, CN_VAL_PROC, PROC_CN_MCAST_LISTEN, PROC_EVENT_EXEC = 11, 1, 1, 1, 2
    try:
        listener = socket.socket(socket.AF_NETLINK, socket.SOCK_DGRAM, NETLINK_CONNECTOR)
        listener.bind((0, CN_IDX_PROC))
        wish = struct.pack("=IIIIHHI", CN_IDX_PROC, CN_VAL_PROC, 0, 0, 4, 0, PROC_CN_MCAST_LISTEN)
        listener.send(struct.pack("=IHHII", 16 + len(wish), 3, 0, 0, 0) + wish)
    except OSError as error:
        print(f"the process connector: {error}")
        return False
    subprocess.run(["true"], check=True)
    end = time.monotonic() + PATIENCE
    while select.select([listener], [], [], max(0, end - time.monotonic()))[0]:
        if struct.unpack_from("=I", listener.recv(4096), 36)[0] == PROC_EVENT_EXEC:
            return True
    print("the process connector tells nothing")
    return False


def milliseconds_until_set(number, started):
    while not (os.sched_getscheduler(number) == os.SCHED_FIFO and os.sched_getaffinity(number) == {0}):
        if time.monotonic() - started > PATIENCE:
            raise TimeoutError(f"policy {os.sched_getscheduler(number)}, CPUs {os.sched_getaffinity(number)}")
        time.sleep(0.0005)
    return (time.monotonic() - started) * 1000


def take_name(number, name):
    with open(f"/proc/self/task/{number}/comm", "w") as file:
        file.write(name)


def time_of_program(program):
    started = time.monotonic()
    with subprocess.Popen([program, "60"]) as child:
        try:
            return milliseconds_until_set(child.pid, started)
        finally:
            child.kill()


def time_of_thread(name):
    took = []

    def run():
        started = time.monotonic()
        take_name(threading.get_native_id(), name)
        took.append(milliseconds_until_set(0, started))

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return took[0] if took else sys.exit(1)


if sys.argv[1] == "is-told":
    sys.exit(not is_told())
what, measured = sys.argv[2], time_of_program
if sys.argv[1] == "threads":
    process, what = what.split(":")
    take_name(os.getpid(), process)
    time.sleep(PAUSE)
    measured = time_of_thread
times = []
for _ in range(int(sys.argv[3])):
    times.append(measured(what))
    time.sleep(PAUSE)
print("ms:", " ".join(f"{one:.0f}" for one in times), f"(median {statistics.median(times):.0f})")
sys.exit(statistics.median(times) > SOON)
