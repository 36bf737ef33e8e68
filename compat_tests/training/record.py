"""Record runs of tf_keras with `steps_per_execution`: `python -m compat_tests.training.record`."""

from __future__ import annotations

import json
from pathlib import Path

import tf_keras

from . import grouped

DATA = Path(__file__).parent / "data" / "grouped.json"


def main() -> None:
    found = {name: grouped.run(tf_keras, *case) for name, case in grouped.CASES.items()}
    DATA.parent.mkdir(exist_ok=True)
    lines = [f"{json.dumps(name)}: {json.dumps(record)}" for name, record in found.items()]
    DATA.write_text("{\n" + ",\n".join(lines) + "\n}\n")
    print(f"{DATA.name}: {DATA.stat().st_size} bytes")


if __name__ == "__main__":
    main()
