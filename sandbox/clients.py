"""boto3 clients wired straight to the services in this process, beneath the fault layer.

What the sandbox does itself (providers, scenarios) is never throttled, never in the call log, and needs no port.
"""

import io
import threading
from collections.abc import Iterator
from functools import cache
from typing import Any
from urllib.parse import unquote, urlsplit

from sandbox import models  # before moto: it says how moto starts

# isort: split
import boto3
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config
from moto.backends import list_of_moto_modules
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from sandbox.errors import Shaped, Wsgi

_NOWHERE = "http://127.0.0.1:1"
"""Port 1 of loopback: a request that escaped the handler would be refused there and nowhere else."""

_KEYS = ("AKIASANDBOXENGINE000", "sandbox")

_lock = threading.RLock()
_clients: dict[tuple[str, str], Any] = {}
_application: Wsgi | None = None


def application() -> Wsgi:
    """The services as one WSGI application. Overrides of moto's routes must be in place before it is first called."""
    global _application  # noqa: PLW0603  # one process, one AWS: moto's own state is global too
    with _lock:
        if _application is None:
            _application = Shaped(_Dispatcher(create_backend_app))
        return _application


class _Dispatcher(DomainDispatcherApplication):  # type: ignore[misc]  # moto ships no types
    """moto's, but a service it does not know is told, not printed."""

    _modules = frozenset(("moto_api", "instance_metadata", *list_of_moto_modules()))

    def get_backend_for_host(self, host: str | None) -> Any:
        if host is None or host in self._modules:
            return host
        for backend, pattern in self.backend_url_patterns:
            if pattern.match(f"http://{host}"):
                return backend
        raise NotImplementedError(host)


def reset() -> None:
    """Empty every service; the next request finds the routes as they are then."""
    global _application  # noqa: PLW0603  # see above
    from moto.iam.models import iam_backends
    from moto.moto_api._internal.models import moto_api_backend

    with _lock:
        _application = None
        iam_backends.clear()  # else moto would load AWS's 1,500 managed policies once more, only to drop them
        moto_api_backend.reset()


def client(service: str, region: str) -> Any:
    """A boto3 client of this service: cached, safe to share between threads."""
    with _lock:
        if (service, region) not in _clients:
            _clients[service, region] = _make(service, region)
        return _clients[service, region]


@cache
def _session() -> Any:
    # One only: each further one would put boto3's extras on the same botocore session again, which S3 refuses.
    return boto3.session.Session(*_KEYS, botocore_session=models.session())


def _make(service: str, region: str) -> Any:
    config = Config(retries={"total_max_attempts": 1})
    made = _session().client(service, region_name=region, endpoint_url=_NOWHERE, config=config)
    made.meta.events.register("before-send.*.*", _send)
    return made


def _send(request: AWSPreparedRequest, **_: Any) -> AWSResponse:
    got: dict[str, Any] = {}

    def start(status: str, headers: list[tuple[str, str]], _exception: Any = None) -> None:
        got.update(status=int(status[:3]), headers=dict(headers))

    body = b"".join(application()(_environ(request), start))
    return AWSResponse(request.url, got["status"], got["headers"], _Raw(body))


def _environ(request: AWSPreparedRequest) -> dict[str, Any]:
    url = urlsplit(request.url)
    body = _bytes(request.body)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "PATH_INFO": unquote(url.path or "/", "latin-1"),  # PEP 3333
        "QUERY_STRING": url.query,
        "RAW_URI": f"{url.path or '/'}?{url.query}" if url.query else url.path or "/",
        "SERVER_NAME": url.hostname,
        "SERVER_PORT": str(url.port),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in request.headers.items():
        key = name.upper().replace("-", "_")
        text = value.decode() if isinstance(value, bytes) else str(value)
        environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = text
    return environ | {"HTTP_HOST": url.netloc, "CONTENT_LENGTH": str(len(body))}


def _bytes(body: Any) -> bytes:
    if hasattr(body, "read"):
        body = body.read()
    return body.encode() if isinstance(body, str) else bytes(body or b"")


class _Raw(io.BytesIO):
    """A body as botocore reads it from urllib3."""

    def stream(self, *_: Any, **__: Any) -> Iterator[bytes]:
        while chunk := self.read(65536):
            yield chunk
