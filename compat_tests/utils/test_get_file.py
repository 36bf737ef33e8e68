"""get_file: the cache, downloads that fail, and archives that would do harm."""

import hashlib
import io
import os
import pathlib
import stat
import tarfile
import urllib.error
import zipfile

import pytest

from compat_tests.utils.web_site import serving
from torchkeras.utils import archives, get_file
from torchkeras.utils.archives import extract_archive
from torchkeras.utils.downloads import DownloadError

CONTENT = b"hello, world\n" * 1000


@pytest.fixture
def site(tmp_path):
    with serving(tmp_path / "site") as server:
        (server.folder / "hello.txt").write_bytes(CONTENT)
        yield server


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("TORCHKERAS_GET_FILE", raising=False)
    return tmp_path / "home"


def tar_with(path, *members, mode="w:gz"):
    with tarfile.open(path, mode) as archive:
        for name, content, *changes in members:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            for attribute, value in changes:
                setattr(info, attribute, value)
            archive.addfile(info, io.BytesIO(content))
    return path


def zip_with(path, *members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return path


# --- downloads ----------------------------------------------------------------------------------------------


def test_it_is_fetched_once_into_kerass_cache(site, cache, capsys):
    path = get_file(origin=site.address + "hello.txt")
    assert path == str(cache / "datasets" / "hello.txt")
    assert pathlib.Path(path).read_bytes() == CONTENT
    assert capsys.readouterr().out == (
        f"Downloading data from {site.address}hello.txt\n13000/13000 [==============================] - 0s 0us/step\n"
    )
    assert get_file(origin=site.address + "hello.txt") == path
    assert site.asked == ["/hello.txt"]
    assert capsys.readouterr().out == ""
    assert stat.S_IMODE(os.stat(path).st_mode) & 0o044  # others may read it, as far as the umask lets them


def test_names_and_folders(site, cache, tmp_path):
    address = site.address + "hello.txt"
    assert get_file("mine.txt", address, cache_subdir="notes") == str(cache / "notes" / "mine.txt")
    assert get_file("a.txt", address, cache_dir=tmp_path / "new") == str(tmp_path / "new" / "datasets" / "a.txt")
    assert get_file("b.txt", address, cache_subdir=tmp_path / "abs") == str(tmp_path / "abs" / "b.txt")
    assert get_file(str(tmp_path / "c.txt"), address) == str(tmp_path / "c.txt")
    assert get_file(origin=address + "?download=1#top") == str(cache / "datasets" / "hello.txt")
    with pytest.raises(ValueError, match='"origin"'):
        get_file("x")
    with pytest.raises(ValueError, match="`fname`"):
        get_file(origin=site.address)


@pytest.mark.parametrize("kind", ["sha256", "md5"])
def test_hashes(kind, site, cache, capsys):
    good = hashlib.new(kind, CONTENT).hexdigest()
    path = get_file(origin=site.address + "hello.txt", file_hash=good)
    pathlib.Path(path).write_text("changed")
    assert get_file(origin=site.address + "hello.txt", file_hash=good, hash_algorithm=kind) == path
    assert "does not match the original value" in capsys.readouterr().out
    assert pathlib.Path(path).read_bytes() == CONTENT
    if kind == "md5":
        get_file(origin=site.address + "hello.txt", md5_hash=good)
    assert site.asked == ["/hello.txt"] * 2


def test_a_wrong_hash_leaves_what_was_there(site, cache):
    path = get_file(origin=site.address + "hello.txt")
    with pytest.raises(ValueError, match="Incomplete or corrupted file detected"):
        get_file(origin=site.address + "hello.txt", file_hash="0" * 64)
    assert pathlib.Path(path).read_bytes() == CONTENT
    assert os.listdir(cache / "datasets") == ["hello.txt"]


def test_force_download(site):
    path = get_file(origin=site.address + "hello.txt")
    (site.folder / "hello.txt").write_text("new")
    assert get_file(origin=site.address + "hello.txt", force_download=True) == path
    assert pathlib.Path(path).read_text() == "new"


def test_an_interrupted_download_leaves_nothing(site, cache):
    with pytest.raises(DownloadError, match="got only 400 out of 1000 bytes"):
        get_file("cut.txt", site.address + "cut/file")
    assert os.listdir(cache / "datasets") == []


def test_a_file_that_is_not_there(site, cache):
    with pytest.raises(DownloadError, match=r"URL fetch failure on .*/none.txt: 404 -- File not found") as caught:
        get_file(origin=site.address + "none.txt")
    assert isinstance(caught.value.__cause__, urllib.error.HTTPError)
    with pytest.raises(DownloadError, match=r"URL fetch failure on http://127.0.0.1:9/x: None -- .*refused"):
        get_file(origin="http://127.0.0.1:9/x")
    assert os.listdir(cache / "datasets") == []


def test_a_cache_that_cannot_be_written_to(site, tmp_path, monkeypatch, capsys):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    path = get_file("a.txt", site.address + "hello.txt", cache_dir=str(tmp_path / "file"))
    assert path == str(tmp_path / ".keras" / "datasets" / "a.txt")
    assert "cannot be written to" in capsys.readouterr().out


# --- archives: what is given back ---------------------------------------------------------------------------


@pytest.fixture
def flowers(site):
    members = [("flowers/rose.txt", b"red"), ("flowers/more/lily.txt", b"white")]
    tar_with(site.folder / "flowers.tgz", *members)
    zip_with(site.folder / "flowers.zip", *members)
    return site.address + "flowers"


def contents(folder):
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


def test_untar_as_in_keras_2(flowers, cache, site):
    path = get_file("flowers", origin=flowers + ".tgz", untar=True)
    assert path == str(cache / "datasets" / "flowers")
    assert contents(cache / "datasets") == ["flowers.tar.gz", "flowers/more/lily.txt", "flowers/rose.txt"]
    os.remove(os.path.join(path, "rose.txt"))
    get_file("flowers", origin=flowers + ".tgz", untar=True)
    assert not os.path.exists(os.path.join(path, "rose.txt"))  # what is there is not unpacked again, as in Keras


@pytest.mark.parametrize("ending", [".tgz", ".zip"])
def test_extract_as_in_keras_2(ending, flowers, cache):
    path = get_file("flowers" + ending, origin=flowers + ending, extract=True)
    assert path == str(cache / "datasets" / ("flowers" + ending))
    assert contents(cache / "datasets") == ["flowers" + ending, "flowers/more/lily.txt", "flowers/rose.txt"]


def test_extract_as_in_keras_3(flowers, cache, monkeypatch):
    monkeypatch.setenv("TORCHKERAS_GET_FILE", "keras3")
    path = get_file("flowers.zip", origin=flowers + ".zip", extract=True)
    assert path == str(cache / "datasets" / "flowers_extracted")
    assert contents(cache / "datasets" / "flowers_extracted") == ["flowers/more/lily.txt", "flowers/rose.txt"]
    assert get_file("roses", origin=flowers + ".tgz", untar=True) == str(cache / "datasets" / "roses")
    assert contents(cache / "datasets" / "roses") == ["flowers/more/lily.txt", "flowers/rose.txt"]
    assert (cache / "datasets" / "roses_archive").exists()
    path = get_file(origin=flowers + ".zip", extract=True, cache_subdir="unnamed")
    assert path == str(cache / "unnamed" / "flowers.zip")
    assert contents(cache / "unnamed" / "flowers.zip") == ["flowers/more/lily.txt", "flowers/rose.txt"]


def test_a_file_that_is_no_archive(site):
    with pytest.warns(UserWarning, match="Could not extract archive"):
        path = get_file(origin=site.address + "hello.txt", extract=True)
    assert pathlib.Path(path).read_bytes() == CONTENT


# --- archives: what is refused ------------------------------------------------------------------------------

GOOD = ("good.txt", b"good")
UNSAFE_NAMES = ["../evil.txt", "a/../../evil.txt", "/tmp/evil.txt", "..\\evil.txt", "a\\b.txt", "C:evil.txt", "a/.."]


@pytest.mark.parametrize("name", UNSAFE_NAMES)
@pytest.mark.parametrize("make", [tar_with, zip_with])
def test_names_that_lead_elsewhere(make, name, tmp_path):
    path = make(tmp_path / "archive", GOOD, (name, b"evil"))
    with pytest.raises(ValueError, match="Refused to unpack"):
        extract_archive(path, tmp_path / "out")
    assert os.listdir(tmp_path / "out") == []
    assert not (tmp_path / "evil.txt").exists()


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE])
def test_links_and_devices_in_a_tar(kind, tmp_path):
    path = tar_with(tmp_path / "a.tar", GOOD, ("x", b"", ("type", kind), ("linkname", "/etc/passwd")))
    with pytest.raises(ValueError, match="it is a (link|device)"):
        extract_archive(path, tmp_path / "out")
    assert os.listdir(tmp_path / "out") == []


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_links_and_devices_in_a_zip(kind, tmp_path):
    info = zipfile.ZipInfo("x")
    info.external_attr = (kind | 0o777) << 16
    path = zip_with(tmp_path / "a.zip", GOOD, (info, b"/etc/passwd"))
    with pytest.raises(ValueError, match="it is a (link|device)"):
        extract_archive(path, tmp_path / "out")
    assert os.listdir(tmp_path / "out") == []


