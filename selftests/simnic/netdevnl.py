# SPDX-License-Identifier: GPL-2.0-only
"""The kernel's "netdev" netlink family: queues, NAPIs and queue statistics."""
import socket
import struct

NETLINK_GENERIC = 16
GENL_ID_CTRL = 16
NLM_F_REQUEST, NLM_F_ACK, NLM_F_DUMP = 1, 4, 0x300
NLMSG_ERROR, NLMSG_DONE = 2, 3
CTRL_CMD_GETFAMILY, CTRL_ATTR_FAMILY_ID, CTRL_ATTR_FAMILY_NAME = 3, 1, 2

QUEUE_GET, NAPI_GET, QSTATS_GET = 10, 11, 12
RX, TX = 0, 1

# attributes of each command, by number
QUEUE = {1: "id", 2: "ifindex", 3: "type", 4: "napi-id"}
NAPI = {1: "ifindex", 2: "id", 3: "irq", 4: "pid"}
QSTATS = {1: "ifindex", 2: "queue-type", 3: "queue-id", 8: "rx-packets", 9: "rx-bytes",
          10: "tx-packets", 11: "tx-bytes", 13: "rx-hw-drops", 14: "rx-hw-drop-overruns"}
QSTATS_SCOPE, SCOPE_QUEUE = 4, 1


def _attr(kind, payload):
    size = 4 + len(payload)
    return struct.pack("=HH", size, kind) + payload + bytes(-size % 4)


def _attrs(data):
    offset = 0
    while offset + 4 <= len(data):
        size, kind = struct.unpack_from("=HH", data, offset)
        yield kind & 0x3fff, data[offset + 4:offset + size]
        offset += size + -size % 4


class Netdev:
    """Dumps of the family for one device."""

    def __init__(self, name):
        self.ifindex = socket.if_nametoindex(name)
        self.socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_GENERIC)
        reply = self._ask(GENL_ID_CTRL, CTRL_CMD_GETFAMILY, NLM_F_ACK,
                          _attr(CTRL_ATTR_FAMILY_NAME, b"netdev\0"))
        family = dict(_attrs(reply[0]))[CTRL_ATTR_FAMILY_ID]
        self.family = struct.unpack("=H", family)[0]

    def _ask(self, family, command, flags, payload):
        """Sends a request, returns the attribute parts of all replies."""
        body = struct.pack("=BBH", command, 1, 0) + payload
        self.socket.send(struct.pack("=IHHII", 16 + len(body), family,
                                     NLM_F_REQUEST | flags, 1, 0) + body)
        parts = []
        while True:
            data = self.socket.recv(1 << 18)
            while data:
                size, kind = struct.unpack_from("=IH", data)
                if kind == NLMSG_ERROR:
                    error = -struct.unpack_from("=i", data, 16)[0]
                    if error:
                        raise OSError(error, f"netlink command {command}")
                if kind in (NLMSG_ERROR, NLMSG_DONE):
                    return parts
                parts.append(data[20:size])
                data = data[size + -size % 4:]

    def _dump(self, command, names, ifindex_attr, extra=b""):
        payload = _attr(ifindex_attr, struct.pack("=I", self.ifindex)) + extra
        return [{names[kind]: int.from_bytes(value, "little")
                 for kind, value in _attrs(part) if kind in names}
                for part in self._ask(self.family, command, NLM_F_DUMP, payload)]

    def queues(self, kind=RX):
        """NAPI id of each queue."""
        return {queue["id"]: queue.get("napi-id")
                for queue in self._dump(QUEUE_GET, QUEUE, 2) if queue["type"] == kind}

    def napis(self):
        """Thread id, or None, of each NAPI."""
        return {napi["id"]: napi.get("pid") for napi in self._dump(NAPI_GET, NAPI, 1)}

    def qstats(self):
        """Statistics of the device."""
        return self._dump(QSTATS_GET, QSTATS, 1)[0]

    def queue_stats(self, kind=RX):
        """Statistics of each queue."""
        scope = _attr(QSTATS_SCOPE, struct.pack("=I", SCOPE_QUEUE))
        return {queue["queue-id"]: queue
                for queue in self._dump(QSTATS_GET, QSTATS, 1, scope)
                if queue["queue-type"] == kind}
