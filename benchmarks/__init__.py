"""torchkeras timed against plain PyTorch: `python -m benchmarks`."""
