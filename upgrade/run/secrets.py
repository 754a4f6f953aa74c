"""What must never be written: credentials, and secrets of the configuration, the environment, the templates and the stack."""

import os
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TypeVar

from upgrade.config.entry import StackEntry
from upgrade.config.values import FromEnvironment, Given
from upgrade.facts.known import Fact, Known
from upgrade.facts.snapshot import Snapshot
from upgrade.rules.confidential import distinctive, is_named, resolved_in, secrets_in
from upgrade.rules.parameters import declarations, secret_names
from upgrade.template.resolve import MASKED

if TYPE_CHECKING:
    from upgrade.facts.stack import Template

T = TypeVar("T")

CREDENTIALS = ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
"""They may be there without being used, where a profile is named."""


class Secrets:
    """Knows more as soon as both templates are known."""

    def __init__(self, entry: StackEntry, credentials: Callable[[], Iterable[str]]) -> None:
        """Know those of the entry.

        Args:
            entry: of stacks.toml.
            credentials: secret keys and tokens in use by then.
        """
        self._entry, self._credentials = entry, credentials
        self.shown: frozenset[str] = frozenset()
        """Names of parameters that are known to be none."""
        self._hidden: frozenset[str] = frozenset()
        self._templates: list[Template] = []
        self._found: frozenset[str] = frozenset(secrets_in(entry.public(entry.parameters.keys())))

    @property
    def token(self) -> str:
        """The application's; empty where none is configured. That its variable is set was made sure of."""
        return os.environ.get(self._entry.health.token_env or "", "")

    def learn(self, before: Snapshot) -> None:
        """See which parameters the deployed or the target template declares as secret, and what the stack shows of them."""
        self._templates = templates = [
            each.value for each in (before.template, before.target) if isinstance(each, Known)
        ]
        self._hidden = frozenset(name for template in templates for name in secret_names(template))
        self.shown = frozenset(name for template in templates for name in declarations(template)) - self._hidden
        self._found |= frozenset(self._still_shown(before))
        self.see(before)

    def see(self, snapshot: Snapshot) -> None:
        """Find what is secret by its name in templates, stacks and SSM, passwords in addresses, and resolved secrets."""
        self._found |= frozenset(each for read in _told(snapshot) for each in secrets_in(read))
        if isinstance(snapshot.drift, Known):
            drift = snapshot.drift.value
            self._found |= frozenset(each for template in self._templates for each in resolved_in(template.body, drift))

    def texts(self) -> tuple[str, ...]:
        """All of them."""
        settings = self._entry.parameters.items()
        texts = {os.environ[setting.variable] for _, setting in settings if isinstance(setting, FromEnvironment)}
        texts |= {
            setting.value for name, setting in settings if isinstance(setting, Given) and self._hides(name, setting)
        }
        texts |= {self.token, *(os.environ.get(name, "") for name in CREDENTIALS)}
        return tuple({*filter(None, texts), *self._found, *self._credentials()})

    def _hides(self, name: str, setting: Given) -> bool:
        return name in self._hidden or (distinctive(setting.value) and is_named(name, setting.value))

    def _still_shown(self, before: Snapshot) -> Iterable[str]:
        """Values the stack still shows of parameters that are secret from now on, or that we treat so."""
        if not isinstance(before.stack, Known):
            return ()
        parameters = self._entry.parameters.items()
        names = self._hidden | {name for name, setting in parameters if isinstance(setting, FromEnvironment)}
        live = before.stack.value.parameters
        return (live[name] for name in names & live.keys() if live[name] not in {"", MASKED})


def _told(snapshot: Snapshot) -> Iterable[object]:
    """Everything read that may hold a secret under a name that says so."""
    for stack in (_known(snapshot.stack), *(_known(snapshot.nested) or ())):
        if stack is not None:
            yield from (stack.parameters, stack.outputs, stack.tags, stack.resolved)
    for template in (snapshot.template, snapshot.target, *(_known(snapshot.nested_targets) or {}).values()):
        if isinstance(template, Known):
            yield template.value.body
    yield from (template.body for template in (_known(snapshot.nested_templates) or {}).values())
    stored = _known(snapshot.stored) or {}
    yield {name: read.value.value for name, read in stored.items() if isinstance(read, Known)}


def _known(fact: Fact[T]) -> T | None:
    return fact.value if isinstance(fact, Known) else None
