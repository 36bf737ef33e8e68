"""Clusters of TensorFlow servers, which are not here."""

from __future__ import annotations

from typing import Any, NoReturn


def experimental_connect_to_cluster(cluster_spec_or_resolver: Any, *args: Any, **kwargs: Any) -> NoReturn:
    raise NotImplementedError(
        "tf.config.experimental_connect_to_cluster: there are no TensorFlow servers to connect to. Start one process "
        "for each device with `torchrun`."
    )


def experimental_connect_to_host(remote_host: Any = None, job_name: str = "worker") -> NoReturn:
    raise NotImplementedError(
        "tf.config.experimental_connect_to_host: there are no TensorFlow servers to connect to. Start one process for "
        "each device with `torchrun`."
    )


__all__ = ["experimental_connect_to_cluster", "experimental_connect_to_host"]
