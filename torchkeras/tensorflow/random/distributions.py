"""Drawing from distributions: plain tensors from a generator, for the stateful, the stateless and the object form."""

from __future__ import annotations

import math
from typing import Any

import torch

from torchkeras.core.device import default_device
from torchkeras.tensorflow import dtypes
from torchkeras.tensorflow.arguments import FLOATS, invalid, sizes
from torchkeras.tensorflow.convert import from_python, tensor

_HALF = (torch.float16, torch.bfloat16)
#: The part of a normal distribution within two standard deviations, less what rounding could add.
_WITHIN_TWO = math.erf(math.sqrt(2)) - 1e-7
Generator = torch.Generator | None


def shape_of(shape: Any, kernel: str) -> list[int]:
    """A shape, which must be a vector of sizes."""
    if isinstance(shape, int) or (isinstance(shape, torch.Tensor) and not shape.dim()):
        invalid("shape must be a vector of {int32,int64}, got shape []", kernel)
    if isinstance(shape, (list, tuple)) and any(isinstance(n, float) for n in shape):
        invalid("Value for attr 'T' of float is not in the list of allowed values: int32, int64", kernel)
    found = sizes(shape)
    for n in found:
        if n < 0:
            invalid(f"Dimension {n} must be >= 0", kernel)
    return found


def float_dtype(dtype: Any, given: Any) -> torch.dtype:
    """The dtype of random floats; a TypeError for others, as the number `given` cannot become one."""
    wanted = dtypes.torch_of(dtype)
    if wanted not in FLOATS:
        from_python(given, wanted)  # says so where it is a float
        raise TypeError(f"Random floats need a dtype of floats. Received: dtype={dtypes.as_dtype(dtype)!r}")
    return wanted


def empty(shape: list[int], dtype: torch.dtype) -> torch.Tensor:
    """What to fill. Half precision is drawn in float32: its own steps are too coarse."""
    return torch.empty(shape, dtype=torch.float32 if dtype in _HALF else dtype, device=default_device())


def standard_normal(out: torch.Tensor, source: Generator) -> torch.Tensor:
    return out.normal_(generator=source)


def truncated_normal(out: torch.Tensor, source: Generator) -> torch.Tensor:
    """Normally distributed within two standard deviations."""
    return out.uniform_(-_WITHIN_TWO, _WITHIN_TWO, generator=source).erfinv_().mul_(math.sqrt(2))


def scaled(x: torch.Tensor, factor: Any, shift: Any, dtype: torch.dtype) -> torch.Tensor:
    """`x * factor + shift` in a dtype."""
    if type(factor) in (float, int) and type(shift) in (float, int):
        if factor != 1:
            x = x * factor
        return (x if shift == 0 else x + shift).to(dtype)
    wide = x.dtype
    return (x * tensor(factor, wide).to(x.device, wide) + tensor(shift, wide).to(x.device, wide)).to(dtype)


def uniform(shape: list[int], low: Any, high: Any, dtype: torch.dtype, source: Any, kernel: str) -> torch.Tensor:
    """Evenly distributed from `low` to, without, `high`. `source` makes the generator from a device."""
    if not dtype.is_floating_point:
        return integers(shape, low, high, dtype, source, kernel)
    out = empty(shape, dtype)
    out.uniform_(generator=source(out.device))
    if dtype in _HALF:
        out.clamp_(max=1 - torch.finfo(dtype).eps / 2)  # what is above rounds to 1
    if type(low) in (int, float) and type(high) in (int, float):
        if (low, high) == (0, 1):
            result = out.to(dtype)
        else:
            result = (out * (high - low) + low).to(dtype)
    else:
        least, most = (tensor(v, out.dtype).to(out.device, out.dtype) for v in (low, high))
        result = (out * (most - least) + least).to(dtype)
    return result


def integers(shape: list[int], low: Any, high: Any, dtype: torch.dtype, source: Any, kernel: str) -> torch.Tensor:
    device = default_device()
    if low is None and high is None:
        out = torch.empty(shape, dtype=torch.int64, device=device)
        info = torch.iinfo(dtype)
        if dtype.itemsize < 8:
            return out.random_(info.min, info.max + 1, generator=source(device)).to(dtype)
        halves = torch.empty([2, *shape], dtype=torch.int64, device=device).random_(0, 2**32, generator=source(device))
        return ((halves[0] << 32) + halves[1]).to(dtype)
    bounds = [tensor(v, dtype) for v in (low, high)]
    if any(b.dtype.is_floating_point for b in bounds):
        raise TypeError(f"minval and maxval must be integers. Received: {low}, {high}")
    least, most = bounds
    if not least.dim() and not most.dim():
        a, b = int(least), int(most)
        if a >= b:
            invalid(f"Need minval < maxval, got {a} >= {b}", kernel)
        out = torch.empty(shape, dtype=torch.int64, device=device)
        return out.random_(a, b, generator=source(device)).to(dtype)
    if bool((least >= most).any()):
        invalid("Need minval < maxval", kernel)
    share = torch.empty(shape, dtype=torch.float64, device=device).uniform_(generator=source(device))
    spread = (most - least).to(device, torch.float64)
    return (least.to(device) + torch.floor(share * spread).to(dtype)).to(dtype)


def categorical(logits: torch.Tensor, count: int, dtype: Any, source: Any, kernel: str) -> torch.Tensor:
    if logits.dim() != 2:
        invalid(f"logits should be a matrix, got shape {list(logits.shape)}", kernel)
    if count < 0:
        invalid(f"num_samples should be nonnegative, got {count}", kernel)
    wanted = dtypes.torch_of(dtypes.int64 if dtype is None else dtype)
    if not count or not logits.shape[0]:
        return torch.empty((logits.shape[0], count), dtype=wanted, device=logits.device)
    shares = torch.softmax(logits.detach().double(), -1)
    return torch.multinomial(shares, count, True, generator=source(logits.device)).to(wanted)


def gamma(shape: list[int], alpha: Any, beta: Any, dtype: torch.dtype, source: Any) -> torch.Tensor:
    """Gamma distributed values of a whole shape; differentiable by alpha and beta."""
    work = torch.float32 if dtype in _HALF else dtype
    power = tensor(alpha, work).to(work).expand(shape).contiguous()
    drawn = torch._standard_gamma(power, generator=source(power.device))
    rate = None if beta is None else tensor(beta, work).to(work)
    drawn = torch.clamp(drawn, min=torch.finfo(work).tiny)
    return (drawn if rate is None else drawn / rate).to(dtype)


def poisson(shape: list[int], lam: Any, dtype: torch.dtype, source: Any) -> torch.Tensor:
    rates = tensor(lam, torch.float64 if dtype is torch.float64 else torch.float32)
    if not rates.dtype.is_floating_point:
        rates = rates.float()
    wide = rates.detach().expand(shape).contiguous()
    return torch.poisson(wide, generator=source(wide.device)).to(dtype)


def binomial(shape: list[int], counts: Any, probs: Any, dtype: torch.dtype, source: Any) -> torch.Tensor:
    trials, chance = (
        v.to(torch.float64).expand(shape).contiguous() for v in (tensor(counts), tensor(probs, torch.float64))
    )
    return torch.binomial(trials, chance, generator=source(trials.device)).to(dtype)
