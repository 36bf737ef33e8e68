"""Bytes: as numbers, unpacked, and in base 64."""

from __future__ import annotations

import base64
import binascii
import zlib
from typing import Any

import numpy as np

from torchkeras.core.text import mapped
from torchkeras.records.framing import WINDOW_BITS
from torchkeras.tensorflow import dtypes
from torchkeras.tensorflow.arguments import invalid
from torchkeras.tensorflow.convert import from_python, made
from torchkeras.tensorflow.errors import DataLossError
from torchkeras.tensorflow.operation import operation
from torchkeras.tensorflow.string_tensor import StringTensor
from torchkeras.tensorflow.strings.arguments import texts


@operation("io.decode_raw", "DecodeRaw")
def decode_raw(
    input_bytes: Any,
    out_type: Any,
    little_endian: bool = True,
    fixed_length: int | None = None,
    name: str | None = None,
) -> Any:
    """The numbers that bytes stand for: one more axis than the texts have.

    Args:
        out_type: of the numbers.
        little_endian: whether the lowest byte of a number comes first.
        fixed_length: cut or fill (with zeros) each text to so many bytes.
    """
    found, wanted = texts(input_bytes, "DecodeRaw"), dtypes.as_dtype(out_type)
    width, flat = wanted.itemsize, list(found.reshape(-1))
    if fixed_length is not None:
        if fixed_length <= 0 or fixed_length % width:
            invalid(
                f"fixed_length ({fixed_length}) must be a multiple of the size of out_type ({width})", "DecodePaddedRaw"
            )
        flat = [text[:fixed_length].ljust(fixed_length, b"\0") for text in flat]
    length = len(flat[0]) if flat else 0
    for i, text in enumerate(flat):
        if len(text) != length:
            invalid(
                f"DecodeRaw requires input strings to all be the same size, but element {i} has size {len(text)} != "
                f"{length}",
                "DecodeRaw",
            )
    if length % width:
        invalid(
            f"Input to DecodeRaw has length {length} that is not a multiple of {width}, the size of {wanted.name}",
            "DecodeRaw",
        )
    kind = np.dtype("uint16" if wanted.name == "bfloat16" else wanted.as_numpy_dtype)
    array = np.frombuffer(b"".join(flat), kind.newbyteorder("<" if little_endian else ">")).astype(kind)
    if wanted.name == "bfloat16":
        array = (array.astype(np.uint32) << 16).view(np.float32)
    return made(from_python(array.reshape(*found.shape, length // width), wanted.torch))


@operation("io.decode_compressed", "DecodeCompressed")
def decode_compressed(bytes: Any, compression_type: str = "", name: str | None = None) -> Any:
    """Bytes unpacked.

    Args:
        compression_type: 'ZLIB', 'GZIP' or '' for none.
    """
    found = texts(bytes, "DecodeCompressed")
    if compression_type not in ("", *WINDOW_BITS):
        invalid(f"Only {', '.join(WINDOW_BITS)} or NONE are supported compressions", "DecodeCompressed")
    if not compression_type:
        return StringTensor(found)
    bits = WINDOW_BITS[compression_type]
    try:
        return StringTensor(mapped(lambda text: zlib.decompress(text, bits), found))
    except zlib.error as error:
        raise DataLossError(None, None, f"inflate() failed: {error} [Op:DecodeCompressed]") from error


@operation("io.encode_base64", "EncodeBase64")
def encode_base64(input: Any, pad: bool = False, name: str | None = None) -> Any:
    """Texts in base 64, in the alphabet that is safe in addresses.

    Args:
        pad: fill up with '=' to a multiple of four characters.
    """

    def encoded(text: bytes) -> bytes:
        found = base64.urlsafe_b64encode(text)
        return found if pad else found.rstrip(b"=")

    return StringTensor(mapped(encoded, texts(input, "EncodeBase64")))


@operation("io.decode_base64", "DecodeBase64")
def decode_base64(input: Any, name: str | None = None) -> Any:
    """Texts from base 64, in the alphabet that is safe in addresses, filled up or not."""
    return StringTensor(mapped(_decoded, texts(input, "DecodeBase64")))


def _decoded(text: bytes) -> bytes:
    bare = text.rstrip(b"=") if len(text) % 4 == 0 else text
    if len(bare) % 4 == 1:
        invalid("Base64 string length cannot be 1 modulo 4.", "DecodeBase64")
    if b"+" in bare or b"/" in bare:  # of the other alphabet
        invalid("Invalid character found in base64.", "DecodeBase64")
    try:
        return base64.b64decode(bare + b"=" * (-len(bare) % 4), altchars=b"-_", validate=True)
    except binascii.Error:
        invalid("Invalid character found in base64.", "DecodeBase64")
