"""What must never be written: secrets of the configuration and the environment, of the stack's parameters, and credentials."""

import os
from collections.abc import Callable, Iterable

from upgrade.config.entry import StackEntry
from upgrade.config.values import FromEnvironment, Given
from upgrade.facts.known import Known
from upgrade.facts.snapshot import Snapshot
from upgrade.rules.parameters import declarations, secret_names
from upgrade.template.resolve import MASKED


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
        self._old: frozenset[str] = frozenset()

    @property
    def token(self) -> str:
        """The application's; empty where none is configured. That its variable is set was made sure of."""
        return os.environ.get(self._entry.health.token_env or "", "")

    def learn(self, before: Snapshot) -> None:
        """See which parameters the deployed or the target template declares as secret, and what the stack shows of them."""
        templates = [each.value for each in (before.template, before.target) if isinstance(each, Known)]
        self._hidden = frozenset(name for template in templates for name in secret_names(template))
        self.shown = frozenset(name for template in templates for name in declarations(template)) - self._hidden
        self._old = frozenset(self._still_shown(before))

    def texts(self) -> tuple[str, ...]:
        """All of them."""
        settings = self._entry.parameters.items()
        texts = {os.environ[setting.variable] for _, setting in settings if isinstance(setting, FromEnvironment)}
        texts |= {setting.value for name, setting in settings if isinstance(setting, Given) and name in self._hidden}
        return tuple({*filter(None, [*texts, self.token]), *self._old, *self._credentials()})

    def _still_shown(self, before: Snapshot) -> Iterable[str]:
        """Values the stack still shows of parameters that are secret from now on, or that we treat so."""
        if not isinstance(before.stack, Known):
            return ()
        parameters = self._entry.parameters.items()
        names = self._hidden | {name for name, setting in parameters if isinstance(setting, FromEnvironment)}
        live = before.stack.value.parameters
        return (live[name] for name in names & live.keys() if live[name] not in {"", MASKED})
