"""tf.config.threading: how many threads compute."""

from __future__ import annotations

import torch


class _Asked:
    inter = intra = 0


def set_intra_op_parallelism_threads(num_threads: int) -> None:
    """How many threads one operation uses (torch.set_num_threads); 0 leaves it to torch."""
    _Asked.intra = int(num_threads)
    if num_threads > 0:
        torch.set_num_threads(int(num_threads))


def get_intra_op_parallelism_threads() -> int:
    """What was asked for; 0 for nothing."""
    return _Asked.intra


def set_inter_op_parallelism_threads(num_threads: int) -> None:
    """How many operations run at once; torch takes it only before its first use."""
    if num_threads > 0:
        try:
            torch.set_num_interop_threads(int(num_threads))
        except RuntimeError as error:
            if _Asked.inter != int(num_threads):
                raise RuntimeError("Inter op parallelism cannot be modified after initialization.") from error
    _Asked.inter = int(num_threads)


def get_inter_op_parallelism_threads() -> int:
    """What was asked for; 0 for nothing."""
    return _Asked.inter


__all__ = [
    "get_inter_op_parallelism_threads", "get_intra_op_parallelism_threads", "set_inter_op_parallelism_threads",
    "set_intra_op_parallelism_threads",
]  # fmt: skip
