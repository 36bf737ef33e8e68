"""Compares the tutorials' metrics under torchkeras and the real TensorFlow.

python -m compat_tests.examples.live [NAME...]
"""

import sys

from compat_tests.examples import tutorials


def main(names: list[str]) -> int:
    found = []
    for name in names or tutorials.TOLERANCES:
        ours, reference = tutorials.run_with_torchkeras(name), tutorials.run_with_tensorflow(name)
        print(f"{name}: {ours}, TensorFlow {reference}", flush=True)
        found += tutorials.differences(name, ours, reference)
    print("\n".join(found) or "the tutorials agree")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
