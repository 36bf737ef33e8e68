"""Record the goldens: python -m compat_tests.goldens.record [--only TEXT] [--family FAMILY]."""

from __future__ import annotations

import argparse
import sys
import traceback
from collections.abc import Callable

import numpy as np

from . import (
    reference,
    reference_functions,
    reference_losses,
    reference_metrics,
    reference_optimizers,
    reference_training,
    store,
)
from .cases import FAMILIES

RECORDERS: dict[str, Callable] = {
    "models": reference.model,
    "activations": reference_functions.activation,
    "regularizers": reference_functions.regularizer,
    "constraints": reference_functions.constraint,
    "initializers": reference_functions.initializer,
    "optimizers": reference_optimizers.optimizer,
    "schedules": reference_optimizers.schedule,
    "losses": reference_losses.loss,
    "metrics": reference_metrics.metric,
    "metric_functions": reference_metrics.function,
    "metric_reports": reference_metrics.report,
    "training": reference_training.training,
}


def recorder(family: str) -> Callable:
    """Return the function that computes a record of this family."""
    return RECORDERS.get(family, reference.layer)


def record_family(family: str, only: str) -> tuple[int, list[str]]:
    """Record the chosen cases of a family, keep its others, drop what has no case any more."""
    cases = {case.name: case for case in FAMILIES[family]}
    chosen = [case for name, case in cases.items() if only in name]
    if not chosen:
        return 0, []
    kept = store.load_family(family) if family in store.families() else {}
    records = {name: record for name, record in kept.items() if name in cases}
    failed = []
    for case in chosen:
        try:
            records[case.name] = recorder(family)(case)
        except Exception:
            traceback.print_exc(limit=-2)
            failed.append(case.name)
            continue
        _warn_of_odd_values(case.name, records[case.name][0])
    store.save_family(family, records)
    return len(chosen) - len(failed), failed


def _warn_of_odd_values(name: str, values: dict[str, np.ndarray]) -> None:
    odd = [key for key, value in values.items() if value.dtype.kind == "f" and not np.isfinite(value).all()]
    if odd:
        print(f"note: {name}: not finite: {', '.join(odd)}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", metavar="TEXT", help="record the cases whose name contains TEXT")
    parser.add_argument("--family", default="", help="record this family alone")
    options = parser.parse_args()
    reference.limit_threads()
    failures = []
    for family in FAMILIES:
        if options.family in {"", family}:
            count, failed = record_family(family, options.only)
            failures += failed
            if count:
                print(f"{family}: {count} cases")
    store.save_versions(reference.versions())
    if failures:
        print(f"failed: {', '.join(failures)}", file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
