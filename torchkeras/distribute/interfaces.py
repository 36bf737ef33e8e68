"""The network: the interface that leads to the other processes, and ports.

Unless told, gloo takes the interface that the machine's own name stands for. Where that is 127.0.1.1, as Debian has it,
or nothing at all, machines do not find each other.
"""

from __future__ import annotations

import os
import socket
import struct
import sys

if sys.platform == "linux":
    import fcntl

#: Where gloo looks for the interface to use.
VARIABLE = "GLOO_SOCKET_IFNAME"
_SIOCGIFADDR = 0x8915  # asks Linux for the address of an interface


def use_interface_towards(address: str) -> None:
    """Has gloo use the interface by which this machine reaches an address 'host:port', unless it has been told."""
    if not os.environ.get(VARIABLE) and (name := interface_towards(address)) is not None:
        os.environ[VARIABLE] = name


def interface_towards(address: str) -> str | None:
    """The interface by which this machine reaches an address; None where that is not to be found out."""
    if sys.platform != "linux":
        return None
    host, _, port = address.rpartition(":")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((host, int(port)))  # sends nothing: it chooses a way
        except OSError:
            return None
        own = probe.getsockname()[0]
        for _, name in socket.if_nameindex():
            try:
                asked = fcntl.ioctl(probe.fileno(), _SIOCGIFADDR, struct.pack("256s", name.encode()[:15]))
            except OSError:
                continue  # one without an address
            if socket.inet_ntoa(asked[20:24]) == own:
                return name
    return None


def answers(host: str, port: int) -> bool:
    """Whether somebody listens there."""
    try:
        with socket.create_connection((host, port), 2.0):
            return True
    except OSError:
        return False


def free_port(host: str = "") -> int:
    """A port of this machine at which nobody listens now."""
    with socket.create_server((host, 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


__all__ = ["VARIABLE", "answers", "free_port", "interface_towards", "use_interface_towards"]
