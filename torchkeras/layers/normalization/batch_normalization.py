"""BatchNormalization: torch's batch norm with Keras's moving statistics."""

from __future__ import annotations

import math
import warnings
from typing import Any

import torch
from torch import Tensor, nn

from torchkeras import initializers
from torchkeras.core.layout import IDENTITY, Layout
from torchkeras.core.machinery import plain
from torchkeras.core.replicas import in_step
from torchkeras.core.variable import Variable
from torchkeras.layers.input_spec import InputSpec
from torchkeras.layers.normalization import unfused
from torchkeras.layers.normalization.affine import AffineNormalization
from torchkeras.layers.normalization.axes import Reshaped, axis_argument, axis_setting, moved, resolve_axes, sizes_along
from torchkeras.layers.normalization.batch_norm_module import batch_norm_kind

_HALF = (torch.float16, torch.bfloat16)


class BatchNormalization(AffineNormalization):
    """Normalizes each channel to mean 0 and variance 1 over the batch, then scales by gamma and adds beta.

    In training the statistics are the batch's, and moving averages of them are kept; otherwise, and always where
    `trainable` is False, they are those moving averages.

    Args:
        axis: the channels: an axis, or a list of them.
        momentum: the share of the old value in a moving average (torch's momentum is the share of the new).
        epsilon: added to the variance.
        center: whether to add beta.
        scale: whether to multiply by gamma.
        synchronized: whether the batch is the one that all processes share, rather than this one's part of it.
        renorm: whether to correct the batch's statistics towards their moving averages (arXiv:1702.03275), within
            `renorm_clipping`, a dict of 'rmin', 'rmax' and 'dmax', and with averages of `renorm_momentum`.
        fused: as in Keras it decides which variance is kept: that of a sample for inputs of rank 4 and 5, unless False.
        virtual_batch_size: normalize parts of the batch of this size each by itself.

    Its state_dict keys are `norm.weight` (gamma), `norm.bias` (beta), `norm.running_mean` and `norm.running_var`.
    """

    moving_mean: Variable
    moving_variance: Variable

    def __init__(
        self,
        axis: Any = -1,
        momentum: float = 0.99,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        moving_mean_initializer: Any = "zeros",
        moving_variance_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        synchronized: bool = False,
        *,
        renorm: bool = False,
        renorm_clipping: dict[str, float] | None = None,
        renorm_momentum: float = 0.99,
        fused: bool | None = None,
        virtual_batch_size: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            epsilon, center, scale, beta_initializer, gamma_initializer, beta_regularizer, gamma_regularizer,
            beta_constraint, gamma_constraint, **kwargs,
        )  # fmt: skip
        self.axis = axis_argument(axis, self.name)
        self.momentum = momentum
        self.moving_mean_initializer = initializers.get(moving_mean_initializer)
        self.moving_variance_initializer = initializers.get(moving_variance_initializer)
        self.synchronized = synchronized
        self.renorm = renorm
        self.renorm_clipping = dict(renorm_clipping or {})
        self.renorm_momentum = renorm_momentum
        self.fused = fused
        self.virtual_batch_size = virtual_batch_size
        obstacle = self._fusing_obstacle()
        if fused and obstacle:
            raise ValueError(f"`fused=True` is not supported {obstacle} (layer {self.name!r}).")
        if obstacle:
            self.fused = False
        unknown = set(self.renorm_clipping) - {"rmin", "rmax", "dmax"}
        if unknown:
            raise ValueError(
                f"Received invalid keys for the `renorm_clipping` argument of layer {self.name!r}: {sorted(unknown)}. "
                f"Supported are 'rmin', 'rmax' and 'dmax'."
            )

    @property
    def momentum(self) -> float:
        """The share of the old value in a moving average; the inner module follows where it is changed."""
        return self._momentum

    @momentum.setter
    def momentum(self, value: float) -> None:
        self._momentum = value
        if "norm" in self._modules:
            self._modules["norm"].momentum = 1.0 - value  # type: ignore[union-attr]

    def _fusing_obstacle(self) -> str | None:
        """What keeps Keras from its fused kernel, as far as it is known before the input's rank is."""
        axes = self.axis if isinstance(self.axis, list) else [self.axis]
        if self.synchronized:
            return "with `synchronized=True`"
        if self.renorm:
            return "with `renorm=True`"
        if self.virtual_batch_size is not None:
            return "with `virtual_batch_size`"
        if len(axes) > 1 or axes[0] not in (-4, -3, -1, 1, 3, 4):
            return f"for axis={axes}: only for axis 1 or the last one of inputs of rank 4 or 5"
        if self._dtype_policy.compute is torch.float64:
            return "for float64"
        return None

    def _weight_dtype(self) -> torch.dtype:
        # Statistics of half-precision inputs are float32, as is what they are combined with.
        return torch.float32 if self._dtype_policy.variable in _HALF else self._dtype_policy.variable

    def build(self, input_shape: Any) -> None:
        rank = len(input_shape)
        axes = resolve_axes(self.axis, rank, self.name)
        sizes = sizes_along(axes, input_shape, self.name)
        self.axis = axes
        self.fused = self._fuses(axes, rank, input_shape)
        self.input_spec = InputSpec(ndim=rank, axes=dict(zip(axes, sizes, strict=True)))
        self._arrange(axes, rank)
        shape = self._weight_shape(dict(zip(axes, sizes, strict=True)), rank)
        self._features = features = math.prod(shape)
        layout = IDENTITY if shape == (features,) else Reshaped(shape, (features,))
        kind = batch_norm_kind(2 if self._flat else rank)
        affine = bool(self.scale or self.center)
        norm = kind(features, self.epsilon, 1.0 - self.momentum, unbiased=self.fused, affine=affine)
        self._kind = kind
        self._make_affine(norm, shape, layout)
        self.moving_mean = self._statistic("moving_mean", ("norm", "running_mean"), shape, layout)
        self.moving_variance = self._statistic("moving_variance", ("norm", "running_var"), shape, layout)
        if self.renorm:
            self.moving_stddev = self._statistic("moving_stddev", ("moving_stddev",), shape, IDENTITY)
            self.renorm_mean = self._statistic("renorm_mean", ("renorm_mean",), shape, IDENTITY)
            self.renorm_stddev = self._statistic("renorm_stddev", ("renorm_stddev",), shape, IDENTITY)
        for variable in self._own_weights:
            variable.autocast = False

    def _fuses(self, axes: list[int], rank: int, shape: Any) -> bool:
        fits = rank in (4, 5) and axes in ([1], [rank - 1])
        if self.fused and not fits:
            raise ValueError(
                f"Layer {self.name!r} with `fused=True` only supports inputs of rank 4 or 5 with axis 1 or the last "
                f"one. Received an input of shape {tuple(shape)} and axis={axes}."
            )
        return fits and self.fused is not False

    def _arrange(self, axes: list[int], rank: int) -> None:
        """Choose the views that bring the input to (batch, channels, ...) without a copy where there is one."""
        last = axes == [rank - 1]
        self._flat = rank == 1 or (rank > 2 and (axes != [1] and not (last and rank in (4, 5))))
        # Flat means (everything else, channels).
        start = rank - len(axes) if self._flat else 1
        order, back = moved(sorted(axes), rank, start)
        self.__dict__.update(_order=order, _back=back)

    def _weight_shape(self, sizes: dict[int, int], rank: int) -> tuple[int, ...]:
        """Keras's shape: the channels; with several axes, or parts of a batch, it has the input's rank."""
        if len(sizes) == 1 and self.virtual_batch_size is None:
            return tuple(sizes.values())
        shape = [sizes.get(axis, 1) for axis in range(rank)]
        if self.virtual_batch_size is not None:
            if self.virtual_batch_size <= 0 or 0 in sizes:
                raise ValueError(
                    f"`virtual_batch_size` of layer {self.name!r} must be a positive integer that divides the batch, "
                    f"and axis 0 must be the batch. Received: virtual_batch_size={self.virtual_batch_size}, "
                    f"axis={list(sizes)}"
                )
            shape.insert(1, 1)
        return tuple(shape)

    def _statistic(self, name: str, path: tuple[str, ...], shape: tuple[int, ...], layout: Layout) -> Variable:
        initializer = self.moving_mean_initializer if name.endswith("mean") else self.moving_variance_initializer
        if name.endswith("stddev"):
            variance = initializer

            def initializer(shape: Any, dtype: Any = None) -> Tensor:
                return torch.as_tensor(variance(shape, dtype=dtype)).sqrt()

        return self._make_weight(name, path, shape, initializer, trainable=False, layout=layout)

    def call(self, inputs: Tensor, training: bool | None = None, mask: Tensor | None = None) -> Tensor:
        inputs = inputs.to(self._dtype_policy.compute)
        frozen = not self._trainable
        training = bool(training) and not frozen
        if training and self.synchronized and (together := in_step()) is not None:
            return unfused.batch_norm(self, inputs, mask, together)
        if training and (mask is not None or self.renorm or self.virtual_batch_size is not None):
            if self.fused:
                self._warn_of_mask()
            elif inputs.shape[0]:  # an empty batch has no statistics: the kernel leaves the moving ones alone
                return unfused.batch_norm(self, inputs, mask)
        x = inputs if self._order is None else inputs.permute(self._order)
        shape = x.shape
        if self._flat:
            x = x.reshape(-1, self._features)
        norm: Any = self._modules["norm"]
        if plain(norm, self._kind):
            outputs = norm.normalize(x, training, frozen)
        else:
            if norm.training is not training:
                nn.Module.train(norm, training)
            outputs = norm(x)
        if self._flat:
            outputs = outputs.reshape(shape)
        return outputs if self._back is None else outputs.permute(self._back)

    def _warn_of_mask(self) -> None:
        warnings.warn(
            f"Layer {self.name!r} ignores the mask of its inputs in its statistics, as Keras does for images: give it "
            f"`fused=False` to leave masked positions out.",
            stacklevel=2,
        )

    def get_config(self) -> dict[str, Any]:
        config = super().get_config() | {
            "axis": axis_setting(self.axis),
            "momentum": self.momentum,
            **self._affine_config(),
            "moving_mean_initializer": initializers.serialize(self.moving_mean_initializer),
            "moving_variance_initializer": initializers.serialize(self.moving_variance_initializer),
        }
        # The rest only where it is used, so that other Kerases load the config.
        if self.renorm:
            config |= {
                "renorm": True,
                "renorm_clipping": dict(self.renorm_clipping),
                "renorm_momentum": self.renorm_momentum,
            }
        if self.virtual_batch_size is not None:
            config["virtual_batch_size"] = self.virtual_batch_size
        if self.synchronized:
            config["synchronized"] = True
        return config
