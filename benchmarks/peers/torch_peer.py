"""The loop by hand that people write when they want it fast, and the same fed by a DataLoader."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from benchmarks.networks.network import EPSILON, MOMENTUM, RATE, Network
from benchmarks.networks.weights import load_weights
from benchmarks.peers.task import Data, Task


class TorchPeer:
    """The data as tensors on the device beforehand, a gather per batch, channels_last, the fused optimizer, figures
    summed up on the device and read once an epoch."""

    def __init__(self, task: Task, network: Network, data: Data) -> None:
        self.task, self.network, self.data = task, network, data
        self.device = torch.device(task.device)
        if task.device == "cuda":
            torch.set_float32_matmul_precision("high")
            torch.backends.cudnn.allow_tf32 = True
            torch.backends.cudnn.benchmark = True
        self.net = self._module()
        self.reset()
        self.x, self.y = self._tensors()

    def _module(self) -> nn.Module:
        net: nn.Module = self.network.torch().to(self.device)
        if self.data.x.ndim == 4:
            net = net.to(memory_format=torch.channels_last)
        return net

    def _tensors(self) -> tuple[Tensor, Tensor]:
        x = torch.from_numpy(self.data.x).to(self.device)
        if x.dim() == 4:
            x = x.permute(0, 3, 1, 2)  # NHWC memory: channels_last
        return x, torch.from_numpy(self.data.y).to(self.device)

    def compile(self) -> None:
        weights = [p for p in self.net.parameters() if p.requires_grad]
        if self.network.optimizer == "adam":
            made: torch.optim.Optimizer = torch.optim.Adam(weights, eps=EPSILON, fused=True, capturable=self.capturable)
        else:
            made = torch.optim.SGD(weights, lr=RATE, momentum=MOMENTUM, fused=True)
        self.optimizer = made

    #: Whether the optimizer must work within a CUDA graph.
    capturable = False

    def reset(self) -> None:
        load_weights(self.net, [w for layer in self.data.weights for w in layer], self.network.flattened)

    # --- training ---

    def fit(self, samples: int, shuffle: bool) -> tuple[float, float]:
        self.net.train()
        total = torch.zeros((), device=self.device)
        right = torch.zeros((), dtype=torch.int64, device=self.device)
        for x, y in self.batches(samples, shuffle):
            loss, out = self.loss(x, y)
            self.optimizer.zero_grad(set_to_none=True)
            loss.backward()
            self.optimizer.step()
            with torch.no_grad():
                total += loss.detach() * len(x)
                right += self.right(out, y)
        return float(total) / samples, float(right) / samples

    def batches(self, samples: int, shuffle: bool) -> Iterator[tuple[Tensor, Tensor]]:
        batch = self.task.batch
        order = torch.randperm(samples, device=self.device) if shuffle else None
        for start in range(0, samples, batch):
            stop = min(start + batch, samples)
            if order is None:
                yield self.x[start:stop], self.y[start:stop]
            else:
                index = order[start:stop]
                yield self.x[index], self.y[index]

    def loss(self, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        """The loss, and the logits."""
        with self.autocast():
            out = self.net(x)
            if self.network.classes == 1:
                out = out.squeeze(1)
                return F.binary_cross_entropy_with_logits(out, y.to(out.dtype)), out
            return F.cross_entropy(out, y), out

    def autocast(self) -> AbstractContextManager[object]:
        if self.task.precision == "mixed":
            return torch.autocast(self.task.device, torch.bfloat16)
        return nullcontext()

    def right(self, out: Tensor, y: Tensor) -> Tensor:
        """How many answers are."""
        answers = out > 0 if self.network.classes == 1 else out.argmax(1)
        return (answers == y).sum()

    # --- using what was trained ---

    def evaluate(self, samples: int) -> tuple[float, float]:
        self.net.eval()
        total = torch.zeros((), device=self.device)
        right = torch.zeros((), dtype=torch.int64, device=self.device)
        with torch.inference_mode():
            for x, y in self.batches(samples, shuffle=False):
                loss, out = self.loss(x, y)
                total += loss * len(x)
                right += self.right(out, y)
        return float(total) / samples, float(right) / samples

    def predict(self, samples: int) -> np.ndarray:
        self.net.eval()
        parts = []
        with torch.inference_mode(), self.autocast():
            for start in range(0, samples, 1000):
                out = self.net(self.x[start : min(start + 1000, samples)])
                parts.append(out.sigmoid() if self.network.classes == 1 else out.softmax(1))
        found = parts[0] if len(parts) == 1 else torch.cat(parts)
        result: np.ndarray = found.float().cpu().numpy()
        return result

    def build(self) -> None:
        self._module()

    def synchronize(self) -> None:
        if self.task.device == "cuda":
            torch.cuda.synchronize()

    def busy(self, samples: int) -> float | None:
        if self.task.device != "cuda":
            return None
        from benchmarks.peers.busy import busy

        return busy(lambda: self.fit(samples, True))

    def versions(self) -> dict[str, str]:
        return {"torch": torch.__version__}


class LoaderPeer(TorchPeer):
    """Batches come from a DataLoader over tensors of the host, pinned where there is a GPU to copy them to."""

    def _tensors(self) -> tuple[Tensor, Tensor]:
        x = torch.from_numpy(self.data.x)
        return x.permute(0, 3, 1, 2) if x.dim() == 4 else x, torch.from_numpy(self.data.y)

    def batches(self, samples: int, shuffle: bool) -> Iterator[tuple[Tensor, Tensor]]:
        from torch.utils.data import DataLoader, TensorDataset

        data = TensorDataset(self.x[:samples], self.y[:samples])
        pinned = self.task.device == "cuda"
        for x, y in DataLoader(data, batch_size=self.task.batch, shuffle=shuffle, pin_memory=pinned):
            yield x.to(self.device, non_blocking=True), y.to(self.device, non_blocking=True)
