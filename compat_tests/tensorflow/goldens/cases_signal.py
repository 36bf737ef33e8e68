"""Cases of tf.signal."""

from __future__ import annotations

from typing import Any


def _x(np: Any, *shape: int) -> Any:
    return np.sin(np.arange(1, np.prod(shape, dtype=int) + 1) ** 1.3 * 0.73).reshape(shape).astype("float32")


def _z(np: Any, *shape: int) -> Any:
    return (_x(np, *shape) + 1j * np.cos(_x(np, *shape) * 3)).astype("complex64")


def _gradient(tf: Any, function: Any, argument: Any) -> Any:
    x = tf.constant(argument)
    with tf.GradientTape() as tape:
        tape.watch(x)
        result = tf.reduce_sum(tf.square(tf.abs(function(x))))
    return tape.gradient(result, x)


CASES: dict[str, Any] = {
    "fft": lambda tf, np: [tf.signal.fft(_z(np, 2, 5)), tf.signal.ifft(_z(np, 2, 5)), tf.signal.fft([1.0, 2.0])],
    "fft of complex128": lambda tf, np: tf.signal.fft(_z(np, 4).astype("complex128")),
    "fft2d": lambda tf, np: [tf.signal.fft2d(_z(np, 2, 3, 4)), tf.signal.ifft2d(_z(np, 3, 4))],
    "fft3d": lambda tf, np: [tf.signal.fft3d(_z(np, 2, 3, 4)), tf.signal.ifft3d(_z(np, 2, 3, 4))],
    "rfft": lambda tf, np: [
        tf.signal.rfft(_x(np, 2, 7)),
        tf.signal.rfft(_x(np, 7), fft_length=[5]),
        tf.signal.rfft(_x(np, 7), [10]),
        tf.signal.rfft(_x(np, 7).astype("float64")),
    ],
    "rfft gradient": lambda tf, np: _gradient(tf, tf.signal.rfft, _x(np, 6)),
    "irfft": lambda tf, np: [
        tf.signal.irfft(_z(np, 2, 5)),
        tf.signal.irfft(_z(np, 5), [7]),
        tf.signal.irfft(_z(np, 5), [12]),
    ],
    "rfft2d": lambda tf, np: [tf.signal.rfft2d(_x(np, 2, 4, 5)), tf.signal.rfft2d(_x(np, 4, 5), fft_length=[3, 8])],
    "irfft2d": lambda tf, np: [tf.signal.irfft2d(_z(np, 4, 4)), tf.signal.irfft2d(_z(np, 4, 4), fft_length=[4, 5])],
    "rfft3d": lambda tf, np: [tf.signal.rfft3d(_x(np, 2, 3, 4)), tf.signal.irfft3d(tf.signal.rfft3d(_x(np, 2, 3, 4)))],
    "fftshift": lambda tf, np: [tf.signal.fftshift(_x(np, 5)), tf.signal.ifftshift(_x(np, 3, 4), axes=[1])],
    "windows": lambda tf, np: [
        tf.signal.hann_window(6),
        tf.signal.hann_window(5),
        tf.signal.hann_window(6, periodic=False),
        tf.signal.hann_window(1),
        tf.signal.hamming_window(6, dtype=tf.float64),
        tf.signal.hamming_window(5, False),
        tf.signal.kaiser_window(6),
        tf.signal.kaiser_window(5, beta=4.0),
        tf.signal.vorbis_window(6),
        tf.signal.kaiser_bessel_derived_window(8),
    ],
    "frame": lambda tf, np: [
        tf.signal.frame(_x(np, 2, 9), 4, 2),
        tf.signal.frame(_x(np, 2, 9), 4, 3, pad_end=True, pad_value=5),
        tf.signal.frame(_x(np, 7, 2), frame_length=3, frame_step=2, axis=0),
        tf.signal.frame([1, 2], 3, 1),
    ],
    "overlap_and_add": lambda tf, np: [
        tf.signal.overlap_and_add(_x(np, 2, 3, 4), 2),
        tf.signal.overlap_and_add([[1, 2, 3], [4, 5, 6]], 1),
    ],
    "stft": lambda tf, np: [
        tf.signal.stft(_x(np, 2, 20), frame_length=6, frame_step=3),
        tf.signal.stft(_x(np, 20), 6, 4, fft_length=10, window_fn=tf.signal.hamming_window, pad_end=True),
        tf.signal.stft(_x(np, 20), 8, 4, window_fn=None),
    ],
    "stft gradient": lambda tf, np: _gradient(tf, lambda x: tf.signal.stft(x, 6, 3), _x(np, 12)),
    "inverse_stft": lambda tf, np: [
        tf.signal.inverse_stft(tf.signal.stft(_x(np, 20), 8, 4), 8, 4),
        tf.signal.inverse_stft(tf.signal.stft(_x(np, 20), 8, 2), 8, 2, window_fn=tf.signal.inverse_stft_window_fn(2)),
        tf.signal.inverse_stft_window_fn(3)(8, dtype=tf.float32),
    ],
    "dct": lambda tf, np: [tf.signal.dct(_x(np, 2, 5), type=kind) for kind in (1, 2, 3, 4)],
    "dct ortho": lambda tf, np: [tf.signal.dct(_x(np, 5), kind, norm="ortho") for kind in (2, 3, 4)],
    "dct of a length": lambda tf, np: [tf.signal.dct(_x(np, 5), n=3), tf.signal.dct(_x(np, 5), n=8)],
    "idct": lambda tf, np: [
        *(tf.signal.idct(_x(np, 5), kind) for kind in (1, 2, 3, 4)),
        tf.signal.idct(_x(np, 5), norm="ortho"),
        tf.signal.idct(_x(np, 5), n=3),
        tf.signal.idct(_x(np, 5), n=8),
    ],
    "mdct": lambda tf, np: [
        tf.signal.mdct(_x(np, 24), 8),
        tf.signal.mdct(_x(np, 24), 8, norm="ortho"),
        tf.signal.mdct(_x(np, 24), 8, None),
    ],
    "inverse_mdct": lambda tf, np: [
        tf.signal.inverse_mdct(_x(np, 4, 4)),
        tf.signal.inverse_mdct(_x(np, 4, 4), norm="ortho"),
        tf.signal.inverse_mdct(_x(np, 4, 4), None),
    ],
    "linear_to_mel_weight_matrix": lambda tf, np: [
        tf.signal.linear_to_mel_weight_matrix(),
        tf.signal.linear_to_mel_weight_matrix(8, 33, 16000, 80.0, 7600.0, dtype=tf.float64),
    ],
    "mfccs": lambda tf, np: tf.signal.mfccs_from_log_mel_spectrograms(_x(np, 2, 3, 8)),
}

