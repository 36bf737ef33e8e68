"""The peers of benchmarks/: they compute the same, and who cannot take part says why."""

import itertools
import sys
import time

import numpy as np
import pytest
import torch

import torchkeras as keras
from benchmarks.cases.training import comparisons
from benchmarks.harness import Settings, measure
from benchmarks.networks import NETWORKS
from benchmarks.peers.busy import busy
from benchmarks.peers.graph_peer import GraphPeer
from benchmarks.peers.keras_peer import KerasPeer
from benchmarks.peers.process import PeerFailed, Process
from benchmarks.peers.task import Task, read_data, write_data
from benchmarks.peers.torch_peer import LoaderPeer, TorchPeer
from benchmarks.same import DifferentResults, require_same_curve, require_same_output

BATCH, STEPS = 4, 2


@pytest.fixture
def peers(tmp_path):
    """Makes peers of a network that have the same few samples and the same weights."""

    def make(name, *kinds, device="cpu"):
        network = NETWORKS[name]
        size = type(network.cpu)(BATCH, STEPS)
        weights = [w for layer in network.keras(keras).layers if (w := layer.get_weights())]
        path = write_data(network, size, weights, tmp_path)
        task = Task("raw", name, device, "float32", 1, BATCH, STEPS, str(path))
        data = read_data(str(path))
        made = [kind(keras, task, network, data) if kind is KerasPeer else kind(task, network, data) for kind in kinds]
        for peer in made:
            peer.compile()
        return made

    return make


def curve(peer, epochs=4):
    return [peer.fit(BATCH * STEPS, shuffle=False) for _ in range(epochs)]


@pytest.mark.parametrize("name", ["mlp", "lenet", "cnn", "resnet", "lstm", "transformer"])
def test_ours_and_the_loop_by_hand_compute_the_same(name, peers):
    ours, raw = peers(name, KerasPeer, TorchPeer)
    require_same_curve(curve(ours), curve(raw))
    ours.reset()
    raw.reset()
    require_same_output(ours.predict(6), raw.predict(6))
    require_same_output(ours.evaluate(8), raw.evaluate(8))


@pytest.mark.slow
def test_resnet50_by_hand_is_the_one_of_keras(peers):
    ours, raw = peers("resnet50", KerasPeer, TorchPeer)
    require_same_output(ours.predict(2), raw.predict(2))


def test_the_loader_computes_what_the_loop_does(peers):
    raw, loader = peers("lenet", TorchPeer, LoaderPeer)
    np.testing.assert_allclose(curve(raw), curve(loader), rtol=1e-6)


class Lazy(TorchPeer):
    """Updates after every other batch alone."""

    def compile(self):
        super().compile()
        step, turns = self.optimizer.step, itertools.count()
        self.optimizer.step = lambda: step() if next(turns) % 2 else None


def test_who_does_less_is_refused(peers):
    ours, lazy = peers("mlp", KerasPeer, Lazy)
    with pytest.raises(DifferentResults, match="another loss curve"):
        require_same_curve(curve(ours), curve(lazy))


class Recorded(GraphPeer):
    """What CUDA would capture and replay is done again instead."""

    capturable = False
    captured = 0

    def warm_up(self):
        self.warm_up_steps()

    def capture(self):
        self.captured += 1
        addresses = [p.data_ptr() for p in self.net.parameters()]

        def replay():
            assert addresses == [p.data_ptr() for p in self.net.parameters()]
            self.optimizer.zero_grad(set_to_none=True)
            self.step()

        return replay


@pytest.mark.parametrize("name", ["lenet", "resnet"])
def test_the_graph_trains_as_the_loop_does_and_its_warm_up_has_not_happened(name, peers):
    raw, graph = peers(name, TorchPeer, Recorded)
    np.testing.assert_allclose(curve(graph), curve(raw), rtol=2e-5)
    assert graph.captured == 1
    with pytest.raises(ValueError, match="a multiple of 4, not 6"):
        graph.fit(6, shuffle=False)


@pytest.mark.cuda
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs an NVIDIA GPU")
@pytest.mark.parametrize("name", ["lenet", "resnet"])
def test_the_graph_trains_as_the_loop_does_on_a_gpu(name, peers):
    raw, graph = peers(name, TorchPeer, GraphPeer, device="cuda")
    require_same_curve(curve(raw), curve(graph))


@pytest.mark.cuda
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs an NVIDIA GPU")
def test_a_device_is_busy_with_kernels_and_idle_while_the_host_sleeps():
    x = torch.rand(4096, 4096, device="cuda")

    def multiply():
        for _ in range(50):
            x @ x

    multiply()
    assert busy(multiply) > 0.8
    assert busy(lambda: time.sleep(0.05)) < 0.1


def task(peer):
    return Task(peer, "mlp", "cpu", "float32", 1, BATCH, STEPS, "nowhere.npz")


def test_a_python_that_is_not_there(monkeypatch):
    monkeypatch.setenv("BENCH_TF_PYTHON", "/nowhere/python")
    with pytest.raises(PeerFailed, match="/nowhere/python does not run"):
        Process(task("tf-keras"))


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="needs a shell")
def test_a_comparison_goes_on_without_those_that_are_not_there(tmp_path, monkeypatch):
    bare = tmp_path / "bare"
    program = 'import runpy, sys; sys.modules["tf_keras"] = None; sys.argv = sys.argv[2:]; '
    program += 'runpy.run_module("benchmarks.peers.worker", run_name="__main__")'
    bare.write_text(f"#!/bin/sh\nexec {sys.executable} -c '{program}' \"$@\"\n")
    bare.chmod(0o755)
    ends = tmp_path / "ends"
    ends.write_text("#!/bin/sh\necho out of luck >&2\nexit 3\n")
    ends.chmod(0o755)
    monkeypatch.setenv("BENCH_TF_PYTHON", str(bare))
    monkeypatch.setenv("BENCH_KERAS_JAX_PYTHON", str(ends))
    settings = Settings(rounds=1, steps=2, peers=("raw", "graph", "tf-keras", "keras-jax"), only=("fit-mlp",))
    for comparison in comparisons(settings):
        if comparison.asked_for(settings.only):
            result = measure(comparison, settings)
    assert [row.peer for row in result.rows] == ["raw", "torchkeras"]
    assert [v.target.against for v in result.verdicts] == ["raw"]
    assert result.difference is not None
    assert result.difference < 0.05
    assert result.missing["graph"] == "needs cuda"
    assert result.missing["tf-keras"].startswith("not installed in ")
    assert result.missing["keras-jax"] == "its process ended with code 3: out of luck"
    assert result.versions["raw"] == {"torch": torch.__version__}
