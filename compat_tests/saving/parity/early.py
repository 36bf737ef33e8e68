"""Keras 2.0 to 2.3, and the tf.keras of TensorFlow 2.6, made to run on the TensorFlow 2.12 that Python 3.11 has.

The sources of a Keras come of `pip download --no-deps keras==2.2.4`, unpacked, with keras_applications==1.0.8,
keras_preprocessing==1.1.2, pyyaml and six where Python finds them. TensorFlow 2.12 has a whole tf.keras of 2.6 in it.
"""

from __future__ import annotations

import collections
import collections.abc
import importlib
import inspect
import os
import sys
from types import SimpleNamespace
from typing import Any


def keras_of_tensorflow_2_6() -> Any:
    """What tf.keras was up to TensorFlow 2.6, and still lies in TensorFlow 2.12."""
    import tensorflow as tf

    tf.config.run_functions_eagerly(True)
    parts = "layers models optimizers losses metrics backend utils regularizers constraints initializers activations"
    found = SimpleNamespace(__name__="tensorflow.python.keras", __version__="2.6.0")
    for part in parts.split():
        vars(found)[part] = importlib.import_module(f"tensorflow.python.keras.{part}")
    v2 = {"SGD": "gradient_descent", "Adam": "adam", "Adamax": "adamax"}
    modules = {
        name: importlib.import_module(f"tensorflow.python.keras.optimizer_v2.{file}") for name, file in v2.items()
    }
    found.optimizers = SimpleNamespace(**{name: getattr(module, name) for name, module in modules.items()})
    listing = importlib.import_module("tensorflow.python.keras.layers.serialization")
    listing.populate_deserializable_objects()  # the classes of TensorFlow 2, which the module has under other names
    found.layers = SimpleNamespace(**{**vars(found.layers), **listing.LOCAL.ALL_OBJECTS})
    found.Input, found.Model, found.Sequential = found.layers.Input, found.models.Model, found.models.Sequential
    return found


def keras_from_source(folder: str) -> Any:
    """A Keras that was written for TensorFlow 1, given the functions that it misses in a newer one and in Python 3.11.

    Args:
        folder: where its package `keras` lies.
    """
    os.environ["KERAS_BACKEND"] = "tensorflow"
    for name in ("Iterable", "Sequence", "Mapping", "Callable"):
        setattr(collections, name, getattr(collections.abc, name))
    inspect.getargspec = lambda function: inspect.getfullargspec(function)[:4]  # type: ignore[attr-defined]
    import tensorflow.compat.v1 as tf

    tf.disable_v2_behavior()
    # Else a weight may be read after it was updated: nothing but chance orders the two in a graph of these versions.
    tf.enable_resource_variables()
    variables = importlib.import_module("tensorflow.python.ops.resource_variable_ops").BaseResourceVariable
    variables.__bool__ = lambda self: True  # `if self.bias:` asks whether there is one
    variables.__imul__ = lambda a, b: a * b  # `lr *= ...` means a new tensor there
    ops = importlib.import_module("tensorflow.python.framework.ops")
    ops._TensorLike = (ops.Tensor, tf.Variable)
    ops.is_dense_tensor_like = lambda x: isinstance(x, ops._TensorLike)
    own = importlib.import_module("tensorflow.python.keras")
    importlib.import_module("tensorflow.python.keras.backend")
    sys.modules["tensorflow"] = tf
    vars(tf)["keras"] = own
    vars(tf)["__version__"] = "1.15.0"
    for name in [name for name in sys.modules if name.partition(".")[0] == "keras"]:
        del sys.modules[name]
    sys.path.insert(0, folder)
    return importlib.import_module("keras")
