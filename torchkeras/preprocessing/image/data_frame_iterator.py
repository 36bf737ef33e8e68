"""DataFrameIterator: batches of images whose files and labels stand in a pandas frame."""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence
from numbers import Number
from typing import Any

import numpy as np

from torchkeras.preprocessing.image.files_iterator import FilesIterator
from torchkeras.utils.messages import print_msg

#: Modes whose labels are no classes.
_WITHOUT_CLASSES = ("input", "multi_output", "raw", None)


class DataFrameIterator(FilesIterator):
    """What `ImageDataGenerator.flow_from_dataframe` gives.

    Args:
        dataframe: a pandas frame.
        directory: the folder of the files; None where the frame holds whole paths.
        x_col: the column of file names.
        y_col: the column of labels, or a list of them.
        weight_col: a column of sample weights.
        classes: the names of the classes, in the order of their numbers; all in the frame, sorted, unless given.
        class_mode: 'categorical' (rows of ones and zeros; a cell may list several classes), 'binary' or 'sparse'
            (numbers), 'input' (the images), 'raw' (the column as it is), 'multi_output' (several columns), None.
        validate_filenames: leave out files that are not there.

    The others are FilesIterator's.
    """

    allowed_class_modes = ("binary", "categorical", "input", "multi_output", "raw", "sparse", None)

    def __init__(
        self,
        dataframe: Any,
        directory: Any = None,
        image_data_generator: Any = None,
        x_col: str = "filename",
        y_col: Any = "class",
        weight_col: str | None = None,
        target_size: tuple[int, int] = (256, 256),
        color_mode: str = "rgb",
        classes: Sequence[str] | None = None,
        class_mode: str | None = "categorical",
        batch_size: int = 32,
        shuffle: bool = True,
        seed: int | None = None,
        data_format: str | None = "channels_last",
        save_to_dir: str | None = None,
        save_prefix: str = "",
        save_format: str = "png",
        subset: str | None = None,
        interpolation: str = "nearest",
        keep_aspect_ratio: bool = False,
        dtype: Any = "float32",
        validate_filenames: bool = True,
    ) -> None:
        self._configure(
            image_data_generator, target_size, color_mode, class_mode, data_format, save_to_dir, save_prefix,
            save_format, subset, interpolation, keep_aspect_ratio, dtype,
        )  # fmt: skip
        self.directory = directory or ""
        frame = dataframe.copy()
        _check_columns(frame, x_col, y_col, weight_col, classes, class_mode)
        if validate_filenames:
            frame = self._existing(frame, x_col)
        if class_mode not in _WITHOUT_CLASSES:
            frame, names = _of_classes(frame, y_col, classes)
            self.class_indices = {name: number for number, name in enumerate(names)}
        if self.split is not None:
            start, stop = (int(part * len(frame)) for part in self.split)
            frame = frame.iloc[start:stop, :]
        if class_mode not in _WITHOUT_CLASSES:
            self.classes = [self._numbers(label) for label in frame[y_col]]
        elif class_mode == "multi_output":
            self._targets = [np.array(frame[column].tolist()) for column in y_col]
        elif class_mode == "raw":
            self._targets = frame[y_col].to_numpy()
        if weight_col:
            self._sample_weight = frame[weight_col].to_numpy()
        self.filenames: list[str] = frame[x_col].tolist()
        self._tell(validate_filenames)
        self._start([os.path.join(self.directory, name) for name in self.filenames], batch_size, shuffle, seed)

    def _existing(self, frame: Any, x_col: str) -> Any:
        paths = [os.path.join(self.directory, name) for name in frame[x_col]]
        there = np.array([p.lower().endswith(self.white_list_formats) and os.path.isfile(p) for p in paths], dtype=bool)
        missing = int((~there).sum())
        if missing:
            warnings.warn(
                f'Found {missing} invalid image filename(s) in x_col="{x_col}". These filename(s) will be ignored.',
                stacklevel=3,
            )
        return frame[there]

    def _numbers(self, label: Any) -> Any:
        if isinstance(label, (list, tuple)):
            return [self.class_indices[name] for name in label]
        return self.class_indices[label]

    def _tell(self, validated: bool) -> None:
        message = f"Found {len(self.filenames)} {'validated' if validated else 'non-validated'} image filenames"
        if self.class_mode not in _WITHOUT_CLASSES:
            message += f" belonging to {len(self.class_indices)} classes"
        print_msg(message + ".")


def _check_columns(
    frame: Any, x_col: str, y_col: Any, weight_col: str | None, classes: Sequence[str] | None, class_mode: str | None
) -> None:
    if class_mode == "multi_output" and not isinstance(y_col, list):
        raise TypeError(f'If class_mode="{class_mode}", y_col must be a list. Received {type(y_col).__name__}.')
    if not all(isinstance(name, str) for name in frame[x_col]):
        raise TypeError(f"All values in column x_col={x_col} must be strings.")
    if class_mode in ("binary", "sparse") and not all(isinstance(label, str) for label in frame[y_col]):
        raise TypeError(f'If class_mode="{class_mode}", y_col="{y_col}" column values must be strings.')
    if class_mode == "binary":
        count = len(set(classes)) if classes else frame[y_col].nunique()
        if count != 2:
            raise ValueError(f'If class_mode="binary" there must be 2 classes. Found {count} classes.')
    if class_mode == "categorical" and not all(isinstance(label, (str, list, tuple)) for label in frame[y_col]):
        raise TypeError(
            f'If class_mode="{class_mode}", y_col="{y_col}" column values must be type string, list or tuple.'
        )
    if classes and class_mode in _WITHOUT_CLASSES:
        warnings.warn(f'`classes` will be ignored given the class_mode="{class_mode}"', stacklevel=3)
    if weight_col and not all(isinstance(weight, Number) for weight in frame[weight_col]):
        raise TypeError(f"Column weight_col={weight_col} must be numeric.")


def _of_classes(frame: Any, y_col: str, classes: Sequence[str] | None) -> tuple[Any, list[str]]:
    """The rows that have a class, and the classes' names; a row without one of the given ones is left out."""
    if not classes:
        found = {n for label in frame[y_col] for n in (label if isinstance(label, (list, tuple)) else (label,))}
        return frame.dropna(subset=[y_col]), sorted(found)
    names = list(dict.fromkeys(classes))

    def known(label: Any) -> Any:
        if isinstance(label, (list, tuple)):
            return [name for name in label if name in names] or None
        return label if label in names else None

    frame[y_col] = frame[y_col].apply(known)
    return frame.dropna(subset=[y_col]), names