@pytest.mark.parametrize("make", [tar_with, zip_with])
def test_bombs(make, tmp_path, monkeypatch):
    path = make(tmp_path / "bomb", ("zeros", bytes(3_000_000)))
    assert os.path.getsize(path) < 10_000
    monkeypatch.setattr(archives, "_ALWAYS_ALLOWED", 1000)
    with pytest.raises(ValueError, match="it unpacks to more than"):
        extract_archive(path, tmp_path / "out")
    assert os.listdir(tmp_path / "out") == []
    monkeypatch.undo()
    assert extract_archive(path, tmp_path / "out")
    assert os.path.getsize(tmp_path / "out" / "zeros") == 3_000_000


def test_many_empty_members_are_a_bomb_too(tmp_path, monkeypatch):
    path = tar_with(tmp_path / "a.tgz", *((f"{i}", b"") for i in range(3000)))
    monkeypatch.setattr(archives, "_ALWAYS_ALLOWED", 1000)
    monkeypatch.setattr(archives, "_MOST_EXPANSION", 20)
    with pytest.raises(ValueError, match="Refused"):
        extract_archive(path, tmp_path / "out")


def test_a_zip_that_declares_less_than_it_holds(tmp_path):
    path = zip_with(tmp_path / "a.zip", ("zeros", bytes(100_000)))
    raw = path.read_bytes()
    path.write_bytes(raw.replace((100_000).to_bytes(4, "little"), (10).to_bytes(4, "little")))
    with pytest.raises(ValueError, match="cannot be unpacked"):
        extract_archive(path, tmp_path / "out")
    assert os.listdir(tmp_path / "out") == []


