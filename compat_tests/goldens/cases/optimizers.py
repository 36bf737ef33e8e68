"""Optimizers over sixty steps of drawn gradients, and learning rate schedules over a grid of steps."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

#: The variables of every case: their names and shapes.
VARIABLES = {"dense/kernel": (5, 4), "dense/bias": (4,), "conv/kernel": (3, 3, 2, 4)}
STEPS = 60
#: After these steps the variables are recorded.
RECORDED = (1, 2, 10, 60)


@dataclass(frozen=True)
class OptimizerCase:
    """One optimizer.

    schedule: class and config of the learning rate, if it is a schedule.
    legacy: recorded from tf_keras.optimizers.legacy.
    dtypes: of the variables.
    constraints: of variables, by name.
    excluded: patterns of names without weight decay.
    rates: the learning rate is set to this before that step.
    missing: the variables that have no gradient in every third step.
    finalize: whether `finalize_variable_values` is called at the end.
    """

    name: str
    optimizer: str
    config: dict[str, Any] = field(default_factory=dict)
    schedule: tuple[str, dict[str, Any]] | None = None
    legacy: bool = False
    dtypes: tuple[str, ...] = ("float32", "float32", "float32")
    constraints: dict[str, Any] = field(default_factory=dict)
    excluded: tuple[str, ...] = ()
    rates: dict[int, float] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    finalize: bool = False

    @property
    def of_keras3(self) -> bool:
        """Whether tf_keras has no such optimizer, so that it is recorded from Keras 3."""
        return self.optimizer in _OF_KERAS_3

    @property
    def keeps_slots(self) -> bool:
        """Whether both sides keep the same: tf_keras keeps momenta even where there is no momentum."""
        return not self.legacy and (self.optimizer != "SGD" or bool(self.config.get("momentum")))


@dataclass(frozen=True)
class ScheduleCase:
    """One schedule."""

    name: str
    schedule: str
    config: dict[str, Any]


def _case(optimizer, label="", schedule=None, legacy=False, dtypes=("float32",) * 3, constraints=None, excluded=(),
          rates=None, missing=(), finalize=False, **config):  # fmt: skip
    name = f"{optimizer}-{label}" if label else optimizer
    return OptimizerCase(
        name, optimizer, config, schedule, legacy, dtypes, constraints or {}, excluded, rates or {}, missing, finalize
    )


_ALL = ("SGD", "RMSprop", "Adagrad", "Adadelta", "Adam", "AdamW", "Adamax", "Nadam", "Ftrl", "Lion", "Adafactor")
_OF_KERAS_3 = ("Lamb", "Muon")
_DOUBLE = ("float64",) * 3
_MIXED = ("float32", "float64", "float32")
_KERNEL, _BIAS, _CONV = VARIABLES
_MAX_NORM = {"class_name": "MaxNorm", "config": {"max_value": 1.0, "axis": 0}}
_CONSTRAINED = {_KERNEL: _MAX_NORM, _BIAS: {"class_name": "NonNeg", "config": {}}}

OPTIMIZERS = [
    *(_case(optimizer) for optimizer in _ALL),
    *(_case(optimizer, "rate", learning_rate=0.05) for optimizer in _ALL),
    *(_case(optimizer, "weight_decay", learning_rate=0.02, weight_decay=0.1) for optimizer in _ALL),
    *(_case(optimizer, "double", learning_rate=0.05, dtypes=_DOUBLE) for optimizer in _ALL[:-1:2]),
    _case("SGD", "momentum", learning_rate=0.05, momentum=0.9),
    _case("SGD", "nesterov", learning_rate=0.05, momentum=0.9, nesterov=True),
    _case("SGD", "nesterov_alone", learning_rate=0.05, nesterov=True),
    _case("SGD", "rate_changes", learning_rate=0.05, momentum=0.9, rates={2: 0.1, 11: 0.0, 13: 0.01, 40: 0.2}),
    _case("SGD", "nesterov_rate_changes", learning_rate=0.05, momentum=0.8, nesterov=True, rates={2: 0.0, 4: 0.1}),
    _case("SGD", "constrained", learning_rate=0.1, constraints=_CONSTRAINED),
    _case("SGD", "missing", learning_rate=0.05, momentum=0.9, missing=(_BIAS, _CONV)),
    _case("SGD", "mixed_dtypes", learning_rate=0.05, momentum=0.9, dtypes=_MIXED),
    _case("SGD", "clipnorm", learning_rate=0.1, clipnorm=0.8),
    _case("SGD", "clipvalue", learning_rate=0.1, clipvalue=0.3),
    _case("SGD", "global_clipnorm", learning_rate=0.1, global_clipnorm=1.5),
    _case("SGD", "clips_never_reached", learning_rate=0.1, global_clipnorm=1e4),
    _case("SGD", "excluded", learning_rate=0.1, weight_decay=0.2, excluded=("bias", "conv")),
    _case("SGD", "ema", learning_rate=0.1, use_ema=True, ema_momentum=0.9, ema_overwrite_frequency=7, momentum=0.5),
    _case("SGD", "ema_finalized", learning_rate=0.1, use_ema=True, ema_momentum=0.95, momentum=0.5, finalize=True),
    _case("SGD", "ema_missing", learning_rate=0.1, use_ema=True, ema_momentum=0.9, ema_overwrite_frequency=5,
          momentum=0.5, missing=(_BIAS,), constraints=_CONSTRAINED),
    _case("RMSprop", "rho", learning_rate=0.02, rho=0.6, epsilon=1e-3),
    _case("RMSprop", "momentum", learning_rate=0.01, momentum=0.7),
    _case("RMSprop", "centered", learning_rate=0.01, centered=True),
    _case("RMSprop", "all", learning_rate=0.01, centered=True, momentum=0.5, rho=0.8, epsilon=0.01, clipnorm=1.0),
    _case("RMSprop", "ema", learning_rate=0.05, use_ema=True, ema_momentum=0.5, ema_overwrite_frequency=20),
    _case("Adagrad", "initial", learning_rate=0.1, initial_accumulator_value=1.0, epsilon=0.01),
    _case("Adagrad", "from_zero", learning_rate=0.1, initial_accumulator_value=0.0),
    _case("Adadelta", "rho", learning_rate=1.0, rho=0.8, epsilon=1e-5),
    _case("Adam", "betas", learning_rate=0.05, beta_1=0.5, beta_2=0.9),
    _case("Adam", "epsilon", learning_rate=0.05, epsilon=0.1),
    _case("Adam", "adaptive_epsilon", learning_rate=0.05, epsilon=0.1, adaptive_epsilon=True),
    _case("Adam", "amsgrad", learning_rate=0.05, amsgrad=True, beta_2=0.9),
    _case("Adam", "amsgrad_double", learning_rate=0.05, amsgrad=True, beta_2=0.9, dtypes=_DOUBLE),
    _case("Adam", "clipnorm", learning_rate=0.05, clipnorm=0.5),
    _case("Adam", "clipvalue", learning_rate=0.05, clipvalue=0.2),
    _case("Adam", "global_clipnorm", learning_rate=0.05, global_clipnorm=1.0),
    _case("Adam", "ema", learning_rate=0.05, use_ema=True, ema_momentum=0.8, ema_overwrite_frequency=9),
    _case("Adam", "ema_finalized", learning_rate=0.05, use_ema=True, finalize=True),
    _case("Adam", "constrained", learning_rate=0.05, constraints=_CONSTRAINED),
    _case("Adam", "missing", learning_rate=0.05, missing=(_KERNEL,)),
    _case("Adam", "mixed_dtypes", learning_rate=0.05, dtypes=_MIXED),
    _case("Adam", "rate_changes", learning_rate=0.05, rates={2: 0.1, 11: 0.0, 13: 0.01}),
    _case("Adam", "excluded", learning_rate=0.05, weight_decay=0.3, excluded=("kernel",)),
    _case("AdamW", "amsgrad", learning_rate=0.05, weight_decay=0.2, amsgrad=True, beta_2=0.9),
    _case("AdamW", "excluded", learning_rate=0.05, weight_decay=0.5, excluded=("bias",)),
    _case("Adamax", "betas", learning_rate=0.05, beta_1=0.6, beta_2=0.8, epsilon=0.01),
    _case("Nadam", "betas", learning_rate=0.05, beta_1=0.7, beta_2=0.9, epsilon=0.01),
    _case("Nadam", "missing", learning_rate=0.05, missing=(_BIAS,)),
    _case("Ftrl", "l1", learning_rate=0.1, l1_regularization_strength=0.3),
    _case("Ftrl", "l2", learning_rate=0.1, l2_regularization_strength=0.2, beta=0.4),
    _case("Ftrl", "shrinkage", learning_rate=0.1, l2_shrinkage_regularization_strength=0.1,
          initial_accumulator_value=0.5),
    _case("Ftrl", "power", learning_rate=0.1, learning_rate_power=-0.8, l1_regularization_strength=0.1),
    _case("Lion", "betas", learning_rate=0.01, beta_1=0.6, beta_2=0.9),
    _case("Adafactor", "settings", learning_rate=0.1, beta_2_decay=-0.5, epsilon_2=0.1, clip_threshold=0.5),
    _case("Adafactor", "not_relative", learning_rate=0.5, relative_step=False),
    _case("SGD", "exponential_decay", ("ExponentialDecay", {
        "initial_learning_rate": 0.2, "decay_steps": 10, "decay_rate": 0.5}), momentum=0.9),
    _case("SGD", "piecewise", ("PiecewiseConstantDecay", {"boundaries": [1, 9], "values": [0.2, 0.1, 0.01]})),
    _case("SGD", "cosine_nesterov", ("CosineDecay", {
        "initial_learning_rate": 0.0, "decay_steps": 30, "warmup_target": 0.1, "warmup_steps": 8}),
        momentum=0.9, nesterov=True),
    _case("Adam", "cosine_restarts", ("CosineDecayRestarts", {"initial_learning_rate": 0.1, "first_decay_steps": 9})),
    _case("Adam", "polynomial", ("PolynomialDecay", {
        "initial_learning_rate": 0.1, "decay_steps": 40, "power": 0.5}), weight_decay=0.1),
    _case("RMSprop", "inverse_time", ("InverseTimeDecay", {
        "initial_learning_rate": 0.05, "decay_steps": 5, "decay_rate": 0.5}), momentum=0.5),
    _case("Adafactor", "exponential_decay", ("ExponentialDecay", {
        "initial_learning_rate": 0.2, "decay_steps": 10, "decay_rate": 0.9})),
    *(_case(optimizer) for optimizer in _OF_KERAS_3),
    *(_case(optimizer, "rate", learning_rate=0.05) for optimizer in _OF_KERAS_3),
    *(_case(optimizer, "weight_decay", learning_rate=0.02, weight_decay=0.1) for optimizer in _OF_KERAS_3),
    _case("Lamb", "double", learning_rate=0.05, dtypes=_DOUBLE),  # Keras's Muon cannot
    _case("Lamb", "excluded", learning_rate=0.02, weight_decay=0.1, excluded=("bias", "conv")),
    _case("Muon", "excluded", learning_rate=0.02, weight_decay=0.1, excluded=("bias",)),
    *(_case(optimizer, "rate_changes", learning_rate=0.05, rates={2: 0.1, 11: 0.0, 13: 0.01})
      for optimizer in _OF_KERAS_3),
    *(_case(optimizer, "inverse_time", ("InverseTimeDecay", {
        "initial_learning_rate": 0.05, "decay_steps": 5, "decay_rate": 0.5, "name": "slower"}))
      for optimizer in _OF_KERAS_3),
    _case("Lamb", "betas", learning_rate=0.05, beta_1=0.5, beta_2=0.9, epsilon=0.01, clipnorm=1.0),
    _case("Muon", "settings", learning_rate=0.05, momentum=0.8, nesterov=False, ns_steps=3, rms_rate=None,
          adam_lr_ratio=0.5, adam_beta_1=0.8, adam_beta_2=0.9, epsilon=1e-3),
    _case("Muon", "all_by_adam", learning_rate=0.05, exclude_layers=["dense"]),
    _case("Muon", "polynomial", learning_rate=0.05, muon_a=3.0, muon_b=-3.2, muon_c=1.2, adam_weight_decay=None),
    # The optimizers of TensorFlow 2.2 to 2.10, where the formulas are the same.
    _case("SGD", "legacy", legacy=True),
    _case("SGD", "legacy_decay", legacy=True, lr=0.1, decay=0.05),
    _case("SGD", "legacy_decay_momentum", legacy=True, lr=0.05, decay=1e-2, momentum=0.9),
    _case("SGD", "legacy_decay_nesterov", legacy=True, learning_rate=0.05, decay=1e-2, momentum=0.9, nesterov=True),
    _case("SGD", "legacy_decay_schedule", ("ExponentialDecay", {
        "initial_learning_rate": 0.2, "decay_steps": 10, "decay_rate": 0.5}), legacy=True, decay=0.1),
    _case("Adam", "legacy", legacy=True, lr=0.05),
    _case("Adam", "legacy_decay", legacy=True, lr=0.05, decay=0.1),
    _case("Adam", "legacy_amsgrad", legacy=True, learning_rate=0.05, amsgrad=True, beta_2=0.9),
    _case("Adamax", "legacy_decay", legacy=True, learning_rate=0.05, decay=0.02),
    _case("RMSprop", "legacy_momentum_decay", legacy=True, learning_rate=0.01, momentum=0.7, decay=0.02),
    _case("Adadelta", "legacy", legacy=True, learning_rate=1.0),
    _case("SGD", "legacy_clipnorm", legacy=True, learning_rate=0.1, clipnorm=0.5),
]  # fmt: skip


def _schedule(schedule, label="", **config):
    return ScheduleCase(f"{schedule}-{label}" if label else schedule, schedule, config)


#: The steps at which schedules are recorded: all early ones, and the neighbours of round numbers.
SCHEDULE_STEPS = sorted({*range(72), *(n + d for n in (75, 100, 150, 300, 310, 700, 1000, 1500) for d in (-1, 0, 1))})

SCHEDULES = [
    _schedule("ExponentialDecay", initial_learning_rate=0.1, decay_steps=100, decay_rate=0.96),
    _schedule("ExponentialDecay", "staircase", initial_learning_rate=0.1, decay_steps=10, decay_rate=0.5,
              staircase=True),
    _schedule("ExponentialDecay", "uneven", initial_learning_rate=1e-3, decay_steps=0.3, decay_rate=0.999,
              staircase=True, name="uneven"),
    _schedule("PiecewiseConstantDecay", boundaries=[10, 100, 1000], values=[1.0, 0.5, 0.1, 0.01]),
    _schedule("PiecewiseConstantDecay", "one", boundaries=[5], values=[0.1, 0.001]),
    _schedule("PiecewiseConstantDecay", "fractions", boundaries=[10.5, 20.9], values=[1.0, 0.5, 0.1]),
    _schedule("PolynomialDecay", initial_learning_rate=0.1, decay_steps=100),
    _schedule("PolynomialDecay", "power", initial_learning_rate=0.1, decay_steps=50, end_learning_rate=0.01, power=0.5),
    _schedule("PolynomialDecay", "square", initial_learning_rate=0.1, decay_steps=310, end_learning_rate=0.0, power=2),
    _schedule("PolynomialDecay", "cycle", initial_learning_rate=0.1, decay_steps=30, power=0.5, cycle=True),
    _schedule("InverseTimeDecay", initial_learning_rate=0.1, decay_steps=1, decay_rate=0.5),
    _schedule("InverseTimeDecay", "staircase", initial_learning_rate=0.1, decay_steps=10, decay_rate=0.5,
              staircase=True),
    _schedule("CosineDecay", initial_learning_rate=0.1, decay_steps=100),
    _schedule("CosineDecay", "alpha", initial_learning_rate=0.1, decay_steps=300, alpha=0.1),
    _schedule("CosineDecay", "warmup", initial_learning_rate=0.0, decay_steps=100, warmup_target=0.1, warmup_steps=50),
    _schedule("CosineDecay", "warmup_alpha", initial_learning_rate=0.01, decay_steps=1000, alpha=0.05,
              warmup_target=0.3, warmup_steps=10),
    _schedule("CosineDecayRestarts", initial_learning_rate=0.1, first_decay_steps=10),
    _schedule("CosineDecayRestarts", "equal", initial_learning_rate=0.1, first_decay_steps=10, t_mul=1.0, m_mul=0.9),
    _schedule("CosineDecayRestarts", "shrinking", initial_learning_rate=0.1, first_decay_steps=100, t_mul=1.5,
              m_mul=0.8, alpha=0.1),
]  # fmt: skip
