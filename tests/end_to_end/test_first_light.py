"""From the mouse to the model and back, in a person's steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFont
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget
from tiny_checkpoints import build_lfm2_vl

from app.conversation import TurnState
from app.startup import Program
from engine.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

LONG_ANSWER = 1000
LINES = ("Harbour 12", "Copper lamp", "Gate B7", "Order 4821", "Silver boat")
BILL = [
    "Invoice of Marsh Works Ltd",
    "Order number: KX-48213",
    "Customer: Elena Farah",
    "Total: 148.50 EUR",
    "Delivery date: 14 March 2026",
]


def line_picture(folder: Path, number: int, text: str) -> Path:
    picture = Image.new("RGB", (240, 48), "white")
    ImageDraw.Draw(picture).text((14, 14), text, "black", ImageFont.load_default(16))
    path = folder / f"line-{number}.png"
    picture.save(path)
    return path


def test_pictures_dropped_on_the_window_are_read(open_program, tmp_path: Path) -> None:
    person = open_program()
    right = 0
    for number, text in enumerate(LINES):
        person.program.session.open_new()
        person.drop(line_picture(tmp_path, number, text))
        turn = person.ask("What does the picture say?")
        assert turn.state is TurnState.DONE
        assert turn.usage.image_tokens >= 4
        right += turn.answer.strip() == text
    assert right >= 3, "four of these five are read by the model that is shipped"


def test_a_dropped_pdf_is_asked_twice_and_read_once(open_program, make_files, qtbot) -> None:
    person = open_program()
    person.drop(make_files.pdf("Bill.pdf", ["\n".join(BILL)]))
    first = person.ask("What is the order number?")
    second = person.ask("What is the total?")
    assert "KX-48213" in first.answer
    assert "148.50" in second.answer
    kept = first.usage.prompt_tokens + first.usage.completion_tokens - 1
    assert second.usage.reused_tokens == kept
    assert person.program.window.header.title.full == "What is the order number?"
    share = round(100 * kept / second.usage.prompt_tokens)
    cells = person.program.window.strip.findChildren(QWidget)
    qtbot.waitUntil(lambda: f"reused {share} %" in {c.accessibleName() for c in cells})


def test_a_question_waits_for_the_model_and_is_then_answered(qapp, qtbot) -> None:
    program = Program(qapp)
    try:
        program.show()
        editor = program.page.composer.editor
        qtbot.keyClicks(editor, "Hello")
        qtbot.keyClick(editor, Qt.Key.Key_Return)
        (turn,) = program.session.current.turns
        assert turn.state is TurnState.QUEUED
        qtbot.waitUntil(lambda: turn.state is TurnState.DONE, timeout=60_000)
        assert turn.answer
    finally:
        program.window.close()
        program.close()
        program.window.deleteLater()


def test_picture_data_without_a_file_is_taken_too(open_program, tmp_path: Path, qtbot) -> None:
    person = open_program()
    data = QMimeData()
    data.setImageData(QImage(str(line_picture(tmp_path, 0, LINES[0]))))
    person.drop_data(data)
    (part,) = person.program.page.composer.draft().attachments
    assert (part.width, part.height) == (240, 48)
    meter = person.program.page.composer.meter
    qtbot.waitUntil(lambda: meter.accessibleName().endswith(" tokens"), timeout=10_000)
    assert int(meter.accessibleName().split()[0]) > 4
    assert person.ask("What does the picture say?").state is TurnState.DONE


def test_every_bad_file_is_a_sentence_and_the_next_question_works(open_program, make_files) -> None:
    person = open_program()
    composer = person.program.page.composer
    composer.editor.setPlainText("My question stays.")
    person.drop(
        make_files.text("notes.png", "plain words"),
        make_files.truncated_png("cut.png"),
        make_files.huge_png("huge.png"),
        make_files.empty_pdf("empty.pdf"),
        make_files.damaged_pdf("broken.pdf"),
        make_files.encrypted_pdf("locked.pdf", ["secret"]),
        make_files.folder / "missing.pdf",
        make_files.pdf("good.pdf", ["\n".join(BILL)]),
    )
    chips = composer.attachments.chips
    sentences = [chip.accessibleName() for chip in chips if chip.part is None]
    assert len(sentences) == 7
    names = ("notes.png", "cut.png", "huge.png", "empty.pdf", "broken.pdf", "locked.pdf")
    for name in (*names, "missing.pdf"):
        assert any(name in sentence for sentence in sentences), name
    assert [part.name for part in composer.draft().attachments] == ["good.pdf"]
    assert composer.draft().text == "My question stays."
    composer.editor.clear()
    assert "KX-48213" in person.ask("What is the order number?").answer


def test_a_question_longer_than_the_context_is_not_sent_and_stays(
    open_program, make_files, qtbot
) -> None:
    person = open_program()
    composer = person.program.page.composer
    person.drop(make_files.text("long.txt", "The gate is open. " * 2000))
    composer.editor.setPlainText("What is open?")
    qtbot.waitUntil(lambda: "over" in composer.meter.accessibleName(), timeout=30_000)
    qtbot.keyClick(composer.editor, Qt.Key.Key_Return)
    assert person.program.session.current.turns == []
    assert composer.draft().text == "What is open?"
    composer.clear()
    assert person.ask("Hello").state is TurnState.DONE


def test_stop_keeps_what_was_said_and_continue_goes_on(open_program, qtbot, tmp_path: Path) -> None:
    # It would speak for many seconds yet, so nothing but the stop can end it this early.
    endless = build_lfm2_vl(tmp_path / "endless", max_context=8192)
    person = open_program(Settings(model_folder=endless, max_tokens=LONG_ANSWER, temperature=0.0))
    session = person.program.session
    whole = person.ask("What can you do?")
    assert (whole.state, whole.completion_tokens) == (TurnState.CUT, LONG_ANSWER)
    session.open_new()
    turn = person.send("What can you do?")
    qtbot.waitUntil(lambda: turn.completion_tokens >= 2, timeout=30_000)
    person.program.page.composer.stop_requested.emit()
    qtbot.waitUntil(lambda: not turn.state.running, timeout=30_000)
    assert turn.state is TurnState.CANCELLED
    assert 2 <= turn.completion_tokens < LONG_ANSWER
    assert turn.answer
    assert whole.answer.startswith(turn.answer)
    session.resume(turn)
    qtbot.waitUntil(lambda: not turn.state.running, timeout=60_000)
    assert turn.answer.startswith(whole.answer)
