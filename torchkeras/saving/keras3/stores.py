"""Where one layer's values lie in a file, seen as a dict: what `save_own_variables` and its kind are given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from torchkeras.saving.containers.hdf5 import Dataset, Group, GroupWriter
from torchkeras.saving.values import read_tensor, write_value


class WriteStore:
    """Takes values by name.

    Args:
        root: the file's.
        path: of the layer; '' for the model itself.
        name: the layer's, which Keras 3 notes beside its values.
    """

    def __init__(self, root: GroupWriter, path: str, name: str | None) -> None:
        self._group = root.group(f"{path}/vars" if path else "vars")
        if name is not None:
            self._group.attribute("name", name)

    def __setitem__(self, key: str, value: Any) -> None:
        write_value(self._group, key, value)

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and key in self._group


class ReadStore(Mapping[str, Any]):
    """Gives arrays by name.

    Args:
        group: the group of the values; None where there is none.
    """

    def __init__(self, group: Group | None) -> None:
        self._group = group
        self._names = [] if group is None else [name for name in group.names() if not group.is_group(name)]

    def __getitem__(self, key: str) -> Any:
        tensor = read_tensor(self.dataset(key))
        return tensor.float().numpy() if self.dataset(key).bfloat16 else tensor.numpy()

    def dataset(self, key: str) -> Dataset:
        """The data set of that name, which is not read yet."""
        if self._group is None or key not in self._names:
            raise KeyError(key)
        return self._group.dataset(key)

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The shape of each value."""
        return {name: tuple(self.dataset(name).shape) for name in self._names}

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __contains__(self, key: object) -> bool:
        return key in self._names


def group_at(root: Group, path: str) -> Group | None:
    """The group of the values of what lies at a path; None where there is none."""
    whole = f"{path}/vars" if path else "vars"
    return root.group(whole) if root.is_group(whole) else None
