"""WAV: sound as files."""

from __future__ import annotations

import struct

import numpy as np


def encode_wav(sound: np.ndarray, sample_rate: int) -> bytes:
    """A sound of shape (frames, channels), of values in [-1, 1], as a WAV file of 16 bits."""
    if sound.ndim != 2 or not sound.shape[1]:
        raise ValueError(f"A sound has the shape (frames, channels). Received: {sound.shape}")
    if sample_rate <= 0:
        raise ValueError(f"sample_rate must be positive. Received: {sample_rate}")
    channels = sound.shape[1]
    scaled = sound.astype(np.float32) * np.float32(32768)
    rounded = np.trunc(scaled + np.copysign(np.float32(0.5), scaled))  # halves away from zero, as TensorFlow does
    data = np.clip(rounded, -32768, 32767).astype("<i2").tobytes()
    frame = 2 * channels
    head = struct.pack("<HHIIHH", 1, channels, sample_rate, sample_rate * frame, frame, 16)
    body = b"WAVEfmt " + struct.pack("<I", len(head)) + head + b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body
