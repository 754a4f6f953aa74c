"""Keeps secrets out of the evidence: at the record, before anything is rendered, and once more over the files.

Three nets. Values known to be secret (credentials in use, values configured as secrets) are found in every form they
may take; texts that look like a secret are found by pattern; and what stands under a name that says so is not told. The
second look, over the finished files, fails closed: better no evidence than a leak.
"""

import base64
import dataclasses
import hashlib
import hmac
import html
import json
import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote, quote_plus
from xml.sax.saxutils import escape, quoteattr

from pydantic import BaseModel

from reports.record import Record, Redacted, Redaction
from upgrade.errors import PlimsollError
from upgrade.rules.confidential import is_named

POLICY = "plimsoll-redaction/2"
REDACTION = "data/redaction.json"
"""Its place in the evidence."""

SHORTEST = 6
"""Characters. A shorter value is found everywhere, and replacing it would destroy the record."""

_RUN_KEY = os.urandom(32)
"""Of this process alone, and gone with it: whoever has the evidence can't find a short secret by trying."""


@dataclasses.dataclass(frozen=True, slots=True)
class _Pattern:
    """What a secret looks like; what the group `keep` matched stays."""

    rule: str
    hints: tuple[str, ...]
    """In lower case: a text without any of them is not searched."""
    pattern: re.Pattern[str]
    written: bool = True
    """Whether it is a secret in a finished file, too, where names and values of ours stand side by side."""


def _pattern(rule: str, hints: str, pattern: str, *, written: bool = True) -> _Pattern:
    return _Pattern(rule, tuple(hints.split()), re.compile(pattern, re.DOTALL), written)


_PATTERNS = (
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-prefixes
    _pattern("access-key-id", "akia asia", r"(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])"),
    _pattern(
        "private-key",
        "-----begin",
        r"-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----.*?(?:-----END [A-Z ]{0,20}PRIVATE KEY-----|\Z)",
    ),
    _pattern("jwt", "eyj", r"(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+"),
    _pattern(
        "url-password",
        "://",
        r"(?P<keep>(?<![A-Za-z0-9+.-])[A-Za-z][A-Za-z0-9+.-]{0,20}://)(?!\[REDACTED:)[^\s/@:\"'<>]*:[^\s/@\"'<>]+(?=@)",
    ),
    _pattern(
        "signed-url",
        "x-amz-",
        r"(?P<keep>(?i:X-Amz-(?:Signature|Security-Token|Credential)(?:=|%3D|:[ ]?)))[A-Za-z0-9%._~+/=-]+",
    ),
    _pattern(
        "authorization",
        "authorization",
        r"(?P<keep>(?i:\bAuthorization\b)[\"']?\s{0,2}[:=]\s{0,2}[\"']?)(?!\[REDACTED:)[^\r\n\"'<]{6,}",
    ),
    # Not RequestToken and its like, which CloudFormation puts into its reasons; not `:secret:` of an ARN.
    _pattern(
        "named",
        "password passwd passphrase secret api_key apikey access_key accesskey session_token sessiontoken",
        r"(?P<keep>(?<!:)(?i:(?:password|passwd|passphrase|secret|(?:secret_?)?(?:access|api)_?key|session_?token))"
        r"\\?[\"']?[ ]?[=:][ ]?\\?[\"']?)(?![\[{!*$<(]|arn:|true|false|null)[^\s\"'\\,;<>{}()$&]{6,}",
        written=False,
    ),
)


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
        long = {value for value in known if len(value) >= SHORTEST}
        self.too_short = len(known) - len(long)
        self.watched = len(long)
        self.found: Counter[tuple[str, str]] = Counter()
        """How often a rule has found something, by rule and by where it was found."""
        self.scanned: list[str] = []
        """Names of the files that were looked at again."""
        self._value_of = {form: value for value in sorted(long) for form in forms(value)}
        self._exact = _any_of(self._value_of)
        self._telling = _any_of(
            form for form, value in self._value_of.items() if value not in published and form not in published
        )

    def clean(self, text: str, *, where: str = "", apart: bool = False) -> tuple[str, Counter[str]]:
        """The text without secrets, and how often each rule found one.

        Args:
            text: any.
            where: what it is, for the account of what was found; where nothing is said, none is kept.
            apart: whether two secrets are to be told apart, and one recognised, within this run.
        """
        counts: Counter[str] = Counter()
        if not text.isascii():
            # What can't be written as UTF-8 (half of a surrogate pair, from JSON) could not be written at all.
            text = text.encode("utf-8", "backslashreplace").decode()
        for rule, net in self._nets(text):
            text, found = net.subn(self._replacement(rule, apart=apart), text)
            if found:
                counts[rule] += found
        if where:
            self.found.update({(rule, where): count for rule, count in counts.items()})
        return text, counts

    def hide(self, value: str, where: str) -> str:
        """What stands in the place of a value that is secret by its name."""
        self.found["named", where] += 1
        return _mark("named", value)

    def scan(self, name: str, text: str) -> None:
        """Look once more, over a file as it will be.

        Raises:
            LeakError: it holds a secret.
        """
        self.scanned.append(name)
        if self._telling is not None and self._telling.search(text):
            raise LeakError(f"{name} holds a secret (rule secret); no evidence was written")
        for each in _hinted(text):
            if each.written and each.pattern.search(text):
                raise LeakError(f"{name} holds a secret (rule {each.rule}); no evidence was written")

    def _nets(self, text: str) -> Iterator[tuple[str, re.Pattern[str]]]:
        if self._exact is not None:
            yield "secret", self._exact
        yield from ((each.rule, each.pattern) for each in _hinted(text))

    def _replacement(self, rule: str, *, apart: bool) -> Callable[[re.Match[str]], str]:
        def replacement(match: re.Match[str]) -> str:
            keep = match.groupdict().get("keep") or ""
            secret = match[0].removeprefix(keep)
            return keep + (_mark(rule, self._value_of.get(secret, secret)) if apart else f"[REDACTED:{rule}]")

        return replacement


