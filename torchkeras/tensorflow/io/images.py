"""Image files as tensors, and tensors as image files, by way of Pillow."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import torch

from torchkeras.events.png import encode_png as png_file
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


def _check_channels(channels: int | None, kernel: str) -> int:
    found = 0 if channels is None else int(channels)
    if found not in (0, 1, 3, 4):
        invalid(f"channels must be 0, 1, 3, or 4, got {found}", kernel)
    return found


def _decoded(contents: Any, channels: int | None, kernel: str, ratio: int = 1, truncated: bool = False) -> np.ndarray:
    """What the decoders of JPEG and PNG files share: each takes the other's files, and GIF files of one frame."""
    wanted = _check_channels(channels, kernel)
    image = opened(_contents(contents, kernel), kernel, truncated)
    if image.format == "BMP":
        invalid("Trying to decode BMP format using a wrong op. Use `tf.io.decode_bmp` or `tf.io.decode_image`", kernel)
    if image.format == "JPEG":
        return _jpeg(image, wanted, ratio, kernel)
    if image.format == "GIF":
        if getattr(image, "n_frames", 1) > 1:
            invalid(
                f"Got {image.n_frames} frames, but animated gifs can only be decoded by tf.io.decode_gif or "
                f"tf.io.decode_image",
                kernel,
            )
        _check_gif(wanted, kernel)
        return _frames(image)[0]
    return pixels(image, wanted)


def _check_gif(channels: int, kernel: str) -> None:
    if channels not in (0, 3):
        invalid(f"channels must be 0 or 3 for GIF, but got {channels}", kernel)


