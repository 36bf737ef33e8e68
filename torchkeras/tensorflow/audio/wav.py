"""WAV files of 16 bits as tensors, and back."""

from __future__ import annotations

import struct
from typing import Any, NamedTuple

import numpy as np
import torch

from torchkeras.events.wav import encode_wav as wav_file
from torchkeras.tensorflow.arguments import invalid, sizes
from torchkeras.tensorflow.convert import from_python, made, tensor
from torchkeras.tensorflow.operation import operation
from torchkeras.tensorflow.strings.arguments import one_text, text_result


class DecodeWav(NamedTuple):
    """The samples, float32 from -1 to 1 of shape (samples, channels), and how many there are in a second."""

    audio: Any
    sample_rate: Any


@operation("audio.decode_wav", "DecodeWav")
def decode_wav(contents: Any, desired_channels: int = -1, desired_samples: int = -1, name: str | None = None) -> Any:
    """The samples of a WAV file.

    Args:
        contents: the file, PCM of 16 bits.
        desired_channels: repeat or leave out channels until there are so many; what the file has unless given.
        desired_samples: cut or fill with zeros to so many; what the file has unless given.
    """
    rate, samples = _read(one_text(contents, "DecodeWav"))
    if desired_channels > 0:
        places = np.minimum(np.arange(desired_channels), samples.shape[1] - 1)
        samples = samples[:, places]
    if desired_samples >= 0:
        missing = max(desired_samples - len(samples), 0)
        samples = np.pad(samples[:desired_samples], ((0, missing), (0, 0)))
    audio = samples.astype(np.float32) / np.float32(32768)
    return DecodeWav(made(from_python(audio, None)), made(from_python(rate, torch.int32)))


def _read(contents: bytes) -> tuple[int, np.ndarray]:
    if len(contents) < 12:
        invalid("Data too short when trying to read string", "DecodeWav")
    if contents[:4] != b"RIFF" or contents[8:12] != b"WAVE":
        invalid(f"Header mismatch: Expected RIFF and WAVE but found {contents[:12]!r}", "DecodeWav")
    at, form = 12, None
    while at + 8 <= len(contents):
        kind, size = contents[at : at + 4], int.from_bytes(contents[at + 4 : at + 8], "little")
        body = contents[at + 8 : at + 8 + size]
        if kind == b"fmt ":
            form = _form(body)
        elif kind == b"data":
            if form is None:
                invalid("No fmt chunk found before data chunk", "DecodeWav")
            channels, rate = form
            if len(body) < size:
                invalid(f"Data too short: the data chunk has {len(body)} bytes of {size}", "DecodeWav")
            values = np.frombuffer(body[: len(body) // (2 * channels) * 2 * channels], "<i2")
            return rate, values.reshape(-1, channels)
        at += 8 + size + size % 2  # chunks begin at even places
    invalid("Data too short: no data chunk found", "DecodeWav")


def _form(body: bytes) -> tuple[int, int]:
    if len(body) < 16:
        invalid("Bad format chunk size for WAV: expected 16, 18 or 40", "DecodeWav")
    kind, channels, rate, _, _, bits = struct.unpack("<HHIIHH", body[:16])
    if kind not in (1, 0xFFFE):
        invalid(f"Bad audio format for WAV: Expected 1 (PCM), but got {kind}", "DecodeWav")
    if not channels:
        invalid("Bad number of channels for WAV: Expected at least 1, but got 0", "DecodeWav")
    if bits != 16:
        invalid(f"Can only read 16-bit WAV files, but received {bits}", "DecodeWav")
    return channels, rate


@operation("audio.encode_wav", "EncodeWav")
def encode_wav(audio: Any, sample_rate: Any, name: str | None = None) -> Any:
    """Samples as a WAV file, PCM of 16 bits.

    Args:
        audio: float32 from -1 to 1 of shape (samples, channels).
        sample_rate: how many there are in a second.
    """
    found = tensor(audio, torch.float32)
    if found.dim() != 2:
        invalid(f"audio must be 2-dimensional{list(found.shape)}", "EncodeWav")
    rate = sizes(sample_rate)[0]
    if not found.shape[1] or rate <= 0:
        invalid(f"a channel and a positive sample_rate are needed, got {found.shape[1]} and {rate}", "EncodeWav")
    return text_result([wav_file(found.detach().cpu().numpy(), rate)], ())
