"""Where the boxes of a diagram stand: in ranks by how far they are from the inputs, each near what it is joined to.

Along the ranks is one axis, across them the other; which is vertical is settled at the end. Lengths are points,
72 to the inch.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from torchkeras.utils.plotting.diagram import Diagram, Fields
from torchkeras.utils.plotting.text import FONT_SIZE, text_width

_RANK_GAP, _BOX_GAP = 36.0, 18.0
_LEAST_WIDTH, _LEAST_HEIGHT = 54.0, 36.0
_PADDING_X, _LINE_HEIGHT = 8.0, 23.0
_CLUSTER_MARGIN, _CLUSTER_LABEL = 8.0, FONT_SIZE + 8.0
_SWEEPS = 8

Point = tuple[float, float]


@dataclass
class Cell:
    """A piece of a box: its left upper corner, its size, and its text."""

    x: float
    y: float
    width: float
    height: float
    text: str


@dataclass
class Cluster:
    """The dashed frame around a nested model."""

    x: float
    y: float
    width: float
    height: float
    label: str


@dataclass
class Picture:
    """All that is to be drawn."""

    width: float = 0.0
    height: float = 0.0
    outlines: list[Cell] = field(default_factory=list)
    cells: list[Cell] = field(default_factory=list)
    clusters: list[Cluster] = field(default_factory=list)
    arrows: list[list[Point]] = field(default_factory=list)

    def add(self, other: Picture, x: float, y: float) -> None:
        """Takes in another picture, moved."""
        for kind in ("outlines", "cells", "clusters"):
            for part in getattr(other, kind):
                part.x, part.y = part.x + x, part.y + y
            getattr(self, kind).extend(getattr(other, kind))
        self.arrows.extend([(px + x, py + y) for px, py in arrow] for arrow in other.arrows)


@dataclass
class _Block:
    """A box with its size, and where edges come in and go out, from its left upper corner."""

    width: float
    height: float
    picture: Picture
    entry: Point
    exit: Point


def lay_out(diagram: Diagram, horizontal: bool) -> Picture:
    """The picture of a diagram, from top to bottom or, if `horizontal`, from left to right."""
    return _lay_out(diagram, horizontal)[0]


def _lay_out(diagram: Diagram, horizontal: bool) -> tuple[Picture, Point, Point]:
    """The picture, and the points where edges from outside reach its first box and leave its last."""
    blocks = [
        _record(box.fields, horizontal) if box.inner is None else _cluster(box.inner, horizontal)
        for box in diagram.boxes
    ]
    ranks, chains = _with_dummies(_ranks(len(blocks), diagram.edges), diagram.edges)
    rows = _rows(ranks)
    neighbours = _neighbours(chains, len(ranks))
    _reduce_crossings(rows, ranks, neighbours)

    def size(place: int, along: bool) -> float:
        if place >= len(blocks):
            return 0.0
        return blocks[place].width if along == horizontal else blocks[place].height

    across = _positions(rows, ranks, neighbours, [size(place, along=False) for place in range(len(ranks))])
    depths = [max((size(place, along=True) for place in row), default=0.0) for row in rows]
    starts = np.cumsum([0.0, *(depth + _RANK_GAP for depth in depths)])
    centres = [(across[place], starts[ranks[place]] + depths[ranks[place]] / 2) for place in range(len(ranks))]
    if horizontal:
        centres = [(y, x) for x, y in centres]

    picture = Picture()
    corners = []
    for block, (x, y) in zip(blocks, centres, strict=False):
        corners.append((x - block.width / 2, y - block.height / 2))
        picture.add(block.picture, *corners[-1])
        picture.width = max(picture.width, x + block.width / 2)
        picture.height = max(picture.height, y + block.height / 2)
    for source, *passed, target in chains:
        leave, arrive = _moved(blocks[source].exit, corners[source]), _moved(blocks[target].entry, corners[target])
        bends = [leave]
        if ranks[source] < ranks[target]:
            # Straight past the boxes of a rank, slanting only between the ranks.
            bends.append(_across(leave, starts[ranks[source]] + depths[ranks[source]], horizontal))
            for place in passed:
                start, depth = starts[ranks[place]], depths[ranks[place]]
                bends += [_across(centres[place], along, horizontal) for along in (start, start + depth)]
            bends.append(_across(arrive, starts[ranks[target]], horizontal))
        picture.arrows.append([point for point, _ in itertools.groupby([*bends, arrive])])
    return picture, _moved(blocks[0].entry, corners[0]), _moved(blocks[-1].exit, corners[-1])


def _across(point: Point, along: float, horizontal: bool) -> Point:
    """A point level with another across the ranks, and at this place along them."""
    return (float(along), point[1]) if horizontal else (point[0], float(along))


def _moved(point: Point, by: Point) -> Point:
    return point[0] + by[0], point[1] + by[1]


# --- boxes --------------------------------------------------------------------------------------------------


def _record(fields: Fields, horizontal: bool) -> _Block:
    width, height = _measure(fields, not horizontal)
    width, height = max(width, _LEAST_WIDTH), max(height, _LEAST_HEIGHT)
    picture = Picture(width, height, outlines=[Cell(0, 0, width, height, "")])
    _fill(fields, not horizontal, 0.0, 0.0, width, height, picture.cells)
    if horizontal:
        return _Block(width, height, picture, (0, height / 2), (width, height / 2))
    return _Block(width, height, picture, (width / 2, 0), (width / 2, height))


def _measure(fields: Any, sideways: bool) -> Point:
    if isinstance(fields, str):
        return text_width(fields) + 2 * _PADDING_X, _LINE_HEIGHT
    sizes = [_measure(part, not sideways) for part in fields]
    widths, heights = [w for w, _ in sizes], [h for _, h in sizes]
    return (sum(widths), max(heights)) if sideways else (max(widths), sum(heights))


def _fill(fields: Any, sideways: bool, x: float, y: float, width: float, height: float, cells: list[Cell]) -> None:
    """Divides a space among the fields, what is left over evenly."""
    if isinstance(fields, str):
        cells.append(Cell(x, y, width, height, fields))
        return
    needed = [_measure(part, not sideways)[0 if sideways else 1] for part in fields]
    spare = ((width if sideways else height) - sum(needed)) / len(needed)
    for part, length in zip(fields, needed, strict=True):
        if sideways:
            _fill(part, False, x, y, length + spare, height, cells)
            x += length + spare
        else:
            _fill(part, True, x, y, width, length + spare, cells)
            y += length + spare


def _cluster(diagram: Diagram, horizontal: bool) -> _Block:
    inside, entry, leaving = _lay_out(diagram, horizontal)
    at = (_CLUSTER_MARGIN, _CLUSTER_MARGIN + _CLUSTER_LABEL)
    width = max(inside.width, text_width(diagram.name)) + 2 * _CLUSTER_MARGIN
    height = inside.height + 2 * _CLUSTER_MARGIN + _CLUSTER_LABEL
    picture = Picture(width, height, clusters=[Cluster(0, 0, width, height, diagram.name)])
    picture.add(inside, *at)
    return _Block(width, height, picture, _moved(entry, at), _moved(leaving, at))


# --- ranks --------------------------------------------------------------------------------------------------


def _ranks(count: int, edges: list[tuple[int, int]]) -> list[int]:
    """How far each box is from the inputs, at most. An edge to a box already passed, as from a layer that is used
    twice, does not count."""
    ranks = [0] * count
    for place in range(count):
        before = [ranks[source] + 1 for source, target in edges if target == place and source < place]
        ranks[place] = max(before, default=0)
    return ranks


def _with_dummies(ranks: list[int], edges: list[tuple[int, int]]) -> tuple[list[int], list[list[int]]]:
    """Ranks with a place for each rank an edge passes through, and each edge as the chain of its places."""
    ranks, chains = list(ranks), []
    for source, target in edges:
        step = 1 if ranks[source] < ranks[target] else -1
        passed = list(range(ranks[source] + step, ranks[target], step))
        chains.append([source, *range(len(ranks), len(ranks) + len(passed)), target])
        ranks += passed
    return ranks, chains


def _rows(ranks: list[int]) -> list[list[int]]:
    rows: list[list[int]] = [[] for _ in range(max(ranks, default=0) + 1)]
    for place, rank in enumerate(ranks):
        rows[rank].append(place)
    return rows


def _neighbours(chains: list[list[int]], count: int) -> list[list[int]]:
    found: list[list[int]] = [[] for _ in range(count)]
    for chain in chains:
        for one, other in itertools.pairwise(chain):
            found[one].append(other)
            found[other].append(one)
    return found


def _reduce_crossings(rows: list[list[int]], ranks: list[int], neighbours: list[list[int]]) -> None:
    """Sorts each row by where the places' neighbours in the row before are, to and fro."""
    order = {place: i for row in rows for i, place in enumerate(row)}
    for sweep in range(_SWEEPS):
        down = sweep % 2 == 0
        for number in range(len(rows)) if down else reversed(range(len(rows))):
            before = number - 1 if down else number + 1

            def middle(place: int, before: int = before) -> float:
                found = [order[n] for n in neighbours[place] if ranks[n] == before]
                return sum(found) / len(found) if found else order[place]

            rows[number].sort(key=middle)
            order.update({place: i for i, place in enumerate(rows[number])})


