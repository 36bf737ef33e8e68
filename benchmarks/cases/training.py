"""What is asked of each network and of each peer: whole epochs of fit, evaluate, predict, the first step, building."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from benchmarks.harness import Comparison, Field, Peer, Settings
from benchmarks.networks import NETWORKS
from benchmarks.networks.network import Network
from benchmarks.peers.crew import Crew, wanted
from benchmarks.peers.process import OURS, PeerFailed, Process

#: These say something about the loop alone.
_FIT_ONLY = ("loader", "graph")
#: The first step of a graph has the capture in it.
_FIRST_STEP_WITHOUT = ("loader",)


@dataclass(frozen=True)
class Ask:
    """One thing that is timed.

    Args:
        title: what the table is called, given the network and its size.
        samples: how many it takes at once, given a crew.
        without: peers of which it is not asked.
        times: how often it is done for one figure; of a slow peer a tenth as often.
        copies: sets of fresh processes; one process is up to a fifth faster or slower than the next with how its
            memory lies. Others than fit go on with fit's last set.
    """

    title: str
    samples: Callable[[Crew], int]
    without: tuple[str, ...] = _FIT_ONLY
    times: int = 1
    rounds: int = 15
    copies: int = 1


ASKS = {
    "fit": Ask("fit, a step of {batch}: {network}", lambda crew: crew.samples, without=(), copies=3),
    "evaluate": Ask("evaluate, a step of {batch}: {network}", lambda crew: crew.samples),
    "predict": Ask("predict of {predictions:,}: {network}", lambda crew: crew.network.predictions),
    "predict-one": Ask("predict of 1: {network}", lambda crew: 1, times=100),
    "build": Ask("building: {network}", lambda crew: 0, without=(*_FIT_ONLY, "lightning")),
    "first-step": Ask(
        "from compile to the end of the first step, fresh processes: {network}", lambda crew: crew.size.batch,
        without=_FIRST_STEP_WITHOUT, rounds=5,
    ),
}  # fmt: skip
#: Who takes so long for one image that a tenth of the times is enough.
_SLOW = ("keras-torch", "keras-tf", "keras-jax", "tf-keras", "lightning")


def comparisons(settings: Settings) -> Iterator[Comparison]:
    stage = Stage(settings)
    try:
        for network in NETWORKS.values():
            for name in network.asks:
                yield _comparison(network, name, stage)
    finally:
        stage.clear()


def _comparison(network: Network, name: str, stage: Stage) -> Comparison:
    ask, settings = ASKS[name], stage.settings
    batch = network.size(settings.device, settings.steps).batch
    return Comparison(
        name=f"{name}-{network.name}",
        title=ask.title.format(batch=batch, network=network.title, predictions=network.predictions),
        field=partial(_first_step if name == "first-step" else _field, network, name, stage),
        rounds=ask.rounds,
        copies=ask.copies,
        words=("training", name, network.name),
        explicit=settings.device not in network.devices,
    )


class Stage:
    """Holds the processes that are there, of one network at a time: fit starts fresh ones, what follows takes them."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._crew: Crew | None = None

    def crew(self, network: Network, fresh: bool) -> Crew:
        if fresh or self._crew is None or self._crew.network is not network or OURS not in self._crew.processes:
            self.clear()
            self._crew = Crew(network, self.settings, wanted(self.settings))
        return self._crew

    def clear(self) -> None:
        if self._crew is not None:
            self._crew.close()
            self._crew = None


def _field(network: Network, name: str, stage: Stage) -> Field:
    """Peers of which the work is asked in turn, once they have shown that they compute the same."""
    ask, crew = ASKS[name], stage.crew(network, fresh=name == "fit")
    if name == "fit":
        difference = crew.same_curves()
        for peer in list(crew.processes):
            crew.ask(peer, "fit", samples=crew.samples)  # what is compiled is compiled now
    elif name == "build":
        difference = None
    else:
        if name == "evaluate":
            for peer in list(crew.processes):
                crew.ask(peer, "compile")
        difference = crew.same_outputs(name.split("-")[0], _asked(ask, crew), ask.samples(crew))

    def sample(peer: str) -> float:
        times = max(1, ask.times // 10) if peer in _SLOW else ask.times
        do = {"predict-one": "predict"}.get(name, name)
        process = crew.processes.get(peer)
        if process is None:
            raise PeerFailed(crew.missing[peer])
        try:
            seconds: float = process.ask(do, samples=ask.samples(crew), times=times)["seconds"]
        except PeerFailed as error:
            crew.leave(peer, str(error))
            raise
        return seconds / crew.size.steps if name in ("fit", "evaluate") else seconds

    peers = [Peer(peer, partial(sample, peer), _not_profiled) for peer in _asked(ask, crew)]
    missing = {peer: why for peer, why in crew.missing.items() if peer not in ask.without}
    return Field(peers, difference, missing, crew.versions, partial(_notes, crew, name, stage.settings))


def _asked(ask: Ask, crew: Crew) -> list[str]:
    return [peer for peer in crew.processes if peer not in ask.without]


def _notes(crew: Crew, name: str, settings: Settings) -> list[str]:
    notes = list(crew.notes)
    if name == "fit" and crew.network.large and settings.device == "cuda":
        for peer in ("raw", OURS):
            found = crew.ask(peer, "busy", samples=crew.samples) if peer in crew.processes else None
            if found and found["result"] is not None:
                notes.append(f"the device was busy {found['result']:.1%} of an epoch of {peer}")
    return notes


def _first_step(network: Network, name: str, stage: Stage) -> Field:
    """Each figure is of a process that has trained nothing yet; starting it and making the model is not counted."""
    ask, crew = ASKS[name], stage.crew(network, fresh=False)
    versions = crew.versions

    def sample(peer: str) -> float:
        process = Process(crew.task(peer))
        try:
            seconds: float = process.ready().ask("first-step", samples=ask.samples(crew))["seconds"]
        finally:
            process.close()
        return seconds

    peers = [Peer(peer, partial(sample, peer), _not_profiled) for peer in _asked(ask, crew)]
    missing = {peer: why for peer, why in crew.missing.items() if peer not in ask.without}
    return Field(peers, None, missing, versions, lambda: list(crew.notes))


def _not_profiled() -> str:
    return "in a process of its own: not profiled"
