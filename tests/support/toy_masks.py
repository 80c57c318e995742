"""Masks small enough to be checked by eye: lists of numbers, balanced brackets, given words."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from collections.abc import Sequence


# What a mask knows of the tokens so far.
State = tuple[int, int]


class StackMask(ABC):
    """A mask whose states after each token stand on a stack, so that going back is popping."""

    def __init__(self, start: State, size: int) -> None:
        self._states, self._size = [start], size
        self._masks: dict[State, torch.Tensor] = {}
        self.computed = 0

    @property
    def stopped(self) -> bool:
        return self.ends(self._states[-1])

    def compute_mask(self) -> torch.Tensor:
        assert not self.stopped
        self.computed += 1
        state = self._states[-1]
        if state not in self._masks:
            self._masks[state] = torch.zeros(self._size, dtype=torch.bool)
            self._masks[state][list(self.follow(state))] = True
        return self._masks[state]

    def consume(self, token: int) -> None:
        following = self.follow(self._states[-1])
        assert not self.stopped
        assert token in following, "a token that the mask forbids"
        self._states.append(following[token])

    def rollback(self, count: int) -> None:
        assert 0 <= count < len(self._states)
        del self._states[len(self._states) - count :]

    @property
    def consumed(self) -> int:
        return len(self._states) - 1

    @abstractmethod
    def follow(self, state: State) -> dict[int, State]:
        """Each token that may come next, with the state after it."""

    @abstractmethod
    def ends(self, state: State) -> bool:
        """Whether nothing may come any more."""


class Numbers(StackMask):
    """Numbers of one to three digits between commas; it ends after so many full ones.

    A state is how many numbers are over and how many digits the present one has.
    """

    def __init__(self, digits: Sequence[int], comma: int, numbers: int = 10**6) -> None:
        super().__init__((0, 0), max(*digits, comma) + 1)
        self._digits, self._comma, self._numbers = digits, comma, numbers

    def follow(self, state: State) -> dict[int, State]:
        numbers, length = state
        following = {digit: (numbers, length + 1) for digit in self._digits if length < 3}
        return following | ({self._comma: (numbers + 1, 0)} if length else {})

    def ends(self, state: State) -> bool:
        return state == (self._numbers - 1, 3) or state[0] == self._numbers


class Brackets(StackMask):
    """Balanced brackets up to a depth; it ends where the first one is closed.

    A state is the depth and how many brackets there were.
    """

    def __init__(self, opening: int, closing: int, most: int = 24, depth: int = 4) -> None:
        super().__init__((0, 0), max(opening, closing) + 1)
        self._opening, self._closing = opening, closing
        self._most, self._depth = most, depth

    def follow(self, state: State) -> dict[int, State]:
        depth, count = state
        following = {}
        if depth < self._depth and count + depth + 2 <= self._most:
            following[self._opening] = (depth + 1, count + 1)
        if depth:
            following[self._closing] = (depth - 1, count + 1)
        return following

    def ends(self, state: State) -> bool:
        return state[0] == 0 and state[1] > 0


class Spelled(StackMask):
    """These tokens, one after the other, and then the end. A state is how many there were."""

    def __init__(self, tokens: Sequence[int]) -> None:
        super().__init__((0, 0), max(tokens) + 1)
        self._tokens = tokens

    def follow(self, state: State) -> dict[int, State]:
        return {self._tokens[state[0]]: (state[0] + 1, 0)}

    def ends(self, state: State) -> bool:
        return state[0] == len(self._tokens)
