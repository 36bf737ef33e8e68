"""keras.datasets: small data sets to learn with, from Keras's cache folder and addresses.

Where there is no network, `use_synthetic_data()` has every loader give made data of the true shape and dtype.
"""

from torchkeras.datasets import (
    boston_housing,
    california_housing,
    cifar10,
    cifar100,
    fashion_mnist,
    imdb,
    mnist,
    reuters,
)
from torchkeras.datasets.synthetic.switch import use_synthetic_data

__all__ = [
    "boston_housing",
    "california_housing",
    "cifar10",
    "cifar100",
    "fashion_mnist",
    "imdb",
    "mnist",
    "reuters",
    "use_synthetic_data",
]
