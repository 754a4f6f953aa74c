"""ACM: a certificate is issued when it is requested; moto leaves it PENDING_VALIDATION for a minute."""

from typing import Any

from moto.acm.models import AWSCertificateManagerBackend, acm_backends

from sandbox.services.backends import use_backend


class Acm(AWSCertificateManagerBackend):  # type: ignore[misc]  # moto ships no types
    """moto's, with validation that takes no time."""

    def request_certificate(self, *arguments: Any, **named: Any) -> Any:
        arn = super().request_certificate(*arguments, **named)
        self.get_certificate(arn).status = "ISSUED"
        return arn


def install() -> None:
    """Use our backend."""
    use_backend(acm_backends, Acm)
