"""The torch modules within BatchNormalization: nn.BatchNorm1d, 2d and 3d where Keras means something else by it."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from torchkeras.core.device import default_device
from torchkeras.layers.normalization.affine import weight_and_bias


class _KerasStatistics(nn.modules.batchnorm._BatchNorm):
    """Batch norm over axis 1, on torch's kernel, with Keras's moving statistics.

    It takes an input of any rank, of no sample, or of one value per channel, and keeps the biased variance unless told
    otherwise (torch always keeps the unbiased one).

    Args:
        features: the number of channels.
        epsilon: added to the variance.
        momentum: torch's: the share of the new batch.
        unbiased: whether the moving variance is that of a sample (divided by n - 1).
    """

    def __init__(self, features: int, epsilon: float, momentum: float, unbiased: bool, affine: bool) -> None:
        super().__init__(features, eps=epsilon, momentum=momentum, affine=affine, device="meta")
        # Always 0 and in no file, but torch's tools (SyncBatchNorm's conversion, swa_utils) expect it to be there.
        self.register_buffer("num_batches_tracked", torch.tensor(0, device=default_device()), persistent=False)
        self.unbiased = unbiased
        self._batches = 0

    def forward(self, input: Tensor) -> Tensor:
        return self.normalize(input, self.training)

    def normalize(self, x: Tensor, training: bool, frozen: bool = False) -> Tensor:
        """`forward`, whatever mode the module is in."""
        weight, bias = weight_and_bias(self)
        buffers, epsilon, cudnn = self._buffers, self.eps, torch.backends.cudnn.enabled
        mean, variance = buffers["running_mean"], buffers["running_var"]
        if not training:
            traced = torch.compiler.is_compiling() or torch._C._get_tracing_state() is not None
            if not frozen and torch.is_grad_enabled() and not traced:
                # The gradient needs the statistics of this call, and a call in training may change them before.
                mean, variance = mean.clone(), variance.clone()  # type: ignore[union-attr]
            return torch.batch_norm(x, weight, bias, mean, variance, False, 0.0, epsilon, cudnn)
        momentum = self._share_of_batch()
        count = x.numel() // variance.numel()  # type: ignore[union-attr]
        if self.unbiased and count > 1:
            return torch.batch_norm(x, weight, bias, mean, variance, True, momentum, epsilon, cudnn)
        # The kernel adds momentum * unbiased variance to zeros; what it was given, it keeps for the gradient.
        fresh = torch.zeros_like(variance)  # type: ignore[arg-type]
        outputs = torch.batch_norm(x, weight, bias, mean, fresh, True, momentum, epsilon, cudnn)
        if count > 0:
            variance.mul_(1.0 - momentum)  # type: ignore[union-attr]
        if count > 1:  # else the unbiased variance is 0 / 0, and the biased one 0
            variance.add_(fresh, alpha=(count - 1) / count)  # type: ignore[union-attr]
        return outputs

    def _share_of_batch(self) -> float:
        if self.momentum is not None:
            return self.momentum
        self._batches += 1  # a plain average, as torch.optim.swa_utils.update_bn asks for
        return 1.0 / self._batches

    def reset_running_stats(self) -> None:
        self._batches = 0
        if self.running_mean is not None and self.running_var is not None:
            self.running_mean.zero_()
            self.running_var.fill_(1)

    def _load_from_state_dict(self, state_dict: Any, prefix: str, *args: Any, **kwargs: Any) -> None:
        # Files of torch's own module have a count of batches; torch's loading would also ask for one in ours.
        state_dict.pop(prefix + "num_batches_tracked", None)
        nn.Module._load_from_state_dict(self, state_dict, prefix, *args, **kwargs)


class KerasBatchNorm1d(_KerasStatistics, nn.BatchNorm1d):
    """For (batch, channels) and (batch, channels, steps)."""


class KerasBatchNorm2d(_KerasStatistics, nn.BatchNorm2d):
    """For (batch, channels, height, width)."""


class KerasBatchNorm3d(_KerasStatistics, nn.BatchNorm3d):
    """For (batch, channels, depth, height, width)."""


#: By the rank that the kernel sees.
KINDS: dict[int, type[_KerasStatistics]] = {4: KerasBatchNorm2d, 5: KerasBatchNorm3d}


def batch_norm_kind(rank: int) -> type[_KerasStatistics]:
    return KINDS.get(rank, KerasBatchNorm1d)
