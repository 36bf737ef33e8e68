"""Zip archives: what is written reads back, here and by Python's zipfile; what would do harm is refused."""

import io
import stat
import struct
import zipfile
import zlib

import pytest

from torchkeras.saving.containers import archive as archives
from torchkeras.saving.containers.archive import new_archive, open_archive
from torchkeras.saving.errors import UnreadableFile, UnsafeFile


def zipped(path, members, compression=zipfile.ZIP_STORED):
    with zipfile.ZipFile(path, "w", compression) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return path


def contents(path):
    with open_archive(path) as archive:
        return {name: archive.read(name, 1 << 20) for name in archive.names()}


def refused(path, words, kind=UnsafeFile):
    with pytest.raises(kind, match=words) as caught:
        contents(path)
    assert path.name in str(caught.value)
    assert "\n" not in str(caught.value)


# --- writing and reading ---


def test_what_is_written_reads_back(tmp_path):
    path = tmp_path / "a.keras"
    big = bytes(range(256)) * 10_000
    with new_archive(path) as archive:
        archive.write("config.json", b"{}")
        with archive.file("model.weights.h5") as member:
            member.write(b"....")
            member.write(big)
            member.seek(0)
            member.write(b"head")
            assert member.seek(0, io.SEEK_END) == len(big) + 4
        archive.write("assets/vocabulary.txt", "ä\nb".encode())
        archive.write("empty", b"")
    with zipfile.ZipFile(path) as file:
        assert file.testzip() is None
        assert file.namelist() == ["config.json", "model.weights.h5", "assets/vocabulary.txt", "empty"]
        assert file.read("model.weights.h5") == b"head" + big
    with open_archive(path) as archive:
        assert archive.names() == file.namelist()
        assert archive.read("assets/vocabulary.txt", 100).decode() == "ä\nb"
        assert archive.read("empty", 0) == b""
        with archive.file("model.weights.h5") as member:
            assert member.read(8) == b"head" + big[:4]
            member.seek(-3, io.SEEK_END)
            assert member.read() == big[-3:]
            assert member.read(1) == b""


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_archives_of_others(compression, tmp_path):
    content = bytes(range(256)) * 100
    path = zipped(tmp_path / "a.keras", {"x": content, "folder/": b"", "folder/y": b"1"}, compression)
    with open_archive(path) as archive:
        assert archive.names() == ["x", "folder/y"]
        assert archive.read("x", 1 << 20) == content
        with archive.file("x") as member:
            member.seek(300)
            assert member.read(3) == bytes([44, 45, 46])


def test_archives_written_as_a_stream(tmp_path):
    """Their members have their sizes behind them."""

    class Stream(io.BytesIO):
        def seekable(self):
            return False

        def seek(self, *args):
            raise io.UnsupportedOperation

        tell = seek

    stream = Stream()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("x", b"abc" * 1000)
        file.writestr("y", b"1")
    path = tmp_path / "a.keras"
    path.write_bytes(stream.getvalue())
    with open_archive(path) as archive:
        assert archive.read("x", 1 << 20) == b"abc" * 1000


def test_sizes_of_64_bits(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as file, file.open("x", "w", force_zip64=True) as member:
        member.write(b"abc")
    with open_archive(path) as archive:
        assert archive.read("x", 3) == b"abc"


def interrupted(path):
    with new_archive(path) as archive:
        archive.write("x", b"2")
        raise KeyboardInterrupt


def test_an_interruption_leaves_the_file_before(tmp_path):
    path = zipped(tmp_path / "a.keras", {"x": b"1"})
    with pytest.raises(KeyboardInterrupt):
        interrupted(path)
    assert contents(path) == {"x": b"1"}
    assert [one.name for one in tmp_path.iterdir()] == ["a.keras"]


# --- names ---


@pytest.mark.parametrize(
    "name",
    ["../x", "a/../../x", "/etc/passwd", "C:/x", "c:x", "a\\..\\x", "\\x", "a//x", "./x", "a/.", "..", "a/\x01"],
)
def test_names_that_lead_outside(name, tmp_path):
    refused(zipped(tmp_path / "a.keras", {name: b"1"}), "outside of the archive")


def test_a_name_with_nul(tmp_path):
    path = zipped(tmp_path / "a.keras", {"assets/x#y": b"1"})
    path.write_bytes(path.read_bytes().replace(b"x#y", b"x\0y"))
    refused(path, "outside of the archive")


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFSOCK])
def test_links_and_devices(kind, tmp_path):
    path = tmp_path / "a.keras"
    member = zipfile.ZipInfo("assets/x")
    member.create_system, member.external_attr = 3, (kind | 0o777) << 16
    with zipfile.ZipFile(path, "w") as file:
        file.writestr(member, "/etc/passwd")
    refused(path, "link or a device")


def test_two_members_of_one_name(tmp_path):
    path = tmp_path / "a.keras"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("config.json", b"{}")
        with pytest.warns(UserWarning, match="Duplicate"):
            file.writestr("config.json", b"[]")
    refused(path, "two members of the name 'config.json'")


def test_a_file_that_is_a_folder(tmp_path):
    refused(zipped(tmp_path / "a.keras", {"a/b": b"1", "a": b"2"}), "a file and a folder at once")


def test_the_header_and_the_directory_disagree(tmp_path):
    path = zipped(tmp_path / "a.keras", {"config.json": b"{}"})
    data = path.read_bytes()
    path.write_bytes(data.replace(b"config.json", b"c0nfig.json", 1))
    refused(path, "not what the directory says", UnreadableFile)


