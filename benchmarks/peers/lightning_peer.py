"""Lightning's Trainer, with nothing on that can be off: no logger, no progress bar, no checkpoints."""

from __future__ import annotations

import importlib.metadata
import logging
import warnings
from typing import Any

import lightning
import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, TensorDataset

from benchmarks.networks.network import Network
from benchmarks.peers.task import Data, Task
from benchmarks.peers.torch_peer import LoaderPeer


class Module(lightning.LightningModule):
    """The network with the loss by hand; figures are summed on the device."""

    def __init__(self, peer: LoaderPeer) -> None:
        super().__init__()
        self.net = peer.net
        self._peer = [peer]  # in a list: Lightning shall not look into it
        self.clear()

    def clear(self) -> None:
        self.figures: list[Any] = [0.0, 0]

    def training_step(self, batch: tuple[Tensor, Tensor]) -> Tensor:
        loss, out = self._peer[0].loss(*batch)
        self._add(loss.detach(), out.detach(), batch[1])
        return loss

    def validation_step(self, batch: tuple[Tensor, Tensor]) -> None:
        loss, out = self._peer[0].loss(*batch)
        self._add(loss, out, batch[1])

    def predict_step(self, batch: tuple[Tensor]) -> Tensor:
        out = self.net(batch[0])
        return out.sigmoid() if self._peer[0].network.classes == 1 else out.softmax(1)

    def _add(self, loss: Tensor, out: Tensor, y: Tensor) -> None:
        self.figures[0] = self.figures[0] + loss * len(y)
        self.figures[1] = self.figures[1] + self._peer[0].right(out, y)

    def configure_optimizers(self) -> torch.optim.Optimizer:
        return self._peer[0].optimizer


class LightningPeer(LoaderPeer):
    def __init__(self, task: Task, network: Network, data: Data) -> None:
        logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
        warnings.filterwarnings("ignore")  # advice on more workers, which small batches do not want
        super().__init__(task, network, data)

    def compile(self) -> None:
        super().compile()
        self.module = Module(self)
        self.trainer = lightning.Trainer(
            accelerator="gpu" if self.task.device == "cuda" else "cpu", devices=1, max_epochs=0,
            precision="bf16-mixed" if self.task.precision == "mixed" else "32-true",
            logger=False, enable_checkpointing=False, enable_progress_bar=False, enable_model_summary=False,
        )  # fmt: skip

    def fit(self, samples: int, shuffle: bool) -> tuple[float, float]:
        self.module.clear()
        assert self.trainer.fit_loop.max_epochs is not None
        self.trainer.fit_loop.max_epochs += 1
        self.trainer.fit(self.module, self._loader(samples, shuffle))
        return self._figures(samples)

    def evaluate(self, samples: int) -> tuple[float, float]:
        self.module.clear()
        self.trainer.validate(self.module, self._loader(samples, False), verbose=False)
        return self._figures(samples)

    def predict(self, samples: int) -> np.ndarray:
        data = DataLoader(TensorDataset(self.x[:samples]), batch_size=min(samples, 1000))
        parts: Any = self.trainer.predict(self.module, data)
        result: np.ndarray = torch.cat(parts).float().cpu().numpy()
        return result

    def _figures(self, samples: int) -> tuple[float, float]:
        loss, right = self.module.figures
        return float(loss) / samples, float(right) / samples

    def _loader(self, samples: int, shuffle: bool) -> DataLoader:
        data = TensorDataset(self.x[:samples], self.y[:samples])
        return DataLoader(data, self.task.batch, shuffle=shuffle, pin_memory=self.task.device == "cuda")

    def versions(self) -> dict[str, str]:
        return {"lightning": importlib.metadata.version("lightning"), "torch": torch.__version__}
