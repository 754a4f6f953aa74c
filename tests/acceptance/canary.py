"""Canaries: random secrets, the places they are put into, and the search for them in everything that a run leaves.

The search knows nothing of how secrets are kept out: it has its own list of forms.
"""

import base64
import html
import io
import json
import re
import secrets
import subprocess
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, quote_plus
from xml.sax.saxutils import escape, quoteattr

from tests.acceptance.standing import Standing

AWKWARD = "\"<&'>%+/é "
"""What has to be escaped wherever it stands."""

MAIN = "templates/{version}/codeocean.template.yaml"
BUCKET = "codeocean-vpc"


def _random(ending: str = "") -> str:
    return f"Cny7{secrets.token_hex(8)}{ending}"


@dataclass(frozen=True)
class Canaries:
    """One random secret a place."""

    noecho: str = field(default_factory=_random)
    """A NoEcho parameter, given by the environment; and so known wherever else it stands."""
    awkward: str = field(default_factory=lambda: _random(AWKWARD + "x7"))
    """Another one, with characters that are escaped."""
    default: str = field(default_factory=_random)
    """The default of a NoEcho parameter."""
    secret_key: str = field(default_factory=lambda: _random("/+abcdefghijklmnopqr"))
    session_token: str = field(default_factory=lambda: _random("/+=="))
    named: str = field(default_factory=_random)
    """A parameter that nothing declares as secret, but its name."""
    address: str = field(default_factory=_random)
    """The password in the address of a registry."""
    output: str = field(default_factory=_random)
    tag: str = field(default_factory=_random)
    metadata: str = field(default_factory=_random)
    secure: str = field(default_factory=_random)
    """A SecureString in SSM, which the template resolves."""
    resolved: str = field(default_factory=_random)
    """A secret of Secrets Manager, which the template resolves."""

    def values(self) -> Mapping[str, str]:
        """All of them, by place."""
        return dict(vars(self))

    @property
    def environment(self) -> dict[str, str]:
        """With which a gate is run."""
        return {
            "CANARY_NOECHO": self.noecho,
            "CANARY_AWKWARD": self.awkward,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
            "AWS_SESSION_TOKEN": self.session_token,
        }


def forms(value: str) -> dict[str, set[bytes]]:
    """A value in every form in which something may have written it, by the name of the form."""
    raw = value.encode()
    plain = {
        "raw": {value},
        "url": {quote(value), quote(value, safe=""), quote_plus(value), _lower(quote(value, safe=""))},
        "json": {json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]},
        "xml": {escape(value), quoteattr(value)[1:-1], escape(value, {'"': "&quot;", "'": "&apos;"})},
        "html": {html.escape(value), html.escape(value).replace("&#x27;", "&#39;").replace("&quot;", "&#34;")},
        "hex": {raw.hex(), raw.hex().upper()},
    }
    made = {name: {each.encode() for each in found} for name, found in plain.items()}
    made["json"] |= {_for_script(each) for each in made["json"]}
    made["base64"] = {core for offset in range(3) for core in _base64(raw, offset)}
    return made


def _lower(quoted: str) -> str:
    """The same with lower-case escapes."""
    return re.sub("%..", lambda escaped: escaped[0].lower(), quoted)


def _for_script(text: bytes) -> bytes:
    """JSON that may stand inside HTML, as Jinja's `tojson` writes it."""
    return re.sub(b"[<>&']", lambda found: b"\\u%04x" % ord(found[0]), text)


