"""The messages of an object: a group or a data set is described by a list of them."""

from __future__ import annotations

from typing import NamedTuple

from torchkeras.saving.containers.hdf5.source import Cursor, Source

DATASPACE, LINK_INFO, DATATYPE, FILL, LINK = 0x01, 0x02, 0x03, 0x05, 0x06
EXTERNAL_FILES, LAYOUT, FILTERS, ATTRIBUTE = 0x07, 0x08, 0x0B, 0x0C
CONTINUATION, SYMBOL_TABLE, ATTRIBUTE_INFO = 0x10, 0x11, 0x15

#: More than any object of Keras's has; attributes of a group of 10,000 layers are a handful.
_MOST_MESSAGES = 100_000


class Message(NamedTuple):
    """One of an object's messages."""

    kind: int
    flags: int
    data: bytes


def messages(source: Source, address: int) -> list[Message]:
    """All messages of the object at an address."""
    if source.read(address, 4) == b"OHDR":
        found = _second_version(source, address)
    else:
        found = _first_version(source, address)
    for message in found:
        if message.flags & 0x02 and message.kind in (DATATYPE, DATASPACE, FILL, FILTERS, ATTRIBUTE):
            raise source.unsupported("it keeps messages that objects share")
    return found


def _first_version(source: Source, address: int) -> list[Message]:
    cursor = source.cursor(address, 16)
    version = cursor.number(1)
    if version != 1:
        raise source.damaged(f"there is no object at {address}")
    cursor.skip(1)
    count = cursor.number(2)
    cursor.skip(4)
    size = cursor.number(4)
    found: list[Message] = []
    blocks = [(address + 16, size)]
    for start, length in blocks:  # grows while it is gone through
        block = source.cursor(start, length)
        while block.left() >= 8 and len(found) < count:
            kind, length, flags = block.number(2), block.number(2), block.number(1)
            block.skip(3)
            _keep(source, Message(kind, flags, block.take(length)), found, blocks)
    return found


def _second_version(source: Source, address: int) -> list[Message]:
    cursor = source.cursor(address, min(64, source.length - address))
    cursor.expect(b"OHDR")
    if cursor.number(1) != 2:
        raise source.damaged(f"the object at {address} is of an unknown version")
    flags = cursor.number(1)
    cursor.skip((16 if flags & 0x20 else 0) + (4 if flags & 0x10 else 0))
    size = cursor.number(1 << (flags & 3))
    found: list[Message] = []
    blocks = [(address + cursor.at, size)]
    for number, (start, length) in enumerate(blocks):
        block = source.cursor(start, length)
        if number:
            block.expect(b"OCHK")
        end = length - (4 if number else 0)  # a checksum ends each further block; that of the first stands behind it
        while end - block.at >= 4 + (2 if flags & 4 else 0):
            kind, length, message_flags = block.number(1), block.number(2), block.number(1)
            block.skip(2 if flags & 4 else 0)
            _keep(source, Message(kind, message_flags, block.take(length)), found, blocks)
    return found


def _keep(source: Source, message: Message, found: list[Message], blocks: list[tuple[int, int]]) -> None:
    if len(found) > _MOST_MESSAGES:
        raise source.unsafe("an object in it has more than 100,000 messages")
    found.append(message)
    if message.kind == CONTINUATION:
        cursor = Cursor(source, message.data)
        block = (cursor.address(), cursor.length())
        if any(block[0] == start for start, _ in blocks):
            raise source.damaged("an object in it goes on where it began")
        blocks.append(block)
