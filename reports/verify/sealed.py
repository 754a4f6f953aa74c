"""Whether a bag is as it was sealed: hashes, files that were added, the signature, the timestamp."""

from collections.abc import Iterator
from pathlib import Path

from reports.seal import signatures, timestamp
from reports.seal.bag import (
    DECLARATION,
    DECLARED,
    INFO,
    MANIFEST,
    PAYLOAD,
    ROOT,
    SIGNATURES,
    TAGS,
    Malformed,
    labels,
    parse,
    sha256,
)
from reports.seal.envelopes import to_be_signed
from reports.seal.signer import fingerprint, is_signed
from reports.seal.statement import is_of
from reports.verify.bundle import Bundle
from reports.verify.steps import Step, holds, judged, not_checked
from upgrade.facts.seal import Kind

KNOWN = (*signatures.RAW, signatures.TIMESTAMP, signatures.ROOT_BUNDLE, signatures.PUBLIC_KEY, signatures.ENVELOPE,
         signatures.RESULT_BUNDLE)  # fmt: skip


def steps(bundle: Bundle, key: bytes | None, authority: Path | None) -> Iterator[Step]:
    """Every step; `key` is a public one (DER) from outside the bundle."""
    if ROOT not in bundle.sums and MANIFEST in bundle.sums and bundle.record and bundle.record.basis is None:
        yield from _of_an_earlier_version(bundle, key)
        return
    yield _hashes("root", ROOT, set(TAGS), bundle)
    yield _hashes("files", MANIFEST, set(bundle.below(PAYLOAD)), bundle)
    yield _nothing_added(bundle)
    yield _size(bundle)
    yield _signature(bundle, key)
    yield _timestamp(bundle, authority)


def _of_an_earlier_version(bundle: Bundle, key: bytes | None) -> Iterator[Step]:
    """Bundles of records of the first format had a manifest and nothing else."""
    yield _hashes("files", MANIFEST, set(bundle.below(PAYLOAD)), bundle)
    others = sorted(set(bundle.sums) - {MANIFEST, *bundle.below(PAYLOAD)} | set(bundle.links))
    yield judged("nothing added", [f"{name} was added" for name in others], "no file is there that is not listed")
    why = "written by a version of Plimsoll that signed nothing"
    # Else whoever has no key could make a sealed bundle look like one of those.
    yield not_checked("signature", why) if key is None else judged("signature", [f"there is none: {why}"], "")


def _hashes(what: str, manifest: str, found: set[str], bundle: Bundle) -> Step:
    """Whether files are those that a manifest lists, and as it says."""
    if manifest not in bundle.sums:
        return judged(what, [f"{manifest} is missing"], "")
    try:
        listed = parse(bundle.text(manifest), manifest)
    except Malformed as error:
        return judged(what, [str(error)], "")
    problems = [f"{name} is missing" for name in sorted(listed.keys() - bundle.sums.keys())]
    problems += [f"{name} is not listed in {manifest}" for name in sorted(found - listed.keys())]
    problems += [
        f"{manifest} lists {name}, which it should not" for name in sorted(listed.keys() & bundle.sums.keys() - found)
    ]
    problems += [
        f"{name} is not as it was written"
        for name in sorted(listed.keys() & bundle.sums.keys())
        if bundle.sums[name] != listed[name]
    ]
    return judged(what, problems, f"all {len(listed)} that {manifest} lists are as it says")


def _nothing_added(bundle: Bundle) -> Step:
    expected = {ROOT, *TAGS, *KNOWN, *bundle.below(PAYLOAD)}
    problems = [f"{name} was added" for name in sorted(bundle.sums.keys() - expected)]
    problems += [f"{name} is no ordinary file" for name in bundle.links]
    if bundle.text(DECLARATION) != DECLARED:
        problems.append(f"{DECLARATION} does not declare BagIt 1.0")
    return judged("nothing added", problems, "no file is there that does not belong to it")


def _size(bundle: Bundle) -> Step:
    payload = [bundle.sizes[name] for name in bundle.below(PAYLOAD)]
    counted, told = f"{sum(payload)}.{len(payload)}", labels(bundle.text(INFO)).get("Payload-Oxum", "nothing")
    problem = [f"{INFO} tells {told} as bytes and files, there are {counted}"] if counted != told else []
    return judged("size", problem, f"{len(payload)} files, {sum(payload):,} bytes, as {INFO} says")


def _signature(bundle: Bundle, key: bytes | None) -> Step:
    sealed = bundle.record is not None and bundle.record.integrity.seal is not Kind.NONE
    there = any(bundle.below(SIGNATURES))
    if key is None:
        return _unchecked(bundle, sealed=sealed, there=there)
    if not there:
        why = "`python -m reports seal` completes it" if sealed else "no key was configured when it was written"
        return judged("signature", [f"there is none: {why}"], "")
    return judged("signature", list(_wrong(bundle, key)), f"by the key {fingerprint(key)}, over every file")


def _unchecked(bundle: Bundle, *, sealed: bool, there: bool) -> Step:
    if there:
        return not_checked("signature", "name the public key of who seals, from outside the folder: --key=PUB")
    if sealed:
        return judged("signature", ["it was to be sealed and is not: `python -m reports seal` completes it"], "")
    told = bundle.record.integrity.told if bundle.record else "there is none"
    return not_checked("signature", told)


def _wrong(bundle: Bundle, key: bytes) -> Iterator[str]:
    """What is wrong with the signatures, by a key from outside."""
    content = {name: bundle.content(name) for name in (ROOT, *signatures.RAW)}
    raw = {name: each for name, each in content.items() if each is not None}
    if missing := [name for name in content if name not in raw]:
        yield from (f"{name} is missing" for name in missing)
        return
    root, payload = raw[ROOT], raw[signatures.RESULT]
    if not is_signed(key, raw[signatures.ROOT_SIGNATURE], root):
        yield f"{signatures.ROOT_SIGNATURE} is no signature by this key over {ROOT}"
    if not is_signed(key, raw[signatures.RESULT_SIGNATURE], to_be_signed(payload)):
        yield f"{signatures.RESULT_SIGNATURE} is no signature by this key over {signatures.RESULT}"
    if bundle.record is not None and not is_of(payload, bundle.record, sha256(root)):
        yield f"{signatures.RESULT} is not the result of this record and root"
    stamp = bundle.content(signatures.TIMESTAMP) or b""
    for name, expected in signatures.derived(root, raw, key, stamp).items():
        if bundle.content(name) != expected:
            yield f"{name} {'is not what follows from key and signature' if name in bundle.sums else 'is missing'}"


def _timestamp(bundle: Bundle, authority: Path | None) -> Step:
    stamp, signature = bundle.content(signatures.TIMESTAMP), bundle.content(signatures.ROOT_SIGNATURE)
    if stamp is None and authority is not None:  # else one could be taken away unseen
        return judged("timestamp", ["there is none"], "")
    if stamp is None:
        return not_checked(
            "timestamp", "there is none: when it was sealed is told by the sealing machine's clock alone"
        )
    if authority is None:
        return not_checked(
            "timestamp", "name the authority's root certificates, from outside the folder: --authority=PEM"
        )
    try:
        at = timestamp.verified(stamp, signature or b"", authority)
    except timestamp.NotGenuine as error:
        return judged("timestamp", [f"{signatures.TIMESTAMP}: {error}"], "")
    return holds("timestamp", f"the seal was there at {at.isoformat()}")
