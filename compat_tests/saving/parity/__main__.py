"""Exchange files with the real Keras, and compare: python -m compat_tests.saving.parity [--only TEXT] [--format NAME].

Each side runs in a process of its own, so that the two may live in different environments.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np

from compat_tests.saving.zoo import MODELS, ZooModel

from .formats import EXCHANGES, OURS, UNCOMPILED, Exchange
from .side import chosen, reason

NOTHING = "nothing was written or read"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    names = sorted({e.name for exchanges in EXCHANGES.values() for e in exchanges})
    parser.add_argument("--only", default="", metavar="TEXT[,TEXT...]", help="models whose name contains a TEXT")
    parser.add_argument("--format", action="append", choices=names, help="this format; may be given several times")
    parser.add_argument("--against", action="append", choices=list(EXCHANGES), help="this Keras alone")
    parser.add_argument(
        "--reference",
        default=os.environ.get("TORCHKERAS_REFERENCE_PYTHON", sys.executable),
        metavar="PYTHON",
        help="the Python that has the real Keras; default: TORCHKERAS_REFERENCE_PYTHON, else this one",
    )
    parser.add_argument("--folder", type=Path, help="where the files stay; default: a temporary folder")
    parser.add_argument("--reuse", action="store_true", help="take the reference's files that are in the folder")
    parser.add_argument("--verbose", action="store_true", help="list what agrees, too")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        against = options.against or list(EXCHANGES)
        exchange_files(options, folder, against)
        return report(options, folder, against)


def exchange_files(options: argparse.Namespace, folder: Path, against: list[str]) -> None:
    """Lets both sides write, then each read its own files and the other's."""

    formats = options.format or []

    def run(python: str, side: str, action: str, *writer: str, formats: list[str] = formats) -> None:
        command = [python, "-m", "compat_tests.saving.parity.side", side, action, str(folder), *writer]
        command += ["--only", options.only]
        for name in formats:
            command += ["--format", name]
        done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[3])
        if done.returncode:
            raise SystemExit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr[-3000:]}")

    run(sys.executable, OURS, "write")
    run(sys.executable, OURS, "read", OURS)
    for side in against:
        if not options.reuse:
            run(options.reference, side, "write")
            run(options.reference, side, "read", side)
        run(sys.executable, OURS, "read", side)
        run(options.reference, side, "read", OURS)
    if not options.reuse and len(against) > 1 and (not formats or UNCOMPILED in formats):
        run(options.reference, "keras", "read", "tf_keras", formats=[UNCOMPILED])


# --- the table ----------------------------------------------------------------------------------------------


def report(options: argparse.Namespace, folder: Path, against: list[str]) -> int:
    """Prints a line for each model, format and direction that does not agree, and a table of counts."""
    counts: dict[tuple[str, str], Counter] = {}
    for side in against:
        for exchange in EXCHANGES[side]:
            if options.format and exchange.name not in options.format:
                continue
            for writer, reader in ((side, OURS), (OURS, side)):
                counter = counts.setdefault((f"{writer} -> {reader}", exchange.name), Counter())
                if writer == OURS and exchange.not_ours:
                    print(f"{writer} -> {reader}, {exchange.name}: left out: {exchange.not_ours}")
                    continue
                for model in MODELS.values():
                    if chosen(model, options.only):
                        state, lines = compare(folder, model, exchange, writer, reader)
                        counter[state] += 1
                        if state != "agrees" or lines or options.verbose:
                            print(f"{writer} -> {reader}, {exchange.name}, {model.name}: {state}", *lines, sep="\n    ")
    print(f"\n{'':32}{'agree':>8}{'differ':>8}{'cannot be':>11}")
    for (direction, name), counter in counts.items():
        agree, differ, left = (counter[key] for key in ("agrees", "differs", "cannot be"))
        print(f"{direction + ', ' + name:<42}{agree:>8}{differ:>8}{left:>11}")
    total = sum(counts.values(), Counter())
    return 1 if total["differs"] or not total["agrees"] else 0


