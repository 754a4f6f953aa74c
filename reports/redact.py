"""Keeps secrets out of the evidence: at the record, before anything is rendered, and once more over the files.

Two nets. Values known to be secret (credentials in use, values configured as secrets) are found in every form they
may take; and texts that look like a secret are found by pattern. The second look, over the finished files, fails
closed: better no evidence than a leak.
"""

import base64
import dataclasses
import html
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import quote, quote_plus
from xml.sax.saxutils import escape

from pydantic import BaseModel

from reports.record import Record, Redacted, Redaction
from upgrade.errors import PlimsollError

POLICY = "plimsoll-redaction/1"
SHORTEST = 6
"""Characters. A shorter value is found everywhere, and replacing it would destroy the record."""

_PATTERNS = {
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-prefixes
    "access-key-id": r"(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])",
    "private-key": r"-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----.*?(?:-----END [A-Z ]{0,20}PRIVATE KEY-----|\Z)",
    "jwt": r"(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+",
    "url-password": r"(?P<keep>(?<![A-Za-z0-9+.-])[A-Za-z][A-Za-z0-9+.-]{0,20}://)(?!\[REDACTED:)[^\s/@:\"'<>]*:[^\s/@\"'<>]+(?=@)",
    "signed-url": r"(?P<keep>(?i:X-Amz-(?:Signature|Security-Token|Credential)(?:=|%3D|:[ ]?)))[A-Za-z0-9%._~+/=-]+",
    "authorization": r"(?P<keep>(?i:\bAuthorization\b)[\"']?\s{0,2}[:=]\s{0,2}[\"']?)(?!\[REDACTED:)[^\r\n\"'<]{6,}",
}
"""Rule to pattern; what the group `keep` matched stays."""
_COMPILED = {rule: re.compile(pattern, re.DOTALL) for rule, pattern in _PATTERNS.items()}


class LeakError(PlimsollError):
    """A file that is about to become evidence holds a secret. Says which file and which rule, never what."""


class Secrets:
    """The values that must never be written, and the patterns none may match."""

    def __init__(self, values: Iterable[str] = (), published: str = "") -> None:
        """Make the nets.

        Args:
            values: what is known to be secret.
            published: text of ours that stands in every file (page template, schema). A value that is part of it can
                be kept out of the record, but its appearance in a file proves nothing.
        """
        known = {value for value in values if value}
        self._long = {value for value in known if len(value) >= SHORTEST}
        self.too_short = len(known) - len(self._long)
        self.watched = len(self._long)
        exact = _any_of(form for value in self._long for form in forms(value))
        telling = {form for value in self._long if value not in published for form in forms(value)}
        self._telling = _any_of(form for form in telling if form not in published)
        rules = {"secret": exact, **_COMPILED}
        self._rules = tuple((rule, net, _replacement(rule)) for rule, net in rules.items() if net is not None)

    def clean(self, text: str) -> tuple[str, Counter[str]]:
        """The text without secrets, and how often each rule found one."""
        counts: Counter[str] = Counter()
        if not text.isascii():
            # What can't be written as UTF-8 (half of a surrogate pair, from JSON) could not be written at all.
            text = text.encode("utf-8", "backslashreplace").decode()
        for rule, pattern, replacement in self._rules:
            text, found = pattern.subn(replacement, text)
            if found:
                counts[rule] += found
        return text, counts

    def scan(self, name: str, text: str) -> None:
        """Look once more, over a file as it will be.

        Raises:
            LeakError: it holds a secret.
        """
        for rule, pattern in {"secret": self._telling, **_COMPILED}.items():
            if pattern is not None and pattern.search(text):
                raise LeakError(f"{name} holds a secret (rule {rule}); no evidence was written")


def redact(record: Record, secrets: Secrets) -> Record:
    """The record without secrets, and with the report of what was done."""
    counts: Counter[str] = Counter()

    def clean(text: str) -> str:
        cleaned, found = secrets.clean(text)
        counts.update(found)
        return cleaned

    cleaned: Record = _map_texts(record, clean)
    report = Redaction(
        policy=POLICY,
        applied=True,
        watched=secrets.watched,
        too_short=secrets.too_short,
        counts=tuple(Redacted(rule=rule, count=count) for rule, count in sorted(counts.items())),
    )
    return cleaned.model_copy(update={"redaction": report})


def forms(value: str) -> frozenset[str]:
    """Every form in which a value may stand in a text: as it is, escaped, encoded."""
    raw = value.encode("utf-8", "backslashreplace")
    url = {quote(value, safe="", errors="replace"), quote_plus(value, errors="replace"), quote(value, errors="replace")}
    lower = {re.sub(r"%[0-9A-F]{2}", lambda match: match[0].lower(), form) for form in url}
    escaped = {json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]}
    escaped |= {html.escape(value), html.escape(value).replace("&#x27;", "&#39;").replace("&quot;", "&#34;")}
    escaped |= {escape(value), escape(value, {'"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#09;"})}
    return frozenset({value, raw.hex(), raw.hex().upper(), *url, *lower, *escaped, *_base64(raw)})


def _base64(raw: bytes) -> Iterable[str]:
    """Base64 of a longer text that holds this value somewhere, e.g. `user:password` in a header.

    Of three bytes' offset each, only the characters that depend on nothing but the value.
    """
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        for offset in range(3):
            encoded = encode(bytes(offset) + raw).decode().rstrip("=")
            first = (offset * 8 + 5) // 6
            last = (offset + len(raw)) * 8 // 6
            yield encoded[first:last]


def _any_of(texts: Iterable[str]) -> re.Pattern[str] | None:
    longest_first = sorted(set(texts), key=lambda text: (-len(text), text))
    return re.compile("|".join(map(re.escape, longest_first))) if longest_first else None


def _replacement(rule: str) -> Callable[[re.Match[str]], str]:
    return lambda match: (match.groupdict().get("keep") or "") + f"[REDACTED:{rule}]"


def _map_texts(value: Any, change: Callable[[str], str]) -> Any:
    """The same structure with every free text changed. Enumerations are no free text and stay what they are.

    What holds nothing that changes is not copied: a record is large.
    """
    if isinstance(value, BaseModel):
        changed = _changed({name: getattr(value, name) for name in type(value).model_fields}, change)
        return value.model_copy(update=changed) if changed else value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        changed = _changed({each.name: getattr(value, each.name) for each in dataclasses.fields(value)}, change)
        return dataclasses.replace(value, **changed) if changed else value
    if type(value) is str:
        return change(value)
    if isinstance(value, dict):
        return _map_dict(value, change)
    if isinstance(value, (list, tuple)):
        mapped = type(value)(_map_texts(inner, change) for inner in value)
        return value if all(new is old for new, old in zip(mapped, value, strict=True)) else mapped
    return value


def _changed(values: Mapping[str, Any], change: Callable[[str], str]) -> dict[str, Any]:
    mapped = ((name, value, _map_texts(value, change)) for name, value in values.items())
    return {name: new for name, value, new in mapped if new is not value}


def _map_dict(value: dict[Any, Any], change: Callable[[str], str]) -> dict[Any, Any]:
    mapped = [(_map_texts(key, change), _map_texts(inner, change)) for key, inner in value.items()]
    if all(name is key and new is inner for (name, new), (key, inner) in zip(mapped, value.items(), strict=True)):
        return value
    changed: dict[Any, Any] = {}
    for name, new in mapped:
        while name in changed:  # two names became one; neither may vanish
            name += "'"  # noqa: PLW2901
        changed[name] = new
    return changed
