"""tf.image: images of other sizes, colours and forms."""

from typing import NoReturn

from torchkeras.tensorflow.image.adjusting import (
    adjust_brightness,
    adjust_contrast,
    adjust_gamma,
    adjust_hue,
    adjust_saturation,
    per_image_standardization,
    random_brightness,
    random_contrast,
    random_hue,
    random_saturation,
    stateless_random_brightness,
    stateless_random_contrast,
    stateless_random_hue,
    stateless_random_saturation,
)
from torchkeras.tensorflow.image.boxes import crop_and_resize, draw_bounding_boxes, extract_glimpse
from torchkeras.tensorflow.image.colors import (
    grayscale_to_rgb,
    hsv_to_rgb,
    rgb_to_grayscale,
    rgb_to_hsv,
    rgb_to_yiq,
    rgb_to_yuv,
    yiq_to_rgb,
    yuv_to_rgb,
)
from torchkeras.tensorflow.image.distortion import (
    sample_distorted_bounding_box,
    stateless_sample_distorted_bounding_box,
)
from torchkeras.tensorflow.image.edges import extract_patches, image_gradients, sobel_edges
from torchkeras.tensorflow.image.flips import (
    flip_left_right,
    flip_up_down,
    random_crop,
    random_flip_left_right,
    random_flip_up_down,
    rot90,
    stateless_random_crop,
    stateless_random_flip_left_right,
    stateless_random_flip_up_down,
    transpose,
)
from torchkeras.tensorflow.image.frames import convert_image_dtype
from torchkeras.tensorflow.image.likeness import psnr, ssim, ssim_multiscale, total_variation
from torchkeras.tensorflow.image.quality import (
    adjust_jpeg_quality,
    random_jpeg_quality,
    stateless_random_jpeg_quality,
)
from torchkeras.tensorflow.image.sizes import (
    ResizeMethod,
    central_crop,
    crop_to_bounding_box,
    pad_to_bounding_box,
    resize,
    resize_with_crop_or_pad,
    resize_with_pad,
)
from torchkeras.tensorflow.image.suppression import (
    combined_non_max_suppression,
    non_max_suppression,
    non_max_suppression_overlaps,
    non_max_suppression_padded,
    non_max_suppression_with_scores,
)
from torchkeras.tensorflow.io.images import (
    decode_and_crop_jpeg,
    decode_bmp,
    decode_gif,
    decode_image,
    decode_jpeg,
    decode_png,
    encode_jpeg,
    encode_png,
    extract_jpeg_shape,
    is_jpeg,
)
from torchkeras.tensorflow.missing_names import refuse

__all__ = [
    "adjust_jpeg_quality", "random_jpeg_quality", "stateless_random_jpeg_quality", "decode_and_crop_jpeg",
    "decode_bmp", "decode_gif", "decode_image", "decode_jpeg", "decode_png", "encode_jpeg", "encode_png",
    "extract_jpeg_shape", "is_jpeg",
    "ResizeMethod", "adjust_brightness", "adjust_contrast", "adjust_gamma", "adjust_hue", "adjust_saturation",
    "central_crop", "combined_non_max_suppression", "convert_image_dtype", "crop_and_resize", "crop_to_bounding_box",
    "draw_bounding_boxes", "extract_glimpse", "extract_patches", "flip_left_right", "flip_up_down",
    "sample_distorted_bounding_box", "stateless_sample_distorted_bounding_box",
    "grayscale_to_rgb", "hsv_to_rgb", "image_gradients", "non_max_suppression", "non_max_suppression_overlaps",
    "non_max_suppression_padded", "non_max_suppression_with_scores", "pad_to_bounding_box",
    "per_image_standardization", "psnr", "random_brightness", "random_contrast", "random_crop",
    "random_flip_left_right", "random_flip_up_down", "random_hue", "random_saturation", "resize",
    "resize_with_crop_or_pad", "resize_with_pad", "rgb_to_grayscale", "rgb_to_hsv", "rgb_to_yiq", "rgb_to_yuv",
    "rot90", "sobel_edges", "ssim", "ssim_multiscale", "stateless_random_brightness", "stateless_random_contrast",
    "stateless_random_crop", "stateless_random_flip_left_right", "stateless_random_flip_up_down",
    "stateless_random_hue", "stateless_random_saturation", "total_variation", "transpose", "yiq_to_rgb", "yuv_to_rgb",
]  # fmt: skip

_INSTEAD = {
    "generate_bounding_box_proposals": "Use tf.image.combined_non_max_suppression on the decoded boxes.",
    "decode_webp": "Decode it with PIL: `np.asarray(PIL.Image.open(path))`.",
    "decode_jxl": "Decode it with PIL and its plugin for JPEG XL.",
}


def __getattr__(name: str) -> NoReturn:
    refuse("image", name, _INSTEAD, __all__)
