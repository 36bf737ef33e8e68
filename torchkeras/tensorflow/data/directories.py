"""Files of a folder with one sub-folder for each class, as image and text data sets take them."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch

from torchkeras.tensorflow.data import constructors, methods
from torchkeras.tensorflow.data.base import AUTOTUNE, Dataset
from torchkeras.tensorflow.data.files import text_array
from torchkeras.utils.messages import print_msg


class Files:
    """Paths, the number of each one's class (or None), and the classes' names."""

    def __init__(self, paths: list[str], labels: Any, class_names: list[Any]) -> None:
        self.paths, self.labels, self.class_names = paths, labels, class_names

    def part(self, fraction: float | None, subset: str | None) -> Files:
        """All of them, or those before or after where the last `fraction` begins."""
        if not fraction:
            return self
        many = int(fraction * len(self.paths))
        if subset == "training":
            print_msg(f"Using {len(self.paths) - many} files for training.")
            piece = slice(None, -many)
        else:
            print_msg(f"Using {many} files for validation.")
            piece = slice(-many, None)
        return Files(self.paths[piece], self.labels[piece], self.class_names)


def check_arguments(labels: Any, label_mode: Any, class_names: Any, what: str) -> tuple[Any, Any]:
    """`labels` and `label_mode`, both None where there are to be no labels; ValueErrors for what does not go."""
    if not (labels is None or isinstance(labels, (list, tuple, str))) or (
        isinstance(labels, str) and labels != "inferred"
    ):
        raise ValueError(
            f"`labels` argument should be a list/tuple of integer labels, of the same size as the number of {what} "
            f"files in the target directory. If you wish to infer the labels from the subdirectory names in the target "
            f'directory, pass `labels="inferred"`. If you wish to get a dataset that only contains {what} samples (no '
            f"labels), pass `labels=None`. Received: labels={labels}"
        )
    if isinstance(labels, (list, tuple)) and class_names:
        raise ValueError(
            f'You can only pass `class_names` if `labels="inferred"`. Received: labels={labels}, and '
            f"class_names={class_names}"
        )
    if label_mode not in ("int", "categorical", "binary", None):
        raise ValueError(
            f'`label_mode` argument must be one of "int", "categorical", "binary", or None. Received: '
            f"label_mode={label_mode}"
        )
    return (None, None) if labels is None or label_mode is None else (labels, label_mode)


def check_split(fraction: Any, subset: Any, shuffle: bool, seed: Any) -> None:
    """ValueErrors for a split that does not go."""
    if fraction and not 0 < fraction < 1:
        raise ValueError(f"`validation_split` must be between 0 and 1, received: {fraction}")
    if bool(fraction) != bool(subset):
        raise ValueError("If `subset` is set, `validation_split` must be set, and inversely.")
    if subset not in ("training", "validation", "both", None):
        raise ValueError(f'`subset` must be either "training", "validation" or "both", received: {subset}')
    if fraction and shuffle and seed is None:
        raise ValueError(
            "If using `validation_split` and shuffling the data, you must provide a `seed` argument, to make sure that "
            "there is no overlap between the training and validation subset."
        )


def index_directory(
    directory: Any,
    labels: Any,
    formats: tuple[str, ...],
    class_names: Sequence[str] | None = None,
    shuffle: bool = True,
    seed: int | None = None,
    follow_links: bool = False,
) -> Files:
    """The files of a folder, and prints how many there are.

    Args:
        directory: the folder.
        labels: 'inferred' from the sub-folders, None, or a list of numbers in the files' order.
        formats: the endings of names that count.
        class_names: the sub-folders in another order than the alphabet's.
        shuffle, seed: whether and how to shuffle; the order is tf.keras's for the same seed.
        follow_links: whether to look into linked folders.
    """
    root = os.fspath(directory)
    names: list[Any] = [""]
    if labels == "inferred":
        folders = [n for n in sorted(os.listdir(root)) if os.path.isdir(os.path.join(root, n)) and n[0] != "."]
        names = list(class_names) if class_names else folders
        if set(names) != set(folders):
            raise ValueError(
                f"The `class_names` passed did not match the names of the subdirectories of the target directory. "
                f"Expected: {folders}, but received: {class_names}"
            )
    else:
        folders = [""]
    paths: list[str] = []
    numbers: list[int] = []
    for folder in folders:
        found = _files_in(os.path.join(root, folder) if folder else root, formats, follow_links)
        paths += found
        numbers += [names.index(folder)] * len(found)
    every: Any = np.array(numbers, dtype="int32")
    if isinstance(labels, (list, tuple)):
        if len(labels) != len(paths):
            raise ValueError(
                f"Expected the lengths of `labels` to match the number of files in the target directory. len(labels) "
                f"is {len(labels)} while we found {len(paths)} files in directory {directory}."
            )
        every, names = list(labels), sorted(set(labels))
    # Without labels there is one class of no name, as tf.keras counts.
    print_msg(f"Found {len(paths)} files belonging to {len(names)} classes.")
    if shuffle:
        start = np.random.randint(10**6) if seed is None else seed
        np.random.RandomState(start).shuffle(paths)
        np.random.RandomState(start).shuffle(every)
    return Files(paths, every, names)


def _files_in(folder: str, formats: tuple[str, ...], follow_links: bool) -> list[str]:
    found = []
    for place, _, files in sorted(os.walk(folder, followlinks=follow_links), key=lambda entry: entry[0]):
        found += [os.path.join(place, name) for name in sorted(files) if name.lower().endswith(formats)]
    return found


def check_binary(label_mode: Any, class_names: list[Any]) -> None:
    if label_mode == "binary" and len(class_names) != 2:
        raise ValueError(
            f'When passing `label_mode="binary"`, there must be exactly 2 class_names. '
            f"Received: class_names={class_names}"
        )


def as_labels(files: Files, label_mode: str) -> Any:
    """The labels in the form of the mode: numbers, a column of 0. and 1., or one-hot rows."""
    labels: Any = torch.tensor(np.asarray(files.labels))
    if not labels.dtype.is_floating_point and isinstance(files.labels, list):
        labels = labels.int()
    if label_mode == "binary":
        return labels.float()[:, None]
    if label_mode == "categorical":
        return torch.nn.functional.one_hot(labels.long(), len(files.class_names)).float()
    return labels


def loaded(
    files: Files, label_mode: Any, load: Callable[[Any], Any], spec: Any, shuffled: bool, batch_size: Any, seed: int
) -> Dataset:
    """Batches (or single ones) of what files hold, with their labels where there are to be some.

    Args:
        files: which.
        label_mode: the form of the labels; None for no labels.
        load: from a path to what the file holds.
        spec: of that.
        shuffled, seed: whether and how they are shuffled.
        batch_size: files a batch; None for single ones.
    """
    found = constructors.from_tensor_slices(text_array(files.paths))
    if label_mode:
        found = constructors.zip_((found, constructors.from_tensor_slices(as_labels(files, label_mode))))
    if shuffled:  # names are shuffled, not what they name: the same orders, without holding hundreds of images
        found = methods.shuffle(found, 1024 if batch_size is None else batch_size * 8, seed)
    if label_mode:
        spec = (spec, found.element_spec[1])
        found = methods.map_(found, lambda path, label: (load(path), label), AUTOTUNE)
    else:
        found = methods.map_(found, load, AUTOTUNE)
    found._spec = spec
    return found if batch_size is None else methods.batch(found, batch_size)


__all__ = ["Files", "as_labels", "check_arguments", "check_binary", "check_split", "index_directory", "loaded"]
