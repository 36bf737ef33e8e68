"""What a model can do with files: the public methods, as Keras names them."""

from __future__ import annotations

import os
from typing import Any

from torchkeras.saving import whole_model
from torchkeras.saving.export import export_model


class SavingMethods:
    """save, save_weights, load_weights and export."""

    def save(
        self,
        filepath: str | os.PathLike[str],
        overwrite: bool = True,
        include_optimizer: bool = True,
        save_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        """Writes the whole model to a file, for `keras.models.load_model`; see there for the arguments."""
        whole_model.save_model(self, filepath, overwrite, include_optimizer, save_format, **kwargs)

    def save_weights(
        self,
        filepath: str | os.PathLike[str],
        overwrite: bool = True,
        save_format: str | None = None,
        options: Any = None,
        max_shard_size: float | None = None,
    ) -> None:
        """Writes the weights in the format of the path's ending; without one, as a checkpoint of TensorFlow's.

        With `max_shard_size`, in GB, `m.weights.json` lists several files, none of which is larger.
        """
        whole_model.save_weights(self, filepath, overwrite, save_format, options, max_shard_size)

    def load_weights(
        self,
        filepath: str | os.PathLike[str],
        by_name: bool = False,
        skip_mismatch: bool = False,
        options: Any = None,
    ) -> Any:
        """Reads what `save_weights` or `save` wrote. Nothing in the file is run.

        Weights match by order and shape where the names differ: a model made again has other automatic names.
        """
        return whole_model.load_weights(self, filepath, skip_mismatch, by_name, options)

    def export(
        self,
        filepath: str | os.PathLike[str],
        format: str | None = None,
        verbose: bool | None = None,
        input_signature: Any = None,
        **kwargs: Any,
    ) -> None:
        """Writes the forward pass alone, to run without this library: see `export_model`."""
        export_model(self, filepath, format, verbose, input_signature, **kwargs)
