"""torchkeras.tensorflow: the tf namespace on PyTorch."""

# summaries for TensorBoard
# Keras, and what of it has a second name here.
from torchkeras import initializers, keras, losses, metrics, optimizers
from torchkeras.core.tensor_shape import TensorShape
from torchkeras.core.variable import Variable

# nn, image, random, signal
from torchkeras.initializers import Constant as constant_initializer
from torchkeras.initializers import Ones as ones_initializer
from torchkeras.initializers import RandomNormal as random_normal_initializer
from torchkeras.initializers import RandomUniform as random_uniform_initializer
from torchkeras.initializers import Zeros as zeros_initializer

# math, linalg, arrays
# strings
# ragged and sparse tensors
# data pipelines, and the specs of what goes through them
# control flow, structure, configuration, checkpoints
from torchkeras.tensorflow import (
    audio,
    autodiff,
    autograph,
    bitwise,
    compat,
    config,
    data,
    debugging,
    distribute,
    dtypes,
    errors,
    experimental,
    image,
    indexing,
    io,
    linalg,
    lookup,
    math,
    nest,
    nn,
    operators,
    profiler,
    ragged,
    random,
    raw_ops,
    saved_model,
    sets,
    signal,
    sparse,
    strings,
    summary,
    sysconfig,
    test,
    train,
    types,
    version,
)
from torchkeras.tensorflow.absent import absent as _absent
from torchkeras.tensorflow.aggregation import AggregationMethod, VariableAggregation, VariableSynchronization
from torchkeras.tensorflow.array import (
    argsort,
    batch_to_space,
    bitcast,
    boolean_mask,
    broadcast_dynamic_shape,
    broadcast_static_shape,
    broadcast_to,
    cast,
    clip_by_average_norm,
    clip_by_global_norm,
    clip_by_norm,
    clip_by_value,
    complex,
    concat,
    dynamic_partition,
    dynamic_stitch,
    ensure_shape,
    expand_dims,
    eye,
    fill,
    gather,
    gather_nd,
    guarantee_const,
    histogram_fixed_width,
    histogram_fixed_width_bins,
    identity,
    identity_n,
    is_tensor,
    linspace,
    meshgrid,
    one_hot,
    ones,
    ones_like,
    pad,
    parallel_stack,
    range,
    rank,
    repeat,
    required_space_to_batch_paddings,
    reshape,
    reverse,
    reverse_sequence,
    roll,
    saturate_cast,
    scatter_nd,
    searchsorted,
    sequence_mask,
    shape,
    shape_n,
    size,
    slice,
    sort,
    space_to_batch,
    space_to_batch_nd,
    split,
    squeeze,
    stack,
    strided_slice,
    tensor_scatter_nd_add,
    tensor_scatter_nd_max,
    tensor_scatter_nd_min,
    tensor_scatter_nd_sub,
    tensor_scatter_nd_update,
    tile,
    transpose,
    unique,
    unique_with_counts,
    unravel_index,
    unstack,
    where,
    zeros,
    zeros_like,
)
from torchkeras.tensorflow.bridge import connect
from torchkeras.tensorflow.compat.v1.logging import get_logger
from torchkeras.tensorflow.constants import constant, convert_to_tensor
from torchkeras.tensorflow.control import (
    case,
    cond,
    control_dependencies,
    foldl,
    foldr,
    group,
    map_fn,
    no_op,
    numpy_function,
    py_function,
    scan,
    switch_case,
    tuple,
    vectorized_map,
    while_loop,
)
from torchkeras.tensorflow.debugging import (
    Assert,
    assert_equal,
    assert_greater,
    assert_less,
    assert_rank,
)
from torchkeras.tensorflow.devices import DeviceSpec, device
from torchkeras.tensorflow.dtypes import (
    DType,
    as_dtype,
    bfloat16,
    complex64,
    complex128,
    double,
    float16,
    float32,
    float64,
    half,
    int8,
    int16,
    int32,
    int64,
    resource,
    string,
    uint8,
    uint16,
    uint32,
    uint64,
    variant,
)
from torchkeras.tensorflow.dtypes import (
    bool_ as bool,
)
from torchkeras.tensorflow.gradients import (
    custom_gradient,
    grad_pass_through,
    gradients,
    hessians,
    recompute_grad,
    stop_gradient,
)
from torchkeras.tensorflow.graph import Graph
from torchkeras.tensorflow.linalg import (
    eig,
    eigvals,
    einsum,
    matmul,
    norm,
    tensordot,
)
from torchkeras.tensorflow.linalg import sqrtm as matrix_square_root
from torchkeras.tensorflow.math import (
    abs,
    acos,
    acosh,
    add,
    add_n,
    argmax,
    argmin,
    asin,
    asinh,
    atan,
    atan2,
    atanh,
    cos,
    cosh,
    cumsum,
    divide,
    equal,
    exp,
    floor,
    greater,
    greater_equal,
    less,
    less_equal,
    logical_and,
    logical_not,
    logical_or,
    maximum,
    minimum,
    multiply,
    negative,
    not_equal,
    pow,
    reduce_all,
    reduce_any,
    reduce_logsumexp,
    reduce_max,
    reduce_mean,
    reduce_min,
    reduce_prod,
    reduce_sum,
    round,
    scalar_mul,
    sigmoid,
    sign,
    sin,
    sinh,
    sqrt,
    square,
    subtract,
    tan,
    tanh,
    truediv,
)
from torchkeras.tensorflow.math.arithmetic import realdiv, truncatediv, truncatemod
from torchkeras.tensorflow.module import Module
from torchkeras.tensorflow.name_scopes import get_current_name_scope, name_scope
from torchkeras.tensorflow.print_function import print
from torchkeras.tensorflow.ragged.ragged_tensor import RaggedTensor
from torchkeras.tensorflow.ragged.spec import RaggedTensorSpec
from torchkeras.tensorflow.sparse import SparseTensor
from torchkeras.tensorflow.sparse.slices import IndexedSlices
from torchkeras.tensorflow.sparse.spec import IndexedSlicesSpec, SparseTensorSpec
from torchkeras.tensorflow.strings import as_string
from torchkeras.tensorflow.tape import GradientTape, UnconnectedGradients
from torchkeras.tensorflow.tensor import Tensor
from torchkeras.tensorflow.tensor_array import TensorArray, TensorArraySpec
from torchkeras.tensorflow.tracing import function
from torchkeras.tensorflow.tracing.mode import executing_eagerly, init_scope, inside_function
from torchkeras.tensorflow.type_specs import NoneTensorSpec, TensorSpec, TypeSpec, type_spec_from_value
from torchkeras.tensorflow.values import (
    get_static_value,
    is_symbolic_tensor,
    make_ndarray,
    make_tensor_proto,
    register_tensor_conversion_function,
    timestamp,
)

newaxis = None
__version__ = "2.9.0"  # tutorials compare it as text

# What tf.dtypes has beside the types themselves.
for _name, _value in {"bool": bool, "cast": cast, "complex": complex, "saturate_cast": saturate_cast}.items():
    setattr(dtypes, _name, _value)

# The modules that are TensorFlow's too; the others here are how it is made.
_MODULES = (
    "audio autodiff autograph bitwise compat config data debugging distribute dtypes errors experimental image "
    "initializers io keras linalg lookup losses math metrics nest nn optimizers profiler ragged random raw_ops "
    "saved_model sets signal sparse strings summary sysconfig test train types version"
).split()
_OWN = type(keras)
__all__ = sorted(
    name for name, value in globals().items() if name in _MODULES or not (name[0] == "_" or isinstance(value, _OWN))
)

connect()


def __getattr__(name: str) -> object:
    _absent(name, [known for known in globals() if not known.startswith("_")])
