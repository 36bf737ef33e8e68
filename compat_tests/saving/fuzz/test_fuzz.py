"""Thousands of damaged and hostile files: each is refused in one line or opened rightly, in little memory and time."""

from __future__ import annotations

import multiprocessing
import os
import random
import shutil
import sys
from pathlib import Path

import pytest

from .cases import FORMATS, copy_of_several
from .worker import work

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="bounds are set by Linux's means")

FEW, MANY = 150, 5_000


class Maker:
    """Makes the file of a number; the same at every time."""

    def __init__(self, form, right):
        self.form, self.right = form, right

    def __call__(self, path, number):
        clean(path)
        if number < 0:
            shutil.copy(self.right, path) if self.right.is_file() else copy_of_several(self.right, path)
            return
        chance = random.Random(f"{self.form.name} {number}")
        chance.choice(self.form.changes)(self.right, path, chance)


def clean(path):
    """Removes a file, a folder, or the files of a checkpoint."""
    for one in [path, *path.parent.glob(f"{path.name}.*")]:
        if one.is_dir():
            shutil.rmtree(one)
        elif one.exists():
            one.unlink()


def opened(form, folder, numbers):
    """What was wrong with which of the files; a process that dies is followed by another."""
    right = form.write(folder)
    context = multiprocessing.get_context("forkserver")
    wrong, begun, left = {}, None, list(numbers)
    while left:
        receiving, sending = context.Pipe(duplex=False)
        process = context.Process(target=work, args=(form.load, Maker(form, right), str(folder), left, sending))
        process.start()
        sending.close()
        ended = False
        while True:
            try:
                answer = receiving.recv()
            except EOFError:
                break
            if answer is None:  # all done
                ended = True
                break
            number, found = answer
            if found is None:
                begun = number
            elif found:
                wrong[number] = found
            if found is not None:
                clean(folder / f"file_{number}")
        process.join()
        if ended:
            break
        wrong[begun] = f"the process died ({process.exitcode})"
        left = left[left.index(begun) + 1 :] if begun in left else []
    return wrong


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
@pytest.mark.parametrize("count", [FEW, pytest.param(MANY, marks=pytest.mark.long)])
def test_ends_in_one_line_or_a_right_load(form, count, tmp_path, monkeypatch):
    monkeypatch.setenv(
        "PYTHONPATH", os.pathsep.join([str(Path(__file__).parents[3]), os.environ.get("PYTHONPATH", "")])
    )
    first = 0 if count == FEW else FEW
    wrong = opened(form, tmp_path, range(first, first + count))
    assert not wrong, "\n".join(f"{number}: {found}" for number, found in list(wrong.items())[:20])
