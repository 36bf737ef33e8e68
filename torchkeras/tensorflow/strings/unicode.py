"""Unicode: code points, characters, encodings and scripts."""

from __future__ import annotations

import codecs
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from torchkeras.core.text import mapped
from torchkeras.tensorflow.arguments import invalid
from torchkeras.tensorflow.convert import tensor
from torchkeras.tensorflow.dispatch import bound, handles
from torchkeras.tensorflow.operation import operation
from torchkeras.tensorflow.string_tensor import StringTensor
from torchkeras.tensorflow.strings.arguments import chosen, numbers, rows, text_result, text_rows, texts
from torchkeras.tensorflow.strings.scripts import script_of

_ERRORS = ("strict", "replace", "ignore")
_OUTPUTS = {"UTF-8": "utf-8", "UTF-16-BE": "utf-16-be", "UTF-32-BE": "utf-32-be"}


class _Reader:
    """Reads texts of an encoding as code points.

    Args:
        encoding: its name.
        errors: what becomes of what is no character: 'replace', 'ignore', or 'strict' for an error.
        replacement: the code point that takes its place.
        control: whether control characters are replaced as well.
        kernel: for error messages.
    """

    def __init__(self, encoding: str, errors: str, replacement: int, control: bool, kernel: str) -> None:
        chosen(errors, _ERRORS, "errors", kernel)
        try:
            self.codec = codecs.lookup(encoding)
        except LookupError:
            invalid(f"Could not create converter for input encoding: {encoding}", kernel)
        if not 0 <= replacement <= 0x10FFFF or 0xD800 <= replacement <= 0xDFFF:
            invalid("replacement_char out of unicode codepoint range", kernel)
        self.errors, self.replacement, self.control, self.kernel = errors, chr(replacement), control, kernel

    def __call__(self, text: bytes) -> str:
        return "".join(char for char, _ in self.located(text))

    def located(self, text: bytes) -> list[tuple[str, int]]:
        """Each character and the place of its first byte."""
        if text.isascii() and self.codec.name == "utf-8" and not self.control:
            return [(chr(byte), place) for place, byte in enumerate(text)]
        found: list[tuple[str, int]] = []
        at = 0
        while at < len(text):
            try:
                good, _ = self.codec.decode(text[at:])
                bad = 0
            except UnicodeDecodeError as error:
                good, _ = self.codec.decode(text[at : at + error.start])
                bad = error.end - error.start
            for char in good:
                found += [(shown, at) for shown in self._shown(char)]
                at += len(self.codec.encode(char)[0])
            if bad:
                if self.errors == "strict":
                    invalid("Invalid formatting on input string", self.kernel)
                if self.errors == "replace":
                    found.append((self.replacement, at))
                at += bad
            elif not good:
                break
        return found

    def _shown(self, char: str) -> str:
        if not self.control or not (char < " " or "\x7f" <= char <= "\x9f"):
            return char
        return "" if self.errors == "ignore" else self.replacement


@operation("strings.unicode_decode", "UnicodeDecode")
def unicode_decode(
    input: Any,
    input_encoding: str,
    errors: str = "replace",
    replacement_char: int = 65533,
    replace_control_characters: bool = False,
    name: str | None = None,
) -> Any:
    """The code points of each text, as int32: a vector for a single text, else a RaggedTensor.

    Args:
        input_encoding: 'UTF-8', 'UTF-16-BE', 'UTF-32-BE', or any other that Python knows.
        errors: what becomes of what is no character: 'replace', 'ignore', or 'strict' for an error.
        replacement_char: the code point that takes its place.
        replace_control_characters: whether control characters are replaced as well.
    """
    found = texts(input, "UnicodeDecode")
    read = _Reader(input_encoding, errors, replacement_char, replace_control_characters, "UnicodeDecode")
    return _code_points([read(text) for text in found.reshape(-1)], found.shape)


@operation("strings.unicode_decode_with_offsets", "UnicodeDecodeWithOffsets")
def unicode_decode_with_offsets(
    input: Any,
    input_encoding: str,
    errors: str = "replace",
    replacement_char: int = 65533,
    replace_control_characters: bool = False,
    name: str | None = None,
) -> Any:
    """The code points of each text, and the place of each one's first byte; see `unicode_decode`."""
    found = texts(input, "UnicodeDecodeWithOffsets")
    read = _Reader(input_encoding, errors, replacement_char, replace_control_characters, "UnicodeDecodeWithOffsets")
    located = [read.located(text) for text in found.reshape(-1)]
    decoded = _code_points(["".join(char for char, _ in row) for row in located], found.shape)
    return decoded, _offsets(located, found.shape)


