"""TFRecordWriter and its options."""

from __future__ import annotations

import os
import zlib
from typing import IO, Any

from torchkeras.core.op_errors import FailedPreconditionError, NotFoundError
from torchkeras.records.framing import WINDOW_BITS, compression, frame


class TFRecordCompressionType:
    """How a file of records is compressed."""

    NONE, ZLIB, GZIP = range(3)


_NAMES = {TFRecordCompressionType.NONE: "", TFRecordCompressionType.ZLIB: "ZLIB", TFRecordCompressionType.GZIP: "GZIP"}


class TFRecordOptions:
    """Options of a file of records.

    Args:
        compression_type: 'GZIP', 'ZLIB' or ''; a TFRecordCompressionType too.
        flush_mode, input_buffer_size, output_buffer_size: accepted, and without effect here.
        window_bits, compression_level, compression_method, mem_level, compression_strategy: zlib's settings.
    """

    compression_type_map = _NAMES

    def __init__(
        self,
        compression_type: Any = None,
        flush_mode: int | None = None,
        input_buffer_size: int | None = None,
        output_buffer_size: int | None = None,
        window_bits: int | None = None,
        compression_level: int | None = None,
        compression_method: int | None = None,
        mem_level: int | None = None,
        compression_strategy: int | None = None,
    ) -> None:
        self.get_compression_type_string(compression_type)
        self.compression_type = compression_type
        self.flush_mode = flush_mode
        self.input_buffer_size = input_buffer_size
        self.output_buffer_size = output_buffer_size
        self.window_bits = window_bits
        self.compression_level = compression_level
        self.compression_method = compression_method
        self.mem_level = mem_level
        self.compression_strategy = compression_strategy

    @classmethod
    def get_compression_type_string(cls, options: Any) -> str:
        """'GZIP', 'ZLIB' or '' for options, a type, a name or None."""
        if isinstance(options, TFRecordOptions):
            options = options.compression_type
        if isinstance(options, int):
            options = _NAMES.get(options, str(options))
        return compression(options)


class TFRecordWriter:
    """Writes records into a file.

        with TFRecordWriter("train.tfrecord") as writer:
            writer.write(example.SerializeToString())

    Args:
        path: the file; what is there is replaced.
        options: TFRecordOptions, or the name of a compression.
    """

    def __init__(self, path: str | os.PathLike[str], options: Any = None) -> None:
        kind = TFRecordOptions.get_compression_type_string(options)
        self._engine = None
        if kind:
            self._engine = _engine(kind, options if isinstance(options, TFRecordOptions) else TFRecordOptions(kind))
        try:
            self._file: IO[bytes] | None = open(path, "wb")  # noqa: SIM115
        except FileNotFoundError:
            raise NotFoundError(None, None, f"{os.fspath(path)}; No such file or directory") from None

    def write(self, record: bytes) -> None:
        """Adds a record: bytes, such as a serialized Example."""
        if isinstance(record, str):
            record = record.encode()
        if not isinstance(record, (bytes, bytearray, memoryview)):
            raise TypeError(
                f"write() expects a record as bytes. Received: {type(record).__name__}. "
                f"Use `example.SerializeToString()`, or `.numpy()` of a string tensor."
            )
        file = self._open_file()
        framed = frame(bytes(record))
        file.write(framed if self._engine is None else self._engine.compress(framed))

    def flush(self) -> None:
        file = self._open_file()
        if self._engine is not None:
            file.write(self._engine.flush(zlib.Z_SYNC_FLUSH))
        file.flush()

    def close(self) -> None:
        if self._file is not None:
            if self._engine is not None:
                self._file.write(self._engine.flush())
            self._file.close()
            self._file = None

    def _open_file(self) -> IO[bytes]:
        if self._file is None:
            raise FailedPreconditionError(None, None, "Writer is closed.")
        return self._file

    def __enter__(self) -> TFRecordWriter:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def __del__(self) -> None:
        if getattr(self, "_file", None) is not None:
            self.close()


def _engine(kind: str, options: TFRecordOptions) -> Any:
    def given(value: int | None, default: int) -> int:
        return default if value is None else value

    bits = WINDOW_BITS[kind] if options.window_bits is None else options.window_bits % 16 + WINDOW_BITS[kind] - 15
    return zlib.compressobj(
        given(options.compression_level, zlib.Z_DEFAULT_COMPRESSION),
        given(options.compression_method, zlib.DEFLATED),
        bits,
        given(options.mem_level, 9),
        given(options.compression_strategy, zlib.Z_DEFAULT_STRATEGY),
    )