def _hinted(text: str) -> Iterator[_Pattern]:
    """The patterns that a text may match."""
    lower = text.lower()
    return (each for each in _PATTERNS if any(hint in lower for hint in each.hints))


def _mark(rule: str, value: str) -> str:
    digest = hmac.new(_RUN_KEY, value.encode("utf-8", "backslashreplace"), hashlib.sha256).hexdigest()
    return f"[REDACTED:{rule}#{digest[:8]}]"


def redact(record: Record, secrets: Secrets) -> Record:
    """The record without secrets, and with the report of what was done."""
    cleaned: Record = _Cleaning(secrets).value(record, "")
    report = Redaction(
        policy=POLICY,
        applied=True,
        watched=secrets.watched,
        too_short=secrets.too_short,
        counts=_rows(secrets),
    )
    return cleaned.model_copy(update={"redaction": report})


def account(secrets: Secrets) -> str:
    """`redaction.json`: what was done to keep secrets out of all files that were written so far; never a value."""
    told = {
        "policy": POLICY,
        "watched": secrets.watched,
        "too_short": secrets.too_short,
        "found": [row.model_dump() for row in _rows(secrets)],
        "scanned": secrets.scanned,
    }
    return json.dumps(told, indent=1) + "\n"


def _rows(secrets: Secrets) -> tuple[Redacted, ...]:
    """What was found so far, by rule."""
    places: dict[str, dict[str, int]] = {}
    for (rule, where), count in sorted(secrets.found.items()):
        places.setdefault(rule, {})[where] = count
    return tuple(Redacted(rule=rule, count=sum(found.values()), places=found) for rule, found in places.items())


