"""Images stay as they lie in memory: every kernel of a step finds torch's channels_last, and nothing is copied."""

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

import torchkeras as keras
from torchkeras import layers
from torchkeras.data import Batch

aten = torch.ops.aten
COPIES = {aten.clone, aten._to_copy, aten.copy_, aten.contiguous}
#: Kernels that bring what lies otherwise into one order first, within.
ORDERED = {
    aten.convolution, aten.convolution_backward, aten.mkldnn_convolution, aten.native_batch_norm,
    aten.native_batch_norm_backward, aten.max_pool2d_with_indices, aten.max_pool2d_with_indices_backward,
    aten.avg_pool2d, aten.avg_pool2d_backward, aten.upsample_bilinear2d, aten._upsample_nearest_exact2d,
    aten.upsample_nearest2d,
}  # fmt: skip


class Layouts(TorchDispatchMode):
    """Notes copies of images, and images in another order than channels_last."""

    def __init__(self):
        super().__init__()
        self.copies, self.others, self.seen = [], [], 0

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        found = function(*args, **(kwargs or {}))
        images = [a for a in args if isinstance(a, torch.Tensor) and a.dim() == 4]
        packet = function.overloadpacket
        if images and packet in COPIES:
            self.copies.append((str(function), [tuple(image.shape) for image in images]))
        if images and packet in ORDERED:
            self.seen += 1
            if not all(image.is_contiguous(memory_format=torch.channels_last) for image in images):
                self.others.append((str(function), [(tuple(image.shape), image.stride()) for image in images]))
        return found


def residual():
    inputs = keras.Input((32, 32, 3))
    x = layers.ReLU()(layers.BatchNormalization()(layers.Conv2D(8, 3, padding="same", use_bias=False)(inputs)))
    y = layers.Activation("relu")(layers.BatchNormalization()(layers.Conv2D(8, 3, padding="same")(x)))
    x = layers.MaxPooling2D(3, 2, padding="same")(layers.Add()([x, y]))
    x = layers.Conv2D(16, 3, strides=2)(layers.ZeroPadding2D(1)(x))
    x = layers.DepthwiseConv2D(3, padding="same")(layers.SeparableConv2D(12, 3, padding="same")(x))
    x = layers.SpatialDropout2D(0.1)(layers.Dropout(0.2)(layers.AveragePooling2D(2)(x)))
    return keras.Model(inputs, layers.Dense(10, activation="softmax")(layers.GlobalAveragePooling2D()(x)))


def encoder_decoder():
    inputs = keras.Input((32, 32, 3))
    a = layers.Conv2D(8, 3, padding="same", activation="relu")(inputs)
    b = layers.Conv2D(12, 3, padding="same", activation="elu")(layers.MaxPooling2D()(a))
    x = layers.LeakyReLU()(layers.AveragePooling2D(2, strides=1, padding="same")(layers.MaxPooling2D()(b)))
    x = layers.Concatenate()([layers.UpSampling2D()(x), b])
    x = layers.Concatenate()([layers.UpSampling2D(interpolation="bilinear")(x), a])
    x = layers.Conv2DTranspose(8, 3, strides=2, padding="same", activation="swish")(x)
    return keras.Model(inputs, layers.Conv2D(10, 1, activation="softmax")(x))


def excited():
    inputs = keras.Input((16, 16, 3))
    x = layers.Conv2D(8, 3, padding="same")(layers.Rescaling(1 / 255)(inputs))
    s = layers.Dense(8, activation="sigmoid")(layers.GlobalAveragePooling2D(keepdims=True)(x))
    x = layers.PReLU(shared_axes=[1, 2])(layers.Conv2D(8, 3)(x * s))
    return keras.Model(inputs, layers.Dense(10, activation="softmax")(layers.GlobalMaxPooling2D()(x)))


@pytest.mark.parametrize("network", [residual, encoder_decoder, excited])
def test_no_kernel_of_a_step_copies_an_image(network):
    model = network()
    model.compile(keras.optimizers.SGD(0.1, momentum=0.9), "sparse_categorical_crossentropy")
    x = torch.rand(4, *model.input_shape[1:])
    y = torch.randint(0, 10, (4, *model.output_shape[1:-1]))
    model.fit(x, y, verbose=0)
    with Layouts() as training:
        model._trainer.train(Batch(x, y, None, 4))
    with Layouts() as inference, torch.no_grad():
        model(x, training=False)
    for found in (training, inference):
        assert found.copies == []
        assert found.others == []
    assert training.seen > inference.seen >= 2


def test_other_layouts_are_noticed():
    x = torch.rand(2, 3, 8, 8)
    with Layouts() as found:
        torch.conv2d(x, torch.rand(4, 3, 3, 3))
        x.contiguous(memory_format=torch.channels_last)
    assert (len(found.others), len(found.copies)) == (1, 1)
