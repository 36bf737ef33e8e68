"""keras.ops: the functions of Keras 3 on tensors.

They take tensors, arrays, numbers and Variables; on symbolic tensors they become part of a functional model. Layers and
losses do not stand on them: those call torch.

Most names belong to one of Keras's parts, `linalg`, `nn` or `numpy`, which list them; the others stand here.
"""

from torchkeras.core.registry import Family
from torchkeras.ops import image, linalg, nn, numpy
from torchkeras.ops.blocks import rearrange
from torchkeras.ops.control import associative_scan, cond, fori_loop, map, scan, switch, vectorized_map, while_loop
from torchkeras.ops.conversion import (
    cast,
    convert_to_numpy,
    convert_to_tensor,
    custom_gradient,
    dtype,
    is_tensor,
    saturate_cast,
    shape,
    stop_gradient,
)
from torchkeras.ops.elementwise import erf, erfc, erfinv, rsqrt, view_as_complex, view_as_real
from torchkeras.ops.fourier import extract_sequences, fft, fft2, ifft2, irfft, istft, rfft, stft
from torchkeras.ops.indexing import scatter, scatter_update, slice, slice_update
from torchkeras.ops.joining import unstack
from torchkeras.ops.linalg import *  # noqa: F403
from torchkeras.ops.linalg import logdet
from torchkeras.ops.nn import *  # noqa: F403
from torchkeras.ops.numpy import *  # noqa: F403
from torchkeras.ops.ordering import in_top_k, top_k
from torchkeras.ops.products import cdist
from torchkeras.ops.reductions import logsumexp
from torchkeras.ops.segments import segment_max, segment_min, segment_prod, segment_sum

__all__ = [
    "FAMILY", "image", "linalg", "nn", "numpy", "associative_scan", "cast", "cdist", "cond", "convert_to_numpy",
    "convert_to_tensor", "custom_gradient", "dtype", "erf", "erfc", "erfinv", "extract_sequences", "fft", "fft2",
    "fori_loop", "ifft2", "in_top_k", "irfft", "is_tensor", "istft", "logdet", "logsumexp", "map", "rearrange", "rfft",
    "rsqrt", "saturate_cast", "scan", "scatter", "scatter_update", "segment_max", "segment_min", "segment_prod",
    "segment_sum", "shape", "slice", "slice_update", "stft", "stop_gradient", "switch", "top_k", "unstack",
    "vectorized_map", "view_as_complex", "view_as_real", "while_loop",
]  # fmt: skip
__all__ += linalg.__all__
__all__ += nn.__all__
__all__ += numpy.__all__

#: Where a recorded operation is found again when a model is loaded.
FAMILY = Family(
    "operation",
    "keras.ops",
    {name: value for name, value in globals().items() if name in __all__ and callable(value)}
    | {name: getattr(image, name) for name in image.__all__},
)
# In configs they bear their family's name: `ops.gelu` is another function than the activation `gelu`.
FAMILY.names = {value: f"ops.{name}" for value, name in FAMILY.names.items()}
