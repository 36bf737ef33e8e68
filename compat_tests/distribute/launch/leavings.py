"""A program of several processes that trains and leaves.

In the ordinary way it does so with the model still there, and shows which threads are left; with an argument, one
process fails in a step, of which another will never do its part.
"""

import sys
import time
from pathlib import Path

import torch
import torch.distributed as dist

from compat_tests.distribute.launch.trainings import model_and_data, scope
from torchkeras.distribute import joined, leave


def threads() -> list[str]:
    """Those that torch has started for connections."""
    names = [Path(one, "comm").read_text().strip() for one in Path("/proc/self/task").iterdir()]
    return sorted(name for name in names if "gloo" in name or "tcpstore" in name)


def fails(y_true: torch.Tensor, y_pred: torch.Tensor) -> torch.Tensor:
    """A loss."""
    if not joined().rank:
        time.sleep(600)
    dist.all_reduce(torch.ones(3), async_op=True)
    raise ZeroDivisionError("of this process alone")


if __name__ == "__main__":
    with scope():
        model, x, y = model_and_data(loss=fails if sys.argv[1:] else "sparse_categorical_crossentropy")
    model.fit(x, y, batch_size=8, verbose=0)
    assert len(threads()) > 4
    leave()
    assert model.built
    print(f"threads left: {threads()}")
