"""Whether the loaders give made data, and how much of it."""

from __future__ import annotations

import os
import sys

ENVIRONMENT = "TORCHKERAS_SYNTHETIC_DATA"


class _Choice:
    """What `use_synthetic_data` chose; None leaves it to the environment."""

    samples: int | bool | None = None
    announced = False


def use_synthetic_data(samples: int | bool = True) -> None:
    """From now on the loaders of data sets give made data of the true shape and dtype.

    Args:
        samples: how many training samples, with a sixth of that for testing; True is as many as the real set has,
            which is also the most there are. False is real data again.
    """
    if not isinstance(samples, int) or samples < 0:
        raise ValueError(
            f"Expected `samples` to be a number of training samples, True or False. Received: samples={samples!r}"
        )
    _Choice.samples = samples


def synthetic_samples() -> int | None:
    """None for real data, 0 for made data of full size, else the number of made training samples."""
    if _Choice.samples is not None:
        wanted = int(_Choice.samples)
    else:
        text = os.environ.get(ENVIRONMENT, "").strip()
        if text and not text.isdigit():
            raise ValueError(f"Expected {ENVIRONMENT} to be 1 or a number of training samples. Received: {text!r}")
        wanted = int(text or 0)
    if wanted == 0:
        return None
    _announce()
    return 0 if wanted == 1 else wanted


def _announce() -> None:
    if not _Choice.announced:
        _Choice.announced = True
        print(
            "torchkeras: the data sets of this run are made (synthetic), of the true shape and dtype, not the real "
            "ones; their figures say nothing about the real data.",
            file=sys.stderr,
        )


def sample_counts(train: int, test: int) -> tuple[int, int] | None:
    """How many samples to make for training and testing where the real set has these; None for the real set."""
    wanted = synthetic_samples()
    if wanted is None:
        return None
    return (min(wanted, train), min(max(wanted // 6, 1), test)) if wanted else (train, test)


def split_counts(total: int, test_split: float) -> tuple[int, int] | None:
    """The same for a set that is divided when it is loaded."""
    train = int(total * (1 - test_split))
    return sample_counts(train, total - train) if test_split else _without_test(total)


def _without_test(total: int) -> tuple[int, int] | None:
    counts = sample_counts(total, 0)
    return None if counts is None else (counts[0], 0)