def compare(folder: Path, model: ZooModel, exchange: Exchange, writer: str, reader: str) -> tuple[str, list[str]]:
    """Whether what a file gives where it is read is what it gives where it was written."""
    other = reader if writer == OURS else writer
    route = f"{writer}->{reader}:{exchange.name}"
    if why := reason(other, model, exchange.name) or reason(writer, model, exchange.name) or model.missing.get(route):
        return "cannot be", [why]
    state, lines = compare_files(folder, model, exchange, writer, reader)
    if state == "differs" and route == f"{OURS}->keras:{UNCOMPILED}":
        # Our .h5 has the form of Keras 2: Keras 3 shall read as much of it as of tf_keras's.
        ours = failure(folder / OURS / model.name / exchange.name, OURS, "keras")
        theirs, why = of_tf_keras(folder / "tf_keras" / model.name / exchange.name, model)
        if why and (theirs or not ours):
            return "cannot be", [f"Keras 3 on tf_keras's file of it: {why}", *lines[:1]]
    return state, lines


def compare_files(folder: Path, model: ZooModel, exchange: Exchange, writer: str, reader: str) -> tuple[str, list[str]]:
    at = folder / writer / model.name / exchange.name
    if problem := failure(at, writer, writer):
        return "differs" if writer == OURS else "cannot be", [problem]
    if problem := failure(at, writer, reader):
        own = failure(folder / reader / model.name / exchange.name, reader, reader) if reader != OURS else ""
        return ("cannot be", [f"not even its own: {own}"]) if own else ("differs", [problem])
    if not all((at / f"by_{side}.npz").exists() for side in (writer, reader)):
        return "differs", [NOTHING]
    lines = differences(model, results(at, f"by_{writer}"), found := results(at, f"by_{reader}"))
    if lines and writer != OURS and not differences(model, results(at, "original"), found):
        # The model as it was saved went on like ours: what differs is the writer's own reading of its file.
        return "agrees", [f"with the model that was saved; {writer} itself does not go on from its file like that"]
    if lines and reader != OURS and not any(line.startswith("before/") for line in lines):
        at = folder / reader / model.name / exchange.name
        if differences(model, results(at, "original"), results(at, f"by_{reader}")):
            return "agrees", [f"in its predictions; {reader} does not go on training from its own file either"]
    return ("differs" if lines else "agrees"), lines


def of_tf_keras(at: Path, model: ZooModel) -> tuple[bool, str]:
    """Whether Keras 3 cannot read what tf_keras wrote, and what is wrong: nothing where it goes on as tf_keras does."""
    if problem := failure(at, "tf_keras", "keras"):
        return not (at / "written.txt").exists(), problem if (at / "by_keras.txt").exists() else ""
    if not all((at / f"{name}.npz").exists() for name in ("original", "by_keras")):
        return False, ""
    return False, next(iter(differences(model, results(at, "original"), results(at, "by_keras"))), "")


def failure(at: Path, writer: str, reader: str) -> str:
    """What kept a file from being written, or read; empty where nothing did."""
    for name, what in (("written", f"{writer} cannot write it"), (f"by_{reader}", f"{reader} cannot read it")):
        if (at / f"{name}.txt").exists():
            return f"{what}: {(at / f'{name}.txt').read_text().splitlines()[0][:400]}"
    return ""


def results(at: Path, name: str) -> dict[str, np.ndarray]:
    return dict(np.load(at / f"{name}.npz"))


def differences(model: ZooModel, expected: dict[str, np.ndarray], found: dict[str, np.ndarray]) -> list[str]:
    """A line for each prediction and loss that is not as expected."""
    if not model.exact:  # then all but the first predictions depend on random numbers
        expected, found = ({k: v for k, v in r.items() if k.startswith("before/")} for r in (expected, found))
    lines = [f"{key}: only {'there' if key in expected else 'here'}" for key in sorted(expected.keys() ^ found.keys())]
    for key in expected.keys() & found.keys():
        a, b = expected[key], found[key]
        if a.shape != b.shape:
            lines.append(f"{key}: shape {b.shape}, expected {a.shape}")
        elif not np.allclose(b, a, rtol=(allowed := tolerance(model, key)), atol=allowed, equal_nan=True):
            lines.append(f"{key}: off by {np.abs(a - b).max():.3g}: {b.ravel()[:3]}, expected {a.ravel()[:3]}")
    return sorted(lines)


def tolerance(model: ZooModel, key: str) -> float:
    """What predictions after further steps may be off by is more: each step adds its own rounding."""
    return model.tolerance * (5 if key.startswith("after") else 1)


if __name__ == "__main__":
    sys.exit(main())
