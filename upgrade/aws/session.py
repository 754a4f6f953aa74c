"""Credentials, clients and their limits: the only place where a boto3 client is made.

While a sandbox is in use, every client goes to it and refuses any other host before sending.
"""

import os
import re
import threading
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import boto3
import botocore.session
from botocore import UNSIGNED
from botocore.config import Config
from botocore.credentials import (
    AssumeRoleCredentialFetcher,
    CredentialProvider,
    CredentialResolver,
    DeferredRefreshableCredentials,
)
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    CredentialRetrievalError,
    NoCredentialsError,
    ProfileNotFound,
)
from botocore.handlers import json_decode_template_body
from botocore.loaders import JSONFileLoader

from upgrade.aws.budget import Budget
from upgrade.aws.calls import CallLog
from upgrade.aws.doors import READ, Grant
from upgrade.aws.errors import code_of
from upgrade.aws.guard import Guard
from upgrade.aws.sts import read_identity
from upgrade.clock import Clock
from upgrade.errors import PlimsollError, UsageError
from upgrade.facts.call import is_aws
from upgrade.facts.stack import Credentials

SANDBOX = "PLIMSOLL_SANDBOX"
"""Environment variable: the endpoint of all clients, on loopback."""

AT_ONCE = 8
"""Calls under way at any time."""

ATTEMPTS = 12
"""Attempts of one call, the first included: enough for every third call being throttled, and for a network that is
away for a minute. In `standard` mode: `adaptive` slows a client down to a trickle after a few throttles (60 calls with
every third one throttled: 5 s in standard, 53 s in adaptive mode, botocore 1.44.5); our own budget comes before it."""

_SHORTEST, _LONGEST = 60 * 60, 12 * 60 * 60
"""Seconds a session of a role lasts: what one lasts that nothing is asked for, and the most a role can allow.
https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html"""

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class NotLoopback(PlimsollError):  # noqa: N818  # what it is
    """A client of a sandbox run was about to call another host."""


@dataclass(frozen=True, slots=True)
class Access:
    """Whose credentials, and where."""

    region: str
    profile: str | None = None
    role_arn: str | None = None
    """Assumed with the profile's credentials."""
    external_id: str | None = None
    minutes: float = 60.0
    """How long a session of the role is asked for."""


class Aws:
    """All connections of a run: one call log, one limit of calls at once."""

    def __init__(self, clock: Clock, endpoint: str | None = None) -> None:
        """Connections to AWS, or to a sandbox on loopback.

        Raises:
            UsageError: the endpoint is not on loopback.
        """
        if endpoint is not None and urlsplit(endpoint).hostname not in _LOOPBACK:
            raise UsageError(f"{SANDBOX}={endpoint}: a sandbox is on loopback, e.g. http://127.0.0.1:4566")
        self.endpoint = endpoint
        self.log = CallLog(clock)
        self.guard = Guard(self.log)
        self._clock = clock
        self._slots = threading.BoundedSemaphore(AT_ONCE)
        self._budgets: dict[str, Budget] = {}
        self._connections: dict[Access, Connection] = {}
        self._secrets: set[str] = set()

    def connect(self, access: Access) -> "Connection":
        """The connection for these credentials; no call is made yet.

        Raises:
            UsageError: there are no such credentials.
        """
        if access not in self._connections:
            self._connections[access] = Connection(access, self)
        return self._connections[access]

    def regions(self) -> list[str]:
        """The regions that boto3 knows CloudFormation in, all partitions."""
        session = botocore.session.Session()
        partitions = session.get_available_partitions()
        return sorted({r for p in partitions for r in session.get_available_regions("cloudformation", p)})

    def secrets(self) -> set[str]:
        """Secret keys and tokens of all connections that a call was signed with."""
        return set(self._secrets)

    def keys(self, credentials: Any) -> Any:
        """What to sign with now, of botocore's credentials.

        Raises:
            CredentialRetrievalError: they have expired, and so have those that followed them.
        """
        try:
            keys = credentials.get_frozen_credentials()
        except RuntimeError as error:  # what botocore raises then
            raise CredentialRetrievalError(provider=credentials.method, error_msg=str(error)) from None
        self._secrets.update(filter(None, (keys.secret_key, keys.token)))
        return keys

    def limit(self, client: Any) -> None:
        """Let this client call only within its service's budget, and while fewer than AT_ONCE calls are under way."""
        budget = self._budgets.setdefault(client.meta.service_model.signing_name, Budget(self._clock))

        def begin(**_: object) -> None:
            budget.take()
            self._slots.acquire()

        events = client.meta.events
        events.register_last("before-call", begin)
        events.register_first("after-call", lambda **_: self._slots.release())
        events.register_first("after-call-error", lambda **_: self._slots.release())


