"""Compare torchkeras with a tf_keras in the same process: python -m compat_tests.goldens.live [--only TEXT].

Needs torch and TensorFlow side by side. Nothing is read from data/ and nothing is written.
"""

from __future__ import annotations

import argparse
import sys

from . import reference  # first: TensorFlow reads its environment when it is imported

import torchkeras  # isort: skip

from . import (
    compare,
    compare_training,
    record,
    runner,
    runner_losses,
    runner_metrics,
    runner_optimizers,
    runner_training,
)
from .cases import FAMILIES


def differences(family: str, case: object) -> list[str]:
    """Run one case on both sides, with automatic names at their beginning, and return what differs."""
    torchkeras.backend.clear_session()
    arrays, meta = record.recorder(family)(case)
    if family == "activations":
        result = runner.run_activation(torchkeras, case, arrays)
        return [line for key, value in result.items() for line in compare.compare_elementwise(key, arrays[key], value)]
    if family == "initializers":
        sample, result_meta = runner.run_initializer(torchkeras, case)
        lines = compare.compare_initializer(case, arrays, sample)
        return lines + compare.compare_config(meta["config"], result_meta["config"])
    if family == "losses":
        return runner_losses.differences(torchkeras, case, arrays, meta)
    if family in {"metrics", "metric_functions", "metric_reports"}:
        return runner_metrics.differences(torchkeras, case, arrays, meta)
    if family in {"optimizers", "schedules"}:
        return runner_optimizers.differences(torchkeras, family, case, arrays, meta)
    if family == "training":
        found = runner_training.run(torchkeras, case)
        if getattr(case, "error", None) is not None:
            return compare_training.compare_misuse(case.error, meta, found[1])
        return compare_training.compare((arrays, meta), found)
    run, tolerance = {
        "models": (runner.run_model, compare.MODEL_TOLERANCE),
        "regularizers": (runner.run_regularizer, compare.FUNCTION_TOLERANCE),
        "constraints": (runner.run_constraint, compare.FUNCTION_TOLERANCE),
    }.get(family, (runner.run_layer, compare.LAYER_TOLERANCE))
    result, result_meta = run(torchkeras, case, arrays)
    lines = compare.compare_arrays(arrays, result, tolerance) + compare.compare_meta(meta, result_meta)
    return lines + compare.compare_config(meta.get("config", {}), result_meta.get("config", {}))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", metavar="TEXT", help="compare the cases whose name contains TEXT")
    options = parser.parse_args()
    reference.limit_threads()
    total = failed = 0
    for family, cases in FAMILIES.items():
        for case in cases:
            if options.only not in case.name:
                continue
            total += 1
            try:
                lines = differences(family, case)
            except Exception as error:
                lines = [f"{type(error).__name__}: {error}"]
            if lines:
                failed += 1
                print(f"{case.name}:", *lines, sep="\n    ")
    print(f"{total - failed} of {total} cases agree with tf_keras {reference.versions()['tf_keras']}")
    return 1 if failed or not total else 0


if __name__ == "__main__":
    sys.exit(main())
