"""One peer of a training comparison, in a process of its own: answers commands on standard input with lines of JSON.

Run as a file by whatever Python has the peer's packages. Of this project it imports torchkeras, for its own peer.
"""

from __future__ import annotations

import json
import os
import sys
from time import perf_counter

import numpy as np

BATCH = 32


def keras_model(keras, case, data):
    """The case's network in Keras's words, for every Keras there is."""
    layers = keras.layers
    if case == "mlp":
        stack = [layers.Dense(300, activation="relu"), layers.Dense(100, activation="relu")]
    elif case == "lenet":
        stack = [
            layers.Conv2D(6, 5, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(16, 5, activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(120, activation="relu"),
            layers.Dense(84, activation="relu"),
        ]
    else:
        stack = [
            layers.Conv2D(16, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(256, activation="relu"),
        ]
    classes = 100 if case == "cnn" else 10
    model = keras.Sequential([keras.Input(data["x"].shape[1:]), *stack, layers.Dense(classes, activation="softmax")])
    model.set_weights([data[f"w{i}"] for i in range(len(model.weights))])
    model.compile(keras.optimizers.Adam(), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


class KerasPeer:
    def __init__(self, keras, case, data):
        self.x, self.y = data["x"], data["y"]
        self.model = keras_model(keras, case, data)

    def epoch(self, shuffle):
        return self.model.fit(self.x, self.y, batch_size=BATCH, shuffle=shuffle, verbose=0).history["loss"][0]

    def predict(self, count):
        return self.model.predict(self.x[:count], batch_size=min(count, 1000), verbose=0)


class TorchPeer:
    """A hand-written loop: the data as tensors beforehand, the fused Adam, figures summed up and read once an epoch."""

    def __init__(self, case, data, loader=False):
        import torch
        from torch import nn

        self.torch, self.loader = torch, None
        conv = {"lenet": _lenet, "cnn": _cnn}.get(case)
        self.net = conv(nn) if conv else _mlp(nn)
        for parameter, value in zip(self.net.parameters(), _torch_weights(case, data), strict=True):
            parameter.data = torch.from_numpy(value)
        self.x, self.y = torch.from_numpy(data["x"]), torch.from_numpy(data["y"])
        if self.x.dim() == 4:
            self.net = self.net.to(memory_format=torch.channels_last)
            self.x = self.x.permute(0, 3, 1, 2)  # NHWC memory: channels_last
        self.optimizer = torch.optim.Adam(self.net.parameters(), eps=1e-7, fused=True)
        if loader:
            from torch.utils.data import DataLoader, TensorDataset

            self.loader = DataLoader(TensorDataset(self.x, self.y), batch_size=BATCH, shuffle=True)

    def _batches(self, shuffle):
        if self.loader is not None and shuffle:
            yield from self.loader
            return
        order = self.torch.randperm(len(self.x)) if shuffle else None
        for start in range(0, len(self.x), BATCH):
            if order is None:
                yield self.x[start : start + BATCH], self.y[start : start + BATCH]
            else:
                index = order[start : start + BATCH]
                yield self.x[index], self.y[index]

    def epoch(self, shuffle):
        import torch.nn.functional as F

        torch = self.torch
        total, right, seen = torch.zeros(()), torch.zeros((), dtype=torch.int64), 0
        for x, y in self._batches(shuffle):
            out = self.net(x)
            loss = F.cross_entropy(out, y)
            self.optimizer.zero_grad(set_to_none=True)
            loss.backward()
            self.optimizer.step()
            with torch.no_grad():
                total += loss.detach() * len(x)
                right += (out.argmax(1) == y).sum()
            seen += len(x)
        self.accuracy = float(right) / seen
        return float(total) / seen

    def predict(self, count):
        with self.torch.inference_mode():
            parts = [self.net(self.x[i : min(i + 1000, count)]).softmax(1) for i in range(0, count, 1000)]
            return parts[0][:1].numpy() if count == 1 else self.torch.cat(parts).numpy()


def _mlp(nn):
    return nn.Sequential(nn.Linear(784, 300), nn.ReLU(), nn.Linear(300, 100), nn.ReLU(), nn.Linear(100, 10))


def _lenet(nn):
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10),
    )  # fmt: skip


def _cnn(nn):
    return nn.Sequential(
        nn.Conv2d(3, 16, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(16, 32, 3), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(1152, 256), nn.ReLU(), nn.Linear(256, 100),
    )  # fmt: skip


def _torch_weights(case, data):
    """Keras's weights in torch's shapes; the first dense layer after a convolution sees its inputs in another order."""
    maps = {"lenet": (5, 5, 16), "cnn": (6, 6, 32)}.get(case)
    for i in range(sum(name.startswith("w") for name in data)):
        w = data[f"w{i}"]
        if w.ndim == 4:
            yield np.ascontiguousarray(w.transpose(3, 2, 0, 1))
        elif w.ndim == 2 and maps and w.shape[0] == np.prod(maps):
            yield np.ascontiguousarray(w.reshape(*maps, -1).transpose(3, 2, 0, 1).reshape(w.shape[1], -1))
        else:
            yield np.ascontiguousarray(w.T) if w.ndim == 2 else w


def make(peer, case, data):
    if peer in ("raw", "loader"):
        return TorchPeer(case, data, loader=peer == "loader")
    if peer == "torchkeras":
        import torchkeras as keras
    elif peer == "tf-keras":
        import tf_keras as keras
    else:
        os.environ["KERAS_BACKEND"] = {"keras-torch": "torch", "keras-tf": "tensorflow"}[peer]
        import keras
    return KerasPeer(keras, case, data)


def main():
    peer, case, path, threads = sys.argv[1:5]
    os.environ.update(TF_NUM_INTRAOP_THREADS=threads, TF_NUM_INTEROP_THREADS="1", OMP_NUM_THREADS=threads)
    with np.load(path) as stored:
        data = dict(stored)
    runner = make(peer, case, data)
    print(json.dumps({"ready": peer}), flush=True)
    for line in sys.stdin:
        command = json.loads(line)
        start = perf_counter()
        if command["do"] == "epoch":
            result = runner.epoch(command["shuffle"])
        else:
            found = [runner.predict(command["count"]) for _ in range(command["times"])]
            result = float(np.asarray(found[-1], dtype="float64").sum())
        print(json.dumps({"seconds": perf_counter() - start, "result": result}), flush=True)


if __name__ == "__main__":
    main()
