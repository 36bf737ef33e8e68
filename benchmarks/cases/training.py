"""Whole epochs of fit, and predict, against hand-written PyTorch and other Kerases; figures are per step or call."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from benchmarks.harness import Comparison, DifferentResults, Field, Peer, Settings
from benchmarks.training_peers import ALL, Process, data_file

STEPS = {"mlp": 200, "lenet": 100, "cnn": 50}
TITLES = {"mlp": "MLP 784-300-100-10", "lenet": "LeNet-5", "cnn": "CNN on 32 x 32 x 3"}
#: What fit is held to beside the hand-written loop, and predict beside hand-written inference.
FIT_TARGET, PREDICT_MANY_TARGET, PREDICT_ONE_TARGET = 1.0, 1.1, 2.0


def comparisons(settings: Settings) -> Iterator[Comparison]:
    for case in STEPS:
        yield Comparison(f"fit, a step of 32: {TITLES[case]}", partial(_fit, case, settings), rounds=15, copies=3)
    for count, target in ((10_000, PREDICT_MANY_TARGET), (1, PREDICT_ONE_TARGET)):
        name = f"predict of {count:,} LeNet image{'s' if count > 1 else ''}"
        yield Comparison(name, partial(_predict, count, target, settings), rounds=15, copies=3)


_running: list[Process] = []


def _started(case: str, samples: int, settings: Settings) -> list[Process]:
    """Fresh processes of all peers that are installed; those of the comparison before end."""
    while _running:
        _running.pop().close()
    path = data_file(case, samples)
    wanted = settings.peers or ALL
    for peer in ALL:
        if peer in wanted and (process := Process.start(peer, case, path, settings.threads)) is not None:
            _running.append(process)
    return list(_running)


def _fit(case: str, settings: Settings) -> Field:
    processes = _started(case, STEPS[case] * 32, settings)
    curves = {p.peer: [p.ask(do="epoch", shuffle=False)["result"] for _ in range(3)] for p in processes}
    difference = _same(curves)
    for process in processes:
        process.ask(do="epoch", shuffle=True)  # what is compiled is compiled now
    targets = {"torchkeras": FIT_TARGET}

    def sample(process: Process) -> Callable[[], float]:
        return lambda: process.ask(do="epoch", shuffle=True)["seconds"] / STEPS[case]

    return Field([_peer(p, sample(p), targets.get(p.peer)) for p in processes], difference)


def _predict(count: int, target: float, settings: Settings) -> Field:
    processes = [p for p in _started("lenet", max(count, 32), settings) if p.peer != "loader"]
    times = 1 if count > 1 else 100
    results = {p.peer: [p.ask(do="predict", count=count, times=2)["result"]] for p in processes}
    difference = _same(results)

    def sample(process: Process) -> Callable[[], float]:
        few = times if process.peer in ("raw", "torchkeras") else min(times, 10)
        return lambda: process.ask(do="predict", count=count, times=few)["seconds"] / few

    return Field([_peer(p, sample(p), target if p.peer == "torchkeras" else None) for p in processes], difference)


def _peer(process: Process, sample: Callable[[], float], target: float | None) -> Peer:
    return Peer(process.peer, sample, lambda: "in a process of its own: not profiled", ratio_target=target)


#: torch's Adam is not quite Keras's, so a hand-written loop learns a little otherwise; Kerases must agree closely.
_KERAS_TOLERANCE, _TOLERANCE = 1e-2, 0.1


def _same(curves: dict[str, list[float]]) -> float:
    """How far ours is from other Kerases, by the size of the curve; an error where a peer computes something else."""
    ours = curves["torchkeras"]
    scale, apart = max(abs(value) for value in ours), 0.0
    for peer, curve in curves.items():
        distance = max(abs(a - b) for a, b in zip(ours, curve, strict=True)) / scale
        by_hand = peer in ("raw", "loader")
        if distance > (_TOLERANCE if by_hand else _KERAS_TOLERANCE):
            raise DifferentResults(f"The peers do not compute the same: {curves}")
        apart = max(apart, 0.0 if by_hand else distance)
    return apart
