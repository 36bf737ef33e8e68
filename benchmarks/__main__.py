"""`python -m benchmarks`: runs the cases and prints what they say."""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Times torchkeras against plain PyTorch.")
    parser.add_argument("--only", action="append", metavar="NAME", help="run this case alone; may be given again")
    parser.add_argument("--rounds", type=int, metavar="N", help="rounds per comparison, in place of each one's own")
    parser.add_argument("--threads", type=int, default=1, metavar="N", help="threads torch may use (default: 1)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here as well")
    parser.add_argument("--markdown", action="store_true", help="print tables for docs/benchmarks.md")
    parser.add_argument("--profile", action="store_true", help="list what costs most, peer by peer")
    parser.add_argument("--peers", help="peers of the training case, by commas: raw,torchkeras,loader,keras-torch,...")
    arguments = parser.parse_args()
    os.environ["OMP_NUM_THREADS"] = str(arguments.threads)  # before torch is loaded, here and in processes begun here

    import torch

    from benchmarks import report
    from benchmarks.cases import CASES
    from benchmarks.harness import DifferentResults, Settings, measure

    unknown = sorted(set(arguments.only or ()) - set(CASES))
    if unknown:
        parser.error(f"no case is named {', '.join(unknown)}; there are {', '.join(CASES)}")
    if arguments.rounds is not None and arguments.rounds < 1:
        parser.error(f"--rounds must be at least 1, not {arguments.rounds}")
    torch.set_num_threads(arguments.threads)
    peers = tuple(arguments.peers.split(",")) if arguments.peers else ()
    settings = Settings(arguments.rounds, arguments.threads, arguments.profile, peers)
    where = report.conditions(settings)
    results = []
    if not arguments.markdown:
        print(report.conditions_line(where))
    for name in arguments.only or CASES:
        for comparison in CASES[name](settings):
            try:
                results.append(measure(comparison, settings))
            except DifferentResults as error:
                parser.exit(1, f"{error}\n")
            if not arguments.markdown:
                print(f"\n{report.as_text(results[-1])}", flush=True)
    if arguments.markdown:
        print(report.as_markdown(results, where))
    if arguments.json is not None:
        arguments.json.write_text(json.dumps(report.as_json(results, where), indent=1) + "\n")


if __name__ == "__main__":
    main()
