"""Wrong uses: the type of error that Keras raises, and words that say what was expected."""

import numpy as np
import pytest

from torchkeras import ops

F = np.ones((3, 4), "float32")
IMAGE = np.ones((2, 6, 7, 3), "float32")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ops.where(F > 0, F), "either both"),
        (lambda: ops.select([F > 0], [F, F]), "same length"),
        (lambda: ops.split(F, 3, axis=1), "must be divisible"),
        (lambda: ops.squeeze(F, 0), "Cannot squeeze"),
        (lambda: ops.pad(F, ((1, 1), (0, 0)), mode="reflect", constant_values=1), "only be provided"),
        (lambda: ops.pad(F, ((1, 1), (0, 0)), mode="edge"), "Unknown pad mode"),
        (lambda: ops.pad(F, ((1, 1), (0, 0), (0, 0))), "a pair for each"),
        (lambda: ops.mean(F, axis=2), "out of bounds"),
        (lambda: ops.max(F[:0]), "no values"),
        (lambda: ops.quantile(F, 0.5, method="cubic"), "Invalid method"),
        (lambda: ops.correlate(F, F), "1-dimensional"),
        (lambda: ops.histogram(F, 0), "`bins`"),
        (lambda: ops.take_along_axis(F, [0], axis=0), "as many axes"),
        (lambda: ops.slice(F, (2, 0), (2, 1)), "Cannot take"),
        (lambda: ops.scatter_update(F, [[0]], F[:1], reduction="median"), "Unsupported reduction"),
        (lambda: ops.top_k(F, 5), "at least k columns"),
        (lambda: ops.searchsorted(F, 1.0), "1-D sorted"),
        (lambda: ops.one_hot([1], 3, sparse=True), "dense tensors only"),
        (lambda: ops.multi_hot([1]), "must be specified"),
        (lambda: ops.segment_sum(F, [0, 1]), "one entry for each"),
        (lambda: ops.convert_to_tensor(F, sparse=True), "dense tensors only"),
        (lambda: ops.linalg.inv(F), "square"),
        (lambda: ops.linalg.det(F[0]), "rank >= 2"),
        (lambda: ops.linalg.cholesky(-np.eye(2, dtype="float32")), "not positive definite"),
        (lambda: ops.linalg.qr(F, mode="full"), "not supported"),
        (lambda: ops.linalg.norm(F, ord="max", axis=(0, 1)), "matrix norm"),
        (lambda: ops.linalg.norm(F, ord="fro", axis=0), "vector norm"),
        (lambda: ops.fft(F), "tuple of two tensors"),
        (lambda: ops.fft((F, F[:1])), "same shape"),
        (lambda: ops.stft(F, 4, 1, 2), "equal or larger"),
        (lambda: ops.stft(F, 2, 1, 2, window="flat"), "must be one of"),
        (lambda: ops.conv(IMAGE, np.ones((3, 3, 2, 4), "float32")), "evenly divisible"),
        (lambda: ops.conv(IMAGE, np.ones((9, 9, 3, 4), "float32")), "empty output"),
        (lambda: ops.conv(IMAGE, np.ones((3, 3, 3, 4), "float32"), padding="full"), "'valid' or 'same'"),
        (lambda: ops.conv(IMAGE, np.ones((3, 3, 3, 4), "float32"), strides=(1, 2, 3)), "strides"),
        (lambda: ops.max_pool(F, 2), "Input rank"),
        (lambda: ops.categorical_crossentropy(F, F[:2]), "same shape"),
        (lambda: ops.sparse_categorical_crossentropy([1, 2], F), "up until the last dimension"),
        (lambda: ops.ctc_decode(F[None], [3], strategy="lucky"), "Invalid strategy"),
        (lambda: ops.dot_product_attention(F, F, F), "4D inputs"),
        (lambda: ops.rearrange(F, "a b -> a c"), "must name each"),
        (lambda: ops.rearrange(F, "a (b c) -> a b c"), "sizes of all but one"),
        (lambda: ops.psnr(F, F[:1], 1.0), "must match"),
        (lambda: ops.glu(F[:, :3]), "divisible by 2"),
        (lambda: ops.image.resize(IMAGE, (4, 4), interpolation="cubic"), "`interpolation`"),
        (lambda: ops.image.resize(IMAGE, (4,)), "two elements"),
        (lambda: ops.image.resize(F, (4, 4)), "Invalid images rank"),
        (lambda: ops.image.pad_images(IMAGE, 1, 1), "exactly two of"),
        (lambda: ops.image.pad_images(IMAGE, 1, 1, target_height=4, target_width=9), "must be >= 0"),
        (lambda: ops.image.crop_images(IMAGE, 5, 1, 5, 1), "must be >= 0"),
        (lambda: ops.image.rgb_to_grayscale(IMAGE[..., :2]), "channel size"),
        (lambda: ops.image.rgb_to_hsv(IMAGE.astype("uint8")), "expected float dtype"),
        (lambda: ops.image.affine_transform(IMAGE, np.zeros(8), fill_mode="mirror"), "`fill_mode`"),
        (lambda: ops.image.map_coordinates(F, np.zeros((3, 2)), 1), "First dim of `coordinates`"),
        (lambda: ops.image.scale_and_translate(IMAGE, IMAGE.shape, [1.0], [0.0], (1,), "sinc"), "`method`"),
        (lambda: ops.scan(lambda c, x: (c, x), F), "no `xs`"),
        (lambda: ops.associative_scan(lambda a, b: a, [F, F[:1]]), "same first dimension"),
    ],
)
def test_value_errors(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ops.bitwise_and(F, 1), "integers or booleans"),
        (lambda: ops.take(F, [0.5]), "must be integers"),
        (lambda: ops.ldexp(F, 1.5), "integer type"),
        (lambda: ops.scan(3, F, F), "callable"),
        (lambda: ops.stft(F.astype("int32"), 2, 1, 2), "float32"),
        (lambda: ops.layer_normalization(F, epsilom=1.0), "epsilom"),
        (lambda: ops.image.extract_patches(IMAGE, "a"), "`size`"),
    ],
)
def test_type_errors(call, message):
    with pytest.raises(TypeError, match=message):
        call()


def test_higher_orders_of_interpolation_are_not_there():
    with pytest.raises(NotImplementedError, match="order<=1"):
        ops.image.map_coordinates(F, np.zeros((2, 2)), 3)


def test_logits_that_are_none_are_warned_of():
    with pytest.warns(UserWarning, match="does not represent logits"):
        ops.binary_crossentropy(F, ops.sigmoid(F), from_logits=True)
