"""What the report on later payers reckons, and on the real file that the score beats the past share."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.real_files import FILES

ROOT = Path(__file__).parents[1]
sys.path.append(str(ROOT / "benchmarks"))
from later_payers import auc, share  # noqa: E402 - programs of their own, not a package


def test_auc_is_how_often_a_later_payer_stands_behind() -> None:
    assert auc([1, 2, 3, 4], [False, False, True, True]) == 1.0
    assert auc([4, 3, 2, 1], [False, False, True, True]) == 0.0
    assert auc([1, 1, 1], [False, True, True]) == 0.5
    # Of the four pairs three are in order, and one is even.
    assert auc([1, 3, 3, 4], [False, False, True, True]) == 0.875


def test_the_share_of_nothing_is_none() -> None:
    assert (share([], 15), share([16, 15, 0, -3], 15)) == (0.0, 0.25)


@pytest.mark.sealed
@pytest.mark.skipif(os.environ.get("HUIKUAN_PROVE") != "1", reason="builds a ledger of 31,418 invoices; make prove")
@pytest.mark.skipif(not FILES["hr-cleared"].exists(), reason="the public receivables files are not beside the project")
def test_the_score_tells_later_payers_better_than_the_past_share() -> None:
    script = ROOT / "benchmarks/later_payers.py"
    done = subprocess.run(
        [sys.executable, str(script), str(FILES["hr-cleared"])],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    figures = [float(found) for found in re.findall(r"AUC (\d\.\d+)", done.stdout)]
    # Two quarters, each over all invoices and those of customers with a past: score, grade, two past shares.
    assert len(figures) == 16
    for score, _grade, *rivals in zip(*[iter(figures)] * 4, strict=True):
        assert score > max(rivals)
