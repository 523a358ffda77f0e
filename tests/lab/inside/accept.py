#!/usr/bin/env python3
"""Has connections like any program: takes them, reads what comes, and says nothing.

    accept.py ADDRESS PORT
"""

import selectors
import socket
import sys

server = socket.create_server((sys.argv[1], int(sys.argv[2])))
waiting = selectors.DefaultSelector()
waiting.register(server, selectors.EVENT_READ)
while True:
    for key, _ in waiting.select():
        if key.fileobj is server:
            waiting.register(server.accept()[0], selectors.EVENT_READ)
        elif not key.fileobj.recv(65536):
            waiting.unregister(key.fileobj)
            key.fileobj.close()
