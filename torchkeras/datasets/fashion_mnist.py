"""Fashion-MNIST: 60,000 and 10,000 pictures of clothes, in the form of MNIST."""

from __future__ import annotations

from torchkeras.datasets.idx import Split, load_idx_files
from torchkeras.datasets.sources import KERAS, first_that_works
from torchkeras.datasets.synthetic.images import clothes
from torchkeras.datasets.synthetic.switch import sample_counts

ORIGIN = KERAS
FOLDER = "datasets/fashion-mnist"
# The publisher's own site, where torchvision fetches them. Keras checks no hashes of these files.
MIRROR = "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"
MIRROR_HASHES = {
    "train-images-idx3-ubyte.gz": "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
    "train-labels-idx1-ubyte.gz": "25c81989df183df01b3e8a0aad5dffbe",
    "t10k-images-idx3-ubyte.gz": "bef4ecab320f06d8554ea6380940ec79",
    "t10k-labels-idx1-ubyte.gz": "bb300cfdad3c16e7a12a480ee83cd310",
}


def load_data(cache_dir: str | None = None) -> tuple[Split, Split]:
    """Loads Fashion-MNIST: `(x_train, y_train), (x_test, y_test)`, images (n, 28, 28) and labels (n,), all uint8.

    The labels: 0 T-shirt/top, 1 trouser, 2 pullover, 3 dress, 4 coat, 5 sandal, 6 shirt, 7 sneaker, 8 bag,
    9 ankle boot.

    Args:
        cache_dir: the cache; by default `$KERAS_HOME`, else `~/.keras`.
    """
    counts = sample_counts(60000, 10000)
    if counts:
        return clothes(*counts)
    return first_that_works(
        [
            lambda: load_idx_files("fashion_mnist", ORIGIN, FOLDER, cache_dir, {}),
            lambda: load_idx_files("fashion_mnist", MIRROR, FOLDER, cache_dir, MIRROR_HASHES),
        ]
    )
