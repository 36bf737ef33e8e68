"""Names that the tf namespace has not: errors that say what to use instead."""

from __future__ import annotations

from typing import NoReturn

from torchkeras.core.errors import did_you_mean
from torchkeras.shim.advice import instead_of

#: TensorFlow 1 had these at its top level.
_OLD = frozenset(
    (
        "ConfigProto GPUOptions GraphDef GraphKeys GraphOptions InteractiveSession OptimizerOptions Print RunOptions "
        "Session Summary add_check_numerics_ops add_to_collection all_variables app arg_max arg_min assign assign_add "
        "assign_sub batch_gather contrib count_nonzero create_partitioned_variables diag div dimension "
        "fixed_size_partitioner flags get_collection get_default_graph get_default_session get_local_variable "
        "get_variable get_variable_scope gfile global_variables global_variables_initializer initialize_all_variables "
        "initialize_variables is_nan layers local_variables local_variables_initializer log logging losses "
        "make_template matrix_inverse mod mul neg model_variables moving_average_variables multinomial placeholder "
        "placeholder_with_default py_func python_io random_crop random_normal random_shuffle random_uniform read_file "
        "report_uninitialized_variables reset_default_graph rsqrt scatter_add scatter_update session set_random_seed "
        "set_seed setdiff1d sparse_placeholder sparse_reduce_sum sparse_tensor_dense_matmul sparse_to_dense sub substr "
        "to_bfloat16 to_double to_float to_int32 to_int64 trainable_variables truncated_normal variable_scope "
        "variables_initializer verify_tensor_all_finite where_v2 xw_plus_b "
    ).split()
)

_NOW = {
    "load_op_library": "torch.utils.cpp_extension", "load_library": "torch.utils.cpp_extension",
    "app": "absl.app", "arg_max": "tf.argmax", "arg_min": "tf.argmin", "assign": "`variable.assign(value)`",
    "assign_add": "`variable.assign_add(value)`", "assign_sub": "`variable.assign_sub(value)`",
    "batch_gather": "tf.gather with `batch_dims`", "count_nonzero": "tf.math.count_nonzero", "diag": "tf.linalg.diag",
    "div": "tf.divide", "flags": "absl.flags or argparse", "gfile": "tf.io.gfile", "layers": "tf.keras.layers",
    "log": "tf.math.log", "logging": "Python's logging", "losses": "tf.keras.losses",
    "matrix_inverse": "tf.linalg.inv", "mod": "tf.math.mod", "mul": "tf.multiply",
    "multinomial": "tf.random.categorical",
    "neg": "tf.negative", "py_func": "tf.py_function", "Print": "tf.print", "python_io": "tf.io",
    "random_crop": "tf.image.random_crop", "random_normal": "tf.random.normal", "random_shuffle": "tf.random.shuffle",
    "random_uniform": "tf.random.uniform", "read_file": "tf.io.read_file", "rsqrt": "tf.math.rsqrt",
    "set_random_seed": "tf.random.set_seed", "set_seed": "tf.random.set_seed", "sparse_to_dense": "tf.sparse.to_dense",
    "sub": "tf.subtract", "to_double": "tf.cast", "to_float": "tf.cast", "to_int32": "tf.cast", "to_int64": "tf.cast",
    "truncated_normal": "tf.random.truncated_normal", "get_default_graph": "nothing: code runs at once",
    "reset_default_graph": "nothing: code runs at once", "trainable_variables": "`model.trainable_variables`",
    "global_variables": "`model.variables`", "placeholder_with_default": "an argument of a function, with a default",
    "variable_scope": "tf.name_scope, and tf.Variable or a layer for the variables", "substr": "tf.strings.substr",
    "is_nan": "tf.math.is_nan", "InteractiveSession": "nothing: results are there at once",
}  # fmt: skip


def absent(name: str, known: object) -> NoReturn:
    """Raises the AttributeError for a name of the namespace."""
    text = f"module 'tensorflow' has no attribute {name!r}."
    if name.startswith("__"):
        raise AttributeError(text)
    advice = _NOW.get(name) or instead_of(f"tf.{name}")
    if name in _OLD or name in ("placeholder", "Session"):
        raise AttributeError(
            f"{text} It is TensorFlow 1, which is not here: TensorFlow 2 runs code at once, without graphs or sessions."
            + (f" Instead: {advice}." if advice else "")
        )
    if advice:
        raise AttributeError(f"{text} Instead: {advice}.")
    raise AttributeError(text + did_you_mean(name, known))  # type: ignore[arg-type]


__all__ = ["absent"]
