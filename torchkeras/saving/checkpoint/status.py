"""What restoring a checkpoint gives: how far it found its way into objects."""

from __future__ import annotations

from typing import Any, NoReturn

from torchkeras.core.variable import Variable
from torchkeras.saving.checkpoint.objects import identity, variables_of
from torchkeras.saving.checkpoint.restoring import Restoration

#: What versions before 2.5 wrote of each layer, and nothing reads.
_CONFIG = "OBJECT_CONFIG_JSON"


class Status:
    """The state of a restoration, asked when it is wanted: objects may be made, and restored, later.

    Args:
        restoration: the checkpoint on its way.
        root: the object it is restored into.
    """

    def __init__(self, restoration: Restoration, root: Any) -> None:
        self._restoration, self._root = restoration, root

    def assert_consumed(self) -> Status:
        """All that is in the checkpoint was taken, and every variable has its value from it."""
        self.assert_existing_objects_matched()
        found = self._restoration
        left = [
            key
            for number, node in enumerate(found.nodes)
            if number not in found.objects
            for name, key in node.keys.items()
            if name != _CONFIG
        ]
        if left:
            raise AssertionError(
                f"Unresolved object in checkpoint {found.source.prefix!r}: {len(left)} of its values belong to "
                f"nothing in the program: {', '.join(left[:10])}{', ...' if len(left) > 10 else ''}"
            )
        return self

    def assert_existing_objects_matched(self) -> Status:
        """Every variable that is there has its value from the checkpoint."""
        assigned = self._restoration.assigned
        missed = [one for one in variables_of(self._root) if identity(one) not in assigned]
        if missed:
            shown = [_shown(one) for one in missed[:10]]
            raise AssertionError(
                f"Found {len(missed)} Python objects that were not bound to checkpointed values, likely due to "
                f"changes in the Python program. Showing {len(shown)} of {len(missed)} unmatched objects: {shown}"
            )
        return self

    def assert_nontrivial_match(self) -> Status:
        """Something besides the root was taken."""
        found = self._restoration
        if len(found.objects) < 2:
            raise AssertionError(
                f"Nothing to load. No dependencies of {type(self._root).__name__} were found in the checkpoint "
                f"{found.source.prefix!r}."
            )
        return self

    def expect_partial(self) -> Status:
        """Accepted: there are no warnings about what was not taken."""
        return self

    def initialize_or_restore(self, session: Any = None) -> None:
        """Nothing: values were given at once."""

    def run_restore_ops(self, session: Any = None) -> None:
        """Nothing: values were given at once."""


class NothingRestored:
    """What restoring from None gives: a run that begins anew. Nothing can be asserted of it."""

    def assert_consumed(self) -> NoReturn:
        """An AssertionError."""
        raise AssertionError("No checkpoint specified (save_path=None); nothing is being restored.")

    assert_existing_objects_matched = assert_nontrivial_match = assert_consumed

    def expect_partial(self) -> NothingRestored:
        """Accepted."""
        return self

    def initialize_or_restore(self, session: Any = None) -> None:
        """Nothing: variables have their values."""

    def run_restore_ops(self, session: Any = None) -> NoReturn:
        """An AssertionError, as in TensorFlow."""
        self.assert_consumed()


def _shown(variable: Variable) -> str:
    return f"{variable.name} of the shape {tuple(variable.shape)}"


__all__ = ["NothingRestored", "Status"]
