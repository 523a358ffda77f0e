"""Market data and orders, by what another program than the worker makes of the wire format's description."""

import struct


def tick(price=9999, timestamp=1_700_000_000_123_456_789, symbol=b"AAPL"):
    return symbol.ljust(8) + struct.pack("<IIQ", price, 1000, timestamp)


def order(price=9999, timestamp=1_700_000_000_123_456_789, symbol=b"AAPL", quantity=100):
    number = ("ORD%d" % timestamp)[:15].encode().ljust(16, b"\0")
    return symbol.ljust(8) + struct.pack("<IIBQ", price + 1, quantity, 0, timestamp) + number
