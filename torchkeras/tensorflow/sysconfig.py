"""tf.sysconfig: what the program was built with. There is nothing to compile against."""

from __future__ import annotations

from typing import Any, NoReturn

import torch

CXX11_ABI_FLAG = int(torch._C._GLIBCXX_USE_CXX11_ABI)
MONOLITHIC_BUILD = 0


def get_build_info() -> dict[str, Any]:
    """Whether and with which versions CUDA is used."""
    info: dict[str, Any] = {
        "is_cuda_build": torch.version.cuda is not None,
        "is_rocm_build": torch.version.hip is not None,
    }
    if torch.version.cuda is not None:
        info["cuda_version"] = torch.version.cuda
        info["cudnn_version"] = str(torch.backends.cudnn.version())
    return info


def _nothing(name: str) -> NoReturn:
    raise NotImplementedError(
        f"tf.sysconfig.{name}: there are no headers or libraries of TensorFlow's here; write extensions with "
        f"torch.utils.cpp_extension."
    )


def get_include() -> NoReturn:
    _nothing("get_include")


def get_lib() -> NoReturn:
    _nothing("get_lib")


def get_compile_flags() -> NoReturn:
    _nothing("get_compile_flags")


def get_link_flags() -> NoReturn:
    _nothing("get_link_flags")


__all__ = [
    "CXX11_ABI_FLAG", "MONOLITHIC_BUILD", "get_build_info", "get_compile_flags", "get_include", "get_lib",
    "get_link_flags",
]  # fmt: skip
