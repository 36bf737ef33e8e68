"""Summaries: a tag and data as TensorBoard's plugins take them, in the form of TensorFlow 2."""

from __future__ import annotations

from typing import Any

import numpy as np

from torchkeras.core.string_array import text_vector
from torchkeras.events.messages import PluginData, SummaryMetadata
from torchkeras.events.png import encode_png
from torchkeras.events.wav import encode_wav
from torchkeras.records.arrays import as_array

DEFAULT_BUCKETS = 30
_WAV = b"\x10\x0b"  # the encoding, as the audio plugin is told it


def metadata(plugin: str, description: str | None = None, content: bytes = b"") -> SummaryMetadata:
    """For which plugin a summary is, with a description in Markdown."""
    return SummaryMetadata(
        plugin_data=PluginData(plugin_name=plugin, content=content), summary_description=description or ""
    )


def scalar(data: Any) -> np.ndarray:
    """A single number, as float32."""
    array = as_array(data)
    if array.ndim:
        raise ValueError(f"Expected scalar shape, saw shape: {array.shape}. A scalar summary is of a single number.")
    if array.dtype == object or array.dtype.kind == "c":
        raise ValueError(f"Expected a real number for a scalar summary. Received: {data!r}")
    return array.astype(np.float32)


def histogram(data: Any, buckets: int | None = None) -> np.ndarray:
    """Left edge, right edge and count of each bucket, as float64.

    Args:
        data: numbers, of any shape.
        buckets: how many; 30 by default.
    """
    count = DEFAULT_BUCKETS if buckets is None else max(int(buckets), 0)
    values = as_array(data).reshape(-1).astype(np.float64)
    if not values.size or not count:
        return np.zeros((count, 3))
    low, high = values.min(), values.max()
    if low == high:
        found = np.full((count, 3), high)
        found[:, 2] = 0
        found[-1, 2] = values.size
        return found
    if not np.isfinite(high - low):
        raise ValueError(f"A histogram needs finite values. Received values from {low} to {high}.")
    places = np.minimum(np.floor((values - low) / ((high - low) / count)).astype(np.int64), count - 1)
    edges = np.linspace(low, high, count + 1)
    return np.stack([edges[:-1], edges[1:], np.bincount(places, minlength=count).astype(np.float64)], axis=1)


def image(data: Any, max_outputs: int = 3) -> np.ndarray:
    """Width and height as strings, then the first images as PNG files.

    Args:
        data: images of shape (number, height, width, channels): floats in [0, 1], or integers.
        max_outputs: how many images at most.
    """
    images = as_array(data)
    if images.ndim != 4:
        raise ValueError(
            f"Tensor must have rank 4. Received rank {images.ndim}, shape {images.shape}. An image summary is of "
            f"images of shape (number, height, width, channels)."
        )
    if int(max_outputs) < 0:
        raise ValueError(f"max_outputs must not be negative. Received: {max_outputs}")
    pixels = to_pixels(images[: int(max_outputs)])
    return text_vector([str(images.shape[2]).encode(), str(images.shape[1]).encode(), *map(encode_png, pixels)])


def to_pixels(images: np.ndarray) -> np.ndarray:
    """Images of any type as uint8: floats from [0, 1], integers by their own range."""
    if images.dtype == np.uint8:
        return images
    if images.dtype.kind == "f":
        scaled = np.nan_to_num(images.astype(np.float64), nan=0.0) * 255.5
        return np.clip(scaled, 0, 255).astype(np.uint8)
    if images.dtype.kind not in "iu":
        raise TypeError(f"Images are of floats or integers. Received dtype {images.dtype}.")
    highest = np.iinfo(images.dtype).max
    if highest < 255:  # int8
        return np.clip(images.astype(np.int64), 0, highest).astype(np.uint8) * 2
    return np.clip(images // ((int(highest) + 1) // 256), 0, 255).astype(np.uint8)


def text(data: Any) -> np.ndarray:
    """Strings, of any shape."""
    array = as_array(data)
    if array.dtype != object:
        raise TypeError(f"A text summary is of strings. Received values of dtype {array.dtype}.")
    return array


def audio(data: Any, sample_rate: int, max_outputs: int = 3) -> np.ndarray:
    """The first sounds as WAV files, each with an empty label.

    Args:
        data: sounds of shape (number, frames, channels), of values in [-1, 1].
    """
    sounds = as_array(data)
    if sounds.ndim != 3:
        raise ValueError(
            f"Tensor must have rank 3. Received rank {sounds.ndim}, shape {sounds.shape}. An audio summary is of "
            f"sounds of shape (number, frames, channels)."
        )
    if int(max_outputs) < 0:
        raise ValueError(f"max_outputs must not be negative. Received: {max_outputs}")
    files = [encode_wav(sound, int(sample_rate)) for sound in sounds[: int(max_outputs)]]
    return text_vector([item for file in files for item in (file, b"")]).reshape(-1, 2)


def audio_metadata(description: str | None = None) -> SummaryMetadata:
    return metadata("audio", description, _WAV)
