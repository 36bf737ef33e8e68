"""Updates of whole lists of tensors: torch's fused kernels where there are any, its foreach operators else.

A rate is a float, or a scalar tensor on the device where the step is captured once and replayed with other rates.
"""

from __future__ import annotations

import functools
from collections.abc import Callable

import torch
from torch import Tensor, nn

Rate = float | Tensor
Tensors = list[Tensor] | tuple[Tensor, ...]


@functools.cache
def available(kernel: str, device: torch.device, dtype: torch.dtype) -> bool:
    """Whether torch has this fused kernel, 'adam' or 'sgd', here, and it computes what it should.

    It is private to torch, and torch 2.13's SGD is wrong in half precision on the CPU: so it is tried, once, on more
    numbers than a vector register holds.
    """
    values = torch.linspace(-1.0, 2.0, 4 * 67, device="cpu").view(4, 67).to(dtype)
    try:
        found = [one.cpu().double() for one in _FUSED_TRIALS[kernel](*values.to(device).unbind())]
        wanted = _TRIALS[kernel](*values.double().unbind())
    except (AttributeError, TypeError, RuntimeError):
        return False
    tolerance = 32 * torch.finfo(dtype).eps
    return all(torch.allclose(a, b, tolerance, tolerance) for a, b in zip(found, wanted, strict=True))


def fused_adam(
    params: list[Tensor],
    grads: list[Tensor],
    first: list[Tensor],
    second: list[Tensor],
    largest: list[Tensor],
    rate: Rate,
    beta_1: float,
    beta_2: float,
    epsilon: float,
    far: list[Tensor],
) -> None:
    """`p -= rate * m / (sqrt(v) + epsilon)`.

    torch corrects the bias by the step: at steps as far out as `far` it no longer does, and `rate` can hold Keras's
    correction, which leaves epsilon out.
    """
    torch._fused_adam_(
        params, grads, first, second, largest, far,
        lr=rate, beta1=beta_1, beta2=beta_2, weight_decay=0.0, eps=epsilon, amsgrad=bool(largest), maximize=False,
    )  # fmt: skip


def far_steps(device: torch.device, count: int) -> list[Tensor]:
    """Steps at which 1 - beta ** step is 1, for `fused_adam`."""
    return [torch.tensor(1e9, dtype=torch.float32, device=device)] * count


def fused_sgd(params: list[Tensor], grads: list[Tensor], rate: Rate) -> None:
    """`p -= rate * g`."""
    _fused_sgd(params, grads, [], rate)


def fused_momentum(
    params: list[Tensor], grads: list[Tensor], moves: list[Tensor], rate: Rate, momentum: float, nesterov: bool
) -> None:
    """`m = momentum * m - rate * g`, then `p += m`; or with nesterov `p += momentum * m - rate * g`."""
    if isinstance(rate, Tensor):
        scaled = list(torch._foreach_mul(grads, -rate))
        _fused_sgd(params, scaled, moves, -1.0, momentum, nesterov=nesterov)
        return
    # torch's m is momentum * m + (1 - dampening) * g, of which it takes its rate away.
    _fused_sgd(params, grads, moves, -momentum if nesterov else -1.0, momentum, dampening=1.0 + rate)
    if nesterov:
        fused_sgd(params, grads, rate)


def _fused_sgd(
    params: list[Tensor],
    grads: list[Tensor],
    moves: list[Tensor],
    rate: Rate,
    momentum: float = 0.0,
    dampening: float = 0.0,
    nesterov: bool = False,
) -> None:
    torch._fused_sgd_(
        params, grads, moves, weight_decay=0.0, momentum=momentum, lr=rate, dampening=dampening,
        nesterov=nesterov, maximize=False, is_first_step=False,
    )  # fmt: skip


def _try_fused_adam(p: Tensor, g: Tensor, m: Tensor, v: Tensor) -> list[Tensor]:
    p, m, v = p.clone(), m.clone(), v.abs()
    fused_adam([p], [g], [m], [v], [], 0.5, 0.75, 0.5, 0.125, far_steps(p.device, 1))
    return [p, m, v]


def _try_adam(p: Tensor, g: Tensor, m: Tensor, v: Tensor) -> list[Tensor]:
    m, v = 0.75 * m + 0.25 * g, 0.5 * v.abs() + 0.5 * g * g
    return [p - 0.5 * m / (torch.sqrt(v) + 0.125), m, v]


def _try_fused_sgd(p: Tensor, g: Tensor, m: Tensor, _: Tensor) -> list[Tensor]:
    p, m = p.clone(), m.clone()
    fused_momentum([p], [g], [m], 0.5, 0.75, True)
    return [p, m]


def _try_sgd(p: Tensor, g: Tensor, m: Tensor, _: Tensor) -> list[Tensor]:
    m = 0.75 * m - 0.5 * g
    return [p + 0.75 * m - 0.5 * g, m]


_FUSED_TRIALS: dict[str, Callable[..., list[Tensor]]] = {"adam": _try_fused_adam, "sgd": _try_fused_sgd}
_TRIALS: dict[str, Callable[..., list[Tensor]]] = {"adam": _try_adam, "sgd": _try_sgd}


def add_scaled(params: Tensors, updates: Tensors, rate: Rate) -> None:
    """`p += rate * u`."""
    if isinstance(rate, Tensor):
        torch._foreach_add_(params, torch._foreach_mul(updates, rate))
    else:
        torch._foreach_add_(params, updates, alpha=rate)


def add_ratio(params: Tensors, numerators: Tensors, denominators: Tensors, rate: Rate) -> None:
    """`p += rate * n / d`."""
    if isinstance(rate, Tensor):
        add_scaled(params, torch._foreach_div(numerators, denominators), rate)
    else:
        torch._foreach_addcdiv_(params, numerators, denominators, value=rate)


def copy(params: Tensors, values: Tensors) -> None:
    """`p = v`."""
    if all(type(p) in (nn.Parameter, Tensor) for p in params):
        torch._foreach_copy_(params, values)
    else:  # there is no such operator for sharded tensors
        for param, value in zip(params, values, strict=True):
            param.copy_(value)


def add_square(averages: Tensors, values: Tensors, kept: float) -> None:
    """`a = kept * a + (1 - kept) * x²`."""
    torch._foreach_mul_(averages, kept)
    torch._foreach_addcmul_(averages, values, values, value=1.0 - kept)