class Connection:
    """Clients of one account and region, made when first asked for."""

    def __init__(self, access: Access, aws: Aws) -> None:
        """Find the credentials.

        Raises:
            UsageError: see `Aws.connect`.
        """
        self.region = access.region
        self._access, self._aws = access, aws
        self._base, self._session = _sessions(access, aws)
        self._clients: dict[tuple[str, bool, int, Grant], Any] = {}
        self._lock = threading.Lock()

    def client(self, service: str, *, signed: bool = True, attempts: int = ATTEMPTS, grant: Grant = READ) -> Any:
        """The boto3 client of a service; with fewer attempts for a caller who asks again by himself."""
        key = (service, signed, attempts, grant)
        if key in self._clients:
            return self._clients[key]
        with self._lock:
            if key not in self._clients:
                self._clients[key] = self._make(service, signed=signed, attempts=attempts)
                self._aws.guard.grant(self._clients[key], grant)
            return self._clients[key]

    def prepare(self, services: Iterable[str]) -> None:
        """Make these clients now rather than when they are needed."""
        for service in services:
            self.client(service)

    def astray(self, services: Iterable[str]) -> dict[str, str]:
        """By service, an endpoint that is none of AWS's: an environment variable or a profile leads there."""
        urls = {service: str(self.client(service).meta.endpoint_url) for service in services}
        return {service: url for service, url in urls.items() if not is_aws(url)}

    def lifetime(self) -> Credentials:
        """How long the session lasts that calls are signed with now, and whether another follows it.

        A role's session follows for as long as the credentials last that it is assumed with.
        """
        credentials = self._session.get_credentials()
        return Credentials(
            temporary=bool(self._aws.keys(credentials).token),
            renewable=self._lasts(),
            expires=getattr(credentials, "_expiry_time", None),
        )

    def renew(self, account: str) -> None:
        """Look for the credentials anew: somebody may have signed in again meanwhile. Clients asked for later use them.

        Nobody is asked for anything, and credentials of another account are not taken.
        """
        if "mfa_serial" in self._base.get_scoped_config():  # botocore would ask for its code
            return
        with suppress(UsageError, BotoCoreError, ClientError):
            fresh = Connection(self._access, self._aws)
            if read_identity(fresh.client("sts", attempts=1)).account == account:
                self._base, self._session, self._clients = fresh._base, fresh._session, fresh._clients

    def _make(self, service: str, *, signed: bool, attempts: int) -> Any:
        config = _config(self._aws.endpoint, attempts)
        if not signed:
            config = config.merge(Config(signature_version=UNSIGNED))
        client = self._session.client(service, endpoint_url=self._aws.endpoint, config=config)
        if service == "cloudformation":
            # botocore makes a JSON template a dict; we want the bytes CloudFormation has, for their hash.
            client.meta.events.unregister("after-call.cloudformation.GetTemplate", json_decode_template_body)
        if signed:
            client.meta.events.register("before-call", self._find_keys)
        self._aws.limit(client)
        return client

    def _find_keys(self, **_: object) -> None:  # what a handler returns, botocore takes for the answer
        self._aws.keys(self._session.get_credentials())

    def _lasts(self) -> bool:
        """Whether the credentials are there for good, or others follow them."""
        credentials = self._base.get_credentials()
        if credentials.method == "assume-role":
            return not _is_assumed_with_a_session(self._base)
        # RefreshableCredentials renew themselves; those of environment variables would only find the old ones again.
        renewed = hasattr(credentials, "refresh_needed") and credentials.method != "env"
        return renewed or not self._aws.keys(credentials).token


def _sessions(access: Access, aws: Aws) -> tuple[Any, Any]:
    """The session the credentials come from, and that of the clients, which is another where a role is assumed."""
    try:
        base = _botocore_session(access, aws)
        _require_credentials(base)
    except ProfileNotFound:
        raise UsageError(
            f"AWS profile {access.profile!r} is not configured here: correct `profile`, or add it to ~/.aws/config"
        ) from None
    # A program that tells credentials may be absent or tell anything: botocore lets through what comes of it.
    except (BotoCoreError, OSError, ValueError, TypeError, AttributeError) as error:
        who = f"profile {access.profile!r}" if access.profile else "the default chain"
        raise UsageError(f"no AWS credentials found in {who} ({error}): sign in, or set `profile`") from None
    if access.role_arn is None:
        return base, boto3.Session(botocore_session=base)
    assumed = _botocore_session(access, aws)
    assumed.register_component("credential_provider", CredentialResolver([_AssumedRole(access, base, aws)]))
    return base, boto3.Session(botocore_session=assumed)


