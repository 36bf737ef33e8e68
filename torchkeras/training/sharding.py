"""Putting the weights of a model in parts: of each, every process keeps some rows, by torch's `fully_shard` (FSDP2).

A layer's weights are gathered when it is called, and once more when its gradients are computed; otherwise a process has
its rows alone. What is gathered together is a layer, or one of Keras's layers with all those within it, for these may
read each other's weights; never a torch module inside of a layer, which the layer may go around.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, NoReturn
from weakref import WeakSet

import torch
from torch import Tensor, nn

from torchkeras.core.context import seen
from torchkeras.core.nest import flatten, map_structure
from torchkeras.core.replicas import Replicas
from torchkeras.core.shards import is_sharded, sharded_like
from torchkeras.layers import Layer, SpectralNormalization

#: The models that lie in parts.
_sharded: WeakSet[Any] = WeakSet()


def has_been_sharded(model: Any) -> bool:
    """Whether a model lies in parts."""
    return model in _sharded


def shard(model: Any, replicas: Replicas) -> None:
    """Puts the weights of a model in parts. It must be the same in all processes, and have all its weights."""
    from torch.distributed.device_mesh import init_device_mesh  # half a second that others need not wait
    from torch.distributed.fsdp import fully_shard

    _check(model)
    seen.sharded = True
    mesh = init_device_mesh(replicas.device.type, (replicas.size,))
    apart = _kept_whole(model)
    every = [*_units(model), model]
    with torch.inference_mode(False), torch.no_grad():
        for unit in every:
            if _state(unit) is not None:  # of a model that has been compiled itself
                continue
            for parameter in unit.parameters():
                if not is_sharded(parameter) and not parameter.is_contiguous():
                    parameter.data = parameter.data.contiguous()
            own_class, around = type(unit), _Around(unit)
            unit.register_forward_hook(around.left)
            made: Any = fully_shard(unit, mesh=mesh, reshard_after_forward=True, ignored_params=apart)
            made.set_gradient_divide_factor(1.0)
            made.set_force_sum_reduction_for_comms(True)  # gloo knows no mean; and losses count by their shares already
            # The class that fully_shard puts in its place has other methods, which are not needed, and another name,
            # which would get into files.
            unit.__class__ = own_class
            unit.register_forward_pre_hook(around.came, prepend=True, with_kwargs=True)
            unit.register_forward_pre_hook(around.comes, with_kwargs=True)
            unit.register_forward_hook(around.leaves)
            unit.__dict__["__deepcopy__"] = _refuse_copy
            for part in _parts(unit):
                _connect(part)
        _begin(model)
    _sharded.add(model)


def unbuilt(model: Any) -> list[str]:
    """The names of the layers that will make weights, and have not yet."""
    found = [unit for unit in _walk(model) if not unit.built and type(unit).build is not Layer.build]
    if not model.built and model._has_call():
        found.append(model)
    return [unit.name for unit in found]


def forget_step(model: Any) -> None:
    """After a step that failed: gathered weights are let go of, and the next one starts anew."""
    state = _state(model)
    if state._is_root:
        state._reset_iter_state()


# --- what goes together ---


def _units(model: Any) -> list[Any]:
    """The layers whose weights are gathered together; those within others first, where they are used besides."""
    found = {id(unit): unit for unit in _walk(model)}
    within = [layer for unit in found.values() if not _opens(unit) for layer in _distinct_layers(unit)]
    times = Counter(map(id, within))
    shared = {id(layer): layer for layer in within if times[id(layer)] > 1 or id(layer) in found}
    # Of nested ones the inner come first: the layers of a unit are listed from the outside in.
    units = {**dict(reversed(shared.items())), **found}
    return [unit for unit in units.values() if any(True for _ in unit.parameters())]


def _walk(layer: Any) -> Iterator[Any]:
    for child in layer._children():
        if isinstance(child, Layer):
            if _opens(child):
                yield from _walk(child)
            yield child


def _opens(layer: Any) -> bool:
    """Whether the layers within one are called as layers: so does a model, and what a user has written."""
    return hasattr(layer, "_trainer") or not layer._call_info.builtin


def _distinct_layers(unit: Any) -> list[Any]:
    return list({id(one): one for one in unit._flatten_layers(include_self=False) if isinstance(one, Layer)}.values())


def _kept_whole(model: Any) -> set[nn.Parameter]:
    """What every process has all of: single numbers, what layers share, and what is not trained but assigned."""
    homes: dict[int, set[tuple[int, str]]] = {}
    for module in model.modules():
        for name, parameter in module._parameters.items():
            if parameter is not None:
                homes.setdefault(id(parameter), set()).add((id(module), name))
    assigned = {id(variable.parameter) for variable in model.weights if not variable._wanted}
    return {
        parameter
        for parameter in model.parameters()
        if not parameter.dim() or len(homes[id(parameter)]) > 1 or id(parameter) in assigned
    }


def _check(model: Any) -> None:
    if found := unbuilt(model):
        raise ValueError(
            f"Layers {found} of {model.name!r} have no weights yet, since nothing has called them. A model is put in "
            f"parts with all its weights: build these layers, as with `layer.build(input_shape)`, or leave them out."
        )
    for layer in model._flatten_layers():
        if isinstance(layer, SpectralNormalization):
            raise ValueError(
                f"Layer {layer.name!r} (SpectralNormalization) writes the weights of another while it computes, which "
                f"a model in parts cannot: train it with tf.distribute.MirroredStrategy, or leave the layer out."
            )


class _Around:
    """Hooks around those of FSDP, which knows nothing of what a layer gives beside its outputs, or as part of them.

    FSDP hands on other tensors than it was given, without their masks; and it gathers weights anew when the gradient of
    an output comes. A crossentropy goes around that, to the logits behind a softmax, and so do losses that layers add.

    Args:
        unit: the layer.
    """

    def __init__(self, unit: Any) -> None:
        self._layers = [unit] if _opens(unit) else list(unit._flatten_layers())
        self._masks: list[list[Any]] = []  # a layer may be called within its own call

    def came(self, module: nn.Module, args: Any, kwargs: Any) -> None:
        self._note((args, kwargs))

    def comes(self, module: nn.Module, args: Any, kwargs: Any) -> None:
        self._put_back((args, kwargs))

    def left(self, module: nn.Module, args: Any, outputs: Any) -> Any:
        # FSDP waits for the gradient of what a layer gives: of a view, a change in place would go past it.
        outputs = map_structure(_own, outputs) if torch.is_grad_enabled() else outputs
        self._note(outputs)
        return outputs

    def leaves(self, module: nn.Module, args: Any, outputs: Any) -> None:
        self._put_back(outputs)
        if not torch.is_grad_enabled():
            return
        others = [getattr(leaf, "_keras_logits", None) for leaf in flatten(outputs)]
        others += [loss for layer in self._layers for loss in layer.__dict__.get("_call_losses") or ()]
        for other in others:
            if other is not None and other.requires_grad:
                other.register_hook(_state(module)._pre_backward)

    def _note(self, values: Any) -> None:
        if seen.masks:
            self._masks.append([getattr(leaf, "_keras_mask", None) for leaf in flatten(values)])

    def _put_back(self, values: Any) -> None:
        if self._masks:
            for leaf, mask in zip(flatten(values), self._masks.pop(), strict=True):
                if mask is not None:
                    leaf._keras_mask = mask


def _own(value: Any) -> Any:
    """A tensor that is no view of another."""
    if not isinstance(value, Tensor) or not value._is_view():
        return value
    made = value.clone()
    for name in ("_keras_mask", "_keras_logits"):
        if (kept := getattr(value, name, None)) is not None:
            setattr(made, name, kept)
    return made


# --- torch's side of it ---


def _state(module: nn.Module) -> Any:
    from torch.distributed.fsdp import fully_shard

    return fully_shard.state(module)  # type: ignore[attr-defined]


def _parts(module: nn.Module) -> list[Any]:
    """What FSDP keeps for each parameter that is gathered with a module."""
    return [part for group in _state(module)._fsdp_param_groups for part in group.fsdp_params]


def _connect(part: Any) -> None:
    """FSDP finds a parameter by its attribute, which in a layer is the Variable: it is given a module without."""
    info = part._module_info
    info.module = _holder(info.module)
    info.shared_modules = [_holder(module) for module in info.shared_modules]
    part.sharded_param._fsdp_param = part


def _holder(module: nn.Module) -> nn.Module:
    """A module that has the same parameters, and nothing else."""
    if "_takes_whole" not in module.__dict__:
        module.__dict__["_takes_whole"] = module.register_load_state_dict_pre_hook(_take_rows)
    made = nn.Module()
    made.__dict__["_parameters"] = module._parameters
    return made


def _take_rows(module: nn.Module, state: dict[str, Any], prefix: str, *_: Any) -> None:
    """Of the whole values that `load_state_dict` is given, those that this process keeps."""
    for name, parameter in module._parameters.items():
        value = state.get(prefix + name)
        if parameter is None or not isinstance(value, Tensor) or not is_sharded(parameter) or is_sharded(value):
            continue
        if value.shape == parameter.shape:  # torch says what is wrong with others
            state[prefix + name] = sharded_like(value.to(parameter.dtype), parameter)


def _begin(model: Any) -> None:
    """Makes ready what torch would when the model is first called.

    Steps may call parts of a model without the whole; and a model may be put within another after it was trained.
    """
    for module in model.modules():
        state = _state(module)
        if state is not None and module is not model:
            state._is_root = None
    _state(model)._lazy_init()
    # What stands for gathered weights is made at the first time, which must not be one of inference.
    for module in model.modules():
        for group in getattr(_state(module), "_fsdp_param_groups", ()):
            group.unshard()
            group.wait_for_unshard()
            group.reshard()


def _refuse_copy(memo: Any) -> NoReturn:
    raise TypeError(
        "A model in parts cannot be copied: `keras.models.clone_model(model)` makes another one of the same layers, "
        "`set_weights(model.get_weights())` gives it the weights."
    )


__all__ = ["forget_step", "has_been_sharded", "shard", "unbuilt"]
