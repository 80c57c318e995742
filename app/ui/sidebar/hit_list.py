"""What a search has found: a title and a line of context each, matches in bold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QObject, QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.ui.sidebar.conversation_delegate import PADDING, paint_frame
from app.ui.sidebar.conversation_model import ROW_HEIGHT
from app.ui.sidebar.marked_line import MarkedLook, draw_marked
from app.ui.sidebar.row_view import RowModel, RowView
from app.ui.tokens import RADIUS_CONTROL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QColor, QKeyEvent

    from app.store.search import Hit
    from app.ui.sidebar.row_view import Index
    from app.ui.theme import Theme

_TOP, _TITLE_LINE, _CONTEXT_LINE = 6, 20, 16
HIT_HEIGHT = _TOP + _TITLE_LINE + _CONTEXT_LINE + _TOP
_RING = 2
_NO_INDEX = QModelIndex()
_Role = Qt.ItemDataRole
_Flag = QItemSelectionModel.SelectionFlag


class HitModel(RowModel):
    """The hits, in the order in which they were found."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._hits: tuple[Hit, ...] = ()

    def show(self, hits: Sequence[Hit]) -> None:
        """Hold other hits."""
        self.beginResetModel()
        self._hits = tuple(hits)
        self.endResetModel()

    def hit(self, row: int) -> Hit:
        """The hit at `row`."""
        return self._hits[row]

    def row_of(self, conversation_id: str | None) -> int:
        """Where a conversation is; -1 where it is not."""
        ids = (row for row, hit in enumerate(self._hits) if hit.row.id == conversation_id)
        return next(ids, -1)

    def heights(self) -> Sequence[int]:
        """Two lines where there is context; in pixels at the usual text size."""
        return [HIT_HEIGHT if hit.line else ROW_HEIGHT for hit in self._hits]

    def rowCount(self, parent: Index = _NO_INDEX) -> int:
        """How many hits there are."""
        return 0 if parent.isValid() else len(self._hits)

    def data(self, index: Index, role: int = _Role.DisplayRole) -> str | None:
        """Title and context in words."""
        if not index.isValid():
            return None
        hit = self._hits[index.row()]
        if role == _Role.DisplayRole:
            return hit.row.title
        if role == _Role.AccessibleTextRole:
            return f"{hit.row.title}: {hit.line}" if hit.line else hit.row.title
        return None


class HitList(RowView):
    """The hits; `chosen` says which one was opened, `left` that Up or Esc leads back."""

    chosen = Signal(object)
    left = Signal()
    dropped = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        self.hits = HitModel()
        super().__init__(theme, self.hits, parent)
        self.hits.setParent(self)
        self._open: str | None = None
        self.setItemDelegate(_HitDelegate(theme, self))
        self.setAccessibleName("Conversations found")
        self.clicked.connect(lambda index: self.chosen.emit(self.hits.hit(index.row())))

    def show_hits(self, hits: Sequence[Hit]) -> None:
        """Show other hits, from the first on; the keyboard stays at its conversation."""
        row = self.currentIndex().row()
        at = self.hits.hit(row).row.id if row >= 0 else None
        self.hits.show(hits)
        self.scrollToTop()
        stay = self.hits.row_of(at)
        first = 0 if self.hasFocus() else -1
        index = self.hits.index(stay if stay >= 0 else first)
        self.selectionModel().setCurrentIndex(index, _Flag.NoUpdate)
        self._mark_open()

    def show_open(self, conversation_id: str | None) -> None:
        """Which conversation is open."""
        self._open = conversation_id
        self._mark_open()

    def enter(self) -> None:
        """Go to the first hit."""
        self.selectionModel().setCurrentIndex(self.hits.index(0), _Flag.NoUpdate)
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def choose_first(self) -> None:
        """Open the first hit."""
        if self.hits.rowCount():
            self.chosen.emit(self.hits.hit(0))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens, Up from the first hit and Esc lead back to the field."""
        row, key = self.currentIndex().row(), event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and row >= 0:
            self.chosen.emit(self.hits.hit(row))
        elif key == Qt.Key.Key_Up and row <= 0:
            self.left.emit()
        elif key == Qt.Key.Key_Escape:
            self.dropped.emit()
        else:
            super().keyPressEvent(event)

    def _mark_open(self) -> None:
        index = self.hits.index(self.hits.row_of(self._open))
        self.selectionModel().select(index, _Flag.ClearAndSelect)


class _HitDelegate(QStyledItemDelegate):
    def __init__(self, theme: Theme, view: HitList) -> None:
        super().__init__(view)
        self._theme, self._view = theme, view

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """One line or two."""
        height = self._theme.px(self._view.hits.heights()[index.row()])
        return QSize(option.rect.width(), height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw one hit."""
        hit, colors, state = self._view.hits.hit(index.row()), self._theme.colors, option.state
        opened = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if opened or state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(self._theme.wash_pen)
            painter.setBrush(colors.wash)
            painter.drawRoundedRect(option.rect, RADIUS_CONTROL, RADIUS_CONTROL)
        self._paint_words(painter, option.rect, hit, colors.ink if opened else colors.ink2)
        if state & QStyle.StateFlag.State_HasFocus and self._view.shows_ring:
            paint_frame(painter, option.rect, QPen(colors.focus, _RING))
        painter.restore()

    def _paint_words(self, painter: QPainter, rect: QRect, hit: Hit, ink: QColor) -> None:
        theme = self._theme
        top, strongest = theme.px(_TOP), theme.colors.ink
        inside = rect.adjusted(PADDING, top, -PADDING, -top)
        title = QRect(inside.left(), inside.top(), inside.width(), theme.px(_TITLE_LINE))
        strong = theme.font("body_strong")
        look = MarkedLook(theme.font("body"), ink, strong, strongest)
        draw_marked(painter, title, hit.row.title, hit.title_marks, look)
        if not hit.line:
            return
        line = QRect(inside.left(), title.bottom() + 1, inside.width(), theme.px(_CONTEXT_LINE))
        strong_meta = theme.font("meta")
        strong_meta.setWeight(strong.weight())
        look = MarkedLook(theme.font("meta"), theme.colors.ink3, strong_meta, strongest)
        draw_marked(painter, line, hit.line, hit.marks, look)
