"""The worked examples of docs/scaling.md: three models on machines that were not at hand.

What a device computes and what a link carries are round figures from public sources, not measurements.
"""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.scaling.link import Link
from benchmarks.scaling.sharded import memory, sharded_step
from benchmarks.scaling.simulator import BUCKET, Work, step

#: Of what a process can send on the way around, with what is usually reached of the nominal bandwidth; the links of a
#: host go through all of its network cards at once.
LINKS: dict[str, tuple[int, Link]] = {
    "8 on NVLink": (8, Link(4e-6, 200e9)),
    "8 on PCIe 4": (8, Link(10e-6, 10e9)),
    "64, InfiniBand, 8 x 200 Gb/s a host": (64, Link(8e-6, 160e9)),
    "64, InfiniBand, 1 x 200 Gb/s a host": (64, Link(8e-6, 20e9)),
    "64, Ethernet, 100 Gb/s a host": (64, Link(20e-6, 10e9)),
    "64, Ethernet, 25 Gb/s a host": (64, Link(30e-6, 2.5e9)),
    "64, Ethernet, 10 Gb/s a host": (64, Link(40e-6, 1e9)),
}
OVERHEAD = 1e-3  # seconds of Python and launches that a shared step takes more, a guess on the high side
MEMORY = 80e9  # of a device


@dataclass(frozen=True)
class Example:
    """A model on one device.

    Args:
        weights: how many.
        layers: how many parts its gradients come in.
        sample: seconds that forward and backward take for a sample.
        batch: samples of a device in a step.
        unit: what a sample is.
    """

    name: str
    weights: float
    layers: int
    sample: float
    batch: int
    unit: str

    def work(self, batch: int | None = None, width: int = 4) -> Work:
        """A step of a device; gradients of `width` bytes each. Two thirds of computing is the backward pass."""
        seconds = self.sample * (batch or self.batch)
        update = self.weights * 28 / 1.5e12  # Adam reads and writes seven values at 1.5 TB/s
        return Work.even(int(self.weights * width), self.layers, seconds / 3, 2 * seconds / 3, update, OVERHEAD)


#: Six operations for a weight and token, at 125 of a device's nominal 312 TFLOP/s; ResNet-50 at 2,500 images a second.
_TOKEN = 6 / 125e12
EXAMPLES = {
    "resnet": Example("ResNet-50", 25.6e6, 54, 1 / 2500, 256, "images"),
    "350M": Example("transformer of 350 M", 350e6, 24, 350e6 * _TOKEN, 16_384, "tokens"),
    "7B": Example("transformer of 7 B", 7e9, 32, 7e9 * _TOKEN, 8_192, "tokens"),
}

Table = tuple[str, list[str], list[list[str]]]


def tables() -> list[Table]:
    return [replicas(), batches(), buckets(), accumulation(), sharding()]


def replicas() -> Table:
    """A step of replicas on each of the links."""
    rows = []
    for link_name, (size, link) in LINKS.items():
        row = [link_name]
        for example in (EXAMPLES["resnet"], EXAMPLES["350M"]):
            found = step(example.work(), size, link)
            row += [_time(found.sending), _time(found.seconds), f"{found.computing / found.seconds:.0%}"]
        rows.append(row)
    header = ["", *(f"{name}: {part}" for name in ("ResNet-50", "350 M") for part in ("sums", "step", "efficiency"))]
    return "Replicas, 256 images or 16,384 tokens a device", header, rows


def batches() -> Table:
    """Efficiency against the part of the batch that a device has."""
    sizes, example = (16, 32, 64, 128, 256), EXAMPLES["resnet"]
    rows = []
    for name in ("8 on PCIe 4", "64, InfiniBand, 8 x 200 Gb/s a host", "64, Ethernet, 100 Gb/s a host",
                 "64, Ethernet, 25 Gb/s a host"):  # fmt: skip
        size, link = LINKS[name]
        found = [step(example.work(batch), size, link) for batch in sizes]
        rows.append([name, *(f"{one.computing / one.seconds:.0%}" for one in found)])
    return "ResNet-50, efficiency with so many images a device", ["", *map(str, sizes)], rows


def buckets() -> Table:
    """The step against the size of buckets."""
    rows = []
    for key, name in (
        ("resnet", "8 on PCIe 4"), ("resnet", "64, InfiniBand, 8 x 200 Gb/s a host"),
        ("resnet", "64, Ethernet, 25 Gb/s a host"), ("350M", "64, Ethernet, 100 Gb/s a host"),
    ):  # fmt: skip
        size, link = LINKS[name]
        work = EXAMPLES[key].work()
        found = [step(work, size, link, others=number << 20) for number in (1, 5, BUCKET >> 20, 100, 1 << 20)]
        rows.append([f"{EXAMPLES[key].name}, {name}", *(_time(one.seconds) for one in found)])
    return "A step, with buckets of", ["", "1 MiB", "5 MiB", "25 MiB", "100 MiB", "all at once"], rows


def accumulation() -> Table:
    """Efficiency where gradients are summed once for several parts of a batch."""
    rows = []
    for key, name in (
        ("resnet", "64, Ethernet, 25 Gb/s a host"), ("350M", "64, Ethernet, 25 Gb/s a host"),
        ("350M", "64, Ethernet, 100 Gb/s a host"),
    ):  # fmt: skip
        size, link = LINKS[name]
        found = [step(EXAMPLES[key].work(), size, link, accumulated=number) for number in (1, 2, 4, 8)]
        rows.append([f"{EXAMPLES[key].name}, {name}", *(f"{one.computing / one.seconds:.0%}" for one in found)])
    return "Efficiency, gradients summed every so many parts", ["", "1", "2", "4", "8"], rows


def sharding() -> Table:
    """Memory and step of the largest, whose replicas do not fit."""
    example = EXAMPLES["7B"]
    rows = []
    for name, (size, link) in LINKS.items():
        wide, narrow = (sharded_step(example.work(width=width), size, link) for width in (4, 2))
        held = memory(example.weights, size, sharded=True)
        steps = [part for one in (wide, narrow) for part in (_time(one.seconds), f"{one.computing / one.seconds:.0%}")]
        rows.append([name, f"{held / 1e9:.2g} GB", f"{wide.sent / 1e9:.0f} GB", *steps])
    room = f"a replica would hold {memory(example.weights, 1, sharded=False) / 1e9:.0f} GB"
    title = f"7 B, sharded, 8,192 tokens a device of {MEMORY / 1e9:.0f} GB; {room}"
    return title, ["", "held", "sent", "step", "efficiency", "step, sent in bfloat16", "efficiency"], rows


def _time(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1e3:.3g} ms"
