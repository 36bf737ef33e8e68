"""RemoteMonitor."""

from __future__ import annotations

import json
import urllib.error
import urllib.parse
import urllib.request
import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np

from torchkeras.callbacks.callback import Callback

_PATIENCE = 10.0  # seconds


class RemoteMonitor(Callback):
    """Sends the logs of each epoch to a server, by HTTP POST.

    Args:
        root: the address of the server.
        path: what to call there.
        field: the name of the form's field that holds the JSON.
        headers: of the request.
        send_as_json: whether to send the JSON itself in place of a form.
    """

    only_first = True

    def __init__(
        self,
        root: str = "http://localhost:9000",
        path: str = "/publish/epoch/end/",
        field: str = "data",
        headers: Mapping[str, str] | None = None,
        send_as_json: bool = False,
    ) -> None:
        self.root = root
        self.path = path
        self.field = field
        self.headers = headers
        self.send_as_json = send_as_json

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        event = {"epoch": epoch} | {name: _plain(value) for name, value in (logs or {}).items()}
        content = json.dumps(event)
        kind = "application/json"
        if not self.send_as_json:
            content, kind = urllib.parse.urlencode({self.field: content}), "application/x-www-form-urlencoded"
        try:
            request = urllib.request.Request(
                self.root + self.path, content.encode(), {"Content-Type": kind} | dict(self.headers or {})
            )
            urllib.request.urlopen(request, timeout=_PATIENCE).close()
        except urllib.error.HTTPError as answer:
            answer.close()  # it was reached; what it answers is its own affair
        except (OSError, ValueError):  # no connection, no address
            warnings.warn(f"Could not reach RemoteMonitor root server at {self.root}", stacklevel=2)


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, (np.ndarray, np.generic)) else value
