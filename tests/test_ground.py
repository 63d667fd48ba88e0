"""The workers of a parallel run stand on servers of their own."""

from __future__ import annotations

import os

import pytest
from django.conf import settings


@pytest.mark.postgres
def test_each_worker_has_its_own_server() -> None:
    servers = os.environ.get("HUIKUAN_TEST_SERVERS", "").split()
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if len(servers) < 2 or worker is None:
        pytest.skip("one server or one worker: nothing to share out")
    own = servers[int(worker.removeprefix("gw")) % len(servers)]
    assert settings.DATABASES["default"]["HOST"] == own.partition("host=")[2]
