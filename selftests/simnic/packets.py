# SPDX-License-Identifier: GPL-2.0-only
"""Ethernet frames as bytes, and the published Toeplitz vectors."""
import random
import socket
import struct

MAC = "02:00:00:00:00:01"
TCP, UDP, ICMP = 6, 17, 1

# Microsoft, "Verifying the RSS Hash Calculation"
MS_KEY = ("6d:5a:56:da:25:5b:0e:c2:41:67:25:3d:43:a3:8f:b0:d0:ca:2b:cb:"
          "ae:7b:30:b4:77:cb:2d:a3:80:30:f2:0c:6a:42:b7:3b:be:ac:01:fa")

# source, source port, destination, destination port, hash, hash with TCP ports
MS_VECTORS = (
    ("66.9.149.187", 2794, "161.142.100.80", 1766, 0x323e8fc2, 0x51ccc178),
    ("199.92.111.2", 14230, "65.69.140.83", 4739, 0xd718262a, 0xc626b0ea),
    ("24.19.198.95", 12898, "12.22.207.184", 38024, 0xd2d0a5de, 0x5c2b394a),
    ("38.27.205.30", 48228, "209.142.163.6", 2217, 0x82989176, 0xafc7327f),
    ("153.39.163.191", 44251, "202.188.127.2", 1303, 0x5d1809c5, 0x10e828a2),
    ("3ffe:2501:200:1fff::7", 2794, "3ffe:2501:200:3::1", 1766,
     0x2cc18cd5, 0x40207d3d),
    ("3ffe:501:8::260:97ff:fe40:efab", 14230, "ff02::1", 4739,
     0x0f0c461c, 0xdde51bbf),
    ("3ffe:1900:4545:3:200:f8ff:fe21:67cf", 44251, "fe80::200:f8ff:fe21:67cf", 38024,
     0x4b61e985, 0x02d1feef),
)


def mac_bytes(mac):
    return bytes.fromhex(mac.replace(":", ""))


def ether(payload, proto, dst=MAC, src="02:ff:ff:ff:ff:fe", vlans=()):
    tags = b"".join(struct.pack("!HH", 0x8100, tci) for tci in vlans)
    return mac_bytes(dst) + mac_bytes(src) + tags + struct.pack("!H", proto) + payload


def ports(sport, dport, proto=UDP, size=20):
    if proto == TCP:
        return struct.pack("!HHIIBBHHH", sport, dport, 0, 0, 0x50, 0x10, 0, 0, 0)
    return struct.pack("!HHHH", sport, dport, 8 + size, 0) + bytes(size)


def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return total ^ 0xffff


def ipv4(src, dst, proto, payload, frag=0, options=b""):
    def head(check):
        return struct.pack("!BBHHHBBH4s4s", 0x45 + len(options) // 4, 0,
                           20 + len(options) + len(payload), 1, frag, 64, proto, check,
                           socket.inet_aton(src), socket.inet_aton(dst)) + options
    return head(checksum(head(0))) + payload


def ipv6(src, dst, proto, payload):
    return (struct.pack("!IHBB", 0x60000000, len(payload), proto, 64) +
            socket.inet_pton(socket.AF_INET6, src) +
            socket.inet_pton(socket.AF_INET6, dst) + payload)


def ip_packet(src, dst, proto, payload):
    """An IP packet of the family of its addresses, and its EtherType."""
    if ":" in src:
        return ipv6(src, dst, proto, payload), 0x86dd
    return ipv4(src, dst, proto, payload), 0x0800


def frame(src="10.0.0.1", dst="10.0.0.2", sport=1000, dport=2000, proto=UDP, size=20,
          **eth):
    """A UDP or TCP packet, or one without ports where proto is neither."""
    body = ports(sport, dport, proto, size) if proto in (TCP, UDP) else bytes(size)
    return ether(*ip_packet(src, dst, proto, body), **eth)


def flows(count, **fields):
    """Frames of so many flows that differ in their source port.

    The ports are scattered: the hash is linear in them, and of a run of ports
    one key in nine leaves half of eight queues without any.
    """
    ports = random.Random(count).sample(range(1024, 65536), count)
    return [frame(sport=port, **fields) for port in ports]
