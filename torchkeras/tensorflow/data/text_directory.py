"""text_dataset_from_directory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from torchkeras.tensorflow.data import directories
from torchkeras.tensorflow.data.base import Dataset
from torchkeras.tensorflow.data.stacking import text_of
from torchkeras.tensorflow.type_specs import TensorSpec


def text_dataset_from_directory(
    directory: Any,
    labels: Any = "inferred",
    label_mode: str | None = "int",
    class_names: Sequence[str] | None = None,
    batch_size: int | None = 32,
    max_length: int | None = None,
    shuffle: bool = True,
    seed: int | None = None,
    validation_split: float | None = None,
    subset: str | None = None,
    follow_links: bool = False,
    verbose: bool = True,
) -> Any:
    """Batches of the texts in a folder with a sub-folder for each class; their names are its `class_names`.

    Args:
        directory: the folder, of files that end in .txt.
        labels: 'inferred' from the sub-folders, None, or a list of numbers in the files' order.
        label_mode: 'int', 'binary' (floats 0 and 1), 'categorical' (one-hot) or None.
        class_names: the sub-folders in another order than the alphabet's.
        batch_size: texts a batch; None for single ones.
        max_length: bytes after which a text is cut off.
        shuffle, seed: whether and how to shuffle.
        validation_split: the part that is held back.
        subset: 'training', 'validation', or 'both' for a list of the two.
        follow_links: whether to look into linked folders.
        verbose: accepted; how many files there are is printed in any case.
    """
    labels, label_mode = directories.check_arguments(labels, label_mode, class_names, "text")
    directories.check_split(validation_split, subset, shuffle, seed)
    start = int(np.random.randint(10**6)) if seed is None else int(seed)
    files = directories.index_directory(directory, labels, (".txt",), class_names, shuffle, start, follow_links)
    directories.check_binary(label_mode, files.class_names)

    def content(path: Any) -> Any:
        with open(path.numpy(), "rb") as file:
            return text_of(file.read() if max_length is None else file.read(max_length))

    def dataset(part: directories.Files, shuffled: bool) -> Dataset:
        if not part.paths:
            raise ValueError(f"No text files found in directory {directory}. Allowed format: .txt")
        made = directories.loaded(part, label_mode, content, TensorSpec((), "string"), shuffled, batch_size, start)
        made.class_names = part.class_names  # type: ignore[attr-defined]
        return made

    if subset == "both":
        parts = [files.part(validation_split, which) for which in ("training", "validation")]
        return [dataset(parts[0], shuffle), dataset(parts[1], False)]
    return dataset(files.part(validation_split, subset), shuffle)


__all__ = ["text_dataset_from_directory"]
