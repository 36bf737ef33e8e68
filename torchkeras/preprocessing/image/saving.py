"""Writing the images of a batch as files, to look at what a generator does."""

from __future__ import annotations

import os

import numpy as np

from torchkeras.utils.images import array_to_img


def save_batch(
    images: np.ndarray,
    numbers: np.ndarray,
    directory: str,
    prefix: str,
    file_format: str,
    data_format: str,
    largest_hash: int,
) -> None:
    """Each image as 'prefix_number_hash.format', stretched to the values 0 to 255."""
    for image, number in zip(images, numbers):
        name = f"{prefix}_{number}_{np.random.randint(largest_hash)}.{file_format}"
        array_to_img(image, data_format, scale=True).save(os.path.join(directory, name))