def _base64(raw: bytes, offset: int) -> Iterator[bytes]:
    """The characters that say nothing of what stands before and after, at one of three offsets."""
    for encode in (base64.standard_b64encode, base64.urlsafe_b64encode):
        # Of the first group and the last one a character is shared with the neighbour.
        whole = encode(b"\0" * offset + raw + b"\0" * 3)
        yield whole[4 if offset else 0 : (offset + len(raw)) // 3 * 4]


def hits(canaries: Mapping[str, str], where: str, content: bytes) -> Iterator[str]:
    """Where a canary is found, and in which form; archives are unpacked, and of a PDF its text is read."""
    found = forms_of(canaries)
    for name, form, needle in found:
        if needle in content:
            yield f"{where}: {name} ({form})"
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            for member in packed.namelist():
                yield from hits(canaries, f"{where}/{member}", packed.read(member))
    if content.startswith(b"%PDF"):
        text = subprocess.run(["pdftotext", "-", "-"], input=content, capture_output=True, check=True).stdout
        yield from hits(canaries, f"{where} (text)", text)


def forms_of(canaries: Mapping[str, str]) -> list[tuple[str, str, bytes]]:
    """Place, form and needle."""
    return [
        (name, form, needle)
        for name, value in canaries.items()
        for form, needles in forms(value).items()
        for needle in sorted(needles)
    ]


def below(canaries: Mapping[str, str], folder: Path) -> list[str]:
    """Canaries in the files below a folder, and in their names."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return [
        hit
        for path in files
        for content in (path.read_bytes(), path.as_posix().encode())
        for hit in hits(canaries, path.relative_to(folder).as_posix(), content)
    ]


def release(sandbox: Standing, canaries: Canaries) -> None:
    """Put a canary into every place of a deployment: deployed and target template, parameters, tags, SSM, configuration."""
    s3, cloudformation = sandbox.client("s3"), sandbox.client("cloudformation")
    sandbox.client("ssm").put_parameter(Name="/canary/secure", Type="SecureString", Value=canaries.secure)
    sandbox.client("secretsmanager").create_secret(Name="canary", SecretString=canaries.resolved)
    for version in ("v4.0.0", "v4.1.0"):
        where = {"Bucket": BUCKET, "Key": MAIN.format(version=version)}
        text = s3.get_object(**where)["Body"].read().decode()
        s3.put_object(**where, Body=_with(text, canaries), ACL="public-read")
    _update(cloudformation, canaries)
    _configure(Path(sandbox.environment["PLIMSOLL_SANDBOX_STACKS"]), canaries)


def _with(text: str, canaries: Canaries) -> bytes:
    """A template of the deployment, with canaries in it."""
    parameters = f"""\
Parameters:
  pCanary: {{ Type: String, NoEcho: true }}
  pAwkward: {{ Type: String, NoEcho: true }}
  pDefault: {{ Type: String, NoEcho: true, Default: {canaries.default} }}
  pRegistryPassword: {{ Type: String }}
  pUpstream: {{ Type: String }}
"""
    topic = f"""\
  AlarmsTopic:
    Type: AWS::SNS::Topic
    Metadata:
      password: {canaries.metadata}
      note: {canaries.noecho}
      quoted: {json.dumps(canaries.awkward)}
    Properties:
      Tags:
        - {{ Key: secure, Value: "{{{{resolve:ssm-secure:/canary/secure}}}}" }}
        - {{ Key: resolved, Value: "{{{{resolve:secretsmanager:canary}}}}" }}
        - {{ Key: noecho, Value: !Ref pCanary }}
        - {{ Key: upstream, Value: !Ref pUpstream }}
"""
    outputs = f"""
Outputs:
  CanaryToken: {{ Value: {canaries.output} }}
  CanaryNoEcho: {{ Value: {canaries.noecho} }}
  CanaryAwkward: {{ Value: {json.dumps(canaries.awkward)} }}
"""
    edited = text.replace("Parameters:\n", parameters, 1)
    edited = edited.replace("  AlarmsTopic:\n    Type: AWS::SNS::Topic\n", topic, 1)
    return (edited + outputs).encode()


def _update(cloudformation: object, canaries: Canaries) -> None:
    live = cloudformation.describe_stacks(StackName="codeocean")["Stacks"][0]  # type: ignore[attr-defined]
    kept = [{"ParameterKey": row["ParameterKey"], "UsePreviousValue": True} for row in live["Parameters"]]
    given = {
        "pCanary": canaries.noecho,
        "pAwkward": canaries.awkward,
        "pRegistryPassword": canaries.named,
        "pUpstream": f"https://robot:{canaries.address}@registry.example.com/v2",
    }
    cloudformation.update_stack(  # type: ignore[attr-defined]
        StackName="codeocean",
        TemplateURL=f"https://{BUCKET}.s3.amazonaws.com/{MAIN.format(version='v4.0.0')}",
        Parameters=[*kept, *({"ParameterKey": name, "ParameterValue": value} for name, value in given.items())],
        Tags=[
            {"Key": "owner", "Value": "platform"},
            {"Key": "registry-password", "Value": canaries.tag},
            {"Key": "note", "Value": f"see {canaries.noecho}"},
        ],
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"],
    )


def _configure(stacks: Path, canaries: Canaries) -> None:
    written = stacks.read_text()
    upstream = f"https://robot:{canaries.address}@registry.example.com/v3"
    added = f"""
pCanary = {{ env = "CANARY_NOECHO" }}
pAwkward = {{ env = "CANARY_AWKWARD" }}
pUpstream = "{upstream}"
"""
    table = "[stacks.demo.parameters]\n"
    assert table in written
    stacks.write_text(written.replace(table, table + added))
