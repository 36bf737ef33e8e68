"""Whether peers compute the same: else their times say nothing, and who does less would win."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from torch import Tensor

#: Of results in one process, by the largest value.
TOLERANCE = 1e-5
#: Of loss curves, by how far ours comes down.
CURVE_TOLERANCE, MIXED_CURVE_TOLERANCE = 0.1, 0.3
#: How far losses must come down, by their size, for a curve to say anything.
LEAST_LEARNT = 1e-3
#: Of accuracies, and in any case so many answers: one on the edge may fall to either side.
ACCURACY_TOLERANCE, ANSWERS_TOLERANCE = 0.1, 2
#: Of what is evaluated and predicted with the same weights, by the largest value.
OUTPUT_TOLERANCE, MIXED_OUTPUT_TOLERANCE = 1e-3, 5e-2

#: Loss and accuracy of each epoch.
Curve = Sequence[Sequence[float]]


class DifferentResults(Exception):
    """The peers do not compute the same."""


def require_equal(reference: Tensor, *others: Tensor) -> float:
    """The largest difference from the reference, as a part of the reference's largest value.

    Beyond TOLERANCE it raises, and so it does where the reference is all zeros, which would prove nothing.
    """
    shapes = {tuple(result.shape) for result in (reference, *others)}
    if len(shapes) > 1:
        raise DifferentResults(f"results of different shapes: {sorted(shapes)}")
    scale = reference.abs().max()
    difference = max(float((other - reference).abs().max() / scale) for other in others)
    if not difference <= TOLERANCE:
        raise DifferentResults(f"results differ by {difference:.2g} of the largest value, more than {TOLERANCE:.0e}")
    return difference


def require_same_curve(ours: Curve, theirs: Curve, samples: int = 1000, mixed: bool = False) -> float:
    """The largest difference between the losses of so many samples, as a part of how far ours come down."""
    losses, accuracies = np.asarray(ours, dtype="float64").T
    their_losses, their_accuracies = np.asarray(theirs, dtype="float64").T
    if losses.shape != their_losses.shape:
        raise DifferentResults(f"{len(losses)} epochs beside {len(their_losses)}")
    learnt = losses[0] - losses.min()
    if not learnt > LEAST_LEARNT * abs(losses[0]):
        raise DifferentResults(f"a curve that does not come down proves nothing: {_listed(losses)}")
    tolerance = MIXED_CURVE_TOLERANCE if mixed else CURVE_TOLERANCE
    difference = float(np.abs(losses - their_losses).max() / learnt)
    if not difference <= tolerance:
        raise DifferentResults(
            f"another loss curve: {_listed(their_losses)} beside {_listed(losses)}, apart by {difference:.2g} of what "
            f"is learnt, more than {tolerance}"
        )
    if not np.abs(accuracies - their_accuracies).max() <= max(ACCURACY_TOLERANCE, (ANSWERS_TOLERANCE + 0.5) / samples):
        raise DifferentResults(f"other accuracies: {_listed(their_accuracies)} beside {_listed(accuracies)}")
    return difference


def require_same_output(ours: object, theirs: object, mixed: bool = False) -> float:
    """The largest difference between what was evaluated or predicted, as a part of the largest value."""
    mine, its = np.asarray(ours, dtype="float64"), np.asarray(theirs, dtype="float64")
    if mine.shape != its.shape:
        raise DifferentResults(f"results of the shape {its.shape} beside {mine.shape}")
    tolerance = MIXED_OUTPUT_TOLERANCE if mixed else OUTPUT_TOLERANCE
    difference = float(np.abs(mine - its).max() / np.abs(mine).max())
    if not difference <= tolerance:
        raise DifferentResults(f"other results, apart by {difference:.2g} of the largest value, more than {tolerance}")
    return difference


def _listed(values: np.ndarray) -> str:
    return ", ".join(f"{value:.5g}" for value in values)
