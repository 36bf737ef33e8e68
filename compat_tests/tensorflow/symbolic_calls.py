"""Calls of tf functions on a symbolic tensor, by the label they have in a model's summary."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Call = Callable[[Any, Any], Any]

#: On images (8, 8, 3): {label: call}.
IMAGES: dict[str, Call] = {
    "nn.relu": lambda tf, x: tf.nn.relu(x),
    "nn.leaky_relu": lambda tf, x: tf.nn.leaky_relu(x, alpha=0.1),
    "nn.gelu": lambda tf, x: tf.nn.gelu(x),
    "nn.silu": lambda tf, x: tf.nn.swish(x),
    "nn.softmax": lambda tf, x: tf.nn.softmax(x, axis=-1),
    "nn.max_pool2d": lambda tf, x: tf.nn.max_pool(x, ksize=2, strides=2, padding="SAME"),
    "compat.v1.nn.conv2d": lambda tf, x: tf.nn.conv2d(x, tf.ones([2, 2, 3, 1]), 1, "SAME"),
    "compat.v1.nn.depthwise_conv2d": lambda tf, x: tf.nn.depthwise_conv2d(
        x, tf.ones([2, 2, 3, 1]), [1, 1, 1, 1], "SAME"
    ),
    "nn.convolution": lambda tf, x: tf.nn.convolution(x, tf.ones([3, 3, 3, 2])),
    "nn.elu": lambda tf, x: tf.nn.elu(x),
    "math.sigmoid": lambda tf, x: tf.nn.sigmoid(x),
    "nn.avg_pool": lambda tf, x: tf.nn.avg_pool(x, 2, 2, "SAME"),
    "nn.avg_pool2d": lambda tf, x: tf.nn.avg_pool2d(x, 2, 2, "VALID"),
    "nn.space_to_depth": lambda tf, x: tf.nn.space_to_depth(x, 2),
    "nn.local_response_normalization": lambda tf, x: tf.nn.local_response_normalization(x, depth_radius=1),
    "math.l2_normalize": lambda tf, x: tf.nn.l2_normalize(x, axis=-1),
    "nn.bias_add": lambda tf, x: tf.nn.bias_add(x, [0.1, 0.2, 0.3]),
    "image.resize": lambda tf, x: tf.image.resize(x, (4, 5)),
    "image.flip_left_right": lambda tf, x: tf.image.flip_left_right(x),
    "image.rgb_to_grayscale": lambda tf, x: tf.image.rgb_to_grayscale(x),
    "image.central_crop": lambda tf, x: tf.image.central_crop(x, 0.5),
    "image.per_image_standardization": lambda tf, x: tf.image.per_image_standardization(x),
    "image.adjust_contrast": lambda tf, x: tf.image.adjust_contrast(x, 2.0),
    "image.extract_patches": lambda tf, x: tf.image.extract_patches(
        images=x, sizes=[1, 4, 4, 1], strides=[1, 4, 4, 1], rates=[1, 1, 1, 1], padding="VALID"
    ),
    "image.rgb_to_hsv": lambda tf, x: tf.image.rgb_to_hsv(x),
    "image.adjust_brightness": lambda tf, x: tf.image.adjust_brightness(x, 0.1),
    "image.adjust_saturation": lambda tf, x: tf.image.adjust_saturation(x, 0.5),
    "image.rot90": lambda tf, x: tf.image.rot90(x),
    "image.convert_image_dtype": lambda tf, x: tf.image.convert_image_dtype(x, "uint8"),
    "image.resize_with_pad": lambda tf, x: tf.image.resize_with_pad(x, 5, 6),
    "image.crop_to_bounding_box": lambda tf, x: tf.image.crop_to_bounding_box(x, 0, 1, 4, 5),
    "image.ssim": lambda tf, x: tf.image.ssim(x, x, 1.0, filter_size=3),
    "image.resize_with_crop_or_pad": lambda tf, x: tf.image.resize_with_crop_or_pad(x, 6, 10),
    "signal.frame": lambda tf, x: tf.signal.frame(x, 4, 2, axis=1),
    "signal.dct": lambda tf, x: tf.signal.dct(x),
}
