"""What a group holds: names and the addresses of objects, as older and as newer files keep them."""

from __future__ import annotations

from torchkeras.saving.containers.hdf5.heaps import heap_objects
from torchkeras.saving.containers.hdf5.object_header import LINK, LINK_INFO, SYMBOL_TABLE, Message
from torchkeras.saving.containers.hdf5.source import NOWHERE, Cursor, Source

#: A group of Keras's has as many members as a model has layers; a name, as many letters as a layer's.
_MOST_MEMBERS, _LONGEST_NAME = 1_000_000, 4096


def is_group(messages: list[Message]) -> bool:
    return any(message.kind in (SYMBOL_TABLE, LINK_INFO, LINK) for message in messages)


def members(source: Source, messages: list[Message]) -> dict[str, int]:
    """The address of each member's object by its name, in the file's order.

    Names alone lead on: a link that leads elsewhere, within the file or out of it, is an UnsafeFile error.
    """
    found: dict[str, int] = {}
    for message in messages:
        cursor = Cursor(source, message.data)
        if message.kind == SYMBOL_TABLE:
            _symbols(source, cursor.address(), cursor.address(), found)
        elif message.kind == LINK:
            _link(cursor, found)
        elif message.kind == LINK_INFO:
            cursor.skip(1)
            cursor.skip(8 if cursor.number(1) & 1 else 0)
            heap, tree = cursor.address(), cursor.address()
            if heap != NOWHERE:
                for stored in heap_objects(source, heap, tree):
                    _link(Cursor(source, stored), found)
    return found


def _add(source: Source, name: bytes, address: int, found: dict[str, int]) -> None:
    try:
        text = name.decode()
    except UnicodeDecodeError:
        raise source.damaged(f"it has the name {name[:40]!r}, which is not UTF-8") from None
    if text in ("", ".", "..") or "/" in text or "\0" in text:
        raise source.unsafe(f"it has an object with the name {text[:40]!r}")
    if text in found:
        raise source.damaged(f"it has two objects with the name {text[:40]!r}")
    if len(found) >= _MOST_MEMBERS:
        raise source.unsafe("a group in it has more than a million members")
    found[text] = address


def _link(cursor: Cursor, found: dict[str, int]) -> None:
    source = cursor.source
    if cursor.number(1) != 1:
        raise source.damaged("a link in it is of an unknown version")
    flags = cursor.number(1)
    kind = cursor.number(1) if flags & 8 else 0
    cursor.skip((8 if flags & 4 else 0) + (1 if flags & 16 else 0))
    name = cursor.take(cursor.number(1 << (flags & 3)))
    if kind:
        raise _elsewhere(source, name, {1: "another place of it", 64: "another file"}.get(kind, "an unknown place"))
    _add(source, name, cursor.address(), found)


def _elsewhere(source: Source, name: bytes, where: str) -> Exception:
    return source.unsafe(f"{name[:80].decode(errors='replace')!r} in it is a link to {where}")


def _symbols(source: Source, tree: int, heap: int, found: dict[str, int]) -> None:
    cursor = source.cursor(heap, 8 + 2 * source.length_size + source.address_size)
    cursor.expect(b"HEAP")
    cursor.skip(4)
    names = _Names(source, cursor)
    for leaf in _leaves(source, tree):
        head = source.cursor(leaf, 8)
        head.expect(b"SNOD")
        head.skip(2)
        entry_size = 2 * source.address_size + 24
        entries = source.cursor(leaf + 8, head.number(2) * entry_size)
        while entries.left():
            name, address, cached = names.at(entries.number(source.address_size)), entries.address(), entries.number(4)
            entries.skip(20)
            if cached == 2:
                raise _elsewhere(source, name, "another place of it")
            _add(source, name, address, found)


class _Names:
    """The names of a group's members, which end in a zero each."""

    def __init__(self, source: Source, cursor: Cursor) -> None:
        self.source, size = source, cursor.length()
        cursor.length()
        self.data = source.read(cursor.address(), size)

    def at(self, offset: int) -> bytes:
        end = self.data.find(b"\0", offset, offset + _LONGEST_NAME)
        if offset >= len(self.data) or end < 0:
            raise self.source.damaged("a name in it does not end")
        return self.data[offset:end]


def _leaves(source: Source, root: int) -> list[int]:
    """The nodes with the symbols, in order of the names."""
    found: list[int] = []
    seen: set[int] = set()

    def node(address: int, height: int | None) -> None:
        if address in seen:
            raise source.damaged("a B-tree in it is no tree")
        seen.add(address)
        level, children = tree_node(source, address, 0, source.length_size)
        if height is not None and level != height:
            raise source.damaged("a B-tree in it is no tree")
        for _, child in children:
            if level:
                node(child, level - 1)
            elif child in seen:
                raise source.damaged("a B-tree in it is no tree")
            else:
                seen.add(child)
                found.append(child)

    node(root, None)
    return found


def tree_node(source: Source, address: int, kind: int, key_size: int) -> tuple[int, list[tuple[bytes, int]]]:
    """The height of a node of a B-tree of the first version, and its keys with the addresses that they lead to."""
    head = source.cursor(address, 8 + 2 * source.address_size)
    head.expect(b"TREE")
    found_kind, level, used = head.number(1), head.number(1), head.number(2)
    if found_kind != kind or level > 32:
        raise source.damaged("a B-tree in it is of another kind")
    body = source.cursor(address + len(head.data), used * (key_size + source.address_size))
    return level, [(body.take(key_size), body.address()) for _ in range(used)]
