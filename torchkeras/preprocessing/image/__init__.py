"""keras.preprocessing.image: images read, transformed at random, and served in batches."""

from torchkeras.preprocessing.image.affine import (
    apply_affine_transform,
    random_rotation,
    random_shear,
    random_shift,
    random_zoom,
)
from torchkeras.preprocessing.image.colors import (
    apply_brightness_shift,
    apply_channel_shift,
    random_brightness,
    random_channel_shift,
)
from torchkeras.preprocessing.image.data_frame_iterator import DataFrameIterator
from torchkeras.preprocessing.image.directory_iterator import DirectoryIterator
from torchkeras.preprocessing.image.image_data_generator import ImageDataGenerator
from torchkeras.preprocessing.image.iterator import Iterator
from torchkeras.preprocessing.image.numpy_array_iterator import NumpyArrayIterator
from torchkeras.utils.images import array_to_img, img_to_array, load_img, save_img, smart_resize

__all__ = [
    "DataFrameIterator",
    "DirectoryIterator",
    "ImageDataGenerator",
    "Iterator",
    "NumpyArrayIterator",
    "apply_affine_transform",
    "apply_brightness_shift",
    "apply_channel_shift",
    "array_to_img",
    "img_to_array",
    "load_img",
    "random_brightness",
    "random_channel_shift",
    "random_rotation",
    "random_shear",
    "random_shift",
    "random_zoom",
    "save_img",
    "smart_resize",
]
