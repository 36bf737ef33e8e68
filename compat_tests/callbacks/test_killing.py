"""Training that is killed (SIGKILL) at random moments: files stay whole, the resumed run ends as if uninterrupted."""

import multiprocessing
import pickle
import random
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch

import torchkeras as keras
from compat_tests.callbacks.killed_run import RESULT, train

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL and a fork server")]

KILLS = 34  # for each of the formats: over a hundred


@pytest.fixture(scope="module")
def processes():
    """Processes that begin with everything imported."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["compat_tests.callbacks.killed_run"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))  # the server looks for modules by itself
        context.Process(target=int).start()
    return context


def whole_run(processes, folder, *settings):
    folder.mkdir()
    process = processes.Process(target=train, args=(str(folder), *settings))
    process.start()
    process.join(120)
    assert process.exitcode == 0
    return pickle.loads((folder / RESULT).read_bytes())


def check_files(folder, name):
    """What lies there can be read, if anything does."""
    if (folder / name).exists():
        keras.models.load_model(folder / name)
    state = folder / "backup" / "training_state.pt"
    if state.exists():
        assert torch.load(state, weights_only=True)["model"]


@pytest.mark.parametrize(
    ("name", "save_freq"), [("model.pt", 2), ("model.h5", "epoch"), ("model.keras", 3), ("saved", 3)]
)
def test_ends_as_if_nothing_had_been(tmp_path, processes, name, save_freq):
    began = time.perf_counter()
    weights, history, epochs = whole_run(processes, tmp_path / "whole", name, save_freq)
    duration = time.perf_counter() - began
    moments, kills, runs, finished = random.Random(1), 0, 0, 0
    while kills < KILLS:
        folder = tmp_path / f"run_{runs}"
        folder.mkdir()
        runs += 1
        while not (folder / RESULT).exists():
            process = processes.Process(target=train, args=(str(folder), name, save_freq))
            process.start()
            process.join(moments.uniform(0, duration))
            if process.is_alive() and kills < KILLS:
                process.kill()
                kills += 1
            process.join()
            check_files(folder, name)
        finished += 1
        found = pickle.loads((folder / RESULT).read_bytes())
        assert found[1:] == (history, epochs)
        for ours, expected in zip(found[0], weights, strict=True):
            np.testing.assert_array_equal(ours, expected)
        assert sorted(path.name for path in folder.iterdir() if "unfinished" not in path.name) == sorted([RESULT, name])
    assert finished
