"""SavedModel folders, as tf.keras 2 writes them by `model.save("folder")`."""

from __future__ import annotations

import os
from typing import Any

from torchkeras.saving.format import Format
from torchkeras.saving.saved_model import loading, saving
from torchkeras.saving.saved_model.folder import METADATA, MODEL


class SavedModelFormat(Format):
    """Folders of TensorFlow's."""

    name = "TensorFlow's SavedModel format"
    folder = True

    def recognises(self, path: str) -> bool:
        return os.path.isdir(path) and any(os.path.lexists(os.path.join(path, name)) for name in (MODEL, METADATA))

    def save_model(self, model: Any, path: str, include_optimizer: bool) -> None:
        saving.save_model(model, path, include_optimizer)

    def load_model(self, path: str, custom_objects: dict[str, Any] | None, compile: bool) -> Any:
        return loading.load_model(path, custom_objects, compile)

    def load_weights(self, model: Any, path: str, by_name: bool, skip_mismatch: bool) -> None:
        self.refuse_by_name(by_name)
        loading.load_weights(model, path, skip_mismatch)
