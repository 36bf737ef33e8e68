"""LossScaleOptimizer."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor

from torchkeras.core import capturing
from torchkeras.core.capturing import CannotCapture
from torchkeras.core.registry import FAMILIES, serialize
from torchkeras.core.replicas import in_step, stepping
from torchkeras.core.shards import everywhere, is_sharded, rows
from torchkeras.core.variable import Variable
from torchkeras.optimizers.learning_rate import host_variable
from torchkeras.optimizers.optimizer import Optimizer
from torchkeras.optimizers.state import CallableList

_SCALE, _STEPS = 2.0**15, 2000


class LossScaleOptimizer(Optimizer):
    """Another optimizer under a loss that is multiplied, so that small gradients do not vanish in half precision.

    A step whose gradients are not finite is left out and halves the scale; after so many good ones it doubles. In `fit`
    the device decides that by itself; a loop of one's own waits for it once a step, as torch's GradScaler does.

    `fit` and `minimize` do all that is needed. In a loop of one's own: the gradients of `scale_loss(loss)` go to
    `apply_gradients`, which divides them again; or, as in Keras 2, those of `get_scaled_loss(loss)` go through
    `get_unscaled_gradients` first.

    Args:
        inner_optimizer: the optimizer.
        dynamic: whether the scale changes. (In Keras 3 the next argument stands here, and is taken here too.)
        initial_scale: the first scale, or that of all steps; 32768 unless given.
        dynamic_growth_steps: after how many good steps it doubles; 2000 unless given.
        name: of the optimizer.

    Example: `model.compile(keras.mixed_precision.LossScaleOptimizer(keras.optimizers.Adam()), "mse")`
    """

    inner_optimizer: Any

    def __init__(
        self,
        inner_optimizer: Any,
        dynamic: Any = True,
        initial_scale: float | None = None,
        dynamic_growth_steps: int | None = None,
        *,
        name: str | None = None,
    ) -> None:
        if not isinstance(dynamic, bool):  # Keras 3: (inner_optimizer, initial_scale, dynamic_growth_steps)
            if not isinstance(dynamic, (int, float)):
                raise TypeError(f"`dynamic` argument to LossScaleOptimizer must be a bool. Received: {dynamic!r}")
            dynamic, initial_scale, dynamic_growth_steps = True, dynamic, initial_scale or dynamic_growth_steps  # type: ignore[assignment]
        _check(inner_optimizer, dynamic, initial_scale, dynamic_growth_steps)
        inner_optimizer.loss_scale_factor = None
        inner_optimizer.__dict__["_is_wrapped_by_loss_scale_optimizer"] = True
        scale = float(_SCALE if initial_scale is None else initial_scale)
        # All else is the inner optimizer's, see `__getattr__`.
        self.__dict__.update(
            inner_optimizer=inner_optimizer,
            name=name or inner_optimizer.name,
            dynamic=dynamic,
            initial_scale=scale,
            dynamic_growth_steps=int(dynamic_growth_steps or _STEPS) if dynamic else None,
            dynamic_scale=host_variable(scale, "current_loss_scale", torch.float32),
            dynamic_counter=host_variable(0, "good_steps", torch.int64),
            _scaled=False,
            _unscaled=False,
        )

    def __getattr__(self, name: str) -> Any:
        inner = self.__dict__.get("inner_optimizer")
        if inner is None or name.startswith("__"):
            raise AttributeError(name)
        return getattr(inner, name)

    @property
    def built(self) -> bool:  # type: ignore[override]
        return bool(self.inner_optimizer.built)

    def build(self, var_list: Iterable[Any]) -> None:
        self.inner_optimizer.build(var_list)

    # --- the scale ---

    @property
    def loss_scale(self) -> Tensor:
        """The present scale."""
        scale: Tensor = self.dynamic_scale.parameter.clone()
        return scale

    @property
    def step_counter(self) -> Variable:
        """How many good steps there were since the scale changed."""
        counter: Variable = self.dynamic_counter
        return counter

    def scale_loss(self, loss: Any) -> Any:
        """The loss as it is to be differentiated."""
        self.__dict__["_scaled"] = True
        return loss * (self._placed(loss.device)[0] if _on_device(loss) else float(self.dynamic_scale))

    def get_scaled_loss(self, loss: Any) -> Any:
        """The loss as it is to be differentiated, or a function that computes it."""
        if not callable(loss):
            return self.scale_loss(loss)
        compute: Callable[[], Any] = loss
        return lambda: self.scale_loss(compute())

    def get_unscaled_gradients(self, grads: Iterable[Any]) -> list[Any]:
        """The gradients of a scaled loss, divided by the scale."""
        self.__dict__["_unscaled"] = True
        return self._divided(grads)

    def _placed(self, device: torch.device) -> tuple[Tensor, Tensor]:
        """The scale and the count of good steps, where the gradients are."""
        for variable in (self.dynamic_scale, self.dynamic_counter):
            if variable._tensor.device != device:
                variable._tensor = variable._tensor.detach().to(device)
        return self.dynamic_scale._tensor, self.dynamic_counter._tensor

    def _divided(self, grads: Iterable[Any]) -> list[Any]:
        _refuse_capture()
        by = 1.0 / float(self.dynamic_scale)
        return [None if gradient is None else gradient * by for gradient in grads]

    def _is_finite(self, grads: list[Tensor], like: Tensor | None = None) -> bool:
        """Whether all gradients are; takes note of it in the scale.

        Args:
            grads: the gradients.
            like: a parameter in parts, where the gradients are rows of such: then those of all processes count.
        """
        if not self.dynamic:
            return True
        with torch.no_grad():
            finite = bool(_all_finite(grads, like)) if grads else True
        scale, good = float(self.dynamic_scale), int(self.dynamic_counter) + 1
        if not finite:
            self.dynamic_scale.assign(max(scale / 2, 1.0))
            good = 0
        elif good >= self.dynamic_growth_steps:
            if scale * 2 < torch.finfo(torch.float32).max:
                self.dynamic_scale.assign(scale * 2)
            good = 0
        self.dynamic_counter.assign(good)
        return finite

    # --- steps ---

    def step(self) -> None:
        """One step by the gradients that `backward` of a scaled loss left on the parameters."""
        parameters = [v.parameter for v in self._stepped if v.parameter.grad is not None]
        like = next(filter(is_sharded, parameters), None)
        grads = [rows(one.grad) if is_sharded(one.grad) else one.grad for one in parameters]
        if grads and _on_device(grads[0]):
            self._step_on_device([rows(one) if is_sharded(one) else one for one in parameters], grads, like)
            self._forget()
            return
        if grads:
            torch._foreach_mul_(grads, 1.0 / float(self.dynamic_scale))
        if self._is_finite(grads, like):
            self.inner_optimizer.step()
        else:
            self.inner_optimizer.iterations.assign_add(1)
        self._forget()

    def _step_on_device(self, parameters: list[Tensor], grads: list[Tensor], like: Tensor | None) -> None:
        """The same without the host: the step is made in any case, and taken back where it was no good one."""
        inner = self.inner_optimizer
        with torch.no_grad():
            scale, good = self._placed(grads[0].device)
            bad = ~_all_finite(grads, like) if self.dynamic else None
            torch._foreach_mul_(grads, (1.0 / scale).to(grads[0].dtype))
            if bad is None:
                inner.step()
                return
            for one in grads:
                one.masked_fill_(bad, 0.0)
            slots = [variable._tensor for variable in inner.variables if variable._owner is None]
            slots = [rows(slot) if is_sharded(slot) else slot for slot in slots]
            changed = [*parameters, *(slot for slot in slots if slot.device == scale.device and slot.dim())]
            before = [one.clone() for one in changed]
            inner.step()
            for one, earlier in zip(changed, before, strict=True):
                torch.where(bad, earlier, one, out=one)
            good.add_(1)
            grow = good >= self.dynamic_growth_steps
            larger = torch.where(grow & (scale * 2 < torch.finfo(torch.float32).max), scale * 2, scale)
            scale.copy_(torch.where(bad, torch.clamp_min(scale / 2, 1.0), larger))
            good.masked_fill_(bad | grow, 0)

    def apply_gradients(self, grads_and_vars: Iterable[tuple[Any, Any]], *args: Any, **kwargs: Any) -> Any:
        """One step by these gradients: of a scaled loss, or as `get_unscaled_gradients` gave them."""
        _refuse_capture()
        pairs = list(grads_and_vars)
        grads: list[Any] = [gradient for gradient, _ in pairs]
        if self._scaled and not self._unscaled:
            grads = self._divided(grads)
        elif not self._scaled:
            warnings.warn(
                "Gradients came to LossScaleOptimizer.apply_gradients() of a loss that was not scaled. Take those of "
                "`optimizer.scale_loss(loss)`, or, as in Keras 2, of `get_scaled_loss(loss)` and pass them through "
                "`get_unscaled_gradients()`.",
                stacklevel=2,
            )
        self._forget()
        together = in_step()
        if together is not None:  # what is not finite in one process is not in any
            grads = together.summed([None if one is None else torch.as_tensor(one) for one in grads])
        if self._is_finite([torch.as_tensor(gradient) for gradient in grads if gradient is not None]):
            variables = [variable for _, variable in pairs]
            with stepping(None) if together is not None else contextlib.nullcontext():
                return self.inner_optimizer.apply_gradients(zip(grads, variables, strict=True), *args, **kwargs)
        return self.inner_optimizer.iterations.assign_add(1)

    def apply(self, grads: Iterable[Any], trainable_variables: Iterable[Any] | None = None) -> None:
        """One step by the gradients of a scaled loss (Keras 3)."""
        self.__dict__["_scaled"] = True
        super().apply(grads, trainable_variables)

    def compute_gradients(self, loss: Any, var_list: Any, tape: Any = None) -> list[tuple[Any, Any]]:
        """(gradient, variable) for each variable, of a loss that is scaled meanwhile."""
        if not callable(loss) and tape is not None:
            with tape:
                loss = self.scale_loss(loss)
        else:
            loss = self.get_scaled_loss(loss) if callable(loss) else loss
        pairs = self.inner_optimizer.compute_gradients(loss, var_list, tape)
        grads = self.get_unscaled_gradients([gradient for gradient, _ in pairs])
        return [(gradient, variable) for gradient, (_, variable) in zip(grads, pairs, strict=True)]

    _compute_gradients = compute_gradients

    def _forget(self) -> None:
        self.__dict__.update(_scaled=False, _unscaled=False)

    def finalize_variable_values(self, var_list: Iterable[Any]) -> None:
        self.inner_optimizer.finalize_variable_values(var_list)

    # --- what the inner optimizer has ---

    @property
    def learning_rate(self) -> Any:
        return self.inner_optimizer.learning_rate

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        self.inner_optimizer.learning_rate = value

    lr = learning_rate

    @property
    def iterations(self) -> Any:
        return self.inner_optimizer.iterations

    @iterations.setter
    def iterations(self, variable: Any) -> None:
        self.inner_optimizer.iterations = variable

    @property
    def variables(self) -> CallableList:
        """Those of the inner optimizer, then the scale and the count of good steps."""
        return CallableList([*self.inner_optimizer.variables, self.dynamic_scale, self.dynamic_counter])

    weights = variables

    @property
    def _variables(self) -> list[Variable]:  # type: ignore[override]
        return list(self.variables)

    def _own_values(self, values: list[Any]) -> list[Any]:
        # Keras 2 saves those of the inner optimizer alone.
        scale: list[Any] = [self.dynamic_scale, self.dynamic_counter]
        return [*values, *scale] if len(values) == len(self.variables) - len(scale) else values

    def _watch(self) -> None:
        """Nothing follows from the variables but what the inner optimizer keeps."""

    # --- config ---

    def get_config(self) -> dict[str, Any]:
        return {
            "inner_optimizer": serialize(self.inner_optimizer),
            "dynamic": self.dynamic,
            "initial_scale": self.initial_scale,
            "dynamic_growth_steps": self.dynamic_growth_steps,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> Any:
        config = dict(config)
        inner = config.pop("inner_optimizer")
        if isinstance(inner, dict):
            inner = FAMILIES["keras.optimizers"].deserialize(inner, custom_objects)
        return cls(inner, **config)


def _check(inner: Any, dynamic: bool, scale: float | None, steps: int | None) -> None:
    if isinstance(inner, LossScaleOptimizer):
        raise TypeError(f"LossScaleOptimizer cannot wrap another LossScaleOptimizer, but got: {inner}")
    if not isinstance(inner, Optimizer):
        raise TypeError(
            f'"inner_optimizer" must be an instance of `keras.optimizers.Optimizer`, but got: {inner!r}. For an '
            f"optimizer of torch use `torch.amp.GradScaler` in a loop of your own."
        )
    if inner.__dict__.get("_is_wrapped_by_loss_scale_optimizer"):
        raise ValueError(
            '"inner_optimizer" is already wrapped by a LossScaleOptimizer. An optimizer can only be wrapped by a '
            "single LossScaleOptimizer"
        )
    if dynamic:
        return
    if scale is None:
        raise ValueError('"initial_scale" must be specified if "dynamic" is False')
    if steps is not None:
        raise ValueError(f'"dynamic_growth_steps" must be None if "dynamic" is False, but got: {steps}')


def _all_finite(grads: list[Tensor], like: Tensor | None) -> Tensor:
    found = torch.stack([torch.isfinite(one).all() for one in grads]).all()
    return found if like is None else everywhere(found, like)


def _on_device(tensor: Any) -> bool:
    """Whether the host would have to wait to read a value, or is not there, as in a capture."""
    return isinstance(tensor, Tensor) and (tensor.device.type != "cpu" or capturing.updates() is not None)


def _refuse_capture() -> None:
    if capturing.updates() is not None:
        raise CannotCapture("LossScaleOptimizer.apply_gradients decides on the host whether a step is made")
