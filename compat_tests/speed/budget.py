"""`python -m compat_tests.speed.budget` counts every case and writes the budget anew; `--check` compares with it.

python -m compat_tests.speed.budget --only fit           # what changed, without writing
python -m compat_tests.speed.budget --show fit/lenet     # the operators and functions of one step
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("budget.json")
ROOT = Path(__file__).parents[2]
#: How much more than its budget a step may take. Operators: none at the budget's torch, some at another.
ALLOWANCE = {"operators": 0.0, "python": 0.03, "others": 0.1}
OTHER_TORCH = 0.15


def names(only: str = "") -> list[str]:
    from compat_tests.speed.cases import KINDS, MODELS

    return [name for kind in KINDS for model in MODELS if only in (name := f"{kind}/{model}")]


def measure(name: str) -> dict[str, Any]:
    """One case, in this process."""
    from benchmarks.counting import count_steps
    from compat_tests.speed.cases import KINDS

    kind, model = name.split("/")
    found = count_steps(KINDS[kind](model))
    return {
        "operators": found.operators,
        "python": found.python,
        "others": found.others,
        "functions": found.functions,
    }


def measure_all(only: str = "") -> dict[str, Any]:
    """The cases, in two fresh processes at once: with the tf namespace and without."""
    from compat_tests.speed.cases import WITH_TF

    wanted = names(only)
    parts = [[n for n in wanted if (n.split("/")[0] in WITH_TF) is tf] for tf in (False, True)]
    environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT), "TORCHKERAS_DEVICE": "cpu"}
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "compat_tests.speed.budget", "--count", *part],
            cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for part in parts if part
    ]  # fmt: skip
    found: dict[str, Any] = {}
    for process in processes:
        output, errors = process.communicate()
        if process.returncode:
            raise RuntimeError(f"Counting failed:\n{errors}")
        found |= json.loads(output.splitlines()[-1])
    return found


def load() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(FILE.read_text())
    return found


def versions() -> dict[str, str]:
    from benchmarks.counting import torch_version

    return {"torch": torch_version(), "python": ".".join(platform.python_version_tuple()[:2])}


def complaint(name: str, found: dict[str, Any], budget: dict[str, Any]) -> str | None:
    """Where a step takes more than its budget, what it takes; None where it does not."""
    allowed: dict[str, Any] | None = budget["cases"].get(name)
    if allowed is None:
        return f"{name} has no budget: write it with `python -m compat_tests.speed.budget`."
    met, wanted = versions(), {key: budget[key] for key in ("torch", "python")}
    other = met["torch"] != wanted["torch"]
    lines = []
    for what, told in (("operators", "torch operators"), ("python", "calls of torchkeras's functions")):
        now, before = sum(found[what].values()), sum(allowed[what].values())
        if now > before * (1 + ALLOWANCE[what] + (OTHER_TORCH if other else 0.0)) + 1e-6:
            lines += [f"{now:g} {told} a step, budget {before:g}:", *_more(found[what], allowed[what])]
            if what == "python":
                lines += ["  most called:", *_top(found["functions"])]
    # What torch's own Python does is no business of another version's budget.
    if met == wanted and found["others"] > allowed["others"] * (1 + ALLOWANCE["others"]) + 2:
        lines.append(f"{found['others']:g} calls of others' Python functions a step, budget {allowed['others']:g}")
    if not lines:
        return None
    note = [] if met == wanted else [f"(the budget is of {_told(wanted)}; this is {_told(met)})"]
    advice = "If it is meant, write the budget anew: `python -m compat_tests.speed.budget`."
    return "\n".join([f"{name} does more than it did:", *lines, *note, advice])


def _told(versions: dict[str, str]) -> str:
    return f"torch {versions['torch']} on Python {versions['python']}"


def _more(found: dict[str, float], allowed: dict[str, float]) -> list[str]:
    every = sorted({*found, *allowed})
    changed = [
        (one, allowed.get(one, 0), found.get(one, 0)) for one in every if found.get(one, 0) > allowed.get(one, 0)
    ]
    return [f"  {one}: {before:g} -> {now:g}" for one, before, now in changed]


def _top(functions: dict[str, float]) -> list[str]:
    return [f"    {count:g} x {name}" for name, count in sorted(functions.items(), key=lambda pair: -pair[1])[:8]]


def as_text(cases: dict[str, Any]) -> str:
    """The budget as a file of a line per part, so that a change of it reads well."""
    entries = []
    for name, case in cases.items():
        parts = [f'   "{key}": {json.dumps(case[key])}' for key in ("operators", "python", "others")]
        entries.append(f"  {json.dumps(name)}: {{\n" + ",\n".join(parts) + "\n  }")
    head = "".join(f' "{key}": {json.dumps(value)},\n' for key, value in versions().items())
    return "{\n" + head + ' "cases": {\n' + ",\n".join(entries) + "\n }\n}\n"


def _line(name: str, found: dict[str, Any], before: dict[str, Any] | None) -> str:
    parts = []
    for what in ("operators", "python"):
        now = sum(found[what].values())
        was = "" if before is None else f" (was {sum(before[what].values()):g})"
        parts.append(f"{now:g} {what}{was}")
    return f"{name}: {', '.join(parts)}, {found['others']:g} of others"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m compat_tests.speed.budget", description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare, write nothing; exit with 1 where a step is more")
    parser.add_argument(
        "--only", default="", metavar="TEXT", help="count the cases with this in their name; no writing"
    )
    parser.add_argument("--show", metavar="CASE", help="list the operators and functions of one step")
    parser.add_argument("--count", nargs="+", metavar="CASE", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.count:
        print(json.dumps({name: measure(name) for name in arguments.count}))
        return
    if arguments.show:
        found = measure(arguments.show)
        for what in ("operators", "functions"):
            print(f"{sum(found[what].values()):g} {what}")
            print("\n".join(f"  {count:5g}  {one}" for one, count in sorted(found[what].items(), key=lambda p: -p[1])))
        print(f"{found['others']:g} calls of others' Python functions")
        return
    budget = load() if FILE.exists() else {"cases": {}, **versions()}
    cases = measure_all(arguments.only)
    complaints = []
    for name, found in cases.items():
        print(_line(name, found, budget["cases"].get(name)))
        told = complaint(name, found, budget)
        complaints += [told] if told else []
    if arguments.check:
        sys.exit("\n\n".join(complaints) or 0)
    if not arguments.only:
        FILE.write_text(as_text(cases))


if __name__ == "__main__":
    main()
