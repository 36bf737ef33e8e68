"""NumpyArrayIterator: batches of transformed images from an array."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from torchkeras.core.config import check_data_format, floatx
from torchkeras.preprocessing.image.iterator import Iterator
from torchkeras.preprocessing.image.saving import save_batch


class NumpyArrayIterator(Iterator):
    """What `ImageDataGenerator.flow` gives.

    Args:
        x: images, an array of four axes; or a pair of them and of further arrays that go along untouched.
        y: labels.
        image_data_generator: transforms and standardizes the images.
        sample_weight: weights that go along.
        subset: 'training' or 'validation' where the generator has a `validation_split`.
        ignore_class_split: let the two subsets hold different classes.
    """

    def __init__(
        self,
        x: Any,
        y: Any,
        image_data_generator: Any,
        batch_size: int = 32,
        shuffle: bool = False,
        sample_weight: Any = None,
        seed: int | None = None,
        data_format: str | None = None,
        save_to_dir: str | None = None,
        save_prefix: str = "",
        save_format: str = "png",
        subset: str | None = None,
        ignore_class_split: bool = False,
        dtype: Any = None,
    ) -> None:
        self.dtype = dtype or floatx()
        self.data_format = check_data_format(data_format)
        x, others = _with_others(x)
        _check_lengths(x, y, sample_weight, others)
        part = slice(None)
        if subset is not None:
            split = int(len(x) * image_data_generator._validation_split)
            part = _part(subset, split)
            if y is not None and not ignore_class_split:
                _check_classes(np.asarray(y), split)
        self.x = np.asarray(x[part], dtype=self.dtype)
        self.x_misc = [other[part] for other in others]
        self.y = None if y is None else np.asarray(y)[part]
        self.sample_weight = None if sample_weight is None else np.asarray(sample_weight)[part]
        _check_images(self.x, self.data_format)
        self.image_data_generator = image_data_generator
        self.save_to_dir, self.save_prefix, self.save_format = save_to_dir, save_prefix, save_format
        super().__init__(self.x.shape[0], batch_size, shuffle, seed)

    def _get_batches_of_transformed_samples(self, index_array: np.ndarray) -> Any:
        batch = np.zeros((len(index_array), *self.x.shape[1:]), dtype=self.dtype)
        generator = self.image_data_generator
        for i, j in enumerate(index_array):
            image = self.x[j]
            parameters = generator.get_random_transform(image.shape)
            # A copy: standardizing works in place.
            batch[i] = generator.standardize(generator.apply_transform(image.astype(self.dtype), parameters))
        if self.save_to_dir:
            save_batch(
                batch, index_array, self.save_to_dir, self.save_prefix, self.save_format, self.data_format, 10_000
            )
        images: Any = [batch, *(other[index_array] for other in self.x_misc)] if self.x_misc else batch
        if self.y is None:
            return images
        if self.sample_weight is None:
            return images, self.y[index_array]
        return images, self.y[index_array], self.sample_weight[index_array]


def _with_others(x: Any) -> tuple[Any, list[np.ndarray]]:
    if not isinstance(x, (tuple, list)):
        return (x if hasattr(x, "shape") else np.asarray(x)), []
    others = x[1] if isinstance(x[1], list) else [x[1]]
    return x[0], [np.asarray(other) for other in others]


def _check_lengths(x: Any, y: Any, sample_weight: Any, others: list[np.ndarray]) -> None:
    for other in others:
        if len(x) != len(other):
            raise ValueError(
                f"All of the arrays in `x` should have the same length. Found a pair with: len(x[0]) = {len(x)}, "
                f"len(x[?]) = {len(other)}"
            )
    for name, array in (("`y` (labels)", y), ("`sample_weight`", sample_weight)):
        if array is not None and len(x) != len(array):
            raise ValueError(
                f"`x` (images tensor) and {name} should have the same length. Found: x.shape = {np.shape(x)}, "
                f"{name.split()[0].strip('`')}.shape = {np.shape(array)}"
            )


def _part(subset: str, split: int) -> slice:
    if subset not in ("training", "validation"):
        raise ValueError(f'Invalid subset name: {subset!r}; expected "training" or "validation".')
    return slice(None, split) if subset == "validation" else slice(split, None)


def _check_classes(y: np.ndarray, split: int) -> None:
    if not np.array_equal(np.unique(y[:split]), np.unique(y[split:])):
        raise ValueError(
            "Training and validation subsets have different number of classes after the split. If your numpy arrays "
            "are sorted by the label, you might want to shuffle them."
        )


def _check_images(x: np.ndarray, data_format: str) -> None:
    if x.ndim != 4:
        raise ValueError(
            f"Input data in `NumpyArrayIterator` should have rank 4. You passed an array with shape {x.shape}"
        )
    axis = 3 if data_format == "channels_last" else 1
    if x.shape[axis] not in (1, 3, 4):
        warnings.warn(
            f'NumpyArrayIterator is set to use the data format convention "{data_format}" (channels on axis {axis}), '
            f"i.e. expected either 1, 3, or 4 channels on axis {axis}. However, it was passed an array with shape "
            f"{x.shape} ({x.shape[axis]} channels).",
            stacklevel=3,
        )
