"""Changing the colours of single images: channels shifted, brightness changed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from torchkeras.utils.images import array_to_img, img_to_array, pillow


def apply_channel_shift(x: np.ndarray, intensity: float, channel_axis: int = 0) -> np.ndarray:
    """An image with `intensity` added to all channels, kept within its smallest and largest value."""
    return np.clip(x + float(intensity), np.min(x), np.max(x))


def random_channel_shift(x: np.ndarray, intensity_range: float, channel_axis: int = 0) -> np.ndarray:
    """An image with up to `intensity_range` added or taken away."""
    intensity = np.random.uniform(-intensity_range, intensity_range)
    return apply_channel_shift(x, intensity, channel_axis=channel_axis)


def apply_brightness_shift(x: np.ndarray, brightness: float, scale: bool = True) -> np.ndarray:
    """An image made brighter or darker, as Pillow does it: in whole numbers from 0 to 255.

    Args:
        x: the image.
        brightness: a factor; 1 leaves the image, 0 makes it black.
        scale: stretch the values to 0..255 first. Where they lie outside that range they are, and stretched back.
    """
    enhance = pillow("ImageEnhance")
    smallest, largest = np.min(x), np.max(x)
    beyond = bool(smallest < 0 or largest > 255)
    image = enhance.Brightness(array_to_img(x, scale=beyond or scale)).enhance(brightness)
    changed = img_to_array(image)
    if beyond and not scale:
        return changed / 255 * (largest - smallest) + smallest
    return changed


def random_brightness(x: np.ndarray, brightness_range: Sequence[float], scale: bool = True) -> np.ndarray:
    """An image made brighter or darker by a factor between the two of `brightness_range`."""
    if len(brightness_range) != 2:
        raise ValueError(f"`brightness_range` should be tuple or list of two floats. Received: {brightness_range}")
    factor = np.random.uniform(brightness_range[0], brightness_range[1])
    return apply_brightness_shift(x, factor, scale)
