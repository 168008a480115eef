#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""A process with vhost devices of the kinds asked for, doing nothing.

usage: vhost_zoo.py READY_FILE WORD...

WORD: tap:NAME, net (a vhost-net device), vsock, scsi. READY_FILE is written when all
are made; the process then stays until it is ended.
"""

import fcntl
import os
import signal
import struct
import sys

TUNSETIFF = 0x400454CA
IFF_TAP, IFF_NO_PI, IFF_VNET_HDR = 0x0002, 0x1000, 0x4000
VHOST_SET_OWNER = 0xAF01

fds = []


def device(path):
    fd = os.open(path, os.O_RDWR)
    fcntl.ioctl(fd, VHOST_SET_OWNER)
    fds.append(fd)


def tap(name):
    fd = os.open("/dev/net/tun", os.O_RDWR)
    flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR
    fcntl.ioctl(fd, TUNSETIFF, struct.pack("16sH22x", name.encode(), flags))
    fds.append(fd)


def make(word):
    if word in ("net", "vsock", "scsi"):
        device(f"/dev/vhost-{word}")
    elif word.startswith("tap:"):
        tap(word[4:])
    else:
        sys.exit(f"vhost_zoo.py: unknown word '{word}'")


for each in sys.argv[2:]:
    make(each)
with open(sys.argv[1], "w", encoding="ascii") as ready:
    ready.write("ready\n")
signal.pause()
