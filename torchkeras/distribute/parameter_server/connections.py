"""Connections between the processes of a cluster: messages of Python objects, tensors in them sent as they lie.

Plain sockets, one for each pair that talks, because each must be able to break without the others: in a gloo process
group, and in torch.distributed.rpc, who belongs is fixed from the start, and one member that is killed takes the rest
along. Whoever connects shows first that it knows the cluster's secret; nothing is unpickled before.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import os
import pickle
import secrets
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

#: The environment variable with what all processes of a cluster know, and nobody else does.
SECRET = "TORCHKERAS_CLUSTER_SECRET"

_HELLO = b"torchkeras-cluster-1"
_SIZES = struct.Struct("!II")  # of buffers how many, and bytes of the table that says how long each is
_HANDSHAKE_SECONDS = 20.0


class Broken(ConnectionError):
    """The other side has ended, or cannot be reached."""


class Refused(ConnectionError):
    """The other side is not of this cluster."""


def secret_of(cluster: dict[str, list[str]]) -> bytes:
    """What members of a cluster prove that they know: the variable's text, and the description of the cluster."""
    described = json.dumps({job: list(tasks) for job, tasks in sorted(cluster.items())})
    return hashlib.sha256(f"{os.environ.get(SECRET, '')}\n{described}".encode()).digest()


def split(address: str) -> tuple[str, int]:
    """Host and port of 'host:port'."""
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit():
        raise ValueError(f"The address of a task must be 'host:port'. Received: {address!r}")
    return host.strip("[]"), int(port)


class Connection:
    """A socket over which messages go; one thread at a time has it.

    Args:
        socket: connected, and known to be of the cluster.
        peer: what the other side is called in errors.
    """

    def __init__(self, connected: socket.socket, peer: str) -> None:
        self._socket, self.peer = connected, peer
        self.broken = False
        self.lock = threading.RLock()
        connected.settimeout(None)
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # A machine that goes dark sends no word of it.
        connected.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in (("TCP_KEEPIDLE", 15), ("TCP_KEEPINTVL", 5), ("TCP_KEEPCNT", 3)):
            if hasattr(socket, name):
                connected.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)

    def send(self, message: Any) -> None:
        """Sends a message; arrays in it go as they lie in memory."""
        out_of_band: list[pickle.PickleBuffer] = []
        text = pickle.dumps(message, protocol=5, buffer_callback=out_of_band.append)
        views = [memoryview(text), *(buffer.raw() for buffer in out_of_band)]
        lengths = struct.pack(f"!{len(views)}Q", *(view.nbytes for view in views))
        try:
            self._socket.sendall(_SIZES.pack(len(views), len(lengths)) + lengths)
            small = bytearray()
            for view in views:
                if view.nbytes < 1 << 16:
                    small += view
                    continue
                self._socket.sendall(small)
                small = bytearray()
                self._socket.sendall(view)
            self._socket.sendall(small)
        except OSError as error:
            raise self._lost(str(error)) from error

    def receive(self) -> Any:
        """The next message."""
        count, length = _SIZES.unpack(self._take(_SIZES.size))
        lengths = struct.unpack(f"!{count}Q", self._take(length))
        text, *buffers = [self._take(each) for each in lengths]
        return pickle.loads(text, buffers=buffers)

    def ask(self, *message: Any) -> Any:
        """Sends a message and gives the answer; raises the error that the other side answers with."""
        with self.lock:
            self.send(message)
            return self.answer()

    def answer(self) -> Any:
        """The answer to a message that was sent."""
        fine, value = self.receive()
        if not fine:
            raise value.error()
        return value

    def _take(self, size: int) -> bytearray:
        taken = bytearray(size)
        view, done = memoryview(taken), 0
        while done < size:
            try:
                got = self._socket.recv_into(view[done:])
            except OSError as error:
                raise self._lost(str(error)) from error
            if not got:
                raise self._lost("it has ended")
            done += got
        return taken

    def _lost(self, reason: str) -> Broken:
        self.broken = True
        return Broken(f"{self.peer} is lost: {reason}.")

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


