"""Checkpoints of the real tf_keras in data/: python -m compat_tests.saving.checkpoint.record."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np

from . import cases

DATA = Path(__file__).parent / "data"


def main() -> None:
    os.environ.update(
        TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="-1", TF_ENABLE_ONEDNN_OPTS="0", TF_USE_LEGACY_KERAS="1"
    )
    import tensorflow as tf
    import tf_keras

    tf.config.run_functions_eagerly(True)
    DATA.mkdir(exist_ok=True)
    expected: dict[str, Any] = {}
    for case in cases.CASES:
        model, inputs, targets = cases.made(tf_keras, case)
        cases.train(model, inputs, targets)
        model.save_weights(str(DATA / case))
        before = cases.outputs(model, inputs)
        expected[case] = {"outputs": before.tolist()[:20], "losses": cases.train(model, inputs, targets)}
    (DATA / "checkpoint").unlink()

    kept = cases.objects(tf)
    kept["mean"].update_state([1.0, 4.0])
    kept["pair"].update_state([0, 1, 1], [0.2, 0.7, 0.4])
    iterator = iter(tf.data.Dataset.range(9))
    next(iterator)
    tf.train.Checkpoint(**kept).save(str(DATA / "objects"))
    tf.train.Checkpoint(iterator=iterator).write(str(DATA / "iterator"))
    (DATA / "checkpoint").unlink()
    (DATA / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")
    print(sum(path.stat().st_size for path in DATA.iterdir()), "bytes", np.__version__)


if __name__ == "__main__":
    main()
