"""`VERIFY.md`: how an auditor verifies a bundle with openssl, sha256sum and a shell. A test types it word for word."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from reports.record import Record
from reports.seal.bag import SIGNATURES
from upgrade.facts.seal import Kind


def text(record: Record) -> str:
    """The guide to a bundle. Nothing untrusted stands in it."""
    seal = record.integrity
    return _template().render(
        verdict=record.conclusion.verdict,
        run=record.run.id,
        sandbox=record.sandbox,
        sealed=seal.seal is not Kind.NONE,
        kms=seal.seal is Kind.AWS_KMS,
        fingerprint=seal.fingerprint,
        signatures=SIGNATURES,
    )


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parents[1] / "templates"),
        autoescape=False,  # noqa: S701  # Markdown, of our own words alone
        undefined=StrictUndefined,
        comment_start_string="<#",  # not {#, which the shell needs for the length of a variable
        comment_end_string="#>",
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("VERIFY.md.j2")
