"""Optimizer: the base class of all, and the course of a step."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from typing import Any, ClassVar, TypeVar

import torch
from torch import Tensor

from torchkeras.core import capturing
from torchkeras.core.denormals import flushed
from torchkeras.core.errors import did_you_mean
from torchkeras.core.kinds import bridge, is_users
from torchkeras.core.replicas import in_step
from torchkeras.core.shards import from_rows, whole
from torchkeras.core.stateless import borrowed, present
from torchkeras.core.variable import Variable
from torchkeras.optimizers import clipping
from torchkeras.optimizers.accumulation import Accumulation
from torchkeras.optimizers.averaging import Averaging
from torchkeras.optimizers.gradients import check_missing, name_of, torch_gradient
from torchkeras.optimizers.kernels import Rate
from torchkeras.optimizers.minimizing import Minimizing
from torchkeras.optimizers.older_style import OlderStyle
from torchkeras.optimizers.plan import Group, Plan, Work
from torchkeras.optimizers.schedules import deserialize
from torchkeras.optimizers.weight_decay import WeightDecay

O = TypeVar("O", bound="Optimizer")

_OPTIONS = (
    "learning_rate", "name", "weight_decay", "clipnorm", "clipvalue", "global_clipnorm", "use_ema", "ema_momentum",
    "ema_overwrite_frequency", "jit_compile", "lr", "decay", "gradient_transformers", "loss_scale_factor",
    "gradient_accumulation_steps",
)  # fmt: skip
#: Accepted and without effect: what they choose is always so, or belongs to TensorFlow.
_IGNORED = frozenset(("is_legacy_optimizer", "gradient_aggregator", "mesh"))


class Optimizer(Accumulation, Averaging, WeightDecay, OlderStyle, Minimizing):
    """Trains variables by their gradients. Subclass it for an algorithm of your own.

    Args:
        name: of the optimizer.
        weight_decay: how much of a variable's value, times the rate, each step takes away.
        clipnorm: the norm to which the gradient of each variable is shortened.
        clipvalue: the size to which each value of a gradient is cut.
        global_clipnorm: the norm to which all gradients together are shortened.
        use_ema: whether to keep moving averages of the variables.
        ema_momentum: how much of the average each step keeps.
        ema_overwrite_frequency: every so many steps the averages replace the variables; None for only at the end.
        jit_compile: accepted; there is nothing to compile.
        learning_rate: a number, a schedule, or a function without arguments.
        lr: the old name of `learning_rate`.
        decay: the rate is divided by 1 + decay * iterations.
        gradient_transformers: functions on the list of (gradient, variable) pairs, before each update.
        loss_scale_factor: what `scale_loss` multiplies the loss by, and an update divides the gradients by.
        gradient_accumulation_steps: of so many steps the gradients are averaged before one update.

    Example:
        class SignSGD(keras.optimizers.Optimizer):
            def update_step(self, gradient, variable, learning_rate):
                variable.assign_sub(learning_rate * torch.sign(gradient))
    """

    #: Called with the parameters that an update is about to write; the tf namespace saves what open tapes still need.
    before_update: ClassVar[Callable[[list[Tensor]], None] | None] = None

    built = False
    _told: set[str]
    #: What `step` updates: the variables of the latest `build`.
    _stepped: list[Variable]

    def __init__(
        self,
        name: Any = None,
        weight_decay: float | None = 0,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        use_ema: bool = False,
        ema_momentum: float = 0.99,
        ema_overwrite_frequency: int | None = None,
        jit_compile: bool = True,
        *,
        learning_rate: Any = None,
        **kwargs: Any,
    ) -> None:
        if name is not None and not isinstance(name, str):  # Keras 3 has the learning rate first
            name, learning_rate = None, name
        lr, decay, transformers = (kwargs.pop(key, None) for key in ("lr", "decay", "gradient_transformers"))
        self._saves_rate, learning_rate = learning_rate is not None, learning_rate if lr is None else lr
        self.loss_scale_factor = kwargs.pop("loss_scale_factor", None)
        self.gradient_accumulation_steps = kwargs.pop("gradient_accumulation_steps", None)
        _check_arguments(self, kwargs)
        _check_numbers(clipnorm=clipnorm, clipvalue=clipvalue, global_clipnorm=global_clipnorm, decay=decay)
        if clipnorm is not None and global_clipnorm is not None:
            raise ValueError(
                f"At most one of `clipnorm` and `global_clipnorm` can be set. "
                f"Received: clipnorm={clipnorm}, global_clipnorm={global_clipnorm}."
            )
        self._hyper, self._slots, self._variables, self._trainable_variables, self._stepped = {}, {}, [], [], []
        self.name = name or type(self).__name__
        self.weight_decay, self.clipnorm, self.clipvalue = weight_decay, clipnorm, clipvalue
        self.global_clipnorm, self.gradient_transformers = global_clipnorm, list(transformers or ())
        self.use_ema, self.ema_momentum = use_ema, ema_momentum
        self.ema_overwrite_frequency, self.jit_compile = ema_overwrite_frequency, False
        self._check_averaging()
        self._check_accumulation()
        self._initial_decay, self._told = decay or 0.0, set()
        self._create_iteration_variable()
        if learning_rate is not None:
            self._learning_rate = self._build_learning_rate(learning_rate)

    # --- building ---

    def build(self, var_list: Iterable[Any]) -> None:
        """Takes the variables to train, and makes what is kept for each. Subclasses call it first."""
        variables = self._as_variables(var_list)
        if list(map(id, variables)) != list(map(id, self._stepped)):
            self._stepped = variables
            self._plans.pop(None, None)
        if getattr(self, "_built", False):
            return
        self._register(variables)
        if self.use_ema:
            self._slots_named("average")
        if self.gradient_accumulation_steps:
            self._slots_named("gradient_accumulator")
        self._create_slots(variables)
        self.built = True

    def _plan(self, variables: list[Any], key: Any) -> Plan:
        """The lists for these variables: those of the last time, if nothing changed."""
        plan = self._plans.get(key)
        if plan is None or not plan.is_current():
            known = self._as_variables(variables)
            if any(self._var_key(v) not in self._index_dict for v in known):
                stepped = self._stepped
                self.build(known)
                self._stepped = stepped or known
            for variable in known:
                self._get_variable_index(variable)
            if len(self._plans) > 2 * len(self._trainable_variables) + 8:
                self._plans.clear()
            plan = self._plans[key] = Plan(known, [self._use_weight_decay(v) for v in known])
            plan.given = variables  # the key holds their ids, which must not become others'
        return plan

    # --- a step by the gradients on the parameters ---

    def step(self) -> None:
        """One step by the gradients that `backward` left on the parameters; what the Trainer calls.

        Parameters without a gradient, or frozen, are left out.
        """
        if self.gradient_transformers or _overridden(self, "apply_gradients"):
            self._step_by_pairs()
            return
        variables = self._stepped
        if not variables:
            return
        work = [found for group in self._plan(variables, None).groups if (found := group.pending())]
        if sum(len(grads) for _, grads in work) < len(variables):
            self._note_missing(work)
        if work:
            self._apply(work)

    def _step_by_pairs(self) -> None:
        variables = [v for v in self._stepped if v.parameter.requires_grad]
        if variables:
            self.apply_gradients([(v.grad, v) for v in variables])

    def _note_missing(self, work: Work) -> None:
        wanted = [v for v in self._stepped if v.parameter.requires_grad]
        found = {id(v) for group, _ in work for v in group.variables}
        missing = [v.name for v in wanted if id(v) not in found]
        if missing:
            check_missing(missing, len(wanted), self._told)

    # --- a step by given gradients ---

    def apply_gradients(
        self,
        grads_and_vars: Iterable[tuple[Any, Any]],
        name: str | None = None,
        skip_gradients_aggregation: bool = False,
        **kwargs: Any,
    ) -> Variable:
        """One step by these gradients, in Keras's shapes; returns `iterations`.

        Args:
            grads_and_vars: pairs of a gradient, or None, and a Variable or nn.Parameter.
            skip_gradients_aggregation: whether gradients stay each process's own, where several train; else they are
                summed.
        """
        if kwargs.keys() - {"experimental_aggregate_gradients"}:
            raise TypeError(f"apply_gradients() got an unexpected keyword argument {sorted(kwargs)[0]!r}")
        pairs = [(bridge.lower(g), v) for g, v in grads_and_vars] if bridge.active else list(grads_and_vars)
        for transform in self.gradient_transformers:
            pairs = list(transform(pairs))
        if not pairs:
            return self._iterations
        variables = [variable for _, variable in pairs]
        plan = self._plan(variables, tuple(map(id, variables)))
        gradients = [
            None if g is None else torch_gradient(g, v, p) for (g, v), p in zip(pairs, plan.parameters, strict=True)
        ]
        together = None if skip_gradients_aggregation else in_step()
        if together is not None and kwargs.get("experimental_aggregate_gradients", True):
            gradients = together.summed(gradients)
        missing = [name_of(v) for (_, v), g in zip(pairs, gradients, strict=True) if g is None]
        if missing:
            check_missing(missing, len(pairs), set())
        found = [g.fitted(own) for g, own in zip(plan.groups, plan.split(gradients), strict=True)]
        with flushed(plan.groups[0].device, plan.is_large):
            self._apply([one for one in found if one])
        return self._iterations

    def apply(self, grads: Iterable[Any], trainable_variables: Iterable[Any] | None = None) -> None:
        """One step by these gradients, for these variables or those the optimizer was built with (Keras 3)."""
        gradients = list(grads)
        if trainable_variables is None:
            if not self._stepped:
                raise ValueError(
                    "When passing `grads` without `variables`, the optimizer must already be built on a list of "
                    "variables. Call `optimizer.build(trainable_variables)` first."
                )
            trainable_variables = self._stepped
        variables = list(trainable_variables)
        if len(gradients) != len(variables):
            raise ValueError(
                f"When passing `grads` as a list of gradient tensors, the gradients must match the variables "
                f"one-to-one. Received {len(gradients)} gradients for {len(variables)} variables."
            )
        self.apply_gradients(zip(gradients, variables, strict=True))

    def stateless_apply(
        self, optimizer_variables: Any, grads: Iterable[Any], trainable_variables: Any
    ) -> tuple[list[Tensor], list[Tensor]]:
        """What a step makes of these values of the variables it was built with, and of its own: both, new (Keras 3)."""
        if not self.built:
            raise ValueError(
                f"To call stateless_apply, {type(self).__name__} must be built (i.e. its variables must have been "
                f"created). You can build it via `optimizer.build(trainable_variables)`."
            )
        own, trained = list(self.variables), list(self._trainable_variables)
        with (
            borrowed(trained, trainable_variables, "trainable_variables"),
            borrowed(own, optimizer_variables, "optimizer_variables"),
        ):
            self.apply(grads, trained)
            after = present(trained), present(own)
        return bridge.lend(after) if bridge.active else after

    # --- the course of a step ---

    def _apply(self, work: Work) -> None:
        taken = int(self._count)
        with torch.no_grad():
            notify = type(self).before_update
            if notify is not None:
                notify([p for group, _ in work if not group.in_parts for p in group.parameters])
            captured = capturing.updates()
            if captured is not None:  # the numbers, the count and the averages are the host's affair at each replay
                self._run(work, captured.note(self, work))
                self._constrain(work)
                return
            rate = self._rate_at(taken)
            if self.gradient_accumulation_steps:
                self._apply_accumulated(work, rate, taken)
            else:
                self._run(work, [self._rates(group, rate, taken + 1) for group, _ in work])
                self._overwrite(work, taken + 1)
            self._count[()] = taken + 1
            self._constrain(work)

    def _run(self, work: Work, rates: list[tuple[Rate, ...]]) -> None:
        """What happens on the device. Nothing here waits for it, nor depends on values."""
        if self.loss_scale_factor:
            work = [(group, list(torch._foreach_div(grads, self.loss_scale_factor))) for group, grads in work]
        if self.clipnorm or self.global_clipnorm or self.clipvalue:
            work = self._clipped(work)
        for (group, grads), own in zip(work, rates, strict=True):
            self._decay(group, own[0])
            self._update(group, grads, own)
            if self.use_ema:
                self._average(group)

    def _constrain(self, work: Work) -> None:
        for group, _ in work:
            for variable in group.constrained:
                variable.assign(variable.constraint(variable))  # type: ignore[misc]

    def _clipped(self, work: Work) -> Work:
        # Keras applies one kind of clipping, in this order.
        if self.clipnorm:
            return [(group, clipping.clip_by_norm(grads, self.clipnorm, group.like)) for group, grads in work]
        if self.global_clipnorm:
            likes = [group.like for group, _ in work]
            clipped = clipping.clip_by_global_norm([grads for _, grads in work], self.global_clipnorm, likes)
            return [(group, grads) for (group, _), grads in zip(work, clipped, strict=True)]
        return [(group, clipping.clip_by_value(grads, self.clipvalue or 0.0)) for group, grads in work]

    def _rates(self, group: Group, rate: float, step: int) -> tuple[float, ...]:
        """The numbers that change from step to step: first the learning rate, then an algorithm's own. Steps from 1."""
        return (rate,)

    def _update(self, group: Group, grads: list[Tensor], rates: tuple[Rate, ...]) -> None:
        """Updates a group, here one variable after the other by the subclass's `update_step`."""
        update: Any
        if _overridden(self, "_resource_apply_dense"):
            update = self._older_update(group.variables)
        else:
            update = self.update_step
            if len(inspect.signature(update).parameters) > 2:
                rate = None if self._learning_rate is None else self.learning_rate
                update = lambda gradient, variable: self.update_step(gradient, variable, rate)  # noqa: E731
        own = bridge.active and is_users(type(self))
        for gradient, variable, holder in zip(grads, group.variables, group.holders, strict=True):
            if group.in_parts:  # a Variable gives all of its values, and keeps its rows of what it is assigned
                gradient = whole(from_rows(gradient, holder))
            given = (variable.layout.to_keras(gradient), variable)
            bridge.call_user(update, given, {}) if own else update(*given)

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any = None) -> Any:
        """Updates one variable: what a subclass defines, with or without the last argument."""
        raise NotImplementedError(
            f"Optimizer {type(self).__name__} has no `update_step(self, gradient, variable, learning_rate)`: define it."
        )

    def assign(self, variable: Any, value: Any) -> None:
        """Sets a variable (Keras 3)."""
        variable.assign(value)

    def assign_add(self, variable: Any, value: Any) -> None:
        """Adds to a variable (Keras 3)."""
        variable.assign_add(value)

    def assign_sub(self, variable: Any, value: Any) -> None:
        """Subtracts from a variable (Keras 3)."""
        variable.assign_sub(value)

    def scale_loss(self, loss: Any) -> Any:
        """The loss as it is to be differentiated: times `loss_scale_factor`, if there is one."""
        return loss if self.loss_scale_factor is None else loss * self.loss_scale_factor

    # --- config ---

    def get_config(self) -> dict[str, Any]:
        """The settings; the algorithm's own are the subclass's to add."""
        clips = {"clipnorm": self.clipnorm, "global_clipnorm": self.global_clipnorm, "clipvalue": self.clipvalue}
        config: dict[str, Any] = {"name": self.name}
        if self._hyper and not self._saves_rate:  # written for TensorFlow 2.10 or before: `__init__` takes no more
            return config | {key: value for key, value in clips.items() if value is not None}
        config |= {
            "weight_decay": self.weight_decay,
            **clips,
            "use_ema": self.use_ema,
            "ema_momentum": self.ema_momentum,
            "ema_overwrite_frequency": self.ema_overwrite_frequency,
            "jit_compile": self.jit_compile,
            "is_legacy_optimizer": False,
        }
        if self._saves_rate:
            config["learning_rate"] = self._serialize_hyperparameter(self._learning_rate)
        rarer = {
            "decay": self._initial_decay or None,
            "loss_scale_factor": self.loss_scale_factor,
            "gradient_accumulation_steps": self.gradient_accumulation_steps,
        }
        return config | {key: value for key, value in rarer.items() if value is not None}

    @classmethod
    def from_config(cls: type[O], config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> O:
        """An optimizer from its config; older configs say `lr`."""
        config = dict(config)
        if "lr" in config:
            config["learning_rate"] = config.pop("lr")
        if isinstance(config.get("learning_rate"), dict):
            config["learning_rate"] = deserialize(config["learning_rate"], custom_objects)
        return cls(**config)


def _overridden(optimizer: Optimizer, name: str) -> bool:
    """Whether a method is the user's own, of the class or set on the object."""
    return not getattr(optimizer, name).__module__.startswith("torchkeras.")


def _check_arguments(optimizer: Optimizer, kwargs: dict[str, Any]) -> None:
    for name in list(kwargs):
        if name in _IGNORED:
            kwargs.pop(name)
        else:
            known = [*inspect.signature(type(optimizer).__init__).parameters, *_OPTIONS]
            raise TypeError(
                f"{name} is not a valid argument of optimizer {type(optimizer).__name__}.{did_you_mean(name, known)}"
            )


def _check_numbers(**settings: Any) -> None:
    for name, value in settings.items():
        if isinstance(value, (int, float)) and value < 0:
            raise ValueError(f"Expected {name} >= 0, received: {value}")
