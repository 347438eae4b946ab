"""onnxruntime sessions with explicit providers and threads."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Sequence
from pathlib import Path

import onnxruntime as ort

from export.runtime.errors import ProviderError

PREFERRED = ("CUDAExecutionProvider", "CPUExecutionProvider")


def choose_providers(wanted: Sequence[str] | None) -> list[str]:
    """CUDA where it is to be had, then the CPU; or what was asked for.

    Raises:
        ProviderError: an asked-for provider that this build of onnxruntime does not have.
    """
    available = ort.get_available_providers()
    if wanted is None:
        return [name for name in PREFERRED if name in available and (name != "CUDAExecutionProvider" or _has_cuda_driver())]
    missing = [name for name in wanted if name not in available]
    if missing:
        raise ProviderError(f"onnxruntime has no {', '.join(missing)} here; it has {', '.join(available)}.")
    return list(wanted)


def _has_cuda_driver() -> bool:
    """The CUDA build also runs where there is no GPU; asking it for CUDA there costs seconds and prints errors."""
    try:
        ctypes.CDLL("libcuda.so.1" if sys.platform != "win32" else "nvcuda.dll")
    except OSError:
        return False
    return True


def open_session(path: Path, *, threads: int, providers: Sequence[str]) -> ort.InferenceSession:
    """A session of one graph; `threads` inside an operator, one operator at a time."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.execution_mode = ort.ExecutionMode.ORT_SEQUENTIAL
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_ALL
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return ort.InferenceSession(str(path), options, providers=list(providers))
