from __future__ import annotations

import pytest

from tests.lab_powershell.running import Lab


@pytest.fixture
def lab() -> Lab:
    return Lab()
