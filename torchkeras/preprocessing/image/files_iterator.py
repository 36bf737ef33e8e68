"""FilesIterator: batches of images read from files, with their labels."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from torchkeras.core.config import check_data_format, floatx
from torchkeras.preprocessing.image.iterator import Iterator
from torchkeras.preprocessing.image.saving import save_batch
from torchkeras.utils.images import img_to_array, load_img

_CHANNELS = {"rgb": 3, "rgba": 4, "grayscale": 1}


class FilesIterator(Iterator):
    """What iterators over a folder and over a data frame share.

    A subclass finds the files and their labels in its `__init__` and calls `_start`.

    Args:
        image_data_generator: transforms and standardizes the images; None leaves them as they are.
        target_size: (height, width) of the images.
        color_mode: 'rgb', 'rgba' or 'grayscale'.
        class_mode: the form of the labels; a subclass says which there are.
        subset: 'training' or 'validation' where the generator has a `validation_split`.
        interpolation, keep_aspect_ratio: how images are resized; see `load_img`.
        save_to_dir, save_prefix, save_format: where to write the images of each batch, to look at them.
    """

    allowed_class_modes: ClassVar[tuple[str | None, ...]]

    #: One number per file, or a list of them where an image has several labels.
    classes: Any = None
    class_indices: dict[str, int]
    #: Targets of class_mode 'raw' (an array) and 'multi_output' (a list of them).
    _targets: Any = None
    _sample_weight: np.ndarray | None = None

    def _configure(
        self,
        image_data_generator: Any,
        target_size: tuple[int, int],
        color_mode: str,
        class_mode: str | None,
        data_format: str | None,
        save_to_dir: str | None,
        save_prefix: str,
        save_format: str,
        subset: str | None,
        interpolation: str,
        keep_aspect_ratio: bool,
        dtype: Any,
    ) -> None:
        if color_mode not in _CHANNELS:
            raise ValueError(f'Invalid color mode: {color_mode!r}; expected "rgb", "rgba", or "grayscale".')
        if class_mode not in self.allowed_class_modes:
            raise ValueError(f"Invalid class_mode: {class_mode!r}; expected one of: {self.allowed_class_modes}")
        self.image_data_generator = image_data_generator
        self.target_size = tuple(target_size)
        self.color_mode, self.class_mode = color_mode, class_mode
        self.data_format, self.dtype = check_data_format(data_format), dtype or floatx()
        self.save_to_dir, self.save_prefix, self.save_format = save_to_dir, save_prefix, save_format
        self.interpolation, self.keep_aspect_ratio = interpolation, keep_aspect_ratio
        self.subset, self.split = subset, _split(subset, image_data_generator)
        channels = (_CHANNELS[color_mode],)
        last = self.data_format == "channels_last"
        self.image_shape = (*self.target_size, *channels) if last else (*channels, *self.target_size)

    def _start(self, filepaths: list[str], batch_size: int, shuffle: bool, seed: int | None) -> None:
        self._filepaths = filepaths
        self.samples = len(filepaths)
        super().__init__(self.samples, batch_size, shuffle, seed)

    @property
    def filepaths(self) -> list[str]:
        return self._filepaths

    @property
    def labels(self) -> Any:
        return self._targets if self.class_mode in ("multi_output", "raw") else self.classes

    @property
    def sample_weight(self) -> np.ndarray | None:
        return self._sample_weight

    def _get_batches_of_transformed_samples(self, index_array: np.ndarray) -> Any:
        batch = np.zeros((len(index_array), *self.image_shape), dtype=self.dtype)
        for i, j in enumerate(index_array):
            batch[i] = self._image(self.filepaths[j])
        if self.save_to_dir:
            save_batch(
                batch, index_array, self.save_to_dir, self.save_prefix, self.save_format, self.data_format, 10_000_000
            )
        if self.class_mode is None:
            return batch
        labels = self._labels(batch, index_array)
        if self.sample_weight is None:
            return batch, labels
        return batch, labels, self.sample_weight[index_array]

    def _image(self, path: str) -> np.ndarray:
        image = load_img(
            path,
            color_mode=self.color_mode,
            target_size=self.target_size,  # type: ignore[arg-type]
            interpolation=self.interpolation,
            keep_aspect_ratio=self.keep_aspect_ratio,
        )
        array = img_to_array(image, data_format=self.data_format)
        image.close()
        generator = self.image_data_generator
        if generator is None:
            return array
        # Pillow's memory may not be written to, and standardizing works in place.
        array = array if array.flags.writeable else array.copy()
        parameters = generator.get_random_transform(array.shape)
        made: np.ndarray = generator.standardize(generator.apply_transform(array, parameters))
        return made

    def _labels(self, batch: np.ndarray, index_array: np.ndarray) -> Any:
        if self.class_mode == "input":
            return batch.copy()
        if self.class_mode in ("binary", "sparse"):
            return np.array([self.classes[j] for j in index_array], dtype=self.dtype)
        if self.class_mode == "categorical":
            rows = np.zeros((len(batch), len(self.class_indices)), dtype=self.dtype)
            for row, j in zip(rows, index_array):
                row[self.classes[j]] = 1.0
            return rows
        if self.class_mode == "multi_output":
            return [output[index_array] for output in self._targets]
        return self._targets[index_array]


def _split(subset: str | None, image_data_generator: Any) -> tuple[float, float] | None:
    """From which to which part of the files a subset goes, or None for all."""
    if subset is None:
        return None
    fraction = image_data_generator._validation_split
    parts = {"validation": (0.0, fraction), "training": (fraction, 1.0)}
    if subset not in parts:
        raise ValueError(f'Invalid subset name: {subset!r}; expected "training" or "validation".')
    return parts[subset]