ERRORS: dict[str, Any] = {
    "fft of a real tensor": lambda tf, np: tf.signal.fft(tf.constant([1.0, 2.0])),
    "fft2d of one axis": lambda tf, np: tf.signal.fft2d(_z(np, 4)),
    "rfft of a number": lambda tf, np: tf.signal.rfft(tf.constant(1.0)),
    "rfft of two lengths": lambda tf, np: tf.signal.rfft(_x(np, 4), [2, 3]),
    "hann_window of ints": lambda tf, np: tf.signal.hann_window(4, dtype=tf.int32),
    "stft of ints": lambda tf, np: tf.signal.stft([1, 2, 3, 4], 2, 1),
    "dct of type 5": lambda tf, np: tf.signal.dct(_x(np, 4), type=5),
    "dct along another axis": lambda tf, np: tf.signal.dct(_x(np, 4), axis=0),
    "dct of ints": lambda tf, np: tf.signal.dct([1, 2, 3]),
    "dct 1 ortho": lambda tf, np: tf.signal.dct(_x(np, 4), type=1, norm="ortho"),
    "overlap_and_add of one axis": lambda tf, np: tf.signal.overlap_and_add(_x(np, 4), 1),
    "mel bands above half the rate": lambda tf, np: tf.signal.linear_to_mel_weight_matrix(upper_edge_hertz=9000.0),
    "no mel bands": lambda tf, np: tf.signal.linear_to_mel_weight_matrix(num_mel_bins=0),
    "mdct of 6": lambda tf, np: tf.signal.mdct(_x(np, 24), 6),
}
TOLERANCE = dict.fromkeys(
    ("fft", "fft2d", "rfft", "irfft", "rfft2d", "irfft2d", "rfft3d", "stft", "dct", "mdct", "idct"), 1e-4
) | {
    "linear_to_mel_weight_matrix": 1e-3,
    "stft gradient": 1e-4,
    "inverse_mdct": 1e-4,
    "mfccs": 1e-4,
    "fft3d": 1e-4,
    "inverse_stft": 1e-4,
    "windows": 1e-4,
    "dct ortho": 1e-4,
    "dct of a length": 1e-4,
}
