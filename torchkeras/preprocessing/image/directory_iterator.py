"""DirectoryIterator: batches of images from a folder that has one folder for each class."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator as Iteration
from collections.abc import Sequence
from typing import Any

import numpy as np

from torchkeras.preprocessing.image.files_iterator import FilesIterator
from torchkeras.utils.messages import print_msg


class DirectoryIterator(FilesIterator):
    """What `ImageDataGenerator.flow_from_directory` gives.

    Args:
        directory: the folder; each folder in it is a class.
        classes: the names of the classes, in the order of their numbers; all folders, sorted, unless given.
        class_mode: 'categorical' (one-hot rows), 'binary' or 'sparse' (numbers), 'input' (the images), None.
        follow_links: look into folders that are links.

    The others are FilesIterator's. `class_indices` tells each class's number, `filenames` and `classes` go by file.
    """

    allowed_class_modes = ("categorical", "binary", "sparse", "input", None)

    def __init__(
        self,
        directory: Any,
        image_data_generator: Any,
        target_size: tuple[int, int] = (256, 256),
        color_mode: str = "rgb",
        classes: Sequence[str] | None = None,
        class_mode: str | None = "categorical",
        batch_size: int = 32,
        shuffle: bool = True,
        seed: int | None = None,
        data_format: str | None = None,
        save_to_dir: str | None = None,
        save_prefix: str = "",
        save_format: str = "png",
        follow_links: bool = False,
        subset: str | None = None,
        interpolation: str = "nearest",
        keep_aspect_ratio: bool = False,
        dtype: Any = None,
    ) -> None:
        self._configure(
            image_data_generator, target_size, color_mode, class_mode, data_format, save_to_dir, save_prefix,
            save_format, subset, interpolation, keep_aspect_ratio, dtype,
        )  # fmt: skip
        self.directory = directory
        names = list(classes or _folders(directory))
        self.num_classes = len(names)
        self.class_indices = {name: number for number, name in enumerate(names)}
        self.filenames: list[str] = []
        numbers: list[int] = []
        for number, name in enumerate(names):
            found = list(self._files(name, follow_links))
            self.filenames += found
            numbers += [number] * len(found)
        self.classes = np.array(numbers, dtype="int32")
        print_msg(f"Found {len(numbers)} images belonging to {self.num_classes} classes.")
        self._start([os.path.join(directory, name) for name in self.filenames], batch_size, shuffle, seed)

    def _files(self, name: str, follow_links: bool) -> list[str]:
        """The images of a class, relative to the directory; of a subset, its part of them."""
        folder = os.path.join(self.directory, name)
        found = [
            os.path.join(os.path.basename(folder), os.path.relpath(path, folder))
            for path in _images(folder, self.white_list_formats, follow_links)
        ]
        if self.split is None:
            return found
        return found[int(self.split[0] * len(found)) : int(self.split[1] * len(found))]


def _folders(directory: Any) -> list[str]:
    return sorted(name for name in os.listdir(directory) if os.path.isdir(os.path.join(directory, name)))


def _images(folder: str, endings: tuple[str, ...], follow_links: bool) -> Iteration[str]:
    for root, _, files in sorted(os.walk(folder, followlinks=follow_links), key=lambda found: found[0]):
        for name in sorted(files):
            if name.lower().endswith(".tiff"):
                warnings.warn(
                    'Using ".tiff" files with multiple bands will cause distortion. Please verify your output.',
                    stacklevel=2,
                )
            if name.lower().endswith(endings):
                yield os.path.join(root, name)
