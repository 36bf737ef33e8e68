"""Profiles: what ran when, on the processor and on the device, by torch.profiler."""

from __future__ import annotations

import os
import socket
import time

import torch


class Profile:
    """A running profile; `stop` writes it as `plugins/profile/<time>/<host>.pt.trace.json` in a folder.

    The file is opened by Perfetto (ui.perfetto.dev), by chrome://tracing, and by TensorBoard where the plugin
    torch-tb-profiler is installed.
    """

    def __init__(self) -> None:
        activities = [torch.profiler.ProfilerActivity.CPU]
        if torch.cuda.is_available():
            activities.append(torch.profiler.ProfilerActivity.CUDA)
        self._profiler = torch.profiler.profile(activities=activities)
        self._profiler.start()

    def stop(self, folder: str | None) -> str | None:
        """Ends the profile, and writes it unless `folder` is None; gives the file's path."""
        self._profiler.stop()
        if folder is None:
            return None
        home = os.path.join(os.fspath(folder), "plugins", "profile", time.strftime("%Y_%m_%d_%H_%M_%S"))
        os.makedirs(home, exist_ok=True)
        path = os.path.join(home, f"{socket.gethostname()}.pt.trace.json")
        self._profiler.export_chrome_trace(path)
        return path
