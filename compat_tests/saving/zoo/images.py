"""Models of convolutions and pooling in one to three dimensions, and of what prepares images."""

from __future__ import annotations

from typing import Any

from .model import classification, crossentropy, regression, zoo


@zoo(classification((8, 8, 3), 4), settings=crossentropy)
def conv2d(keras: Any) -> Any:
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((8, 8, 3)),
            layers.Conv2D(4, 3, padding="same", activation="relu", kernel_initializer="he_uniform"),
            layers.BatchNormalization(),
            layers.MaxPooling2D(),
            layers.Conv2D(6, (2, 3), strides=(1, 2), use_bias=False),
            layers.ReLU(),
            layers.AveragePooling2D(2, padding="same"),
            layers.Flatten(),
            layers.Dense(4, activation="softmax"),
        ]
    )


@zoo(regression((8, 8, 4), 2), settings=None)
def grouped(keras: Any) -> Any:
    """Not trained: TensorFlow has the gradients of groups on a GPU alone."""
    layers = keras.layers
    x = inputs = keras.Input((8, 8, 4))
    x = layers.Conv2D(6, 3, groups=2, padding="same", dilation_rate=2)(x)
    return keras.Model(inputs, layers.Dense(2)(layers.GlobalAveragePooling2D()(x)))


@zoo(regression((6, 6, 32), 2))
def large_kernels(keras: Any) -> Any:
    """Of more than 64 KiB each, which are read in blocks, and some of more than 4 MiB, which are written so."""
    layers = keras.layers
    x = inputs = keras.Input((6, 6, 32))
    x = layers.Conv2D(80, 3, activation="tanh")(x)
    x = layers.Conv2DTranspose(64, 2)(x)
    x = layers.Conv2D(64, 1, activation="tanh")(layers.Conv2D(1900, 3, padding="same", activation="tanh")(x))
    x = layers.SeparableConv2D(300, 2, activation="tanh")(x)
    x = layers.Bidirectional(layers.LSTM(60))(layers.Reshape((16, 300))(x))
    x = layers.Dense(150, activation="tanh")(layers.Dense(9000, activation="tanh")(x))
    return keras.Model(inputs, layers.Dense(2)(x))


@zoo(regression((12, 3), 2))
def conv1d(keras: Any) -> Any:
    layers = keras.layers
    x = inputs = keras.Input((12, 3))
    x = layers.Conv1D(4, 3, padding="causal", activation="relu")(x)
    x = layers.MaxPooling1D(2)(x)
    x = layers.SeparableConv1D(5, 3, depth_multiplier=2)(x)
    x = layers.DepthwiseConv1D(2, depth_multiplier=2, padding="same")(x)
    x = layers.Conv1DTranspose(3, 3, strides=2)(x)
    x = layers.AveragePooling1D(3, strides=1, padding="same")(x)
    return keras.Model(inputs, layers.Dense(2)(layers.GlobalMaxPooling1D()(x)))


@zoo(regression((6, 6, 6, 2), 2))
def conv3d(keras: Any) -> Any:
    layers = keras.layers
    x = inputs = keras.Input((6, 6, 6, 2))
    x = layers.Conv3D(3, 2, activation="relu")(layers.ZeroPadding3D(1)(x))
    x = layers.MaxPooling3D(2)(x)
    x = layers.Conv3DTranspose(2, 2, strides=2)(x)
    x = layers.AveragePooling3D(2)(layers.UpSampling3D(1)(layers.Cropping3D(1)(x)))
    return keras.Model(inputs, layers.Dense(2)(layers.GlobalAveragePooling3D()(x)))


@zoo(regression((7, 7, 3), 2))
def separable(keras: Any) -> Any:
    layers = keras.layers
    x = inputs = keras.Input((7, 7, 3))
    x = layers.SeparableConv2D(5, 3, depth_multiplier=2, activation="relu", depthwise_regularizer="l2")(x)
    x = layers.DepthwiseConv2D(3, depth_multiplier=2, padding="same", depthwise_initializer="he_normal")(x)
    x = layers.PReLU(shared_axes=[1, 2])(x)
    return keras.Model(inputs, layers.Dense(2)(layers.GlobalAveragePooling2D()(x)))


@zoo(regression((5, 5, 3), 9, 9, 2))
def transposed(keras: Any) -> Any:
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((5, 5, 3)),
            layers.Conv2DTranspose(4, 3, strides=2, padding="same", activation="relu"),
            layers.Conv2D(4, 3),
            layers.Conv2DTranspose(2, 2, use_bias=True),
        ]
    )


@zoo(regression((8, 8, 3), 2), exact=False)
def augmentation(keras: Any) -> Any:
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((8, 8, 3)),
            layers.Resizing(10, 10),
            layers.RandomFlip("horizontal"),
            layers.RandomRotation(0.1),
            layers.RandomZoom(0.1),
            layers.RandomTranslation(0.1, 0.1),
            layers.RandomContrast(0.1),
            layers.CenterCrop(8, 8),
            layers.Rescaling(1 / 2, offset=0.5),
            layers.Conv2D(3, 3),
            layers.GlobalAveragePooling2D(),
            layers.Dense(2),
        ]
    )


@zoo(regression((8, 8, 2), 3))
def residual(keras: Any) -> Any:
    """Branches that meet again, with every layer that merges."""
    layers = keras.layers
    x = inputs = keras.Input((8, 8, 2))
    x = layers.Conv2D(4, 3, padding="same")(x)
    for merge in (
        layers.Add(),
        layers.Subtract(),
        layers.Multiply(),
        layers.Average(),
        layers.Maximum(),
        layers.Minimum(),
    ):
        branch = layers.BatchNormalization()(layers.Conv2D(4, 3, padding="same", activation="tanh")(x))
        x = merge([x, branch])
    x = layers.Concatenate(axis=-1)([x, layers.Conv2D(2, 1)(x)])
    flat = layers.GlobalAveragePooling2D()(x)
    other = layers.GlobalMaxPooling2D()(x)
    both = layers.Concatenate()([layers.Dot(axes=1, normalize=True)([flat, other]), flat])
    return keras.Model(inputs, layers.Dense(3)(both))
