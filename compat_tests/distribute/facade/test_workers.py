"""The guides on several workers: processes that TF_CONFIG tells who they are."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np

import torchkeras as keras

WORKER = Path(__file__).parent / "worker.py"
INDEX = os.path.join("model", "variables", "variables.index")
ROOT = Path(__file__).parents[3]


def free_ports(count):
    held = [socket.socket() for _ in range(count)]
    for one in held:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports


def trained(folder, epochs, workers):
    """What each worker printed; one without TF_CONFIG where `workers` is one."""
    addresses = [f"127.0.0.1:{port}" for port in free_ports(workers)]
    running = []
    for index in range(workers):
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
        if workers > 1:
            task = {"type": "worker", "index": index}
            environment["TF_CONFIG"] = json.dumps({"cluster": {"worker": addresses}, "task": task})
        command = [sys.executable, "-m", "torchkeras", "run", str(WORKER), str(folder), *map(str, epochs)]
        running.append(
            subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        )
    try:
        found = [one.communicate(timeout=120) for one in running]
    finally:
        for one in running:
            one.kill()
    assert [one.returncode for one in running] == [0] * workers, found
    return [json.loads(out.splitlines()[-1]) for out, _ in found]


def test_two_workers_train_as_one_process_does(tmp_path):
    """With `fit`, and in a loop that stops after an epoch and goes on from its checkpoint, which the chief writes."""
    alone = trained(tmp_path / "alone", [2], 1)[0]
    assert (alone["replicas"], alone["task"], alone["wrote"]) == (1, [None, None], "model")
    found = trained(tmp_path / "two", [1, 2], 2)
    assert [one["task"] for one in found] == [["worker", 0], ["worker", 1]]
    assert [one["wrote"] for one in found] == ["model", os.path.join("workertemp_1", "model")]
    left = {str(path.relative_to(tmp_path / "two")) for path in (tmp_path / "two").rglob("*")}
    assert not [name for name in left if "workertemp" in name]
    assert sorted(name for name in left if name.endswith(".index")) == ["ckpt/ckpt-2.index", INDEX]
    for one in found:
        assert (one["replicas"], one["began at"]) == (2, [0, 1])
        for name in ("fit", "loss", "accuracy", "weights"):
            np.testing.assert_allclose(one[name], alone[name], rtol=1e-5, err_msg=name)
    assert keras.models.load_model(tmp_path / "two" / "model").optimizer.iterations.numpy() == 6
