"""Which module of torchkeras a name such as `tensorflow.keras.layers` stands for."""

from __future__ import annotations

from typing import NamedTuple

KERAS = "torchkeras.keras"
TENSORFLOW = "torchkeras.tensorflow"

# Whole trees under another name; the longest that fits counts. VS Code writes the ones with `_v2` by itself.
TREES = {
    "tensorflow": TENSORFLOW,
    "tensorflow._api.v2": TENSORFLOW,
    "tensorflow._api.v2.v2": TENSORFLOW,
    "tensorflow.compat.v2": TENSORFLOW,
    "tensorflow_core": TENSORFLOW,
    "tensorflow_core.python": "tensorflow.python",
    "tensorflow.keras": KERAS,
    "tensorflow._api.v2.keras": KERAS,
    "tensorflow._api.v2.v2.keras": KERAS,
    "tensorflow.compat.v2.keras": KERAS,
    "tensorflow_core.keras": KERAS,
    "tensorflow.python.keras": KERAS,
    "tensorflow.python.keras.api._v2.keras": KERAS,
    "tensorflow_core.python.keras": KERAS,
    "keras": KERAS,
    "keras.api": KERAS,
    "keras.api._v2.keras": KERAS,
    "keras.src": KERAS,
    "keras._tf_keras.keras": KERAS,
    "tf_keras": KERAS,
    "tf_keras.api": KERAS,
    "tf_keras.api._v2.keras": KERAS,
    "tf_keras.src": KERAS,
    "keras_core": KERAS,
    "keras_core.src": KERAS,
    "keras_preprocessing": "torchkeras.preprocessing",
    "keras_applications": "torchkeras.applications",
}
ROOTS = frozenset(tree.partition(".")[0] for tree in TREES)

_LAYERS = (
    "advanced_activations attention convolutional convolutional_recurrent core cudnn_recurrent embeddings experimental "
    "experimental.preprocessing local merge noise normalization.batch_normalization normalization.layer_normalization "
    "pooling recurrent recurrent_v2 rnn serialization wrappers preprocessing.image_preprocessing "
    "preprocessing.text_vectorization preprocessing.string_lookup preprocessing.integer_lookup "
    "preprocessing.category_encoding preprocessing.discretization preprocessing.normalization preprocessing.hashing "
    "core.dense core.embedding core.input_layer core.lambda_layer core.masking layer "
    "activation regularization reshaping merging convolutional.conv2d convolutional.conv1d"
).split()
_UTILS = (
    "all_utils conv_utils data_utils generic_utils image_utils io_utils layer_utils losses_utils np_utils "
    "numerical_utils tf_utils training_utils vis_utils"
).split()
_ENGINE = (
    "base_layer base_layer_utils base_layer_v1 data_adapter functional input_layer input_spec keras_tensor network "
    "node sequential topology training training_utils container"
).split()
_OPTIMIZERS = "adadelta adagrad adam adamax ftrl gradient_descent nadam optimizer_v2 rmsprop".split()

# Modules that Keras had once, and the public ones that their names are in now, searched in this order.
OLD_KERAS: dict[str, tuple[str, ...]] = {
    **{f"layers.{name}": ("layers",) for name in _LAYERS},
    **{f"utils.{name}": ("utils",) for name in _UTILS},
    "utils.training": ("utils",),
    "api": (),
    "api._v2": (),
    "_v2": (),
    "_tf_keras": (),
    "engine": ("layers", "models", ""),
    **{f"engine.{name}": ("layers", "models", "utils", "") for name in _ENGINE},
    "legacy_tf_layers": ("layers",),
    "optimizer_v2": ("optimizers",),
    **{f"optimizer_v2.{name}": ("optimizers",) for name in _OPTIMIZERS},
    "optimizer_v2.learning_rate_schedule": ("optimizers.schedules",),
    "optimizers.optimizer_v2": ("optimizers",),
    **{f"optimizers.optimizer_v2.{name}": ("optimizers",) for name in _OPTIMIZERS},
    "optimizer_experimental": ("optimizers",),
    "optimizers.schedules.learning_rate_schedule": ("optimizers.schedules",),
    "preprocessing.image_dataset": ("utils", "preprocessing.image"),
    "preprocessing.text_dataset": ("utils",),
    "preprocessing.timeseries": ("utils",),
    "callbacks.callbacks": ("callbacks",),
    "callbacks.tensorboard": ("callbacks",),
    "callbacks_v1": ("callbacks",),
    "initializers.initializers": ("initializers",),
    "initializers.initializers_v1": ("initializers",),
    "initializers.initializers_v2": ("initializers",),
    "losses.losses": ("losses",),
    "metrics.metrics": ("metrics",),
    "metrics.base_metric": ("metrics",),
    "backend.tensorflow_backend": ("backend",),
    "backend_config": ("backend",),
    "saving.save": ("models",),
    "saving.object_registration": ("utils",),
    "saving.saving_api": ("models",),
    "models.cloning": ("models",),
    "models.training": ("models",),
}

