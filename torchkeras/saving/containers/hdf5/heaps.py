"""Where strings and long messages lie: the global heap, and the fractal heap of newer files with its B-tree."""

from __future__ import annotations

from collections.abc import Iterator

from torchkeras.saving.containers.hdf5.source import NOWHERE, Cursor, Source


class GlobalHeap:
    """The collections that strings of any length lie in."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.collections: dict[int, dict[int, tuple[int, int]]] = {}

    def find(self, address: int, index: int, length: int) -> bytes:
        """The first bytes of an object."""
        if length == 0 or address in (0, NOWHERE):
            return b""
        if address not in self.collections:
            self.collections[address] = self._collection(address)
        place, size = self.collections[address].get(index, (0, -1))
        if length > size:
            raise self.source.damaged(f"a string of {length} bytes in it is missing")
        return self.source.read(place, length)

    def _collection(self, address: int) -> dict[int, tuple[int, int]]:
        head_size = 8 + self.source.length_size
        head = self.source.cursor(address, head_size)
        head.expect(b"GCOL")
        head.skip(4)
        end = address + head.length()
        self.source.check(address, end - address)
        found: dict[int, tuple[int, int]] = {}
        at = address + head_size
        while at + head_size <= end:
            head = self.source.cursor(at, head_size)
            index = head.number(2)
            head.skip(6)
            size = head.length()
            if index == 0:  # the free rest
                break
            if at + head_size + size > end:
                raise self.source.damaged("a string in it is longer than its place")
            found[index] = (at + head_size, size)
            at += head_size + (size + 7) // 8 * 8
        return found


def heap_objects(source: Source, heap_address: int, tree_address: int) -> Iterator[bytes]:
    """All objects that a B-tree names within a fractal heap: links or attributes."""
    heap = _FractalHeap(source, heap_address)
    kind, records = tree_records(source, tree_address)
    if kind not in (5, 8):
        raise source.unsupported(f"it has a B-tree of kind {kind}")
    for record in records:
        yield heap.find(record[4:] if kind == 5 else record)


class _FractalHeap:
    def __init__(self, source: Source, address: int) -> None:
        self.source = source
        cursor = source.cursor(address, 22 + 12 * source.length_size + 3 * source.address_size)
        cursor.expect(b"FRHP")
        if cursor.number(1) != 0:
            raise source.unsupported("it has a heap of an unknown version")
        self.id_length, filters = cursor.number(2), cursor.number(2)
        cursor.skip(1)
        largest = cursor.number(4)
        cursor.length()
        self.huge_tree = cursor.address()
        cursor.length(), cursor.address()
        for _ in range(8):
            cursor.length()
        self.width, self.first_size, self.largest_block = cursor.number(2), cursor.length(), cursor.length()
        bits = cursor.number(2)
        cursor.skip(2)
        self.root, self.rows = cursor.address(), cursor.number(2)
        if filters:
            raise source.unsupported("it has compressed names")
        for size in (self.first_size, self.largest_block, self.width):
            if size == 0 or size & (size - 1):
                raise source.damaged("a heap in it has impossible sizes")
        if bits > 64 or self.largest_block < self.first_size:
            raise source.damaged("a heap in it has impossible sizes")
        self.offset_size = (bits + 7) // 8
        self.size_size = min((self.largest_block.bit_length() + 6) // 8, (largest.bit_length() + 7) // 8)
        self.huge: dict[int, tuple[int, int]] | None = None

    def find(self, identity: bytes) -> bytes:
        cursor = Cursor(self.source, identity[: self.id_length])
        first = cursor.number(1)
        kind = first >> 4 & 3
        if kind == 0:
            offset, size = cursor.number(self.offset_size), cursor.number(self.size_size)
            return self.source.read(self._place(offset, size), size)
        if kind == 1:
            place, size = self._huge(cursor)
            return self.source.read(place, size)
        if kind == 2 and self.id_length <= 18:
            return cursor.take((first & 0x0F) + 1)
        raise self.source.unsupported("it has heap objects of an unknown kind")

    def _huge(self, cursor: Cursor) -> tuple[int, int]:
        source = self.source
        if cursor.left() >= source.address_size + source.length_size:
            return cursor.address(), cursor.length()
        if self.huge is None:
            kind, records = tree_records(source, self.huge_tree)
            if kind != 1:
                raise source.unsupported(f"it has a B-tree of kind {kind}")
            self.huge = {}
            for record in records:
                one = Cursor(source, record)
                where = one.address(), one.length()
                self.huge[one.length()] = where
        found = self.huge.get(cursor.number(min(cursor.left(), source.length_size)))
        if found is None:
            raise source.damaged("a long attribute in it is missing")
        return found

    def _place(self, offset: int, size: int) -> int:
        """The address of what lies at an offset of the heap's own space."""
        if self.rows == 0:
            if offset + size > self.first_size:
                raise self.source.damaged("a name in it lies outside of its heap")
            return self.root + offset
        block, rows = self.root, self.rows
        for _ in range(64):  # each step goes to a smaller block
            row, column, within = self._row_of(offset)
            if row >= rows:
                break
            direct_rows = (self.largest_block // self.first_size).bit_length() + 1
            head = 5 + self.source.address_size + self.offset_size
            self.source.cursor(block, 4).expect(b"FHIB")
            entry = block + head + (row * self.width + column) * self.source.address_size
            block = self.source.cursor(entry, self.source.address_size).address()
            block_size = self.first_size << max(row - 1, 0)
            if row < direct_rows:
                if within + size > block_size:
                    break
                return block + within
            rows = (block_size // (self.first_size * self.width)).bit_length()
            offset = within
        raise self.source.damaged("a name in it lies outside of its heap")

    def _row_of(self, offset: int) -> tuple[int, int, int]:
        """Row, column and offset within the block: rows 0 and 1 have blocks of the first size, each further twice."""
        row = (offset // (self.first_size * self.width)).bit_length()
        start = self.first_size * self.width << row - 1 if row else 0
        size = self.first_size << max(row - 1, 0)
        return row, (offset - start) // size, (offset - start) % size


def tree_records(source: Source, address: int) -> tuple[int, list[bytes]]:
    """The kind of a B-tree of the second version, and all its records in order."""
    cursor = source.cursor(address, 22 + source.address_size + source.length_size)
    cursor.expect(b"BTHD")
    cursor.skip(1)
    kind, node_size, record_size, depth = (cursor.number(n) for n in (1, 4, 2, 2))
    cursor.skip(2)
    root, in_root = cursor.address(), cursor.number(2)
    if in_root == 0:
        return kind, []
    if record_size == 0 or node_size < 64 or depth > 16:
        raise source.damaged("a B-tree in it has impossible sizes")
    most = [(node_size - 10) // record_size]  # records of a node, by its height
    under, under_sizes = [most[0]], [0]  # all records below it, and the bytes that their number takes
    count_size = _bytes_of(most[0])
    for height in range(1, depth + 1):
        pointer = source.address_size + count_size + under_sizes[height - 1]
        most.append((node_size - 10 - pointer) // (record_size + pointer))
        if most[-1] < 1:
            raise source.damaged("a B-tree in it has impossible sizes")
        under.append((most[-1] + 1) * under[-1] + most[-1])
        under_sizes.append(_bytes_of(under[-1]))
    found: list[bytes] = []
    seen: set[int] = set()

    def node(at: int, number: int, height: int) -> None:
        if at in seen or number > most[height]:
            raise source.damaged("a B-tree in it is no tree")
        seen.add(at)
        inner = source.cursor(at, min(node_size, source.length - at))
        inner.expect(b"BTIN" if height else b"BTLF")
        inner.skip(2)
        own = [inner.take(record_size) for _ in range(number)]
        for place in range(number + 1 if height else 0):
            child, below = inner.address(), inner.number(count_size)
            inner.skip(under_sizes[height - 1])
            node(child, below, height - 1)
            found.extend(own[place : place + 1])
        if not height:
            found.extend(own)

    node(root, in_root, depth)
    return kind, found


def _bytes_of(number: int) -> int:
    return (number.bit_length() + 7) // 8 or 1
