"""How a service's model and its API are exchanged for ours: the two places where moto looks them up.

No promised API of moto: pinned exactly, and tests/sandbox/services says so when it changes.
"""

from typing import Any


def use_backend(backends: Any, backend: type) -> None:
    """Have moto make this backend for every account and region. What was made before is forgotten.

    moto finds a backend's routes beside the module it says it is from, so ours says it is from moto's.
    """
    if backends.backend is not backend:
        backend.__module__ = backends.backend.__module__
        backends.backend = backend
        backends.clear()


def use_responses(urls: Any, responses: Any) -> None:
    """Have moto answer a service's calls with this class, through the same entrances (`dispatch`, for S3 others too)."""
    urls.url_paths.update({path: getattr(responses, entrance.__name__) for path, entrance in urls.url_paths.items()})
