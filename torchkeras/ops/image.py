"""keras.ops.image: sizes, places and colours of images."""

from torchkeras.ops.image_colors import gaussian_blur, hsv_to_rgb, rgb_to_grayscale, rgb_to_hsv, sobel_edges, ssim
from torchkeras.ops.image_geometry import affine_transform, elastic_transform, map_coordinates, perspective_transform
from torchkeras.ops.image_patches import extract_patches, extract_patches_3d
from torchkeras.ops.image_scaling import scale_and_translate
from torchkeras.ops.image_sizes import crop_images, pad_images, resize

__all__ = [
    "affine_transform", "crop_images", "elastic_transform", "extract_patches", "extract_patches_3d",
    "gaussian_blur", "hsv_to_rgb", "map_coordinates", "pad_images", "perspective_transform", "resize",
    "rgb_to_grayscale", "rgb_to_hsv", "scale_and_translate", "sobel_edges", "ssim",
]  # fmt: skip
