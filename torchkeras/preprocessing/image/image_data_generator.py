"""ImageDataGenerator: images in batches, transformed at random and standardized."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from torchkeras.core.config import check_data_format, floatx
from torchkeras.preprocessing.image.affine import apply_affine_transform
from torchkeras.preprocessing.image.colors import apply_brightness_shift, apply_channel_shift
from torchkeras.preprocessing.image.data_frame_iterator import DataFrameIterator
from torchkeras.preprocessing.image.directory_iterator import DirectoryIterator
from torchkeras.preprocessing.image.numpy_array_iterator import NumpyArrayIterator

#: Keeps divisions by a standard deviation finite.
_EPSILON = 1e-6


class ImageDataGenerator:
    """Makes batches of images, each changed at random, as often as they are asked for.

    Args:
        featurewise_center: subtract the mean of the data set, which `fit` finds.
        samplewise_center: subtract each image's mean.
        featurewise_std_normalization: divide by the standard deviation of the data set, which `fit` finds.
        samplewise_std_normalization: divide by each image's standard deviation.
        zca_whitening, zca_epsilon: make the pixels uncorrelated, with a matrix that `fit` finds.
        rotation_range: turn by up to so many degrees.
        width_shift_range, height_shift_range: shift by up to such a part of the size (below 1) or so many pixels (a
            float from 1 on); an integer n chooses among 0..n-1 pixels, a list among its values, either way.
        brightness_range: two factors to draw one between.
        shear_range: shear by up to so many degrees.
        zoom_range: two factors, or one number z for [1 - z, 1 + z].
        channel_shift_range: add up to so much to all channels.
        fill_mode, cval: what lies outside the image; see `apply_affine_transform`.
        horizontal_flip, vertical_flip: mirror every second image, at random.
        rescale: multiply all values, after the transformation.
        preprocessing_function: from an image to one of the same shape, before the rest of the standardizing.
        data_format: 'channels_last' or 'channels_first'.
        validation_split: the part of the data that is the subset 'validation'.
        interpolation_order: 1 interpolates linearly, 0 takes the nearest pixel.

    Example:
        train = ImageDataGenerator(rescale=1 / 255, rotation_range=20, horizontal_flip=True)
        model.fit(train.flow_from_directory("photos/", target_size=(150, 150), class_mode="binary"), epochs=10)
    """

    def __init__(
        self,
        featurewise_center: bool = False,
        samplewise_center: bool = False,
        featurewise_std_normalization: bool = False,
        samplewise_std_normalization: bool = False,
        zca_whitening: bool = False,
        zca_epsilon: float = 1e-6,
        rotation_range: float = 0,
        width_shift_range: Any = 0.0,
        height_shift_range: Any = 0.0,
        brightness_range: Sequence[float] | None = None,
        shear_range: float = 0.0,
        zoom_range: Any = 0.0,
        channel_shift_range: float = 0.0,
        fill_mode: str = "nearest",
        cval: float = 0.0,
        horizontal_flip: bool = False,
        vertical_flip: bool = False,
        rescale: float | None = None,
        preprocessing_function: Callable[[Any], Any] | None = None,
        data_format: str | None = None,
        validation_split: float = 0.0,
        interpolation_order: int = 1,
        dtype: Any = None,
    ) -> None:
        self.featurewise_center = _implied(
            featurewise_center, "featurewise_center", zca_whitening=zca_whitening,
            featurewise_std_normalization=featurewise_std_normalization,
        )  # fmt: skip
        self.featurewise_std_normalization = featurewise_std_normalization
        self.samplewise_center = _implied(
            samplewise_center, "samplewise_center", samplewise_std_normalization=samplewise_std_normalization
        )
        self.samplewise_std_normalization = samplewise_std_normalization
        self.zca_whitening, self.zca_epsilon = zca_whitening, zca_epsilon
        if zca_whitening and featurewise_std_normalization:
            self.featurewise_std_normalization = False
            warnings.warn(
                "This ImageDataGenerator specifies `zca_whitening` which overrides setting of "
                "`featurewise_std_normalization`.",
                stacklevel=2,
            )
        self.rotation_range, self.shear_range = rotation_range, shear_range
        self.width_shift_range, self.height_shift_range = width_shift_range, height_shift_range
        self.brightness_range = _pair(brightness_range, "brightness_range")
        self.zoom_range = _zoom_range(zoom_range)
        self.channel_shift_range = channel_shift_range
        self.fill_mode, self.cval, self.interpolation_order = fill_mode, cval, interpolation_order
        self.horizontal_flip, self.vertical_flip = horizontal_flip, vertical_flip
        self.rescale, self.preprocessing_function = rescale, preprocessing_function
        self.data_format, self.dtype = check_data_format(data_format), dtype or floatx()
        axes = (1, 2, 3) if self.data_format == "channels_first" else (3, 1, 2)
        self.channel_axis, self.row_axis, self.col_axis = axes
        if validation_split and not 0 < validation_split < 1:
            raise ValueError(f"`validation_split` must be strictly between 0 and 1. Received: {validation_split}")
        self._validation_split = validation_split
        self.mean: np.ndarray | None = None
        self.std: np.ndarray | None = None
        self.zca_whitening_matrix: np.ndarray | None = None

    # --- batches ---

    def flow(
        self,
        x: Any,
        y: Any = None,
        batch_size: int = 32,
        shuffle: bool = True,
        sample_weight: Any = None,
        seed: int | None = None,
        save_to_dir: str | None = None,
        save_prefix: str = "",
        save_format: str = "png",
        ignore_class_split: bool = False,
        subset: str | None = None,
    ) -> NumpyArrayIterator:
        """Batches of transformed images from an array; see NumpyArrayIterator."""
        return NumpyArrayIterator(
            x, y, self, batch_size=batch_size, shuffle=shuffle, sample_weight=sample_weight, seed=seed,
            data_format=self.data_format, save_to_dir=save_to_dir, save_prefix=save_prefix, save_format=save_format,
            subset=subset, ignore_class_split=ignore_class_split, dtype=self.dtype,
        )  # fmt: skip

    def flow_from_directory(
        self,
        directory: Any,
        target_size: tuple[int, int] = (256, 256),
        color_mode: str = "rgb",
        classes: Sequence[str] | None = None,
        class_mode: str | None = "categorical",
        batch_size: int = 32,
        shuffle: bool = True,
        seed: int | None = None,
        save_to_dir: str | None = None,
        save_prefix: str = "",
        save_format: str = "png",
        follow_links: bool = False,
        subset: str | None = None,
        interpolation: str = "nearest",
        keep_aspect_ratio: bool = False,
    ) -> DirectoryIterator:
        """Batches of transformed images from a folder that has one folder for each class; see DirectoryIterator."""
        return DirectoryIterator(
            directory, self, target_size=target_size, color_mode=color_mode, classes=classes, class_mode=class_mode,
            batch_size=batch_size, shuffle=shuffle, seed=seed, data_format=self.data_format, save_to_dir=save_to_dir,
            save_prefix=save_prefix, save_format=save_format, follow_links=follow_links, subset=subset,
            interpolation=interpolation, keep_aspect_ratio=keep_aspect_ratio, dtype=self.dtype,
        )  # fmt: skip

    def flow_from_dataframe(
        self,
        dataframe: Any,
        directory: Any = None,
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
        save_to_dir: str | None = None,
        save_prefix: str = "",
        save_format: str = "png",
        subset: str | None = None,
        interpolation: str = "nearest",
        validate_filenames: bool = True,
        **kwargs: Any,
    ) -> DataFrameIterator:
        """Batches of transformed images whose files and labels stand in a pandas frame; see DataFrameIterator."""
        unknown = set(kwargs) - {"has_ext", "sort", "drop_duplicates"}
        if unknown:
            raise TypeError(f"flow_from_dataframe() got an unexpected keyword argument {sorted(unknown)[0]!r}")
        for name in kwargs:
            warnings.warn(f"`{name}` is deprecated and has no effect.", DeprecationWarning, stacklevel=2)
        if class_mode == "other":
            warnings.warn(
                '`class_mode` "other" is deprecated, please use `class_mode` "raw".', DeprecationWarning, stacklevel=2
            )
            class_mode = "raw"
        return DataFrameIterator(
            dataframe, directory, self, x_col=x_col, y_col=y_col, weight_col=weight_col, target_size=target_size,
            color_mode=color_mode, classes=classes, class_mode=class_mode, batch_size=batch_size, shuffle=shuffle,
            seed=seed, data_format=self.data_format, save_to_dir=save_to_dir, save_prefix=save_prefix,
            save_format=save_format, subset=subset, interpolation=interpolation, dtype=self.dtype,
            validate_filenames=validate_filenames,
        )  # fmt: skip

    # --- one image ---

    def standardize(self, x: Any) -> Any:
        """An image, or a batch of them, centred, scaled and whitened as the settings say; works in place."""
        if self.preprocessing_function:
            x = self.preprocessing_function(x)
        if self.rescale:
            x *= self.rescale
        if self.samplewise_center:
            x -= np.mean(x, keepdims=True)
        if self.samplewise_std_normalization:
            x /= np.std(x, keepdims=True) + _EPSILON
        mean = self._fitted(self.mean, "featurewise_center")
        if mean is not None:
            x -= mean
        std = self._fitted(self.std, "featurewise_std_normalization")
        if std is not None:
            x /= std + _EPSILON
        matrix = self._fitted(self.zca_whitening_matrix, "zca_whitening")
        if matrix is not None:
            x = np.reshape(x.reshape(-1, np.prod(x.shape[-3:])) @ matrix, x.shape)
        return x

    def _fitted(self, statistic: np.ndarray | None, setting: str) -> np.ndarray | None:
        """What `fit` found for a setting; None where it is off, and with a warning where `fit` was not called."""
        if not getattr(self, setting):
            return None
        if statistic is None:
            warnings.warn(
                f"This ImageDataGenerator specifies `{setting}`, but it hasn't been fit on any training data. Fit it "
                f"first by calling `.fit(numpy_data)`.",
                stacklevel=3,
            )
        return statistic

    def get_random_transform(self, img_shape: Sequence[int], seed: int | None = None) -> dict[str, Any]:
        """The parameters of a transformation of an image of this shape, drawn at random."""
        if seed is not None:
            np.random.seed(seed)
        # In Keras's order of drawing, so that the same seed gives the same parameters.
        theta = _either_way(self.rotation_range)
        tx = _shift(self.height_shift_range, img_shape[self.row_axis - 1])
        ty = _shift(self.width_shift_range, img_shape[self.col_axis - 1])
        shear = _either_way(self.shear_range)
        zx, zy = (1, 1)
        if tuple(self.zoom_range) != (1, 1):
            zx, zy = np.random.uniform(self.zoom_range[0], self.zoom_range[1], 2)
        flip_horizontal = (np.random.random() < 0.5) * self.horizontal_flip
        flip_vertical = (np.random.random() < 0.5) * self.vertical_flip
        intensity = None
        if self.channel_shift_range != 0:
            intensity = np.random.uniform(-self.channel_shift_range, self.channel_shift_range)
        brightness = None
        if self.brightness_range is not None:
            brightness = np.random.uniform(self.brightness_range[0], self.brightness_range[1])
        return {
            "theta": theta, "tx": tx, "ty": ty, "shear": shear, "zx": zx, "zy": zy,
            "flip_horizontal": flip_horizontal, "flip_vertical": flip_vertical,
            "channel_shift_intensity": intensity, "brightness": brightness,
        }  # fmt: skip

    def apply_transform(self, x: np.ndarray, transform_parameters: dict[str, Any]) -> np.ndarray:
        """An image transformed.

        Args:
            x: an array of three axes.
            transform_parameters: any of those `get_random_transform` gives: 'theta', 'tx', 'ty', 'shear', 'zx', 'zy',
                'flip_horizontal', 'flip_vertical', 'channel_shift_intensity', 'brightness'.
        """
        rows, columns, channels = self.row_axis - 1, self.col_axis - 1, self.channel_axis - 1
        given = transform_parameters
        x = apply_affine_transform(
            x, given.get("theta", 0), given.get("tx", 0), given.get("ty", 0), given.get("shear", 0),
            given.get("zx", 1), given.get("zy", 1), row_axis=rows, col_axis=columns, channel_axis=channels,
            fill_mode=self.fill_mode, cval=self.cval, order=self.interpolation_order,
        )  # fmt: skip
        if given.get("channel_shift_intensity") is not None:
            x = apply_channel_shift(x, given["channel_shift_intensity"], channels)
        if given.get("flip_horizontal", False):
            x = np.flip(x, columns)
        if given.get("flip_vertical", False):
            x = np.flip(x, rows)
        if given.get("brightness") is not None:
            x = apply_brightness_shift(x, given["brightness"], False)
        return x

    def random_transform(self, x: np.ndarray, seed: int | None = None) -> np.ndarray:
        """An image transformed at random."""
        return self.apply_transform(x, self.get_random_transform(x.shape, seed))

    # --- the data set's statistics ---

    def fit(self, x: Any, augment: bool = False, rounds: int = 1, seed: int | None = None) -> None:
        """Finds the mean, standard deviation and whitening matrix that the featurewise settings need.

        Args:
            x: sample images, an array of four axes.
            augment: transform them at random first.
            rounds: how often to go through them when augmenting.
        """
        images = np.array(x, dtype=self.dtype)
        if images.ndim != 4:
            raise ValueError(f"Input to `.fit()` should have rank 4. Got array with shape: {images.shape}")
        channels = images.shape[self.channel_axis]
        if channels not in (1, 3, 4):
            warnings.warn(
                f'Expected input to be images (as Numpy array) following the data format convention "'
                f'{self.data_format}" (channels on axis {self.channel_axis}), i.e. expected either 1, 3 or 4 channels '
                f"on axis {self.channel_axis}. However, it was passed an array with shape {images.shape} ({channels} "
                f"channels).",
                stacklevel=2,
            )
        if seed is not None:
            np.random.seed(seed)
        if self.rescale:
            images *= self.rescale
        if augment:
            images = np.stack([self.random_transform(image) for _ in range(rounds) for image in images])
        axes = (0, self.row_axis, self.col_axis)
        if self.featurewise_center:
            self.mean = np.mean(images, axis=axes, keepdims=True)[0]
            images -= self.mean
        if self.featurewise_std_normalization:
            self.std = np.std(images, axis=axes, keepdims=True)[0]
            images /= self.std + _EPSILON
        if self.zca_whitening:
            flat = images.reshape(len(images), -1)
            u, s, _ = np.linalg.svd(flat.T, full_matrices=False)
            self.zca_whitening_matrix = (u * (np.sqrt(len(images)) / (s + self.zca_epsilon))) @ u.T


def _implied(wanted: bool, name: str, **by: bool) -> bool:
    for other, value in by.items():
        if value and not wanted:
            warnings.warn(
                f"This ImageDataGenerator specifies `{other}`, which overrides setting of `{name}`.", stacklevel=3
            )
            wanted = True
    return wanted


def _pair(value: Any, name: str) -> Sequence[float] | None:
    if value is not None and (not isinstance(value, (tuple, list)) or len(value) != 2):
        raise ValueError(f"`{name}` should be tuple or list of two floats. Received: {value}")
    return value


def _zoom_range(value: Any) -> list[float]:
    if isinstance(value, (float, int)):
        return [1 - value, 1 + value]
    if len(value) == 2 and all(isinstance(bound, (float, int)) for bound in value):
        return [value[0], value[1]]
    raise ValueError(f"`zoom_range` should be a float or a tuple or list of two floats. Received: {value}")


def _either_way(bound: float) -> float:
    return np.random.uniform(-bound, bound) if bound else 0


def _shift(given: Any, size: int) -> float:
    """A shift in pixels: from one of several values or of the integers below one, else from an interval."""
    if not given:
        return 0
    if hasattr(given, "__len__") or hasattr(given, "__index__"):
        shift = np.random.choice(given) * np.random.choice([-1, 1])
    else:
        shift = np.random.uniform(-given, given)
    return float(shift * size if np.max(given) < 1 else shift)
