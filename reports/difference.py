"""Two values side by side: what differs, and just enough of what does not. Pure."""

from dataclasses import dataclass

LONG = 1500
"""Characters of a value shown; record.json has it all."""
LONGEST_WORD = 24
"""Characters. A longer run without a break (base64, say) is no word and may be cut."""
AROUND = 60
"""Characters of what two long values share, shown around their difference."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Two texts, taken apart: what they share around what differs."""

    head: str
    before: str
    after: str
    tail: str


def difference(before: str, after: str) -> Difference:
    """Take two texts apart, at words where it can be; of what they share only what surrounds the difference is kept."""
    head = _whole_words(before, _shared(before, after))
    tail = _whole_words(before[::-1], _shared(before[head:][::-1], after[head:][::-1]))
    old, new = (shortened(text[head : len(text) - tail]) for text in (before, after))
    shared_head, shared_tail = before[:head], before[len(before) - tail :]
    if len(shared_head) > AROUND:
        shared_head = "…" + shared_head[-AROUND:]
    if len(shared_tail) > AROUND:
        shared_tail = shared_tail[:AROUND] + "…"
    return Difference(shared_head, old, new, shared_tail)


def _shared(one: str, other: str) -> int:
    """How many characters two texts share at their beginning."""
    size = min(len(one), len(other))
    return next((at for at in range(size) if one[at] != other[at]), size)


def _whole_words(text: str, shared: int) -> int:
    """A few characters less, so that no word or number is cut: 20 and 60 differ, not 2 and 6."""
    word = next((back for back in range(shared) if not text[shared - 1 - back].isalnum()), shared)
    return shared - word if word <= LONGEST_WORD else shared


def shortened(text: str, longest: int = LONG) -> str:
    """The text, cut where it is too long to read; says how much is missing."""
    if len(text) <= longest:
        return text
    return f"{text[:longest]}… ({len(text) - longest:,} more characters in record.json)"
