"""Constraints: what weights must keep to after each update."""

from __future__ import annotations

from torchkeras.constraints.constraint import Constraint
from torchkeras.constraints.non_neg import NonNeg
from torchkeras.constraints.norms import MaxNorm, MinMaxNorm, UnitNorm
from torchkeras.constraints.radial import RadialConstraint
from torchkeras.core.registry import Family

# The lower-case names are the classes themselves: `constraints.max_norm(2)`.
max_norm = maxnorm = MaxNorm
min_max_norm = MinMaxNorm
non_neg = nonneg = NonNeg
unit_norm = unitnorm = UnitNorm
radial_constraint = RadialConstraint

FAMILY = Family(
    "constraint",
    "keras.constraints",
    {
        "Constraint": Constraint, "constraint": Constraint,
        "MaxNorm": MaxNorm, "max_norm": MaxNorm, "maxnorm": MaxNorm,
        "MinMaxNorm": MinMaxNorm, "min_max_norm": MinMaxNorm,
        "NonNeg": NonNeg, "non_neg": NonNeg, "nonneg": NonNeg,
        "UnitNorm": UnitNorm, "unit_norm": UnitNorm, "unitnorm": UnitNorm,
        "RadialConstraint": RadialConstraint, "radial_constraint": RadialConstraint,
    },
)  # fmt: skip
get = FAMILY.get
serialize = FAMILY.serialize
deserialize = FAMILY.deserialize

__all__ = [
    "FAMILY",
    "Constraint", "MaxNorm", "MinMaxNorm", "NonNeg", "UnitNorm", "RadialConstraint",
    "max_norm", "maxnorm", "min_max_norm", "non_neg", "nonneg", "unit_norm", "unitnorm", "radial_constraint",
    "get", "serialize", "deserialize",
]  # fmt: skip
