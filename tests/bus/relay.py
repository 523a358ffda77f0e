#!/usr/bin/env python3
"""A way to the system bus that can be stopped up: what a client says passes until it says WORD while the file
FOLDER/stopped exists, and nothing of it from then on until that file is gone. The bus itself goes on for others.

    relay.py SOCKET FOLDER WORD
"""
import array
import os
import pathlib
import socket
import sys
import threading
import time

most = 1 << 16


def passed(here, there, word, stopped):
    while True:
        try:
            said, passing, _, _ = here.recvmsg(most, socket.CMSG_SPACE(16 * array.array("i").itemsize))
            files = array.array("i")
            for _, kind, content in passing:
                if kind == socket.SCM_RIGHTS:
                    files.frombytes(content[: len(content) - len(content) % files.itemsize])
            while word and word in said and stopped.exists():
                stopped.with_name("stopped-up").touch()
                time.sleep(0.02)
            if not said:
                there.shutdown(socket.SHUT_WR)
                return
            sent = socket.send_fds(there, [said], files) if files else there.send(said)
            there.sendall(said[sent:])
            for file in files:
                os.close(file)
        except OSError:
            return


listening = socket.socket(socket.AF_UNIX)
listening.bind(sys.argv[1])
listening.listen()
stopped = pathlib.Path(sys.argv[2]) / "stopped"
while True:
    client, _ = listening.accept()
    bus = socket.socket(socket.AF_UNIX)
    bus.connect("/run/dbus/system_bus_socket")
    threading.Thread(target=passed, args=(client, bus, sys.argv[3].encode(), stopped), daemon=True).start()
    threading.Thread(target=passed, args=(bus, client, b"", stopped), daemon=True).start()
