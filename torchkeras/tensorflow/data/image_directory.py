"""image_dataset_from_directory."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import torch

from torchkeras.core.config import check_data_format
from torchkeras.ops.aspect_crop import resize_keeping_aspect
from torchkeras.ops.image_resize import resize
from torchkeras.tensorflow.data import directories, methods
from torchkeras.tensorflow.data.base import AUTOTUNE, Dataset
from torchkeras.tensorflow.tensor import retag
from torchkeras.tensorflow.type_specs import TensorSpec
from torchkeras.utils.images import img_to_array, load_img

_FORMATS = (".bmp", ".gif", ".jpeg", ".jpg", ".png")
_CHANNELS = {"rgb": 3, "rgba": 4, "grayscale": 1}
_WAYS = ("area", "bicubic", "bilinear", "gaussian", "lanczos3", "lanczos5", "mitchellcubic", "nearest")


def image_dataset_from_directory(
    directory: Any,
    labels: Any = "inferred",
    label_mode: str | None = "int",
    class_names: Sequence[str] | None = None,
    color_mode: str = "rgb",
    batch_size: int | None = 32,
    image_size: tuple[int, int] = (256, 256),
    shuffle: bool = True,
    seed: int | None = None,
    validation_split: float | None = None,
    subset: str | None = None,
    interpolation: str = "bilinear",
    follow_links: bool = False,
    crop_to_aspect_ratio: bool = False,
    pad_to_aspect_ratio: bool = False,
    data_format: str | None = None,
    verbose: bool = True,
    **kwargs: Any,
) -> Any:
    """Batches of the images in a folder with a sub-folder for each class; their names are its `class_names`.

    Args:
        directory: the folder.
        labels: 'inferred' from the sub-folders, None, or a list of numbers in the files' order.
        label_mode: 'int', 'binary' (floats 0 and 1), 'categorical' (one-hot) or None.
        class_names: the sub-folders in another order than the alphabet's.
        color_mode: 'rgb', 'rgba' or 'grayscale'.
        batch_size: images a batch; None for single ones.
        image_size: (height, width) that all are resized to.
        shuffle, seed: whether and how to shuffle.
        validation_split: the part that is held back.
        subset: 'training', 'validation', or 'both' for a list of the two.
        interpolation: how to resize.
        follow_links: whether to look into linked folders.
        crop_to_aspect_ratio: cut off what does not fit the proportions, rather than distort.
        pad_to_aspect_ratio: fill up with zeros what is missing to the proportions, rather than distort.
        data_format: 'channels_last' or 'channels_first'.
        verbose: accepted; how many files there are is printed in any case.
    """
    if "smart_resize" in kwargs:
        crop_to_aspect_ratio = kwargs.pop("smart_resize")
    if kwargs:
        raise TypeError(f"Unknown keywords argument(s): {tuple(kwargs)}")
    labels, label_mode = directories.check_arguments(labels, label_mode, class_names, "image")
    if color_mode not in _CHANNELS:
        raise ValueError(
            f'`color_mode` must be one of {{"rgb", "rgba", "grayscale"}}. Received: color_mode={color_mode}'
        )
    if interpolation.lower() not in _WAYS:
        raise NotImplementedError(
            f"Value not recognized for `interpolation`: {interpolation}. Supported values are: {_WAYS}"
        )
    if crop_to_aspect_ratio and pad_to_aspect_ratio:
        raise ValueError("Only one of `pad_to_aspect_ratio` and `crop_to_aspect_ratio` can be set to `True`.")
    directories.check_split(validation_split, subset, shuffle, seed)
    seed = int(np.random.randint(10**6)) if seed is None else int(seed)
    files = directories.index_directory(directory, labels, _FORMATS, class_names, shuffle, seed, follow_links)
    directories.check_binary(label_mode, files.class_names)
    size = (int(image_size[0]), int(image_size[1]))
    load = partial(
        _image, size=size, color_mode=color_mode, interpolation=interpolation.lower(),
        fit="crop" if crop_to_aspect_ratio else "pad" if pad_to_aspect_ratio else "",
        first=check_data_format(data_format) == "channels_first",
    )  # fmt: skip

    def dataset(part: directories.Files, shuffled: bool) -> Dataset:
        if not part.paths:
            raise ValueError(f"No images found in directory {directory}. Allowed formats: {_FORMATS}")
        made = methods.prefetch(
            directories.loaded(part, label_mode, load, _spec(load), shuffled, batch_size, seed), AUTOTUNE
        )
        made.class_names, made.file_paths = part.class_names, part.paths  # type: ignore[attr-defined]
        return made

    if subset == "both":
        parts = [files.part(validation_split, which) for which in ("training", "validation")]
        return [dataset(parts[0], shuffle), dataset(parts[1], False)]
    return dataset(files.part(validation_split, subset), shuffle)


def _spec(load: Any) -> TensorSpec:
    options = load.keywords
    shape = (*options["size"], _CHANNELS[options["color_mode"]])
    shape = (shape[2], *shape[:2]) if options["first"] else shape
    return TensorSpec(shape, "uint8" if options["interpolation"] == "nearest" else "float32")


def _image(path: Any, size: tuple[int, int], color_mode: str, interpolation: str, fit: str, first: bool) -> Any:
    """An image file as a tensor of the wanted size, values from 0 to 255."""
    with_pillow = load_img(path.numpy().decode(), color_mode=color_mode)
    image = torch.from_numpy(img_to_array(with_pillow, "channels_last", "float32"))[None]
    if fit == "crop":
        image = resize_keeping_aspect(image, size, interpolation)
    elif fit == "pad":
        image = _padded(image, size, interpolation)
    elif tuple(image.shape[1:3]) != size:
        image = resize(image, size, interpolation, False)
    image = image[0].permute(2, 0, 1) if first else image[0]
    return retag((image.to(torch.uint8) if interpolation == "nearest" else image).contiguous().clone())


def _padded(image: torch.Tensor, size: tuple[int, int], interpolation: str) -> torch.Tensor:
    height, width = image.shape[1:3]
    tall, wide = max(height, width * size[0] // size[1]), max(width, height * size[1] // size[0])
    top, left = (tall - height) // 2, (wide - width) // 2
    whole = torch.nn.functional.pad(image, (0, 0, left, wide - width - left, top, tall - height - top))
    return resize(whole, size, interpolation, False)


__all__ = ["image_dataset_from_directory"]