@operation("strings.unicode_split", "UnicodeSplit")
def unicode_split(
    input: Any,
    input_encoding: str,
    errors: str = "replace",
    replacement_char: int = 65533,
    name: str | None = None,
) -> Any:
    """The characters of each text, as texts of their own; see `unicode_decode` for the arguments."""
    found = texts(input, "UnicodeSplit")
    read = _Reader(input_encoding, errors, replacement_char, False, "UnicodeSplit")
    write = _writer(input_encoding, "UnicodeSplit")
    return text_rows([[write(char) for char in read(text)] for text in found.reshape(-1)], found.shape)


@operation("strings.unicode_split_with_offsets", "UnicodeSplitWithOffsets")
def unicode_split_with_offsets(
    input: Any,
    input_encoding: str,
    errors: str = "replace",
    replacement_char: int = 65533,
    name: str | None = None,
) -> Any:
    """The characters of each text, and the place of each one's first byte."""
    found = texts(input, "UnicodeSplitWithOffsets")
    read = _Reader(input_encoding, errors, replacement_char, False, "UnicodeSplitWithOffsets")
    write = _writer(input_encoding, "UnicodeSplitWithOffsets")
    located = [read.located(text) for text in found.reshape(-1)]
    return text_rows([[write(char) for char, _ in row] for row in located], found.shape), _offsets(located, found.shape)


@handles("ragged", "strings.unicode_decode_with_offsets", "strings.unicode_split_with_offsets")
def _located_in_rows(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    given = bound(function, args, kwargs)
    data = given["input"]
    return tuple(data.with_flat_values(part) for part in function(**given | {"input": data.flat_values}))


def _code_points(decoded: list[str], shape: Any) -> Any:
    flat = [ord(char) for text in decoded for char in text]
    return rows(numbers(flat, torch.int32), [len(text) for text in decoded], shape)


def _offsets(located: list[list[tuple[str, int]]], shape: Any) -> Any:
    flat = [place for row in located for _, place in row]
    return rows(numbers(flat, torch.int64), [len(row) for row in located], shape)


@operation("strings.unicode_encode", "UnicodeEncode")
def unicode_encode(
    input: Any, output_encoding: str, errors: str = "replace", replacement_char: int = 65533, name: str | None = None
) -> Any:
    """Code points, along the last axis, as texts.

    Args:
        input: integers: a tensor or a RaggedTensor.
        output_encoding: 'UTF-8', 'UTF-16-BE' or 'UTF-32-BE'.
        errors: what becomes of what is no code point: 'replace', 'ignore', or 'strict' for an error.
        replacement_char: the code point that takes its place.
    """
    codes = tensor(input).cpu().numpy()
    if not codes.ndim:
        raise ValueError("input_tensor's rank must be at least 1.")
    chosen(errors, _ERRORS, "errors", "UnicodeEncode")
    write = _writer(output_encoding, "UnicodeEncode")
    words = codes.reshape(math.prod(codes.shape[:-1]), codes.shape[-1])
    found = [write(_characters(word, errors, replacement_char)) for word in words.tolist()]
    return text_result(found, codes.shape[:-1])


@handles("ragged", "strings.unicode_encode")
def _encoded_rows(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    given = bound(function, args, kwargs)
    data = given["input"]
    if hasattr(data.values, "with_values") or len(data.values.shape) > 1:
        return data.with_values(function(**given | {"input": data.values}))
    found = [function(**given | {"input": row})._array[()] for row in data]
    return text_result(found, (len(found),))


def _characters(codes: list[int], errors: str, replacement: int) -> str:
    made = []
    for code in codes:
        if 0 <= code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF:
            made.append(chr(code))
        elif errors == "strict":
            invalid("Code point is out of range for Unicode, or is a surrogate.", "UnicodeEncode")
        elif errors == "replace":
            made.append(chr(replacement))
    return "".join(made)


def _writer(encoding: str, kernel: str) -> Callable[[str], bytes]:
    known = _OUTPUTS[chosen(encoding, tuple(_OUTPUTS), "output_encoding", kernel)]
    return lambda text: text.encode(known)


@operation("strings.unicode_transcode", "UnicodeTranscode")
def unicode_transcode(
    input: Any,
    input_encoding: str,
    output_encoding: str,
    errors: str = "replace",
    replacement_char: int = 65533,
    replace_control_characters: bool = False,
    name: str | None = None,
) -> Any:
    """Texts of one encoding in another; see `unicode_decode` for the arguments."""
    found = texts(input, "UnicodeTranscode")
    read = _Reader(input_encoding, errors, replacement_char, replace_control_characters, "UnicodeTranscode")
    write = _writer(output_encoding, "UnicodeTranscode")
    return StringTensor(mapped(lambda text: write(read(text)), found))


@operation("strings.unicode_script", "UnicodeScript")
def unicode_script(input: Any, name: str | None = None) -> Any:
    """The script of each code point, by ICU's numbers; -1 for what is none."""
    codes = tensor(input).cpu().numpy()
    return numbers(script_of(np.asarray(codes)), torch.int32, codes.shape)