def ask_all(messages: Mapping[Connection, Any], names: Iterable[Any]) -> dict[Any, Any]:
    """Sends each its message, then takes the answers of all, by these names; raises the first error."""
    problem: Exception | None = None
    sent = []
    for connection, message in messages.items():
        try:
            connection.send(message)
            sent.append(connection)
        except Broken as error:
            problem = problem or error
    answers = []
    for connection in sent:  # of all: what is not read now would be the answer to another question
        try:
            answers.append(connection.answer())
        except Exception as error:
            problem = problem or error
    if problem is not None:
        raise problem
    return dict(zip(names, answers, strict=True))


def connect(address: str, secret: bytes, peer: str, seconds: float = _HANDSHAKE_SECONDS) -> Connection:
    """A connection to a member of the cluster, if it is there now; Broken else."""
    connected = None
    try:
        connected = socket.create_connection(split(address), timeout=seconds)
        if connected.getsockname() == connected.getpeername():  # to a port of its own, that nobody listens at
            raise OSError("nobody listens")
        _prove(connected, secret, peer)
    except OSError as error:
        if connected is not None:
            connected.close()
        if isinstance(error, Refused):
            raise
        raise Broken(f"{peer} at {address} cannot be reached ({error}).") from error
    return Connection(connected, peer)


def connect_within(address: str, secret: bytes, peer: str, seconds: float) -> Connection:
    """A connection to a member that may still have to start."""
    until = time.monotonic() + seconds
    while True:
        try:
            return connect(address, secret, peer)
        except Broken:
            if time.monotonic() > until:
                raise
        time.sleep(0.1)


class Listener:
    """Waits for others at an address, each of whom a thread of its own then serves.

    Args:
        address: 'host:port', at which it listens and nowhere else.
        secret: what they must know.
        serve: called with each connection.
    """

    def __init__(self, address: str, secret: bytes, serve: Callable[[Connection], None]) -> None:
        host, port = split(address)
        self._secret, self._serve = secret, serve
        kind = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.socket(kind, socket.SOCK_STREAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._socket.bind((host, port))
        except OSError as error:
            self._socket.close()
            raise OSError(
                f"Cannot listen at {address}, which the cluster's description says is this task's ({error}): give an "
                f"address of this machine, with a port that is free."
            ) from error
        self._socket.listen(128)
        threading.Thread(target=self._accept, daemon=True, name=f"listens at {address}").start()

    def _accept(self) -> None:
        while True:
            try:
                connected, _ = self._socket.accept()
            except OSError:
                return  # closed
            threading.Thread(target=self._welcome, args=(connected,), daemon=True).start()

    def _welcome(self, connected: socket.socket) -> None:
        try:
            _demand(connected, self._secret)
        except OSError:
            connected.close()
            return
        connection = Connection(connected, "the other side")
        try:
            self._serve(connection)
        except Broken:
            pass
        finally:
            connection.close()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


# --- showing that one knows the secret, without telling it ---


def _prove(connected: socket.socket, secret: bytes, peer: str) -> None:
    if _exactly(connected, len(_HELLO)) != _HELLO:
        raise Refused(f"{peer} is not a task of a torchkeras cluster.")
    theirs, own = _exactly(connected, 32), secrets.token_bytes(32)
    connected.sendall(own + _sign(secret, b"came", theirs, own))
    try:
        answer = _exactly(connected, 32)
    except OSError:
        answer = b""
    if not hmac.compare_digest(answer, _sign(secret, b"was here", theirs, own)):
        raise Refused(
            f"{peer} is of another cluster: give all tasks the same description of it, and the same {SECRET}."
        )


def _demand(connected: socket.socket, secret: bytes) -> None:
    connected.settimeout(_HANDSHAKE_SECONDS)
    own = secrets.token_bytes(32)
    connected.sendall(_HELLO + own)
    theirs, signature = _exactly(connected, 32), _exactly(connected, 32)
    if not hmac.compare_digest(signature, _sign(secret, b"came", own, theirs)):
        raise Refused("Somebody connected who is not of this cluster.")
    connected.sendall(_sign(secret, b"was here", own, theirs))


def _sign(secret: bytes, role: bytes, one: bytes, other: bytes) -> bytes:
    return hmac.digest(secret, role + one + other, "sha256")


def _exactly(connected: socket.socket, size: int) -> bytes:
    found = b""
    while len(found) < size:
        more = connected.recv(size - len(found))
        if not more:
            raise ConnectionError("ended")
        found += more
    return found


__all__ = [
    "SECRET", "Broken", "Connection", "Listener", "Refused", "ask_all", "connect", "connect_within", "secret_of",
    "split",
]  # fmt: skip
