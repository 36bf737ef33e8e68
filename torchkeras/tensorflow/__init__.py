"""torchkeras.tensorflow: the tf namespace on PyTorch."""

from torchkeras.core.tensor_shape import TensorShape
from torchkeras.core.variable import Variable
from torchkeras.tensorflow import errors, indexing, operators
from torchkeras.tensorflow.bridge import connect
from torchkeras.tensorflow.constants import constant, convert_to_tensor
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
from torchkeras.tensorflow.tape import GradientTape, UnconnectedGradients
from torchkeras.tensorflow.tensor import Tensor

# Keras, and what of it has a second name here.
from torchkeras import initializers, keras, losses, metrics, optimizers

newaxis = None
__version__ = "2.9.0"  # tutorials compare it as text

connect()
