"""A process is killed in the middle of an epoch and all are started anew: nothing is lost but the steps since the last
backup, and the run ends as one that nothing happened to."""

import pickle
import sys
from pathlib import Path

import numpy as np
import pytest

from compat_tests.distribute.launch import trainings
from compat_tests.distribute.launch.commands import finished
from compat_tests.distribute.launch.trainings import STEPS, train_with_backup

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")

PYTHON = [sys.executable, "-m"]
LAUNCHERS = {
    "run": [*PYTHON, "torchkeras", "run", "--nproc", "2", "--max-restarts", "2"],
    "torchrun": [*PYTHON, "torch.distributed.run", "--nproc-per-node=2", "--max-restarts=2", "--rdzv-backend=c10d",
                 "--rdzv-endpoint=127.0.0.1:0", "-m", "torchkeras", "run"],
}  # fmt: skip


def check_same(found, whole, tolerance):
    assert found[2] == whole[2] == [0, 1, 2, 3]
    assert found[1].keys() == whole[1].keys()
    for name, values in whole[1].items():
        np.testing.assert_allclose(found[1][name], values, rtol=tolerance, err_msg=name)
    for ours, expected in zip(found[0], whole[0], strict=True):
        np.testing.assert_allclose(ours, expected, atol=tolerance)


@pytest.mark.parametrize(
    ("launcher", "killed", "optimizer"), [("run", "1:1:4", "adam"), ("torchrun", "0:1:4", "torch")]
)
def test_ends_as_if_nothing_had_been(tmp_path, crew, launcher, killed, optimizer):
    whole, folder = tmp_path / "whole", tmp_path / "killed"
    whole.mkdir()
    folder.mkdir()
    (weights, history, epochs), _ = crew(2).run(train_with_backup, str(whole), "", optimizer)

    done = finished([*LAUNCHERS[launcher], trainings.__file__, str(folder), killed, optimizer])
    assert done.returncode == 0, done.stderr
    assert (folder / "killed").exists()
    check_same(pickle.loads((folder / "result").read_bytes()), (weights, history, epochs), 1e-6)

    # Saved each four steps; killed after 9 + 5 of them, before a backup could follow.
    victim = int(killed[0])
    starts = (folder / f"steps {victim}").read_text().split("begin\n")[1:]
    assert len(starts) == 2, done.stderr
    first, second = starts
    assert first.split()[-1] == "1:4"
    assert second.split() == [f"{epoch}:{step}" for epoch in (1, 2, 3) for step in range(3 if epoch == 1 else 0, STEPS)]
    assert not list(Path(folder).glob("backup*"))


def test_another_number_of_processes_goes_on(tmp_path, crew):
    """The figures of the epoch in which the run was interrupted are those of all samples, whoever saw them."""
    folders = [tmp_path / name for name in ("whole", "fewer", "more")]
    for folder in folders:
        folder.mkdir()
    whole, fewer, more = map(str, folders)
    expected = train_with_backup(whole, averages=False)

    assert crew(2).run(train_with_backup, fewer, "", "adam", False, True) == [None, None]
    check_same(train_with_backup(fewer, averages=False), expected, 1e-5)
    assert train_with_backup(more, averages=False, interrupted=True) is None
    for found in crew(2).run(train_with_backup, more, "", "adam", False):
        check_same(found, expected, 1e-5)
    for folder in (fewer, more):
        assert Path(folder, "steps 0").read_text().split("begin\n")[2].startswith("1:3\n")
