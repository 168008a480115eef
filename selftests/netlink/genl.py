# SPDX-License-Identifier: GPL-2.0-only
"""The rss_engine netlink family, byte by byte, so that it can be spoken badly."""
import os
import re
import socket
import struct

HERE = os.path.dirname(os.path.abspath(__file__))
CHECKOUT = os.path.dirname(os.path.dirname(HERE))
HEADER = os.path.join(CHECKOUT, "include/uapi/linux/rss_engine.h")

NETLINK_GENERIC, SOL_NETLINK = 16, 270
NETLINK_ADD_MEMBERSHIP, NETLINK_CAP_ACK, NETLINK_EXT_ACK = 1, 10, 11
GENL_ID_CTRL, CTRL_CMD_GETFAMILY = 16, 3
CTRL_ATTR_FAMILY_ID, CTRL_ATTR_FAMILY_NAME, CTRL_ATTR_MCAST_GROUPS = 1, 2, 7
CTRL_ATTR_MCAST_GRP_NAME, CTRL_ATTR_MCAST_GRP_ID = 1, 2
NLM_F_REQUEST, NLM_F_ACK, NLM_F_DUMP, NLM_F_DUMP_INTR = 1, 4, 0x300, 0x10
NLM_F_CAPPED, NLM_F_ACK_TLVS = 0x100, 0x200
NLMSG_ERROR, NLMSG_DONE = 2, 3
NLMSGERR_ATTR_MSG, NLMSGERR_ATTR_OFFS, NLMSGERR_ATTR_MISS_TYPE = 1, 2, 5
NLA_F_NESTED = 0x8000


def _constants():
    """Every enum of the uapi header, by name without the prefix."""
    known = {}
    with open(HEADER, encoding="ascii") as header:
        text = re.sub(r"/\*.*?\*/", "", header.read(), flags=re.S)
    for body in re.findall(r"enum(?:\s+\w+)?\s*\{(.*?)\}", text, flags=re.S):
        value = -1
        for entry in body.split(","):
            match = re.match(r"\s*(\w+)\s*(?:=\s*(.*\S))?\s*$", entry, flags=re.S)
            if not match:
                continue
            value = int(match[2]) if (match[2] or "").isdigit() else value + 1
            known[match[1].removeprefix("RSS_ENGINE_")] = value
    return known


C = _constants()


def attr(kind, payload=b""):
    """One attribute; the payload is a number (u32), text, bytes or a list (a nest)."""
    if isinstance(payload, list):
        kind, payload = kind | NLA_F_NESTED, b"".join(payload)
    elif isinstance(payload, int):
        payload = struct.pack("=I", payload & 0xffffffff)
    elif isinstance(payload, str):
        payload = payload.encode() + b"\0"
    return struct.pack("=HH", 4 + len(payload), kind) + payload + bytes(-len(payload) % 4)


def a(name, payload=b""):
    """An attribute of the family by its name."""
    return attr(C["A_" + name], payload)


def mac(text):
    return bytes.fromhex(text.replace(":", ""))


def parse(data):
    """(kind, payload) of each attribute."""
    offset = 0
    while offset + 4 <= len(data):
        size, kind = struct.unpack_from("=HH", data, offset)
        if size < 4:
            raise ValueError("broken attribute")
        yield kind & 0x3fff, data[offset + 4:offset + size]
        offset += size + -size % 4


class Refused(Exception):
    """A request that the kernel refused, with what it said."""

    def __init__(self, number, message, place):
        super().__init__(f"{os.strerror(number)}: {message}")
        self.errno = number
        self.message = message
        self.place = place      # the offset of the bad attribute, or None


class Family:
    """A socket of the family."""

    def __init__(self, room=1 << 16):
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_GENERIC)
        self.sock.setsockopt(SOL_NETLINK, NETLINK_EXT_ACK, 1)
        self.sock.setsockopt(SOL_NETLINK, NETLINK_CAP_ACK, 1)
        self.sock.settimeout(60)
        self.seq = 0
        self.room = room        # what a receive offers the kernel
        self.interrupted = False
        self.messages = 0
        name = attr(CTRL_ATTR_FAMILY_NAME, "rss_engine")
        reply = dict(parse(self._ask(GENL_ID_CTRL, CTRL_CMD_GETFAMILY, name)[0]))
        self.id = struct.unpack("=H", reply[CTRL_ATTR_FAMILY_ID])[0]
        self.groups = reply.get(CTRL_ATTR_MCAST_GROUPS, b"")

    def close(self):
        self.sock.close()

    def listen(self, name="events"):
        groups = [dict(parse(payload)) for _, payload in parse(self.groups)]
        group = next(group for group in groups
                     if group[CTRL_ATTR_MCAST_GRP_NAME] == name.encode() + b"\0")
        number = struct.unpack("=I", group[CTRL_ATTR_MCAST_GRP_ID])[0]
        self.sock.setsockopt(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, number)

    def event(self):
        """The attributes of the next event."""
        return dict(self.told())

    def told(self):
        """The attributes of the next message to the group, in their order."""
        return list(parse(self.sock.recv(1 << 16)[20:]))

    def send(self, family, command, payload, flags=NLM_F_ACK):
        self.seq += 1
        body = struct.pack("=BBH", command, 1, 0) + payload
        self.sock.send(struct.pack("=IHHII", 16 + len(body), family,
                                   NLM_F_REQUEST | flags, self.seq, 0) + body)

    def _error(self, message, flags):
        number = -struct.unpack_from("=i", message, 16)[0]
        if not number:
            return
        tlvs = {}
        if flags & NLM_F_ACK_TLVS:
            tlvs = dict(parse(message[16 + 4 + 16:]))
        place = tlvs.get(NLMSGERR_ATTR_OFFS, tlvs.get(NLMSGERR_ATTR_MISS_TYPE))
        raise Refused(number, tlvs.get(NLMSGERR_ATTR_MSG, b"").rstrip(b"\0").decode(),
                      place and struct.unpack("=I", place)[0])

    def _step(self, data, replies):
        """Take one datagram; true at the end of the answer."""
        self.messages += 1
        while len(data) >= 16:
            size, kind, flags, _, _ = struct.unpack_from("=IHHII", data)
            message, data = data[:size], data[size + -size % 4:]
            self.interrupted |= bool(flags & NLM_F_DUMP_INTR)
            if kind == NLMSG_ERROR:
                self._error(message, flags)
                return True
            if kind == NLMSG_DONE:
                status = struct.unpack_from("=i", message, 16)[0]
                if status:
                    raise Refused(-status, "dump", None)
                return True
            replies.append(message[20:])
        return False

    def _ask(self, family, command, payload=b"", flags=NLM_F_ACK):
        self.send(family, command, payload, flags)
        replies = []
        while not self._step(self.sock.recv(self.room), replies):
            pass
        return replies

    def do(self, command, *attrs):
        return self._ask(self.id, C["CMD_" + command], b"".join(attrs))

    def dump(self, command, *attrs):
        """All objects, and in self.interrupted whether they belong together."""
        self.interrupted, self.messages = False, 0
        return self._ask(self.id, C["CMD_" + command], b"".join(attrs), NLM_F_DUMP)

    def dump_begin(self, command):
        """The objects of the first datagram only; dump_end() brings the others."""
        self.interrupted, self.messages = False, 0
        self.send(self.id, C["CMD_" + command], b"", NLM_F_DUMP)
        replies = []
        if self._step(self.sock.recv(self.room), replies):
            raise ValueError("the whole dump fits into one datagram")
        return replies

    def dump_end(self):
        replies = []
        while not self._step(self.sock.recv(self.room), replies):
            pass
        return replies