def forms(value: str) -> frozenset[str]:
    """Every form in which a value may stand in a text: as it is, escaped, encoded."""
    raw = value.encode("utf-8", "backslashreplace")
    url = {quote(value, safe="", errors="replace"), quote_plus(value, errors="replace"), quote(value, errors="replace")}
    lower = {re.sub(r"%[0-9A-F]{2}", lambda match: match[0].lower(), form) for form in url}
    escaped = {json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]}
    escaped |= {re.sub("[<>&']", lambda found: f"\\u{ord(found[0]):04x}", form) for form in escaped}  # Jinja's tojson
    escaped |= {html.escape(value), html.escape(value).replace("&#x27;", "&#39;").replace("&quot;", "&#34;")}
    escaped |= {
        escape(value),
        escape(value, {'"': "&quot;", "'": "&apos;"}),
        quoteattr(value)[1:-1],
        escape(value, {'"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#09;"}),
    }
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
    """Any of these, the longest first. Grouped by how they begin: of thousands of places few begin so."""
    groups: dict[str, list[str]] = {}
    for text in sorted(set(texts), key=lambda text: (-len(text), text)):
        groups.setdefault(text[:1], []).append(re.escape(text[1:]))
    branches = (f"{re.escape(first)}(?:{'|'.join(rest)})" for first, rest in groups.items())
    return re.compile("|".join(branches)) if groups else None


_SIDES = frozenset({"value", "before", "planned", "after", "expected", "actual"})
"""Where something named has its values."""


class _Cleaning:
    """Takes secrets out of a structure, wherever they stand. What holds none is not copied: a record is large."""

    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets
        self._clean: set[str] = set()
        """Texts without any: most stand in a record many times."""

    def value(self, value: Any, where: str, name: str = "") -> Any:
        """The same structure with every free text cleaned. Enumerations are no free text and stay what they are.

        Args:
            value: any part of the record.
            where: its place, without the numbers and names of the world.
            name: the name it stands under in the world; empty where it has none.
        """
        if isinstance(value, BaseModel):
            names = type(value).model_fields
            changed = self._fields({each: getattr(value, each) for each in names}, where, name)
            return value.model_copy(update=changed) if changed else value
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            fields = {each.name: getattr(value, each.name) for each in dataclasses.fields(value)}
            changed = self._fields(fields, where, name)
            return dataclasses.replace(value, **changed) if changed else value
        if type(value) is str:
            return self._text(value, where, name)
        if isinstance(value, dict):
            return self._dict(value, where)
        if isinstance(value, (list, tuple)):
            mapped = type(value)(self.value(inner, where, name) for inner in value)
            return value if all(new is old for new, old in zip(mapped, value, strict=True)) else mapped
        return value

    def _text(self, text: str, where: str, name: str) -> str:
        if name and is_named(name, text):
            return self._secrets.hide(text, where)
        if text in self._clean:
            return text
        cleaned, found = self._secrets.clean(text, where=where, apart=True)
        if not found and cleaned == text:
            self._clean.add(text)
            return text
        return cleaned

    def _fields(self, values: Mapping[str, Any], where: str, name: str) -> dict[str, Any]:
        named = str(values.get("path") or values.get("name") or name)
        mapped = (
            (each, value, self.value(value, f"{where}.{each}".strip("."), named if each in _SIDES else ""))
            for each, value in values.items()
        )
        return {each: new for each, value, new in mapped if new is not value}

    def _dict(self, value: dict[Any, Any], where: str) -> dict[Any, Any]:
        mapped = [(self.value(key, where), self.value(inner, where, str(key))) for key, inner in value.items()]
        if all(name is key and new is inner for (name, new), (key, inner) in zip(mapped, value.items(), strict=True)):
            return value
        changed: dict[Any, Any] = {}
        for name, new in mapped:
            while name in changed:  # two names became one; neither may vanish
                name += "'"  # noqa: PLW2901
            changed[name] = new
        return changed
