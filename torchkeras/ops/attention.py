"""Attention."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from torchkeras.ops.operation import operation
from torchkeras.ops.promotion import promoted, tensor


@operation
def dot_product_attention(
    query: Any,
    key: Any,
    value: Any,
    bias: Any = None,
    mask: Any = None,
    scale: float | None = None,
    is_causal: bool = False,
    flash_attention: bool | None = None,
    attn_logits_soft_cap: float | None = None,
) -> Tensor:
    """For each query the mean of the values, weighted by the softmax of its products with the keys.

    Args:
        query: (batch, targets, heads, size).
        key: (batch, sources, heads, size); fewer heads are shared by groups of queries.
        value: likewise.
        bias: added to the products: what broadcasts to (batch, heads, targets, sources).
        mask: True where a target may see a source, of the same shape.
        scale: what to multiply the products with; one over the root of the size unless told.
        is_causal: whether a target sees no source behind itself.
        flash_attention: accepted: torch takes the fastest kernel that fits by itself.
        attn_logits_soft_cap: the products are held within this distance of 0, by a tanh.
    """
    q, k, v = promoted(tensor(query), tensor(key), tensor(value))
    if q.dim() != 4:
        raise ValueError(
            f"`dot_product_attention` only supports 4D inputs. Received: query.shape={tuple(q.shape)}, "
            f"key.shape={tuple(k.shape)}, value.shape={tuple(v.shape)}."
        )
    q, k, v = (x.transpose(1, 2) for x in (q, k, v))
    groups = q.shape[1] // k.shape[1]
    if groups > 1:
        k, v = (x.repeat_interleave(groups, 1) for x in (k, v))
    if attn_logits_soft_cap is not None:
        return _capped(q, k, v, bias, mask, scale, is_causal, attn_logits_soft_cap).transpose(1, 2)
    seen = _visible(mask, is_causal and (mask is not None or bias is not None), q, k)
    if bias is not None:
        added = tensor(bias, q.dtype)
        added = added.reshape(1, -1) if added.dim() < 2 else added
        seen = added if seen is None else torch.where(seen, added, -torch.inf)
    alone = is_causal and seen is None
    return functional.scaled_dot_product_attention(q, k, v, seen, 0.0, alone, scale=scale).transpose(1, 2)


def _visible(mask: Any, is_causal: bool, q: Tensor, k: Tensor) -> Tensor | None:
    seen = None if mask is None else tensor(mask).bool()
    if seen is not None and seen.dim() < 2:
        seen = seen.reshape(1, -1)
    if is_causal:
        past = torch.ones(q.shape[-2], k.shape[-2], dtype=torch.bool, device=q.device).tril()
        seen = past if seen is None else seen & past
    return seen


def _capped(
    q: Tensor, k: Tensor, v: Tensor, bias: Any, mask: Any, scale: float | None, is_causal: bool, cap: float
) -> Tensor:
    products = q @ k.mT * (q.shape[-1] ** -0.5 if scale is None else scale)
    if bias is not None:
        products = products + tensor(bias, products.dtype)
    products = cap * torch.tanh(products / cap)
    seen = _visible(mask, is_causal, q, k)
    if seen is not None:
        products = torch.where(seen, products, torch.finfo(products.dtype).min)
    return torch.softmax(products.float(), -1).to(v.dtype) @ v
