"""Weights in parts: of each, every process has some rows, and all of it only while a layer computes with it.

Such a parameter is a DTensor, as torch's `fully_shard` (FSDP2) makes it. Whoever asks a Variable for its value gets a
plain tensor: within its layer's call the whole one that FSDP has put in place, elsewhere one that is gathered then and
there. All processes run the same program, so that all ask at the same time.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor

from torchkeras.core.replicas import ALONE, Replicas, present


def is_sharded(tensor: Any) -> bool:
    """Whether this process has but some rows of a tensor."""
    mesh = getattr(tensor, "device_mesh", None)
    return mesh is not None and mesh.ndim == 1 and tensor.placements[0].is_shard(0)


def rows(tensor: Any) -> Tensor:
    """The rows that this process has: the memory itself."""
    with torch.no_grad():
        found: Tensor = tensor.to_local()
    return found


def rows_of(value: Tensor, like: Any) -> Tensor:
    """Of a whole value those rows that this process has of a parameter."""
    mesh, count = like.device_mesh, like.shape[0]
    each = -(-count // mesh.size())
    return value.narrow(0, min(each * mesh.get_local_rank(), count), rows(like).shape[0])


def whole(tensor: Any) -> Tensor:
    """The values of all rows, without gradients; a plain tensor is given back as it is."""
    kept: Tensor | None = _kept.get(id(tensor))
    if kept is not None:
        return kept
    if is_sharded(tensor):
        return _all_rows(tensor)
    tensor = tensor.detach()
    return tensor.full_tensor() if hasattr(tensor, "full_tensor") else tensor  # parts of other kinds, made by a user


def _all_rows(tensor: Any) -> Tensor:
    # DTensor.full_tensor does the same, but not in inference mode.
    if present() is ALONE:
        raise RuntimeError(
            "One process alone asked for a weight of which each has a part, as in a callback that only the first "
            "process runs, or while it saves. All processes have to ask: read weights in a callback of your own."
        )
    own, size, count = rows(tensor), tensor.device_mesh.size(), tensor.shape[0]
    each = -(-count // size)
    padded = own.new_zeros(each, *own.shape[1:])
    padded[: own.shape[0]].copy_(own)
    found = own.new_empty(size * each, *own.shape[1:])
    gather = getattr(dist, "all_gather_single", None) or dist.all_gather_into_tensor  # the older name
    gather(found, padded, group=tensor.device_mesh.get_group())
    return found[:count]


def gathered(parameter: Any) -> Tensor:
    """The values of all rows; on the way back each process gets the sum of all gradients for its own rows."""
    if not is_sharded(parameter):
        found: Tensor = parameter
        return found
    if not (parameter.requires_grad and torch.is_grad_enabled()):
        return whole(parameter)
    from torch.distributed.tensor import Partial  # takes a while, and has been done where there are any

    found = parameter.full_tensor(grad_placements=[Partial()])
    return found


def sharded_like(value: Tensor, like: Any) -> Any:
    """A whole value, of which this process keeps the rows that it has of a parameter."""
    return from_rows(rows_of(value, like).to(like.device).clone(), like)


def from_rows(own: Tensor, like: Any) -> Any:
    """The tensor of which this process has these rows."""
    from torch.distributed.tensor import DTensor

    return DTensor.from_local(
        own, like.device_mesh, like.placements, run_check=False, shape=like.shape, stride=like.stride()
    )


def add_up(tensor: Tensor, like: Any) -> Tensor:
    """Gives a tensor the sum over the processes that have parts of a parameter."""
    dist.all_reduce(tensor, group=like.device_mesh.get_group())
    return tensor


def everywhere(flag: Tensor, like: Any) -> Tensor:
    """Whether something is so in all processes that have parts of a parameter."""
    found = flag.to(torch.int32)
    dist.all_reduce(found, dist.ReduceOp.MIN, group=like.device_mesh.get_group())
    return found.bool()


# --- gradients that are asked for by name ---


def leaf_of(parameter: Any) -> Tensor | None:
    """What stands for a parameter while its layer computes: where the layer's gradients arrive."""
    part = getattr(parameter, "_fsdp_param", None)
    leaf: Tensor | None = None if part is None else part.unsharded_param
    return leaf


def differentiated(
    run: Callable[[tuple[Tensor, ...]], Sequence[Tensor | None]], parameters: Sequence[Any]
) -> list[Tensor | None]:
    """Gradients that autograd is asked for, of this process's part of a batch: the whole of each, as a plain tensor.

    A parameter in parts is found in two places: where its layer computed with it, and where its value was gathered
    besides, as for a regularizer. The gradients of the latter are summed over the processes already; they count here as
    one of so many equal parts, since whoever applies these gradients sums them.

    Args:
        run: from tensors to their gradients, None for those that are not reached.
        parameters: what to have the gradients of.
    """
    starts: list[Tensor] = []
    places: list[range] = []
    for parameter in parameters:
        own = [parameter, leaf_of(parameter)] if is_sharded(parameter) else [parameter]
        own = [one for one in own if one is not None and one.requires_grad]
        places.append(range(len(starts), len(starts) + len(own)))
        starts += own
    found = run(tuple(starts)) if starts else ()
    return [_together([(starts[i], found[i]) for i in place]) for place in places]


def _together(found: list[tuple[Any, Tensor | None]]) -> Tensor | None:
    parts = [
        gradient / start.device_mesh.size() if is_sharded(start) else gradient
        for start, gradient in found
        if gradient is not None
    ]
    parts = [whole(part) for part in parts]
    return None if not parts else parts[0] if len(parts) == 1 else parts[0] + parts[1]


# --- files ---

#: The whole of parameters in parts while the first process writes them, by identity.
_kept: dict[int, Tensor] = {}


@contextlib.contextmanager
def written_by_first(replicas: Replicas, tensors: Iterable[Any]) -> Iterator[bool]:
    """Within, the first process has the whole of these at hand, to write them; the others have nothing to do.

    Gives whether this process is to write. Those that are not wait until it is done, and fail where it fails.

    Args:
        replicas: all of them, who come here together.
        tensors: parameters and the like, of which those in parts are gathered.
    """
    for tensor in tensors:
        if is_sharded(tensor):
            found = whole(tensor)  # by all, one after the other
            if replicas.is_first:
                _kept[id(tensor)] = found.cpu()
    problem: BaseException | None = None
    try:
        yield replicas.is_first
    except Exception as error:
        problem = error
    finally:
        _kept.clear()
    replicas.check(problem)


def check_whole(model: Any, what: str) -> None:
    """An error where a model lies in parts: what is to be written is made by calling it."""
    replicas = getattr(model, "_replicas", None)
    if replicas is not None and replicas.sharded:
        raise ValueError(
            f"{model.name!r} lies in parts, one in each of {replicas.size} processes, and {what} is written by calling "
            f"the model, which one process cannot do alone. Save it under a name that ends in '.keras', and load that "
            f"file in one process to write the other."
        )


__all__ = [
    "add_up", "check_whole", "differentiated", "everywhere", "from_rows", "gathered", "is_sharded", "leaf_of", "rows",
    "rows_of", "sharded_like", "whole", "written_by_first",
]  # fmt: skip