@pytest.mark.parametrize("make", [tar_with, zip_with])
def test_an_archive_that_is_cut_short(make, tmp_path):
    path = make(tmp_path / "whole", GOOD, ("random", os.urandom(100_000)))
    cut = tmp_path / "cut"
    cut.write_bytes(path.read_bytes()[:50_000])
    if make is zip_with:
        assert not extract_archive(cut, tmp_path / "out")  # without its directory at the end it is no zip
    else:
        with pytest.raises(ValueError, match="cannot be unpacked"):
            extract_archive(cut, tmp_path / "out")
    assert not (tmp_path / "out" / "good.txt").exists()


def test_what_was_there_stays_and_files_are_renewed(tmp_path):
    out = tmp_path / "out"
    (out / "a").mkdir(parents=True)
    (out / "a" / "mine.txt").write_text("mine")
    (out / "a" / "old.txt").write_text("old")
    assert extract_archive(zip_with(tmp_path / "a.zip", ("a/old.txt", b"new"), ("a/b/c.txt", b"c")), out)
    assert contents(out) == ["a/b/c.txt", "a/mine.txt", "a/old.txt"]
    assert (out / "a" / "old.txt").read_text() == "new"
    assert (out / "a" / "mine.txt").read_text() == "mine"


def test_formats(tmp_path):
    path = zip_with(tmp_path / "a.zip", GOOD)
    assert not extract_archive(path, tmp_path / "out", "tar")
    assert not extract_archive(path, tmp_path / "out", None)
    assert extract_archive(path, tmp_path / "out", ["tar", "zip"])
    for mode in ("w", "w:gz", "w:bz2", "w:xz"):
        assert extract_archive(tar_with(tmp_path / "b", GOOD, mode=mode), tmp_path / mode[2:])
    with pytest.raises(ValueError, match="archive_format='rar'"):
        extract_archive(path, tmp_path / "out", "rar")
