"""What the store's tests borrow of the administration's."""

from typing import Any

import pytest

from tests.server.admin.conftest import Admin


@pytest.fixture
def admin(api: Any) -> Admin:
    return Admin(api)
