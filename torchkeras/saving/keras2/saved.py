"""A value as a file has it."""

from __future__ import annotations

import numpy as np

from torchkeras.saving.containers.hdf5 import Dataset
from torchkeras.saving.values import read_tensor

#: Read already, or still in the file.
Saved = np.ndarray | Dataset


def array(value: Saved) -> np.ndarray:
    """The values themselves."""
    if isinstance(value, Dataset):
        tensor = read_tensor(value)
        found: np.ndarray = tensor.float().numpy() if value.bfloat16 else tensor.numpy()
        return found
    return value