# --- what packing can do ---


def test_encrypted_members(tmp_path):
    path = zipped(tmp_path / "a.keras", {"x": b"1"})
    data = bytearray(path.read_bytes())
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= 1
    path.write_bytes(data)
    refused(path, "'x' is encrypted")


def central(name, crc, packed, size, head, method=8):
    fields = (b"PK\x01\x02", 20, 20, 0, method, 0, 0x21, crc, packed, size, len(name), 0, 0, 0, 0, 0, head)
    return struct.pack("<4s6H3I5H2I", *fields) + name


def local(name, crc, packed, size, method=8):
    return struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, 0, method, 0, 0x21, crc, packed, size, len(name), 0) + name


def end(directory, count, place):
    return directory + struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, count, count, len(directory), place, 0)


def deflated(content):
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(content) + packer.flush()


def test_bombs_by_what_they_declare(tmp_path):
    """Nothing is unpacked: the sizes do not go together."""
    data = deflated(bytes(1000))
    body = local(b"x", 0, len(data), 1 << 31) + data
    path = tmp_path / "a.keras"
    path.write_bytes(body + end(central(b"x", 0, len(data), 1 << 31, 0), 1, len(body)))
    refused(path, "It would fill the memory")


def test_bombs_that_declare_little(tmp_path):
    """What comes out is counted, whatever was declared."""
    data = deflated(bytes(100 << 20))
    body = local(b"x", 0, len(data), 1000) + data
    path = tmp_path / "a.keras"
    path.write_bytes(body + end(central(b"x", 0, len(data), 1000, 0), 1, len(body)))
    refused(path, "holds more than it declares")


def test_honest_bombs(tmp_path):
    path = zipped(tmp_path / "a.keras", {"x": bytes(100 << 20)}, zipfile.ZIP_DEFLATED)
    refused(path, "It would fill the memory")


def test_members_that_share_bytes(tmp_path):
    """A thousand members of one content would be a bomb of another kind."""
    data = deflated(bytes(1000))
    inner = local(b"y", zlib.crc32(bytes(1000)), len(data), 1000) + data
    body = local(b"x", zlib.crc32(inner), len(inner), len(inner), 0) + inner
    directory = central(b"x", zlib.crc32(inner), len(inner), len(inner), 0, 0)
    directory += central(b"y", zlib.crc32(bytes(1000)), len(data), 1000, len(body) - len(inner))
    path = tmp_path / "a.keras"
    path.write_bytes(body + end(directory, 2, len(body)))
    refused(path, "share the same bytes")


def test_too_many_members(tmp_path):
    path = zipped(tmp_path / "a.keras", {f"assets/{number}": b"" for number in range(10_001)})
    refused(path, "declares 10001 members")


def test_a_member_larger_than_asked_for(tmp_path):
    path = zipped(tmp_path / "a.keras", {"config.json": b" " * 1000})
    with open_archive(path) as archive, pytest.raises(UnsafeFile, match="has 1000 bytes, more than the 999"):
        archive.read("config.json", 999)


# --- damage ---


def test_every_truncation(tmp_path):
    whole = zipped(tmp_path / "a.keras", {"config.json": b"{}", "x": b"12345"}, zipfile.ZIP_DEFLATED).read_bytes()
    path = tmp_path / "cut.keras"
    for size in range(len(whole)):
        path.write_bytes(whole[:size])
        refused(path, "Cannot read", UnreadableFile)


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_every_changed_byte(compression, tmp_path):
    """The content comes out as it was, or an error does."""
    content = b"a longer content, of some kind" * 3
    whole = bytearray(zipped(tmp_path / "a.keras", {"config.json": content}, compression).read_bytes())
    path = tmp_path / "changed.keras"
    for place in range(len(whole)):
        for value in (0, 255, whole[place] ^ 1, whole[place] ^ 128):
            changed = bytearray(whole)
            changed[place] = value
            path.write_bytes(changed)
            try:
                assert set(contents(path).values()) == {content}
            except UnreadableFile:
                pass


def test_other_files(tmp_path):
    path = tmp_path / "a.keras"
    for content in (b"", b"PK\x03\x04", b"\x89HDF\r\n\x1a\n" + bytes(100), bytes(100_000)):
        path.write_bytes(content)
        refused(path, "does not end as a zip archive does", UnreadableFile)


def test_something_behind_the_end(tmp_path):
    path = zipped(tmp_path / "a.keras", {"x": b"1"})
    path.write_bytes(path.read_bytes() + b"more")
    refused(path, "something behind the end", UnreadableFile)


def test_something_before_the_beginning(tmp_path):
    path = zipped(tmp_path / "a.keras", {"x": b"1"})
    path.write_bytes(b"#!/bin/sh\n" + path.read_bytes())
    refused(path, "not where the end of the archive says", UnreadableFile)


def test_a_missing_member(tmp_path):
    path = zipped(tmp_path / "a.keras", {"x": b"1"})
    with open_archive(path) as archive, pytest.raises(UnreadableFile, match="no member 'y'"):
        archive.read("y", 10)


def test_is_archive(tmp_path):
    path = zipped(tmp_path / "a.keras", {"x": b"1"})
    assert archives.is_archive(str(path))
    assert not archives.is_archive(str(tmp_path))
    assert not archives.is_archive(str(tmp_path / "missing"))
