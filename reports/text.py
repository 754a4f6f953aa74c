"""Text from AWS on its way to a person: nothing in it may act, and nothing may hide."""

import re

_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters, but tab and line feed
    "\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff"  # invisible, or turn the reading direction
    "\ud800-\udfff\ufffe\uffff]"  # no characters at all
)


def visible(text: str) -> str:
    r"""The text with everything invisible written out, e.g. an escape as `\x1b`. Tab and line feed stay."""
    return _HIDDEN.sub(lambda match: match[0].encode("unicode_escape").decode(), text)


def harmless(text: str) -> str:
    """The text on one line, with nothing in it that a terminal or the log of a CI service would obey.

    GitHub takes `##[` for a command wherever it stands: https://github.com/actions/runner, ActionCommand.cs.
    """
    return visible(text).replace("\n", " ").replace("##[", "## [")


def one_line(text: str) -> str:
    """The visible text on one line."""
    return " ".join(visible(text).split())


def sentence(text: str) -> str:
    """The text as a sentence: capital first, full stop last."""
    line = one_line(text)
    if not line:
        return ""
    return line[0].upper() + line[1:] + ("" if line.endswith((".", "!", "?")) else ".")


def count(number: int, noun: str) -> str:
    """`1 check`, `2 checks`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def duration(seconds: float) -> str:
    """`12 ms`, `4.2 s`, `3 min 05 s`, `2 h 03 min`."""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 59.95:  # noqa: PLR2004  # a minute, once rounded
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min {rest:02} s"
