"""Updates of whole lists of tensors: torch's fused kernels where there are any, its foreach operators else.

A rate is a float, or a scalar tensor on the device where the step is captured once and replayed with other rates.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

Rate = float | Tensor
Tensors = list[Tensor] | tuple[Tensor, ...]


@functools.cache
def available(kernel: str, device: torch.device, dtype: torch.dtype) -> bool:
    """Whether torch has this fused kernel, 'adam' or 'sgd', here. It is private to torch: tried once, on one number."""
    try:
        one, two, three = (torch.ones(1, device=device, dtype=dtype) for _ in range(3))
        _TRIALS[kernel]([one], [two], [three])
    except (AttributeError, TypeError, RuntimeError):
        return False
    return True


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


def _try_adam(one: list[Tensor], two: list[Tensor], three: list[Tensor]) -> None:
    fused_adam(one, two, three, [torch.ones_like(one[0])], [], 0.1, 0.9, 0.999, 1e-7, far_steps(one[0].device, 1))


def _try_sgd(one: list[Tensor], two: list[Tensor], three: list[Tensor]) -> None:
    fused_momentum(one, two, three, 0.1, 0.9, True)


_TRIALS: dict[str, Callable[..., Any]] = {"adam": _try_adam, "sgd": _try_sgd}


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


def add_square(averages: Tensors, values: Tensors, kept: float) -> None:
    """`a = kept * a + (1 - kept) * x²`."""
    torch._foreach_mul_(averages, kept)
    torch._foreach_addcmul_(averages, values, values, value=1.0 - kept)
