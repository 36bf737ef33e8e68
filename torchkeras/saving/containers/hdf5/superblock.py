"""The beginning of a file: versions, sizes, and where the root group is."""

from __future__ import annotations

from torchkeras.saving.containers.hdf5.source import NOWHERE, Source

SIGNATURE = b"\x89HDF\r\n\x1a\n"


def root_address(source: Source) -> int:
    """Where the object header of the root group is; sets the source's sizes."""
    if source.length == 0:
        raise source.damaged("it is empty")
    if source.length < 48 or source.read(0, 8) != SIGNATURE:
        raise source.damaged("it does not begin as HDF5 files do")
    cursor = source.cursor(8, min(source.length - 8, 120))
    version = cursor.number(1)
    if version in (0, 1):
        cursor.skip(4)  # versions of the parts, reserved
        _sizes(source, cursor.number(1), cursor.number(1))
        cursor.skip(1 + 2 + 2 + 4 + (4 if version else 0))
        base, _, end, _ = (cursor.address() for _ in range(4))
        cursor.length()  # the offset of the root's name
        root = cursor.address()
    elif version in (2, 3):
        _sizes(source, cursor.number(1), cursor.number(1))
        cursor.skip(1)
        base, extension, end, root = (cursor.address() for _ in range(4))
        if extension != NOWHERE and base != 0:
            raise source.unsupported("it has an extended beginning behind a user block")
    else:
        raise source.unsupported(f"its beginning is of version {version}")
    if base != 0:
        raise source.unsupported("it has a user block")
    if end > source.length:
        raise source.damaged(f"it should have {end} bytes, and has {source.length}")
    return root


def _sizes(source: Source, address_size: int, length_size: int) -> None:
    if address_size not in (4, 8) or length_size not in (4, 8):
        raise source.unsupported(f"its addresses have {address_size} bytes and its lengths {length_size}")
    source.address_size, source.length_size = address_size, length_size
