"""What is recorded of optimizers outside of the table of goldens: settings, gradients, steps."""

from __future__ import annotations

import numpy as np

#: Settings of ScheduleFreeAdamW.
SCHEDULE_FREE = {
    "plain": {},
    "rate": {"learning_rate": 0.05},
    "betas": {"learning_rate": 0.05, "beta_1": 0.6, "beta_2": 0.9, "epsilon": 0.01},
    "warmup": {"learning_rate": 0.1, "warmup_steps": 5},
    "decay": {"learning_rate": 0.05, "weight_decay": 0.3},
}
STEPS = 12

#: Arguments of LossScaleOptimizer, and by their numbers the steps whose gradients are not finite.
LOSS_SCALES = {
    "growing": ({"initial_scale": 4.0, "dynamic_growth_steps": 3}, []),
    "shrinking": ({"initial_scale": 8.0, "dynamic_growth_steps": 3}, [1, 2, 3, 4, 5]),
    "both": ({"initial_scale": 1024.0, "dynamic_growth_steps": 2}, [0, 5, 6]),
    "largest": ({"initial_scale": 2.0**127, "dynamic_growth_steps": 1}, []),
    "fixed": ({"dynamic": False, "initial_scale": 16.0}, []),
}


def start() -> np.ndarray:
    return np.linspace(-1, 1, 6).astype("float32")


def gradient(step: int) -> np.ndarray:
    return np.random.default_rng(step).normal(size=6).astype("float32")
