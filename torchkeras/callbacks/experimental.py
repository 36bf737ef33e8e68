"""keras.callbacks.experimental: where BackupAndRestore was at first."""

from torchkeras.callbacks.backup_and_restore import BackupAndRestore

__all__ = ["BackupAndRestore"]
