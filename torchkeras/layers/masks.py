"""How masks travel through layers: in with the inputs, out with the outputs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from torch import Tensor, nn

from torchkeras.core.context import seen
from torchkeras.core.nest import flatten, map_structure
from torchkeras.graph.inference import infer

if TYPE_CHECKING:
    from torchkeras.layers.call_info import CallInfo


class MasksMixin(nn.Module):
    """The masks of a call. A mask is the attribute `_keras_mask` of a tensor, symbolic or real."""

    _call_info: CallInfo
    supports_masking: bool = False
    #: Built-ins whose output may have a mask though none came in.
    makes_masks: bool = False

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """The mask that goes out with the output, given the one that came in."""
        return mask

    compute_mask._is_default = True  # type: ignore[attr-defined]

    def _incoming_masks(self, args: tuple[Any, ...]) -> Any:
        """The masks of the first argument, in its structure; None where no tensor has one."""
        if not args:
            return None
        if isinstance(args[0], Tensor):
            return getattr(args[0], "_keras_mask", None)
        masks = map_structure(lambda t: getattr(t, "_keras_mask", None), args[0])
        return masks if any(m is not None for m in flatten(masks)) else None

    def _with_incoming_mask(self, args: tuple[Any, ...], kwargs: dict[str, Any], masks: Any) -> dict[str, Any]:
        """The keyword arguments with the mask that came in, where `call` takes one and was not given another."""
        given = kwargs.get("mask") is not None or 0 <= self._call_info.position("mask") < len(args)
        return kwargs if given or not self._call_info.mask else kwargs | {"mask": masks}

    def _with_mask(self, outputs: Any, args: tuple[Any, ...], masks: Any) -> Any:
        custom = self._call_info.own_mask
        if any(getattr(t, "_keras_mask", None) is not None for t in flatten(outputs) if not _among(t, args)):
            return outputs  # a sublayer has set it
        produced = self.compute_mask(args[0] if args else None, masks) if custom or self.supports_masking else None
        return _with_masks(outputs, produced, args)

    def _with_symbolic_mask(self, outputs: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        masks = self._incoming_masks(args)
        custom = self._call_info.own_mask
        may_begin = custom and (self.makes_masks or not self._call_info.builtin)
        if (masks is None and not may_begin) or not (self.supports_masking or custom):
            return outputs
        produced = infer(self.compute_mask, (args[0], masks), {}, owner=self) if custom else masks
        return _attach(outputs, produced)


def _among(tensor: Any, args: tuple[Any, ...]) -> bool:
    return any(tensor is leaf for leaf in flatten(args))


def _attach(outputs: Any, masks: Any) -> Any:
    """Give each output its mask; a single mask is the first output's, as in Keras 2."""
    for tensor, mask in zip(flatten(outputs), flatten(masks), strict=False):
        if mask is not None:
            tensor._keras_mask = mask
            if not seen.masks:  # an export warns of every write
                seen.masks = True
    return outputs


def _with_masks(outputs: Any, masks: Any, args: tuple[Any, ...]) -> Any:
    """The outputs with their masks; an input that was given back must not lose or change its own, so it is viewed."""
    remaining = iter(flatten(masks))

    def apart(tensor: Any) -> Any:
        mask = next(remaining, None)
        if isinstance(tensor, Tensor) and getattr(tensor, "_keras_mask", None) is not mask and _among(tensor, args):
            return tensor.view_as(tensor)
        return tensor

    return _attach(map_structure(apart, outputs), masks)
