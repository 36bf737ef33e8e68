"""Models with classes and functions of one's own, registered by decorator, and subclassed models."""

from __future__ import annotations

import functools
from types import SimpleNamespace
from typing import Any

from .model import normal, regression, zoo

_SUBCLASSED = {
    "h5": "Keras writes no whole subclassed model into HDF5",
    "torchkeras->tf_keras:saved_model": "tf_keras makes no Sequential without an Input in a class of one's own "
    "without its graph",
}


@functools.cache
def own(keras: Any) -> SimpleNamespace:
    """The classes and functions, once for each namespace."""
    layers = keras.layers
    register = (keras.saving if hasattr(keras, "saving") else keras.utils).register_keras_serializable

    # In Keras 2 the names of weights, which HDF5 keeps them by, come of the scopes around their making.
    scope = keras.name_scope if hasattr(keras, "name_scope") else keras.backend.name_scope

    @register(package="zoo")
    class Scaled(layers.Layer):
        """Weights of its own and a layer that `build` makes."""

        def __init__(self, units: int, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.units = units

        def build(self, input_shape: Any) -> None:
            self.factor = self.add_weight(name="factor", shape=(input_shape[-1],), initializer="ones")
            self.seen = self.add_weight(name="seen", shape=(), initializer="zeros", trainable=False)
            self.inner = layers.Dense(self.units)
            self.inner.build(input_shape)
            super().build(input_shape)

        def call(self, inputs: Any, training: Any = None) -> Any:
            if training:
                self.seen.assign(self.seen + 1.0)
            self.add_loss(0.01 * (self.factor[0] - 2.0) ** 2)
            return self.inner(inputs * self.factor) + self.seen

        def compute_output_shape(self, input_shape: Any) -> Any:
            return (*input_shape[:-1], self.units)

        def get_config(self) -> dict[str, Any]:
            return {**super().get_config(), "units": self.units}

    @register(package="zoo", name="Blocks")
    class ManyBlocks(layers.Layer):
        """Layers in a list and in a dict."""

        def __init__(self, widths: Any, activation: Any = None, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.widths = list(widths)
            self.activation = keras.activations.get(activation)
            self.blocks = [layers.Dense(width, name=f"block_{width}") for width in self.widths]
            self.heads = {"b": layers.Dense(3, name="b"), "a": layers.Dense(3, name="a")}

        def build(self, input_shape: Any) -> None:
            shape = tuple(input_shape)
            for block in self.blocks:
                with scope(block.name):
                    block.build(shape)
                shape = (*shape[:-1], block.units)
            for head in self.heads.values():
                with scope(head.name):
                    head.build(shape)
            super().build(input_shape)

        def call(self, inputs: Any) -> Any:
            for block in self.blocks:
                inputs = self.activation(block(inputs))
            return self.heads["a"](inputs) * 2.0 + self.heads["b"](inputs)

        def compute_output_shape(self, input_shape: Any) -> Any:
            return (*input_shape[:-1], 3)

        def get_config(self) -> dict[str, Any]:
            activation = keras.activations.serialize(self.activation)
            return {**super().get_config(), "widths": self.widths, "activation": activation}

    @register(package="zoo")
    class Net(keras.Model):
        """A subclassed model, built by its first call."""

        def __init__(self, width: int = 5, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.width = width
            self.blocks = [layers.Dense(width, activation="relu"), layers.BatchNormalization()]
            self.heads = {"left": layers.Dense(3), "right": layers.Dense(3, use_bias=False)}
            self.tail = keras.Sequential([layers.Dense(4, activation="tanh"), layers.Dense(2)])

        def call(self, inputs: Any, training: Any = None) -> Any:
            x = self.blocks[0](inputs)
            x = self.blocks[1](x, training=training)
            return self.tail(self.heads["left"](x) + self.heads["right"](x))

        def get_config(self) -> dict[str, Any]:
            return {**super().get_config(), "width": self.width}

    @register(package="zoo")
    class FunctionalNet(keras.Model):
        """A subclass of Model that is functional inside."""

        def __init__(self, width: int = 4, **kwargs: Any) -> None:
            inputs = keras.Input((6,))
            outputs = layers.Dense(2)(layers.Dense(width, activation="relu")(inputs))
            super().__init__(inputs=inputs, outputs=outputs, **kwargs)
            self.width = width

        def get_config(self) -> dict[str, Any]:
            return {"name": self.name, "width": self.width}

        @classmethod
        def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
            return cls(**{key: value for key, value in config.items() if key in ("name", "width")})

    @register(package="zoo")
    class Powered(keras.losses.Loss):
        def __init__(self, power: int = 2, name: str = "powered", **kwargs: Any) -> None:
            super().__init__(name=name, **kwargs)
            self.power = power

        def call(self, y_true: Any, y_pred: Any) -> Any:
            return ((y_true - y_pred) ** self.power)[:, 0]

        def get_config(self) -> dict[str, Any]:
            return {**super().get_config(), "power": self.power}

    @register(package="zoo")
    class Summed(keras.metrics.Metric):
        def __init__(self, name: str = "summed", **kwargs: Any) -> None:
            super().__init__(name=name, **kwargs)
            self.total = self.add_weight(name="total", initializer="zeros")

        def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
            self.total.assign(self.total + (y_pred * y_pred)[0, 0])

        def result(self) -> Any:
            return self.total * 1.0

    @register(package="zoo")
    def squared(y_true: Any, y_pred: Any) -> Any:
        return (y_true - y_pred) ** 2

    @register(package="zoo")
    def doubled(x: Any) -> Any:
        return x * 2.0 + 1.0

    @register(package="zoo")
    def squashed(x: Any) -> Any:
        return x / (1.0 + x * x)

    return SimpleNamespace(
        **{key: value for key, value in locals().items() if key not in ("keras", "layers", "register", "scope")}
    )


def _by_name(keras: Any) -> dict[str, Any]:
    """What Keras 2 must be told: it leaves the package out of some names."""
    return {**vars(own(keras)), "Blocks": own(keras).ManyBlocks}


@zoo(
    regression((6,), 2),
    settings=lambda keras: {"loss": own(keras).Powered(4), "metrics": [own(keras).Summed(), own(keras).squared]},
    custom_objects=_by_name,
)
def own_classes(keras: Any) -> Any:
    layers, mine = keras.layers, own(keras)
    x = inputs = keras.Input((6,))
    x = mine.ManyBlocks([4, 5], "tanh")(mine.Scaled(4)(x))
    return keras.Model(inputs, layers.Dense(2, activation=mine.squashed)(x))


@zoo(
    regression((6,), 2),
    settings=lambda keras: {"loss": own(keras).squared, "metrics": ["mae"]},
    custom_objects=_by_name,
)
def own_functions(keras: Any) -> Any:
    """An activation and a loss that are registered functions."""
    layers, mine = keras.layers, own(keras)
    return keras.Sequential([keras.Input((6,)), layers.Dense(4, activation=mine.squashed), layers.Dense(2)])


@zoo(
    regression((6,), 2),
    custom_objects=_by_name,
    holds_code=True,
    missing={
        "torchkeras->keras:h5_uncompiled": "the file has the function's registered name, which Keras 3 looks up "
        "twice in an .h5; tf_keras writes bytecode"
    },
)
def own_lambda(keras: Any) -> Any:
    """A Lambda of a registered function."""
    layers, mine = keras.layers, own(keras)
    return keras.Sequential([keras.Input((6,)), layers.Lambda(mine.doubled, output_shape=(6,)), layers.Dense(2)])


@zoo(regression((6,), 2), custom_objects=_by_name, missing=_SUBCLASSED)
def subclassed(keras: Any) -> Any:
    return own(keras).Net(4)


@zoo(regression((6,), 2), custom_objects=_by_name)
def subclassed_functional(keras: Any) -> Any:
    return own(keras).FunctionalNet(5, name="net")


@zoo(regression((6,), 2), custom_objects=_by_name, missing=_SUBCLASSED)
def subclassed_in_functional(keras: Any) -> Any:
    x = inputs = keras.Input((6,))
    return keras.Model(inputs, keras.layers.Dense(2)(own(keras).Net(4)(x)))


@zoo(
    lambda random: (normal(random, 6), normal(random, 2)),
    settings=lambda keras: {"loss": "mse", "metrics": ["mae"], "optimizer": keras.optimizers.SGD(0.01, momentum=0.9)},
    custom_objects=_by_name,
)
def own_in_wrappers(keras: Any) -> Any:
    layers, mine = keras.layers, own(keras)
    x = inputs = keras.Input((6,))
    x = layers.TimeDistributed(mine.ManyBlocks([4], "tanh"))(layers.Reshape((3, 2))(x))
    x = layers.Bidirectional(layers.SimpleRNN(3, activation=mine.squashed))(x)
    return keras.Model(inputs, layers.Dense(2)(x))
