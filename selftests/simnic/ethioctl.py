# SPDX-License-Identifier: GPL-2.0-only
"""ethtool's ioctls: what its command line cannot ask for, or asks too slowly."""
import array
import fcntl
import socket
import struct

SIOCETHTOOL = 0x8946
ETHTOOL_GSTRINGS = 0x1b
ETHTOOL_GSTATS = 0x1d
ETHTOOL_SRXCLSRLINS = 0x32
ETHTOOL_GSSET_INFO = 0x37
ETH_SS_STATS = 1
STRING = 32

ETHER_FLOW = 0x12
LOC_ANY = 0xffffffff
LOC_FIRST = 0xfffffffe
LOC_LAST = 0xfffffffd

# struct ethtool_rxnfc: the members before fs, and fs
RXNFC = struct.Struct("=IIQ")
SPEC = struct.Struct("=I52s20s52s20sxxxxQI4x")
LOCATION = RXNFC.size + SPEC.size - 8


class EthIoctl:
    """The ioctls of one NIC."""

    def __init__(self, name):
        self.name = name.encode()
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._names = None

    def _call(self, data):
        """Hands over a buffer, returns it as the kernel left it."""
        buffer = array.array("B", data)
        request = struct.pack("=16sQ16x", self.name, buffer.buffer_info()[0])
        fcntl.ioctl(self.socket, SIOCETHTOOL, request)
        return buffer

    def _stat_names(self):
        info = self._call(struct.pack("=IIQI", ETHTOOL_GSSET_INFO, 0, 1 << ETH_SS_STATS, 0))
        count = struct.unpack_from("=I", info, 16)[0]
        head = struct.pack("=III", ETHTOOL_GSTRINGS, ETH_SS_STATS, count)
        text = self._call(head + bytes(count * STRING))[12:].tobytes()
        return [text[i:i + STRING].split(b"\0")[0].decode()
                for i in range(0, len(text), STRING)]

    def stats(self):
        """What ethtool -S shows, as a dict."""
        self._names = self._names or self._stat_names()
        count = len(self._names)
        reply = self._call(struct.pack("=II", ETHTOOL_GSTATS, count) + bytes(8 * count))
        return dict(zip(self._names, struct.unpack_from(f"={count}Q", reply, 8)))

    def insert_rule(self, mac, queue, location=LOC_ANY):
        """A rule for a MAC; raises OSError where refused, returns the location."""
        header = bytes.fromhex(mac.replace(":", ""))
        spec = SPEC.pack(ETHER_FLOW, header, b"", b"\xff" * 6, b"", queue, location)
        reply = self._call(RXNFC.pack(ETHTOOL_SRXCLSRLINS, 0, 0) + spec + bytes(8))
        return struct.unpack_from("=I", reply, LOCATION)[0]
