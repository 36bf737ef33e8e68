"""tf.audio: WAV files."""

from torchkeras.tensorflow.audio.wav import decode_wav, encode_wav

__all__ = ["decode_wav", "encode_wav"]
