"""The tutorials of examples/ written for `import tensorflow as tf`: how they are run, and what their last line says."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
RECORDED = Path(__file__).parent / "data" / "metrics.json"

# How far each metric may lie from TensorFlow's: the weights begin with other random numbers. Four seeds of TensorFlow
# itself lie at most half as far apart. What depends on no random number has next to no room.
TOLERANCES: dict[str, dict[str, float]] = {
    "mlp": {"loss": 0.02, "accuracy": 0.01},
    "cnn": {"loss": 0.08, "accuracy": 0.03},
    "three_apis": {"listed": 0.03, "drawn": 0.03, "written": 0.03},
    "custom_training_loop": {"loss": 0.08, "accuracy": 0.03},
    "custom_layers": {"mae": 0.1, "after_loading": 1e-5},
    "callbacks": {"accuracy": 0.03, "best": 0.03},
    "gan": {"radius": 0.4, "spread": 0.7, "d_loss": 0.1},
    "vae": {"loss": 22.0, "reconstruction_loss": 26.0, "kl_loss": 4.5},
    "autoencoder": {"error": 0.003, "before": 0.0025},
    "transfer_learning": {"frozen": 0.04, "tuned": 0.04},
    "time_series": {"mae": 0.04, "naive": 1e-4},
    "text_classification": {"loss": 0.02, "accuracy": 0.01},
}


def run_with_torchkeras(name: str) -> dict[str, float]:
    """The metrics of a tutorial run by `python -m torchkeras run`."""
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    return _metrics(_finished(["-m", "torchkeras", "run", f"{name}.py"], PYTHONPATH=path))


def run_with_tensorflow(name: str) -> dict[str, float]:
    """The metrics of the same file run by Python with the real TensorFlow and tf_keras."""
    settings = {"TF_USE_LEGACY_KERAS": "1", "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"}
    return _metrics(_finished([f"{name}.py"], **settings))


def _finished(arguments: list[str], **environment: str) -> str:
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("TORCHKERAS_")}
    done = subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        cwd=EXAMPLES,
        env={**inherited, "OMP_NUM_THREADS": "1", "PYTHONIOENCODING": "utf-8", **environment},
        timeout=300,
    )
    if done.returncode:
        raise AssertionError(f"{' '.join(arguments)} ended with {done.returncode}:\n{done.stderr}")
    return done.stdout


def _metrics(printed: str) -> dict[str, float]:
    """`metrics: loss=0.0405 accuracy=0.9940`, the last line, as numbers."""
    last = printed.splitlines()[-1]
    if not last.startswith("metrics: "):
        raise AssertionError(f"Expected the last line to begin with 'metrics: '. Received: {last!r}")
    pairs = (word.split("=") for word in last.removeprefix("metrics: ").split())
    return {metric: float(value) for metric, value in pairs}


def recorded() -> dict[str, dict[str, float]]:
    """What TensorFlow's runs ended with."""
    metrics: dict[str, dict[str, float]] = json.loads(RECORDED.read_text())
    return metrics


def differences(name: str, ours: dict[str, float], reference: dict[str, float]) -> list[str]:
    """The metrics that lie further apart than they may."""
    if ours.keys() != reference.keys() or ours.keys() != TOLERANCES[name].keys():
        return [f"{name}: metrics {sorted(ours)}, TensorFlow's {sorted(reference)}"]
    return [
        f"{name}: {metric} is {ours[metric]}, TensorFlow's {reference[metric]}, may differ by {room}"
        for metric, room in TOLERANCES[name].items()
        if not abs(ours[metric] - reference[metric]) <= room
    ]
