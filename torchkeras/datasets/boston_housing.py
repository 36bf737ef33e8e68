"""Boston housing: 506 rows of 13 figures on a suburb, and the median price of its houses in 1,000 dollars.

The set has a column computed from the share of Black inhabitants, on the supposition that it bears on prices; it is
here because old tutorials use it. `california_housing` is the better choice for new ones.
"""

from __future__ import annotations

from torchkeras.datasets.idx import Split
from torchkeras.datasets.pickles import load_npz
from torchkeras.datasets.sources import KERAS, dataset_file
from torchkeras.datasets.synthetic.switch import split_counts
from torchkeras.datasets.synthetic.tables import boston_rows
from torchkeras.datasets.tables import divided, divided_as

ORIGIN = KERAS + "boston_housing.npz"
HASH = "f553886a1f8d56431e820c5b82552d9d95cfcb96d1e678153f8839538947dff5"


def load_data(
    path: str = "boston_housing.npz", test_split: float = 0.2, seed: int = 113, cache_dir: str | None = None
) -> tuple[Split, Split]:
    """Loads Boston housing: `(x_train, y_train), (x_test, y_test)`, rows (n, 13) and prices (n,) of float64.

    Args:
        path: the file's name in the cache.
        test_split: the share that is for testing.
        seed: of the shuffle.
        cache_dir: the cache; by default `$KERAS_HOME`, else `~/.keras`.
    """
    assert 0 <= test_split < 1, f"Expected `test_split` to be from 0 to below 1. Received: test_split={test_split}"
    counts = split_counts(506, test_split)
    if counts:
        return divided_as(*boston_rows(sum(counts)), counts[0], seed)
    x, y = load_npz(dataset_file("boston_housing", path, ORIGIN, HASH, cache_dir=cache_dir), ("x", "y"))
    return divided(x, y, test_split, seed)