_FRAMEWORK = (
    "ops dtypes errors errors_impl config constant_op random_seed tensor tensor_conversion tensor_shape tensor_spec "
    "tensor_util sparse_tensor indexed_slices type_spec function test_util versions"
).split()
_OPS = (
    "array_ops bitwise_ops candidate_sampling_ops check_ops clip_ops confusion_matrix control_flow_ops cond "
    "control_flow_assert custom_gradient embedding_ops functional_ops gradients gradients_impl gradient_checker_v2 "
    "histogram_ops image_ops image_ops_impl init_ops init_ops_v2 io_ops linalg linalg.linalg linalg_ops logging_ops "
    "lookup_ops losses losses.losses losses.losses_impl map_fn math_ops nn nn_impl nn_ops numpy_ops parsing_ops ragged "
    "ragged.ragged_tensor ragged.ragged_factory_ops random_ops rnn rnn_cell rnn_cell_impl resource_variable_ops "
    "script_ops sets signal sort_ops sparse_ops special_math_ops state_ops stateful_random_ops stateless_random_ops "
    "string_ops summary_ops_v2 tensor_array_ops variable_scope variables weights_broadcast_ops while_loop"
).split()
_OPS_HOMES = (
    "",
    "math",
    "nn",
    "linalg",
    "random",
    "image",
    "strings",
    "sparse",
    "ragged",
    "io",
    "signal",
    "keras.losses",
)

_TRAINING = "adam checkpoint_management gradient_descent moving_averages momentum rmsprop saver training".split()

# TensorFlow's own files, as far as they hold public names.
OLD_TENSORFLOW: dict[str, tuple[str, ...]] = {
    "python": ("",),
    "_api": (),
    "compat": (),
    "python.framework": ("",),
    **{f"python.framework.{name}": ("", "errors", "random", "config") for name in _FRAMEWORK},
    "python.ops": _OPS_HOMES,
    **{f"python.ops.{name}": _OPS_HOMES for name in _OPS},
    "python.eager": ("",),
    **{f"python.eager.{name}": ("", "config") for name in ("backprop", "context", "def_function", "function")},
    "python.data": ("data",),
    "python.data.ops": ("data",),
    "python.data.ops.dataset_ops": ("data",),
    "python.data.ops.options": ("data",),
    "python.data.ops.readers": ("data",),
    "python.data.experimental": ("data.experimental",),
    "python.data.experimental.ops": ("data.experimental",),
    "python.training": ("train", "keras.optimizers"),
    **{f"python.training.{name}": ("train", "keras.optimizers") for name in _TRAINING},
    "python.training.tracking": ("train", ""),
    "python.trackable": ("train", ""),
    "python.module": ("",),
    "python.module.module": ("",),
    "python.util": ("", "nest"),
    "python.util.nest": ("nest",),
    "python.platform": ("io", ""),
    "python.platform.gfile": ("io.gfile",),
    "python.lib": (),
    "python.lib.io": ("io", "io.gfile"),
    "python.lib.io.file_io": ("io.gfile",),
    "python.lib.io.tf_record": ("io",),
    "python.saved_model": ("saved_model",),
    "python.distribute": ("distribute",),
    "python.autograph": ("autograph",),
    "python.summary": ("summary",),
    "python.summary.writer": ("summary",),
}

# Kept as a module of its own even where torchkeras has one of that name, since this one has only part of Keras's names.
_PARTIAL = frozenset({"layers.core", "layers.pooling", "layers.normalization", "layers.wrappers", "layers.activation"})


class Place(NamedTuple):
    """Where an asked name lies.

    Attributes:
        real: the name of torchkeras's own module.
        homes: for a module of another time, the real modules that its names are in now, else None.
    """

    real: str
    homes: tuple[str, ...] | None = None


def place_of(name: str) -> Place | None:
    """The place of a module's name, or None where the name is none of ours."""
    root, rest = _split(name)
    if not root:
        return None
    old = OLD_KERAS if root == KERAS else OLD_TENSORFLOW if root == TENSORFLOW else {}
    homes = old.get(rest)
    real = _below(root, rest)
    if homes is None:
        return Place(real)
    found = tuple(_below(root, home) for home in homes)
    return Place(real, (real, *found) if rest in _PARTIAL else found)


def must_be_old(place: Place) -> bool:
    """Whether this place is to be a module of another time even where torchkeras has one of its name."""
    return bool(place.homes) and place.real == place.homes[0]  # type: ignore[index]


def public_name(name: str) -> str:
    """How tutorials write it: 'tf.data.Dataset' for 'tensorflow.data.Dataset', 'keras.layers' for 'tf_keras.layers'."""
    root, rest = _split(name)
    if not root:
        return name
    word = {KERAS: "keras", TENSORFLOW: "tf"}.get(root) or "keras." + root.partition(".")[2]
    return f"{word}.{rest}" if rest else word


def _split(name: str) -> tuple[str, str]:
    """(root of torchkeras, what follows it); the real names of torchkeras are understood too."""
    tree = name
    while tree:
        if tree in TREES:
            root, rest = TREES[tree], name[len(tree) + 1 :]
            if root.startswith("tensorflow."):  # a tree that is itself seen through another
                return _split(f"{root}.{rest}" if rest else root)
            return root, rest
        tree = tree.rpartition(".")[0]
    for root in (TENSORFLOW, KERAS, "torchkeras"):
        if name == root or name.startswith(root + "."):
            return KERAS if root == "torchkeras" else root, name[len(root) + 1 :]
    return "", ""


def _below(root: str, rest: str) -> str:
    if not rest:
        return root
    if root == TENSORFLOW and (rest == "keras" or rest.startswith("keras.")):
        return _below(KERAS, rest[6:])
    return f"torchkeras.{rest}" if root == KERAS else f"{root}.{rest}"
