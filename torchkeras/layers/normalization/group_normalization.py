"""GroupNormalization: an nn.GroupNorm over channels on any axis."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from torchkeras.core.machinery import plain
from torchkeras.layers.input_spec import InputSpec
from torchkeras.layers.normalization.affine import AffineNormalization, weight_and_bias
from torchkeras.layers.normalization.axes import moved, resolve_axes, sizes_along
from torchkeras.layers.normalization.unfused import weighted_moments


class GroupNormalization(AffineNormalization):
    """Normalizes each sample over its positions and groups of neighbouring channels, then scales and shifts channels.

    Args:
        groups: into how many groups the channels are divided; -1 makes each channel one (instance normalization), 1 all
            of them together.
        axis: the channels.
        epsilon: added to the variance.
        center: whether to add beta.
        scale: whether to multiply by gamma.

    Its state_dict keys are `norm.weight` (gamma) and `norm.bias` (beta).
    """

    def __init__(
        self,
        groups: int = 32,
        axis: int = -1,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            epsilon, center, scale, beta_initializer, gamma_initializer, beta_regularizer, gamma_regularizer,
            beta_constraint, gamma_constraint, **kwargs,
        )  # fmt: skip
        if not isinstance(axis, int):
            raise TypeError(f"Expected an int for the argument 'axis' of layer {self.name!r}, but received: {axis!r}")
        self.groups = groups
        self.axis = axis

    def build(self, input_shape: Any) -> None:
        rank = len(input_shape)
        axes = resolve_axes(self.axis, rank, self.name)
        channels = sizes_along(axes, input_shape, self.name)[0]
        if axes == [0]:
            raise ValueError(f"Layer {self.name!r} cannot normalize over the batch. Received: axis={self.axis}")
        if self.groups == -1:
            self.groups = channels
        if not 0 < self.groups <= channels:
            raise ValueError(
                f"Number of groups ({self.groups}) of layer {self.name!r} must be between 1 and the number of channels "
                f"({channels}), or -1 for as many."
            )
        if channels % self.groups:
            raise ValueError(
                f"The number of channels ({channels}) must be a multiple of the number of groups ({self.groups}) of "
                f"layer {self.name!r}."
            )
        self.input_spec = InputSpec(ndim=rank, axes={self.axis: channels})
        order, back = moved(axes, rank, start=1)
        self.__dict__.update(_order=order, _back=back)
        affine = bool(self.scale or self.center)
        self._make_affine(nn.GroupNorm(self.groups, channels, self.epsilon, affine, device="meta"), (channels,))

    def call(self, inputs: Tensor, mask: Tensor | None = None) -> Tensor:
        inputs = inputs.to(self._dtype_policy.compute)
        x = inputs if self._order is None else inputs.permute(self._order)
        if not x.requires_grad and torch.is_grad_enabled():
            x = (
                x.contiguous()
            )  # torch's gradient of the weights crashes on channels_last inputs that need none themselves
        norm: Any = self._modules["norm"]
        if mask is not None:
            outputs = self._masked(x, _like(mask, inputs, self._order))
        elif plain(norm, nn.GroupNorm):
            weight, bias = weight_and_bias(norm, x.dtype)
            # F.group_norm would refuse a group of a single value.
            outputs = torch.group_norm(x, norm.num_groups, weight, bias, norm.eps, torch.backends.cudnn.enabled)
        else:
            outputs = norm(x)
        return outputs if self._back is None else outputs.permute(self._back)

    def _masked(self, x: Tensor, mask: Tensor) -> Tensor:
        """The same with masked positions left out of the statistics."""
        weight, bias = weight_and_bias(self._modules["norm"], x.dtype)  # type: ignore[arg-type]
        grouped = x.unflatten(1, (self.groups, -1))
        mean, variance = weighted_moments(grouped, list(range(2, grouped.dim())), mask.unflatten(1, (self.groups, -1)))
        outputs = ((grouped - mean) * torch.rsqrt(variance + self.epsilon)).flatten(1, 2)
        if weight is None:
            return outputs
        shape = (1, -1, *(1,) * (x.dim() - 2))
        return outputs * weight.view(shape) + bias.view(shape)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"groups": self.groups, "axis": self.axis, **self._affine_config()}


def _like(mask: Tensor, inputs: Tensor, order: tuple[int, ...] | None) -> Tensor:
    """A mask in the shape, type and order of axes of the inputs; one that lacks the last axes is repeated there."""
    if mask.dim() < inputs.dim() and mask.shape == inputs.shape[: mask.dim()]:
        mask = mask[(...,) + (None,) * (inputs.dim() - mask.dim())]
    mask = mask.to(inputs.dtype).expand_as(inputs)
    return mask if order is None else mask.permute(order)
