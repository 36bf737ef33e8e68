"""What writing leaves behind when it cannot be finished: the file that was there, and an error that names the path."""

import os
import shutil
import subprocess
import sys
import textwrap

import numpy as np
import pytest

import torchkeras as keras
from torchkeras import layers

NAMES = ["model.pt", "model.h5", "model.keras", "folder"]
WEIGHTS = ["model.weights.h5", "weights.h5", "weights.pt", "ckpt"]


def model(units=3):
    made = keras.Sequential([layers.Dense(units, input_shape=(4,))])
    made.compile("adam", "mse")
    return made


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on the size of files")
@pytest.mark.parametrize("name", NAMES + WEIGHTS)
def test_no_room(name, tmp_path):
    """Files may not grow beyond 20,000 bytes, as on a full disk; the model is larger."""
    whole = name in NAMES
    path = tmp_path / name
    first = model()
    (first.save if whole else first.save_weights)(path)
    program = f"""
        import resource, signal
        import torchkeras as keras
        model = keras.Sequential([keras.layers.Dense(3, input_shape=(4,)), keras.layers.Dense(4000)])
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
        try:
            model.{"save" if whole else "save_weights"}({str(path)!r})
        except OSError as error:
            print("OSError:", error)
        """
    told = subprocess.run([sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True, check=True)
    assert told.stdout.startswith("OSError:")
    assert str(tmp_path) in told.stdout
    again = model()
    if whole:
        again = keras.models.load_model(path)
    else:
        again.load_weights(path)
    for ours, expected in zip(again.get_weights(), first.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, expected)


@pytest.mark.parametrize("name", NAMES)
def test_a_folder_that_goes_away_or_cannot_be_made(name, tmp_path):
    made = model()
    made.save(tmp_path / "runs" / name)
    shutil.rmtree(tmp_path / "runs")
    made.save(tmp_path / "runs" / name)  # it is made again
    assert keras.models.load_model(tmp_path / "runs" / name).built
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="file"):
        made.save(tmp_path / "file" / "inner" / name)


@pytest.mark.parametrize("name", NAMES)
def test_an_error_in_the_middle(name, tmp_path, monkeypatch):
    path = tmp_path / name
    first = model()
    first.save(path)
    before = sorted(os.listdir(tmp_path))

    def fails(self):
        raise RuntimeError("in the middle")

    monkeypatch.setattr(layers.Dense, "get_config", fails)
    with pytest.raises(RuntimeError, match="in the middle"):
        model(5).save(path)
    monkeypatch.undo()
    assert sorted(os.listdir(tmp_path)) == before
    assert keras.models.load_model(path).count_params() == first.count_params()
