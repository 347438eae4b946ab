"""What lies directly in here needs torch: without the extra `train` it is not collected."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

collect_ignore_glob = [] if find_spec("torch") else ["test_*.py"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/training" in item.path.as_posix():
            item.add_marker(pytest.mark.train)


@pytest.fixture(autouse=True)
def one_thread() -> None:
    if find_spec("torch"):
        import torch

        torch.set_num_threads(1)