def _require_credentials(session: Any) -> None:
    """Find the credentials of a session, as far as that goes without asking AWS."""
    credentials = session.get_credentials()
    if credentials is None:
        raise NoCredentialsError
    expires = getattr(credentials, "_expiry_time", None)
    if expires is not None and expires.tzinfo is None:
        raise ValueError(f"they end at {expires}, in no time zone")


def _is_assumed_with_a_session(session: Any) -> bool:
    """Whether a profile's role is assumed with a session that is written down somewhere, so that nothing renews it.

    https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-role.html
    """
    profiles, name, seen = session.full_config["profiles"], session.profile or "default", set()
    settings: dict[str, str] = {}
    while name not in seen:
        seen.add(name)
        settings = profiles.get(name, {})
        if settings.get("credential_source") == "Environment":
            return bool(os.environ.get("AWS_SESSION_TOKEN"))
        name = settings.get("source_profile", name)
    return "aws_session_token" in settings


def _botocore_session(access: Access, aws: Aws) -> Any:
    session = botocore.session.Session(profile=access.profile)
    session.set_config_variable("region", access.region)
    session.user_agent_extra = "plimsoll"
    session.get_component("data_loader").file_loader = _FILES
    if aws.endpoint is not None:
        session.register("before-send", _refuse_foreign_hosts)
        providers = session.get_component("credential_provider")
        for off_loopback in ("iam-role", "container-role"):
            providers.remove(off_loopback)
    return session


class _Files(JSONFileLoader):  # type: ignore[misc]  # botocore ships no types
    """botocore's service models, each parsed once however many connections there are: half of what a client costs."""

    load_file = cache(JSONFileLoader.load_file)


_FILES = _Files()


class _AssumedRole(CredentialProvider):  # type: ignore[misc]  # botocore ships no types
    """Credentials of a role, assumed when first needed and again before they expire."""

    METHOD = "plimsoll-assume-role"

    def __init__(self, access: Access, base: Any, aws: Aws) -> None:
        self._access, self._base, self._aws = access, base, aws

    def load(self) -> Any:
        """Called once by botocore, which refreshes what it gets by itself. Nothing is called yet."""
        return DeferredRefreshableCredentials(self._fetch, self.METHOD)

    def _fetch(self) -> Any:
        self._aws.keys(self._base.get_credentials())
        arguments: dict[str, Any] = {"RoleSessionName": self._session_name()}
        if self._access.external_id:
            arguments["ExternalId"] = self._access.external_id
        seconds = int(min(max(self._access.minutes * 60, _SHORTEST), _LONGEST))
        try:
            return self._assume({**arguments, "DurationSeconds": seconds})
        except ClientError as error:
            if code_of(error) != "ValidationError":
                raise
            return self._assume(arguments)  # more than the role allows, or than a role that another has assumed

    def _assume(self, arguments: dict[str, Any]) -> Any:
        fetcher = AssumeRoleCredentialFetcher(
            self._client, self._base.get_credentials(), self._access.role_arn, extra_args=arguments
        )
        return fetcher.fetch_credentials()

    def _session_name(self) -> str:
        """The name of who assumes the role: CloudTrail then says who it was, and approvals are told from the runner's."""
        try:
            arn = self._client("sts", region_name=self._access.region).get_caller_identity()["Arn"]
        except (BotoCoreError, ClientError):
            return "plimsoll"
        # https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
        return re.sub(r"[^\w+=,.@-]", "-", arn.rpartition("/")[2], flags=re.ASCII)[:64].ljust(2, "-")

    def _client(self, service: str, **keys: Any) -> Any:
        # Not limited: it is called while a limited call already holds its slot.
        endpoint = self._aws.endpoint
        client = self._base.create_client(service, endpoint_url=endpoint, config=_config(endpoint, ATTEMPTS), **keys)
        self._aws.guard.grant(client, READ)
        return client


def _config(endpoint: str | None, attempts: int) -> Config:
    config = Config(
        retries={"mode": "standard", "total_max_attempts": attempts},
        connect_timeout=10,
        read_timeout=60,
        max_pool_connections=2 * AT_ONCE,
    )
    # A sandbox on one host can't have a host name a bucket.
    return config.merge(Config(s3={"addressing_style": "path"})) if endpoint is not None else config


def _refuse_foreign_hosts(request: Any, **_: object) -> None:
    host = urlsplit(request.url).hostname
    if host not in _LOOPBACK:
        raise NotLoopback(f"a sandbox run was about to call {host}; nothing was sent")
