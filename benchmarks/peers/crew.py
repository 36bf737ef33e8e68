"""The processes of all peers of one network, with the same data and the same weights."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.harness import Settings
from benchmarks.networks.network import Network
from benchmarks.peers.process import OURS, PEERS, PeerFailed, Process
from benchmarks.peers.task import Task, write_data
from benchmarks.same import DifferentResults, require_same_curve, require_same_output

#: Of the loss curve that is compared: steps in an epoch, epochs.
CURVE_STEPS, CURVE_EPOCHS = 4, 5


class Crew:
    """Who is asked is told by name; who fails is kept in `missing` with the reason, and not asked again."""

    def __init__(self, network: Network, settings: Settings, peers: Iterable[str]) -> None:
        self.network, self.size = network, network.size(settings.device, settings.steps)
        self.processes: dict[str, Process] = {}
        self.missing: dict[str, str] = {}
        self.notes: list[str] = []
        self._folder = tempfile.TemporaryDirectory()
        self._data = write_data(network, self.size, _weights(network), Path(self._folder.name))
        self._settings = settings
        self.precision = self._start_ours()
        others = [peer for peer in peers if peer != OURS]
        self._start(others)
        order = [others[0], OURS, *others[1:]] if others else [OURS]  # the first is what ratios are to
        self.processes = {peer: self.processes[peer] for peer in order if peer in self.processes}

    @property
    def mixed(self) -> bool:
        return self.precision == "mixed"

    @property
    def samples(self) -> int:
        """In an epoch."""
        return self.size.batch * self.size.steps

    @property
    def versions(self) -> dict[str, dict[str, str]]:
        return {peer: process.versions for peer, process in self.processes.items()}

    def _start_ours(self) -> str:
        """Starts ours, in the first precision that it can; all others then have the same."""
        wanted = ["float32"]
        if self._settings.device == "cuda":
            wanted = ["mixed", "tf32"] if self.network.large else ["tf32"]
        for precision in wanted:
            self.precision = precision
            self._start([OURS])
            if OURS in self.processes:
                return precision
            reason = self.missing.pop(OURS)
            self.notes.append(f"not in {precision} precision, which {OURS} does not do: {reason}")
        self.close()
        raise PeerFailed(f"{OURS}: {reason}")

    def _start(self, peers: list[str]) -> None:
        """Together, since starting takes long."""
        started: dict[str, Process] = {}
        for peer in peers:
            try:
                started[peer] = Process(self.task(peer))
            except PeerFailed as error:
                self.missing[peer] = str(error)
        for peer, process in started.items():
            try:
                self.processes[peer] = process.ready()
            except PeerFailed as error:
                process.close()
                self.missing[peer] = str(error)

    def task(self, peer: str) -> Task:
        settings, size = self._settings, self.size
        return Task(
            peer, self.network.name, settings.device, self.precision, settings.threads, size.batch, size.steps,
            str(self._data),
        )  # fmt: skip

    def ask(self, peer: str, do: str, **details: Any) -> dict[str, Any] | None:
        """None where the peer fails."""
        try:
            return self.processes[peer].ask(do, **details)
        except PeerFailed as error:
            self.leave(peer, str(error))
            return None

    def leave(self, peer: str, reason: str) -> None:
        self.processes.pop(peer).close()
        self.missing[peer] = reason

    def same_curves(self) -> float | None:
        """Compiles all, and has each train a little in the same order: who does not learn the same has to leave."""
        samples = self.size.batch * min(CURVE_STEPS, self.size.steps)
        curves = {}
        for peer in list(self.processes):
            epochs = [self.ask(peer, "compile")]
            for _ in range(CURVE_EPOCHS):
                epochs.append(self.ask(peer, "fit", samples=samples, shuffle=False) if epochs[-1] else None)
            if epochs[-1]:
                curves[peer] = [found["result"] for found in epochs[1:] if found]
        return self._agree(curves, partial(require_same_curve, samples=samples))

    def same_outputs(self, do: str, peers: Iterable[str], samples: int) -> float | None:
        """With the initial weights in place, what is evaluated or predicted."""
        found = {}
        for peer in peers:
            answer = self.ask(peer, "reset") and self.ask(peer, do, samples=samples)
            if answer:
                found[peer] = answer["result"]
        return self._agree(found, require_same_output)

    def _agree(self, results: dict[str, Any], compare: Any) -> float | None:
        """The largest difference from ours of those who agree; None where nobody else is there."""
        if OURS not in results:
            raise PeerFailed(f"{OURS}: {self.missing[OURS]}")
        differences, refused = [], {}
        for peer, theirs in results.items():
            if peer != OURS:
                try:
                    differences.append(compare(results[OURS], theirs, mixed=self.mixed))
                except DifferentResults as error:
                    refused[peer] = str(error)
        if refused and not differences:
            raise DifferentResults(f"no peer agrees with {OURS}: {refused}")
        for peer, reason in refused.items():
            self.leave(peer, f"computes something else: {reason}")
        return max(differences, default=None)

    def close(self) -> None:
        while self.processes:
            self.processes.popitem()[1].close()
        self._folder.cleanup()


def _weights(network: Network) -> list[list[Any]]:
    """The initial weights, by layer, for all peers."""
    import torchkeras as keras

    keras.utils.set_random_seed(0)
    return [weights for layer in network.keras(keras).layers if (weights := layer.get_weights())]


def wanted(settings: Settings) -> list[str]:
    return [peer for peer in PEERS if not settings.peers or peer in settings.peers]
