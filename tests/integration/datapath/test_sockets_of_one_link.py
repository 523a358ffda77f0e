"""Kernel sockets on addresses of one link."""

import socket

from market_data import order, tick
from one_link import OURS, THEIRS, bind_once_usable, until_usable
from veth import OverVeth
from worker import PATIENCE, received


class SocketsOfOneLink(OverVeth):
    def setUp(self):
        super().setUp()
        until_usable(OURS)

    def test_udp_answers_and_reaches_addresses_of_one_link(self):
        client = self.client("::", socket.AF_INET6)
        for receiver in ((), ("--respond", "[%s]:%d" % (THEIRS, client.getsockname()[1]))):
            worker = self.worker("--listen", "[%s]:8080" % OURS, "--interface", "w0", "--backend", "udp", "--enabled", "1", *receiver)
            client.sendto(tick(), (OURS, 8080, 0, self.peer.index()))
            answer, sender = client.recvfrom(100)
            self.assertEqual((answer, sender[:2]), (order(), (OURS, 8080)))
            worker.stop()

    def test_tcp_has_sessions_on_an_address_of_one_link(self):
        self.worker("--listen", "[%s]:8080" % OURS, "--interface", "w0", "--protocol", "tcp", "--backend", "tcp", "--enabled", "1")
        session = self.peer.socket(socket.AF_INET6, socket.SOCK_STREAM)
        self.addCleanup(session.close)
        session.settimeout(PATIENCE)
        session.connect((OURS, 8080, 0, self.peer.index()))
        session.send(tick())
        self.assertEqual(received(session, 41), order())

    def test_a_sender_of_some_link_is_answered_on_the_interface_and_counted_without_one(self):
        client = self.peer.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        self.addCleanup(client.close)
        client.settimeout(PATIENCE)
        bind_once_usable(client, (THEIRS, 0, 0, self.peer.index()))
        worker = self.worker("--listen", "[fd09::1]:8080", "--interface", "w0", "--enabled", "1")
        client.sendto(tick(), ("fd09::1", 8080))
        self.assertEqual(client.recv(100), order())
        worker.stop()
        worker = self.worker("--listen", "[fd09::1]:8080", "--enabled", "1")
        client.sendto(tick(), ("fd09::1", 8080))
        report = worker.until_received(1)
        self.assertEqual((report["no next hop"], report["answered"]), ("1", "0"))
        client.setblocking(False)
        self.assertRaises(BlockingIOError, client.recv, 100)
