"""HDF5 files, read closed and written whole, without the HDF5 library. The README says why."""

from torchkeras.saving.containers.hdf5.reader import Dataset, Group, is_hdf5, open_hdf5
from torchkeras.saving.containers.hdf5.superblock import SIGNATURE
from torchkeras.saving.containers.hdf5.writer import DatasetWriter, GroupWriter, new_hdf5

__all__ = ["SIGNATURE", "Dataset", "DatasetWriter", "Group", "GroupWriter", "is_hdf5", "new_hdf5", "open_hdf5"]
