"""Orders on a connection made beforehand."""

import socket
import struct
import time

from frames import segment
from market_data import order, tick
from test_followed import Followed
from veth import OverVeth
from worker import PATIENCE, received


class OrderConnection(Followed, OverVeth):
    """Orders for connections that are followed, on a connection of their own."""

    BACKEND = "packet"

    def receiver(self, there="10.9.0.2", family=socket.AF_INET):
        """Where the peer takes orders."""
        listener = self.peer.socket(family, socket.SOCK_STREAM)
        self.addCleanup(listener.close)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((there, 0))
        listener.listen()
        listener.settimeout(PATIENCE)
        return listener

    def start(self, *words, own="10.9.0.1", there="10.9.0.2", family=socket.AF_INET):
        """As of others, whose orders come by datagrams; these are taken off the connection."""
        self.listener = self.receiver(there, family)
        text = "[%s]:%d" if family == socket.AF_INET6 else "%s:%d"
        worker = self.worker("--backend", self.BACKEND, "--protocol", "tcp", "--interface", "w0", "--listen", text % (own, 8080),
                             "--respond", text % (there, self.listener.getsockname()[1]), "--respond-by", "tcp",
                             "--enabled", "1", *words)
        self.orders = Orders(self.accepted(), (own, 8080))
        return worker

    def accepted(self):
        connection, _ = self.listener.accept()
        self.addCleanup(connection.close)
        connection.settimeout(PATIENCE)
        return connection

    def until(self, worker, name, value):
        deadline = time.monotonic() + PATIENCE
        while worker.report()[name] != value and time.monotonic() < deadline:
            time.sleep(0.05)
        self.assertEqual((name, worker.report()[name]), (name, value))

    def test_several_workers_share_connections_and_each_keeps_to_one(self):
        self.listener = self.receiver()
        worker = self.worker("--backend", self.BACKEND, "--protocol", "tcp", "--interface", "w0", "--listen", "10.9.0.1:8080",
                             "--respond", "10.9.0.2:%d" % self.listener.getsockname()[1], "--respond-by", "tcp",
                             "--cpus", "0-1")
        self.accepted(), self.accepted()
        self.until(worker, "order connections up", "2")

    def test_without_a_receiver_it_does_not_start_and_says_so(self):
        with self.assertRaisesRegex(RuntimeError, "connect to 10.9.0.2:9 for orders: Connection refused"):
            self.worker("--backend", self.BACKEND, "--protocol", "tcp", "--interface", "w0", "--listen", "10.9.0.1:8080",
                        "--respond", "10.9.0.2:9", "--respond-by", "tcp")
        with self.assertRaisesRegex(RuntimeError, "respond_by tcp: it is for connections of others"):
            self.worker("--listen", "10.9.0.1:8080", "--respond", "10.9.0.2:9", "--respond-by", "tcp")

    def test_one_that_breaks_is_counted_and_made_again(self):
        worker = self.start()
        wire = self.wire()
        self.established(wire, 5000)
        wire.send(segment(tick(1), 100))
        self.assertEqual(self.orders.recv(100), order(1))
        for turn, close in enumerate((Orders.close, Orders.reset), 2):
            port = self.listener.getsockname()[1]
            self.listener.close()
            close(self.orders)
            self.until(worker, "order connections up", "0")
            wire.send(segment(tick(7), 100 + 24 * (turn - 1)))  # while there is none
            self.until(worker, "transmit full", str(turn - 1))
            self.listener = self.peer.socket(socket.AF_INET, socket.SOCK_STREAM)
            self.addCleanup(self.listener.close)
            self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self.listener.bind(("10.9.0.2", port))
            self.listener.listen()
            self.listener.settimeout(PATIENCE)
            self.orders = Orders(self.accepted(), None)
            self.until(worker, "order connections up", "1")
            self.assertEqual(worker.report()["order connections made"], str(turn))
            self.assertEqual(worker.report()["order connections broken"], str(turn - 1))
        wire.send(segment(tick(9), 172))
        self.assertEqual(self.orders.recv(100), order(9))
        self.assertEqual(worker.report()["orders unsent"], "0")

    def test_a_receiver_that_takes_nothing_loses_whole_orders(self):
        worker = self.start()
        self.orders.connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        wire = self.wire()
        self.established(wire, 5000)
        sequence = 100
        deadline = time.monotonic() + PATIENCE
        while worker.report()["transmit full"] == "0" and time.monotonic() < deadline:
            for _ in range(200):
                wire.send(segment(tick(5) * 50, sequence))
                sequence += 24 * 50
        answered = worker.count("answered")
        self.assertGreater(worker.count("transmit full"), 0)
        stream = b""
        while len(stream) < 41 * answered:
            stream += self.orders.connection.recv(1 << 20)
        self.assertEqual(stream, order(5) * answered)


class Orders:
    """Those that come on a connection, one by one, as if they came from where datagrams do."""

    def __init__(self, connection, sender):
        self.connection, self.sender = connection, sender

    def recv(self, _):
        return received(self.connection, 41)

    def recvfrom(self, _):
        return self.recv(_), self.sender

    def close(self):
        self.connection.close()

    def reset(self):
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
