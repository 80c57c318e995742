"""The suites `reuse` and `resume` at small lengths: every row runs, and none can lie."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from engine.bench import resume, reuse
from engine.bench.conversation import check_cold, check_kept, history, picture
from engine.bench.kinds import KINDS
from engine.documents import decode_image
from engine.paths import HOME_VARIABLE

if TYPE_CHECKING:
    from pathlib import Path

# Longer than the window of the sliding layers.
TOKENS = 700


def test_the_rows_have_the_names_that_other_programs_read() -> None:
    assert list(KINDS) == ["full", "sliding", "conv", "hybrid", "starter_arch"]
    assert {name: (row.kept_tokens, row.bar) for name, row in reuse.ROWS.items()} == {
        "followup_ttft_ratio_8k_full": (8_192, 0.05),
        "followup_ttft_ratio_8k_sliding": (8_192, 0.05),
        "followup_ttft_ratio_8k_conv": (8_192, 0.05),
        "followup_ttft_ratio_8k_hybrid": (8_192, 0.05),
        "followup_ttft_ratio_8k_starter_arch": (8_192, 0.05),
        "followup_ttft_ratio_32k_starter_arch": (32_768, 0.02),
    }


@pytest.mark.parametrize("kind", KINDS)
def test_a_follow_up_is_measured_beside_the_same_messages_cold(kind: str, tmp_path: Path) -> None:
    measured = reuse.FollowUp(kind, TOKENS, rounds=2, bar=0.05)
    rounds = list(reuse.timed_turns(measured, tmp_path))
    assert len(rounds) == 2
    for warm, cold in rounds:
        assert cold.usage.prompt_tokens > TOKENS
        # Answers count as they were said here, and as they are written there.
        assert abs(warm.usage.prompt_tokens - cold.usage.prompt_tokens) <= 8
        assert warm.usage.image_tokens == cold.usage.image_tokens > 0
        kept = warm.usage.reused_tokens
        assert 64 < warm.usage.prompt_tokens - kept < 128
        check_kept(warm, kept)
        check_cold(cold)
        # A figure that is not what it is called is none.
        for other in (kept - 1, kept + 1):
            with pytest.raises(AssertionError, match="tokens were kept"):
                check_kept(warm, other)
        with pytest.raises(AssertionError, match="a new conversation"):
            check_cold(warm)


def test_a_row_is_the_median_of_its_rounds() -> None:
    row = reuse.followup_row("a-row", reuse.FollowUp("starter_arch", TOKENS, rounds=1, bar=0.02))
    assert (row.suite, row.name, row.unit) == ("reuse", "a-row", "ratio")
    assert (row.bar, row.better) == (0.02, "lower")
    assert 0 < row.value < 10


@pytest.mark.parametrize("kind", KINDS)
def test_a_conversation_is_resumed(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "home"))
    model = KINDS[kind].build(tmp_path / kind, 2 * TOKENS)
    first = resume.Order(str(model), TOKENS, KINDS[kind].read_again, number=0)
    told = resume.carry_out(first)
    assert told.warm_s == 0 < told.cold_s
    assert told.kept > TOKENS
    after = replace(first, number=1, said=told.said, kept=told.kept)
    assert resume.carry_out(after).warm_s > 0
    # What has not been kept is no row.
    with pytest.raises(AssertionError, match="tokens were kept"):
        resume.carry_out(replace(after, number=8))


def test_a_resumed_row_takes_a_process_for_each_conversation() -> None:
    row = resume.resume_row("starter_arch", TOKENS, rounds=1)
    assert (row.suite, row.name) == ("resume", "warm_resume_ratio_starter_arch")
    assert (row.bar, row.better) == (0.05, "lower")
    assert 0 < row.value < 10


def test_histories_have_a_picture_each_and_nothing_in_common() -> None:
    one, other = history(1, 100), history(2, 100)
    assert one == history(1, 100)
    assert not {one[0].images[0].sha256, one[2].text} & {other[0].images[0].sha256, other[2].text}
    assert decode_image(picture(1)).size == (320, 240)
