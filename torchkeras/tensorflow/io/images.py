"""Image files as tensors, and tensors as image files, by way of Pillow."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import torch

from torchkeras.tensorflow import dtypes
from torchkeras.tensorflow.arguments import invalid, plain_dtype, sizes
from torchkeras.tensorflow.convert import from_python, made, tensor
from torchkeras.tensorflow.io.pixels import as_channels, opened, pixels
from torchkeras.tensorflow.operation import operation
from torchkeras.tensorflow.strings.arguments import one_text, text_result
from torchkeras.utils.images import pillow


def _contents(value: Any, kernel: str) -> bytes:
    return one_text(value, kernel)


def _result(array: np.ndarray) -> Any:
    return made(from_python(np.ascontiguousarray(array), None))


def _check_channels(channels: int | None, allowed: tuple[int, ...], kernel: str) -> int:
    found = 0 if channels is None else int(channels)
    if found not in allowed:
        invalid(f"channels must be {', '.join(map(str, allowed[:-1]))}, or {allowed[-1]}, got {found}", kernel)
    return found


@operation("io.decode_jpeg", "DecodeJpeg")
def decode_jpeg(
    contents: Any,
    channels: int = 0,
    ratio: int = 1,
    fancy_upscaling: bool = True,
    try_recover_truncated: bool = False,
    acceptable_fraction: float = 1,
    dct_method: str = "",
    name: str | None = None,
) -> Any:
    """A JPEG file (or a PNG, GIF or BMP one) as uint8 of shape (height, width, channels).

    Args:
        channels: 1 for grey, 3 for colours, 0 for what the file has.
        ratio: 1, 2, 4 or 8: how many times smaller the image is to be.
        fancy_upscaling, try_recover_truncated, acceptable_fraction, dct_method: accepted for TensorFlow's sake.
    """
    wanted = _check_channels(channels, (0, 1, 3), "DecodeJpeg")
    if ratio not in (1, 2, 4, 8):
        invalid(f"ratio must be 1, 2, 4, or 8, got {ratio}", "DecodeJpeg")
    image = opened(_contents(contents, "DecodeJpeg"), "DecodeJpeg", try_recover_truncated)
    if image.format == "JPEG":
        return _result(_jpeg(image, wanted, ratio))
    if image.format == "GIF":
        return _result(_only_frame(image, "DecodeJpeg"))
    return _result(pixels(image, wanted))


def _jpeg(image: Any, channels: int, ratio: int) -> np.ndarray:
    if ratio > 1:
        width, height = image.size
        image.draft(None, (-(-width // ratio), -(-height // ratio)))
    if channels == 1 and image.mode == "YCbCr":
        return np.asarray(image)[:, :, :1]
    if channels == 1 and image.mode == "RGB":
        # The brightness as the file has it, not one worked out from the colours.
        image.draft("L", None)
    return pixels(image, channels)


def _only_frame(image: Any, kernel: str) -> np.ndarray:
    if getattr(image, "n_frames", 1) > 1:
        invalid(f"Got {image.n_frames} frames, but animated gifs can only be decoded by tf.io.decode_gif or "
                f"tf.io.decode_image", kernel)  # fmt: skip
    return np.asarray(image.convert("RGB"))


@operation("io.decode_and_crop_jpeg", "DecodeAndCropJpeg")
def decode_and_crop_jpeg(
    contents: Any,
    crop_window: Any,
    channels: int = 0,
    ratio: int = 1,
    fancy_upscaling: bool = True,
    try_recover_truncated: bool = False,
    acceptable_fraction: float = 1,
    dct_method: str = "",
    name: str | None = None,
) -> Any:
    """A part of a JPEG file.

    Args:
        crop_window: its top, left, height and width.
        channels, ratio: see `decode_jpeg`.
    """
    whole = tensor(decode_jpeg(contents, channels, ratio, try_recover_truncated=try_recover_truncated))
    top, left, height, width = sizes(crop_window)
    inside = 0 <= top and 0 <= left and height > 0 and width > 0
    if not inside or top + height > whole.shape[0] or left + width > whole.shape[1]:
        invalid(f"Invalid JPEG data or crop window, data size {tuple(whole.shape)}", "DecodeAndCropJpeg")
    return made(whole[top : top + height, left : left + width].clone())


@operation("io.decode_png", "DecodePng")
def decode_png(contents: Any, channels: int = 0, dtype: Any = dtypes.uint8, name: str | None = None) -> Any:
    """A PNG file (or a JPEG, GIF or BMP one) as a tensor of shape (height, width, channels).

    Args:
        channels: 1 for grey, 3 for colours, 4 for colours and opacity, 0 for what the file has.
        dtype: uint8 or uint16.
    """
    wanted = _check_channels(channels, (0, 1, 2, 3, 4), "DecodePng")
    kind = dtypes.as_dtype(dtype)
    if kind.name not in ("uint8", "uint16"):
        invalid(
            f"Value for attr 'dtype' of {kind.name} is not in the list of allowed values: uint8, uint16", "DecodePng"
        )
    image = opened(_contents(contents, "DecodePng"), "DecodePng")
    if image.format == "GIF":
        return _result(_only_frame(image, "DecodePng"))
    if image.format == "JPEG":
        return _result(_jpeg(image, wanted, 1))
    return _result(pixels(image, wanted, wide=kind.name == "uint16"))


@operation("io.decode_gif", "DecodeGif")
def decode_gif(contents: Any, name: str | None = None) -> Any:
    """All frames of a GIF file as uint8 of shape (frames, height, width, 3)."""
    image = opened(_contents(contents, "DecodeGif"), "DecodeGif")
    if image.format != "GIF":  # one frame
        return _result(pixels(image, 3)[None])
    return _result(_frames(image))


def _frames(image: Any) -> np.ndarray:
    frames = []
    for number in range(getattr(image, "n_frames", 1)):
        image.seek(number)
        frames.append(np.asarray(image.convert("RGB")))
    return np.stack(frames)


@operation("io.decode_bmp", "DecodeBmp")
def decode_bmp(contents: Any, channels: int = 0, name: str | None = None) -> Any:
    """A BMP file as uint8 of shape (height, width, channels).

    Args:
        channels: what the file has, or 0.
    """
    wanted = _check_channels(channels, (0, 1, 3, 4), "DecodeBmp")
    image = opened(_contents(contents, "DecodeBmp"), "DecodeBmp")
    if image.format == "GIF":
        return _result(_only_frame(image, "DecodeBmp"))
    found = pixels(image, 0)
    if image.format == "BMP" and wanted and found.shape[-1] != wanted:
        invalid(f"channels attribute {wanted} does not match bits per pixel from file {found.shape[-1]}", "DecodeBmp")
    return _result(as_channels(found, wanted))


@operation("io.decode_image", "DecodeImage")
def decode_image(
    contents: Any,
    channels: int | None = None,
    dtype: Any = dtypes.uint8,
    name: str | None = None,
    expand_animations: bool = True,
) -> Any:
    """A JPEG, PNG, BMP or GIF file as a tensor of shape (height, width, channels).

    Args:
        channels: 1, 3 or 4; 0 or None for what the file has.
        dtype: uint8, uint16 or float32 (from 0 to 1).
        expand_animations: whether a GIF file keeps its axis of frames; else its first frame is given.
    """
    wanted = _check_channels(channels, (0, 1, 3, 4), "DecodeImage")
    kind = dtypes.as_dtype(dtype)
    if kind.name not in ("uint8", "uint16", "float32"):
        invalid(f"dtype {kind.name} is not one of uint8, uint16, float32", "DecodeImage")
    image = opened(_contents(contents, "DecodeImage"), "DecodeImage")
    if image.format == "GIF":
        frames = _frames(image)
        if wanted in (1, 4):
            invalid(f"channels must be 0 or 3 for GIF, but got {wanted}", "DecodeImage")
        found = frames if expand_animations else frames[0]
    elif image.format == "JPEG":
        found = _jpeg(image, wanted, 1)
    else:
        found = pixels(image, wanted, wide=kind.name != "uint8" and image.mode.startswith("I"))
    return _result(_in_dtype(found, kind))


def _in_dtype(array: np.ndarray, kind: dtypes.DType) -> np.ndarray:
    if kind.name == "float32":
        return array.astype(np.float32) / np.float32(np.iinfo(array.dtype).max)
    if kind.name == "uint16" and array.dtype == np.uint8:
        return array.astype(np.uint16) * 257
    return array


@operation("io.extract_jpeg_shape", "ExtractJpegShape")
def extract_jpeg_shape(contents: Any, output_type: Any = dtypes.int32, name: str | None = None) -> Any:
    """The height, the width and the number of channels of a JPEG file, without decoding it."""
    image = opened(_contents(contents, "ExtractJpegShape"), "ExtractJpegShape")
    shape = [image.size[1], image.size[0], len(image.getbands())]
    return made(from_python(shape, dtypes.torch_of(output_type)))


@operation("io.is_jpeg", "IsJpeg")
def is_jpeg(contents: Any, name: str | None = None) -> Any:
    """Whether a text begins as a JPEG file does."""
    return made(from_python(_contents(contents, "IsJpeg")[:3] == b"\xff\xd8\xff", torch.bool))


# --- writing ---


def _array(image: Any, kernel: str, channels: tuple[int, ...], allowed: tuple[torch.dtype, ...]) -> np.ndarray:
    found = tensor(image)
    if plain_dtype(found) not in allowed:
        names = ", ".join(dtypes.of_torch(one).name for one in allowed)
        invalid(f"image must be of {names}, got {dtypes.of_torch(plain_dtype(found)).name}", kernel)
    if found.dim() != 3:
        invalid(f"image must be 3-dimensional{list(found.shape)}", kernel)
    if found.shape[-1] not in channels:
        invalid(f"image must have {', '.join(map(str, channels))} channels, has {found.shape[-1]}", kernel)
    array: np.ndarray = found.detach().cpu().numpy()
    return array


@operation("io.encode_jpeg", "EncodeJpeg")
def encode_jpeg(
    image: Any,
    format: str = "",
    quality: int = 95,
    progressive: bool = False,
    optimize_size: bool = False,
    chroma_downsampling: bool = True,
    density_unit: str = "in",
    x_density: int = 300,
    y_density: int = 300,
    xmp_metadata: str = "",
    name: str | None = None,
) -> Any:
    """An image as a JPEG file.

    Args:
        image: uint8 of shape (height, width, 1 or 3).
        format: 'grayscale', 'rgb', or '' for what the channels say.
        quality: from 0 to 100.
        progressive, optimize_size: of the file.
        chroma_downsampling: whether colours are kept at half the resolution.
        density_unit, x_density, y_density: how many pixels an inch ('in') or centimetre ('cm') has.
        xmp_metadata: put into the file.
    """
    array = _array(image, "EncodeJpeg", (1, 3), (torch.uint8,))
    if format not in ("", "grayscale", "rgb"):
        invalid(f'Value for attr \'format\' of "{format}" is not in the list of allowed values: "", "grayscale", "rgb"',
                "EncodeJpeg")  # fmt: skip
    if format and array.shape[-1] != (1 if format == "grayscale" else 3):
        invalid(f"format {format} does not fit {array.shape[-1]} channels", "EncodeJpeg")
    if not 0 <= quality <= 100:
        invalid(f"quality must be in [0,100], got {quality}", "EncodeJpeg")
    density = (x_density, y_density) if density_unit == "in" else (x_density * 2.54, y_density * 2.54)
    return _written(
        array, "JPEG", quality=quality, progressive=progressive, optimize=optimize_size,
        subsampling=2 if chroma_downsampling else 0, dpi=density, **({"xmp": xmp_metadata.encode()} if xmp_metadata else {}),
    )  # fmt: skip


@operation("image.adjust_jpeg_quality", "AdjustJpegQuality")
def recompressed(image: Any, quality: int) -> Any:
    """An image as it comes out of a JPEG file of this quality."""
    return decode_jpeg(encode_jpeg(image, quality=quality))


@operation("io.encode_png", "EncodePng")
def encode_png(image: Any, compression: int = -1, name: str | None = None) -> Any:
    """An image as a PNG file.

    Args:
        image: uint8 or uint16 of shape (..., height, width, 1 to 4).
        compression: from 0 to 9; -1 for zlib's own choice.
    """
    if not -1 <= compression <= 9:
        invalid(f"compression should be in [-1,9], got {compression}", "EncodePng")
    found = tensor(image)
    if found.dim() > 3:
        lead = tuple(found.shape[:-3])
        files = [encode_png(one, compression)._array[()] for one in found.reshape(-1, *found.shape[-3:])]
        return text_result(files, lead)
    array = _array(image, "EncodePng", (1, 2, 3, 4), (torch.uint8, torch.uint16))
    if array.dtype == np.uint16 and array.shape[-1] > 1:
        raise NotImplementedError(
            "Pillow writes PNG files of 16 bits with a single channel only: cast the image to uint8 first."
        )
    return _written(array, "PNG", compress_level=6 if compression < 0 else compression)


def _written(array: np.ndarray, form: str, **options: Any) -> Any:
    file = io.BytesIO()
    shown = array[:, :, 0] if array.shape[-1] == 1 else array
    pillow().fromarray(shown).save(file, form, **options)
    return text_result([file.getvalue()], ())


__all__ = [
    "decode_and_crop_jpeg", "decode_bmp", "decode_gif", "decode_image", "decode_jpeg", "decode_png", "encode_jpeg",
    "encode_png", "extract_jpeg_shape", "is_jpeg",
]  # fmt: skip