def _jpeg(image: Any, channels: int, ratio: int, kernel: str) -> np.ndarray:
    if channels == 4 or (channels == 1 and image.mode == "CMYK"):
        invalid(f"channels={channels} cannot be made of this JPEG file", kernel)
    width, height = image.size
    # Pillow halves until another time would be too small. Brightness is taken as the file has it, not worked out.
    mode = "L" if channels == 1 and image.mode == "RGB" else None
    if ratio > 1 or mode:
        image.draft(mode, (max(width // ratio, 1), max(height // ratio, 1)))
    return pixels(image, channels)


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
    """A JPEG file (or a PNG or GIF one) as uint8 of shape (height, width, channels).

    Colours are those of dct_method='INTEGER_ACCURATE', a few units from TensorFlow's quicker default.

    Args:
        channels: 1 for grey, 3 for colours, 0 for what the file has.
        ratio: 1, 2, 4 or 8: how many times smaller the image is to be.
        try_recover_truncated: whether a file that ends too early is taken.
        fancy_upscaling, acceptable_fraction, dct_method: accepted for TensorFlow's sake.
    """
    if ratio not in (1, 2, 4, 8):
        invalid(f"ratio must be 1, 2, 4, or 8, got {ratio}", "DecodeJpeg")
    return _result(_decoded(contents, channels, "DecodeJpeg", ratio, try_recover_truncated))


def _only_jpeg(contents: Any, kernel: str) -> bytes:
    found = _contents(contents, kernel)
    if not _begins_as_jpeg(found):
        invalid("Expected a JPEG file", kernel)
    return found


def _begins_as_jpeg(contents: bytes) -> bool:
    return contents[:3] == b"\xff\xd8\xff"


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
    found = _only_jpeg(contents, "DecodeAndCropJpeg")
    whole = tensor(decode_jpeg(found, channels, ratio, try_recover_truncated=try_recover_truncated))
    top, left, height, width = sizes(crop_window)
    inside = top >= 0 and left >= 0 and height > 0 and width > 0
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
    kind = dtypes.as_dtype(dtype)
    if kind.name not in ("uint8", "uint16"):
        invalid(
            f"Value for attr 'dtype' of {kind.name} is not in the list of allowed values: uint8, uint16", "DecodePng"
        )
    if kind.name == "uint8":
        return _result(_decoded(contents, channels, "DecodePng"))
    image = opened(_contents(contents, "DecodePng"), "DecodePng", deep=True)
    if image.format == "PNG":
        return _result(pixels(image, _check_channels(channels, "DecodePng"), wide=True))
    return _result(_in_dtype(_decoded(contents, channels, "DecodePng"), kind))


@operation("io.decode_gif", "DecodeGif")
def decode_gif(contents: Any, name: str | None = None) -> Any:
    """All frames of a GIF file as uint8 of shape (frames, height, width, 3)."""
    image = opened(_contents(contents, "DecodeGif"), "DecodeGif")
    if image.format == "BMP":
        invalid("Trying to decode BMP format using a wrong op. Use `tf.io.decode_bmp` or `tf.io.decode_image`",
                "DecodeGif")  # fmt: skip
    return _result(_frames(image) if image.format == "GIF" else pixels(image, 3)[None])


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
        channels: 1 (of grey files), 3 or 4; 0 for what the file has.
    """
    wanted = _check_channels(channels, "DecodeBmp")
    image = opened(_contents(contents, "DecodeBmp"), "DecodeBmp")
    if image.format != "BMP":
        invalid(f"Expected a BMP file, got a {image.format} one", "DecodeBmp")
    return _result(_bmp(image, wanted, "DecodeBmp"))


def _bmp(image: Any, channels: int, kernel: str) -> np.ndarray:
    have = image.array.shape[-1]
    if channels == 1 and have > 1:
        invalid(f"channels attribute {channels} does not match bits per pixel from file {8 * have}", kernel)
    return as_channels(image.array, channels)


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
    wanted = _check_channels(channels, "DecodeImage")
    kind = dtypes.as_dtype(dtype)
    if kind.name not in ("uint8", "uint16", "float32"):
        invalid(f"dtype {kind.name} is not one of uint8, uint16, float32", "DecodeImage")
    found = _contents(contents, "DecodeImage")
    image = opened(found, "DecodeImage", deep=kind.name != "uint8")
    if image.format == "GIF":
        _check_gif(wanted, "DecodeImage")
        frames = _frames(image)
        return _result(_in_dtype(frames if expand_animations else frames[0], kind))
    if image.format == "BMP":
        return _result(_in_dtype(_bmp(image, wanted, "DecodeImage"), kind))
    if image.format == "JPEG":
        return _result(_in_dtype(_jpeg(image, wanted, 1, "DecodeImage"), kind))
    return _result(_in_dtype(pixels(image, wanted, wide=kind.name != "uint8"), kind))


def _in_dtype(array: np.ndarray, kind: dtypes.DType) -> np.ndarray:
    if kind.name == "float32":
        return array.astype(np.float32) * np.float32(1 / np.iinfo(array.dtype).max)
    if kind.name == "uint16" and array.dtype == np.uint8:
        return array.astype(np.uint16) * 256
    return array


@operation("io.extract_jpeg_shape", "ExtractJpegShape")
def extract_jpeg_shape(contents: Any, output_type: Any = dtypes.int32, name: str | None = None) -> Any:
    """The height, the width and the number of channels of a JPEG file, without decoding it."""
    image = opened(_only_jpeg(contents, "ExtractJpegShape"), "ExtractJpegShape")
    shape = [image.size[1], image.size[0], len(image.getbands())]
    return made(from_python(shape, dtypes.torch_of(output_type)))


@operation("io.is_jpeg", "IsJpeg")
def is_jpeg(contents: Any, name: str | None = None) -> Any:
    """Whether a text begins as a JPEG file does."""
    return made(from_python(_begins_as_jpeg(_contents(contents, "IsJpeg")), torch.bool))


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
    metadata = {"xmp": xmp_metadata.encode()} if xmp_metadata else {}
    file = io.BytesIO()
    pillow().fromarray(array[:, :, 0] if array.shape[-1] == 1 else array).save(
        file, "JPEG", quality=quality, progressive=progressive, optimize=optimize_size,
        subsampling=2 if chroma_downsampling else 0, dpi=density, **metadata,
    )  # fmt: skip
    return text_result([file.getvalue()], ())


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
    return text_result([png_file(array, compression)], ())


__all__ = [
    "decode_and_crop_jpeg", "decode_bmp", "decode_gif", "decode_image", "decode_jpeg", "decode_png", "encode_jpeg",
    "encode_png", "extract_jpeg_shape", "is_jpeg",
]  # fmt: skip
