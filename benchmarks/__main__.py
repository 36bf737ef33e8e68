"""`python -m benchmarks`: runs the cases and prints what they say."""

from __future__ import annotations

import os
import sys

from benchmarks.command import Command, parse, parser


def main(arguments: list[str]) -> int:
    """The exit status: 1 where a comparison could not be made."""
    command = parse(arguments)
    settings = command.settings
    # Before torch counts its threads and devices, here and in processes begun here.
    os.environ["OMP_NUM_THREADS"] = str(settings.threads)
    os.environ["TORCHKERAS_DEVICE"] = settings.device
    if settings.device == "cpu":
        os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
    return run(command)


def run(command: Command) -> int:
    import json

    import torch

    from benchmarks import report
    from benchmarks.cases import CASES, comparisons, words
    from benchmarks.harness import measure
    from benchmarks.peers.process import OURS, PeerFailed
    from benchmarks.same import DifferentResults

    settings = command.settings
    known = words(settings)
    if unknown := [name for name in settings.only if name not in known]:
        parser().error(f"--only: nothing is named {', '.join(unknown)}; there are {', '.join(known)}")
    if settings.device == "cuda" and not torch.cuda.is_available():
        parser().error("--device cuda: torch sees no CUDA device here")
    if command.list:
        for case in CASES.values():
            for comparison in case(settings):
                print(f"{comparison.name:24} {comparison.title}")
        return 0
    torch.set_num_threads(settings.threads)
    torch.backends.cudnn.allow_tf32 = False  # in this process, where results of float32 are compared
    where, results, failed = report.conditions(settings), [], False
    if not command.markdown:
        print(report.conditions_line(where))
    for comparison in comparisons(settings):
        try:
            results.append(measure(comparison, settings))
        except (DifferentResults, PeerFailed) as error:
            print(f"\n{comparison.title} [{comparison.name}] was not measured: {error}", file=sys.stderr, flush=True)
            failed = True
            continue
        failed |= OURS in results[-1].missing
        if not command.markdown:
            print(f"\n{report.as_text(results[-1])}", flush=True)
        if command.json is not None:  # after each: a run that is cut short leaves what it has
            command.json.write_text(json.dumps(report.as_json(results, where), indent=1) + "\n")
    if command.markdown:
        print(report.as_markdown(results, where))
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
