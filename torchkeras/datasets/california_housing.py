"""California housing: 20,640 rows of 8 figures on a district, and the median price of its houses in dollars."""

from __future__ import annotations

from torchkeras.datasets.idx import Split
from torchkeras.datasets.pickles import load_npz
from torchkeras.datasets.sources import KERAS, dataset_file
from torchkeras.datasets.synthetic.switch import split_counts
from torchkeras.datasets.synthetic.tables import california_rows
from torchkeras.datasets.tables import divided, divided_as

ORIGIN = KERAS + "california_housing.npz"
HASH = "1a2e3a52e0398de6463aebe6f4a8da34fb21fbb6b934cf88c3425e766f2a1a6f"

_ROWS = {"small": 600, "large": 20640}


def load_data(
    version: str = "large",
    path: str = "california_housing.npz",
    test_split: float = 0.2,
    seed: int = 113,
    cache_dir: str | None = None,
) -> tuple[Split, Split]:
    """Loads California housing: `(x_train, y_train), (x_test, y_test)`, rows (n, 8) and prices (n,) of float32.

    Args:
        version: "large" for all rows, "small" for the first 600.
        path: the file's name in the cache.
        test_split: the share that is for testing.
        seed: of the shuffle.
        cache_dir: the cache; by default `$KERAS_HOME`, else `~/.keras`.
    """
    if not 0 <= test_split < 1:
        raise ValueError(f"Invalid `test_split` argument: {test_split}. It must be between 0 and 1 (exclusive of 1).")
    if version not in _ROWS:
        raise ValueError(f"Argument `version` must be one of 'small', 'large'. Received: version={version}")
    counts = split_counts(_ROWS[version], test_split)
    if counts:
        return divided_as(*california_rows(sum(counts)), counts[0], seed)
    x, y = load_npz(dataset_file("california_housing", path, ORIGIN, HASH, cache_dir=cache_dir), ("x", "y"))
    return divided(x[: _ROWS[version]], y[: _ROWS[version]], test_split, seed)
