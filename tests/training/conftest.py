"""Everything in here needs torch."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch", reason="needs the extra `train`")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/training" in item.path.as_posix():
            item.add_marker(pytest.mark.train)


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)
