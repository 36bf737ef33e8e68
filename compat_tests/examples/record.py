"""Records what the tutorials end with under the real TensorFlow: python -m compat_tests.examples.record."""

import json

from compat_tests.examples import tutorials


def main() -> None:
    metrics = {name: tutorials.run_with_tensorflow(name) for name in tutorials.TOLERANCES}
    lines = [f"  {json.dumps(name)}: {json.dumps(values)}" for name, values in metrics.items()]
    tutorials.RECORDED.write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