def _positions(
    rows: list[list[int]], ranks: list[int], neighbours: list[list[int]], widths: list[float]
) -> list[float]:
    """The centre of each place across the ranks: near its neighbours, and clear of those beside it."""
    centres = [0.0] * len(ranks)
    for sweep in range(_SWEEPS + 1):
        for row in rows if sweep % 2 == 0 else reversed(rows):
            wanted = []
            for place in row:
                found = [centres[n] for n in neighbours[place]]
                wanted.append(sum(found) / len(found) if found and sweep else centres[place])
            for place, centre in zip(row, _apart(wanted, [widths[p] for p in row]), strict=True):
                centres[place] = centre
    least = min((c - w / 2 for c, w in zip(centres, widths, strict=True)), default=0.0)
    return [centre - least for centre in centres]


def _apart(wanted: list[float], widths: list[float]) -> list[float]:
    """The places nearest to the wanted ones that keep order and distance: pools of neighbours that push each other."""
    offsets = np.cumsum([0.0, *((a + b) / 2 + _BOX_GAP for a, b in itertools.pairwise(widths))])
    pools: list[tuple[float, int]] = []  # their mean, and how many are in them
    for value in np.array(wanted) - offsets[: len(wanted)]:
        mean, count = float(value), 1
        while pools and pools[-1][0] > mean:
            other, size = pools.pop()
            mean, count = (mean * count + other * size) / (count + size), count + size
        pools.append((mean, count))
    flat = [mean for mean, count in pools for _ in range(count)]
    return [mean + float(offset) for mean, offset in zip(flat, offsets, strict=False)]
