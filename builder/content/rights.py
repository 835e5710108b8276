"""The terms of an article: what its front matter, its sources and the site say, weighed into one."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC
from functools import lru_cache
from typing import TYPE_CHECKING, cast

from builder.config import (
    MODES,
    is_known_license,
    is_web_address,
    read_license,
    read_wording,
    read_wordings,
)
from builder.content.dates import DATE_HINT, parse_date
from builder.content.models import Permission, Rights
from builder.diagnostics import error, warning
from builder.located import quoted

if TYPE_CHECKING:
    from builder.config import Mode, RightsDefaults, SourcePolicy
    from builder.content.models import Attribution
    from builder.located import Reader

PERMISSION_EXAMPLE = "permission: {kind: email, date: 2026-03-26, evidence: 作者回信}"
_CREATIVE_COMMONS = re.compile(r"CC-(BY(?:-NC)?(?:-SA|-ND)?)-([1-4]\.[05])(?:-([A-Z]{2,3}))?")


def license_url(name: str) -> str:
    """The address of a licence's text, "" where none was granted or is known."""
    if is_web_address(name):
        return name
    if not is_known_license(name):
        return ""
    if found := _CREATIVE_COMMONS.fullmatch(name):
        parts = [found[1].lower(), found[2], *([found[3].lower()] if found[3] else [])]
        return "https://creativecommons.org/licenses/" + "/".join(parts) + "/"
    if name == "CC0-1.0":
        return "https://creativecommons.org/publicdomain/zero/1.0/"
    return f"https://spdx.org/licenses/{name}.html"


def is_open(name: str) -> bool:
    """Whether a licence lets others publish the text: one of the known ids, or an address of Creative Commons. Terms that
    nobody here has read grant nothing."""
    if is_web_address(name):
        return re.match(r"https?://(www\.)?creativecommons\.org/(licenses|publicdomain)/", name) is not None
    return is_known_license(name)


def read_rights(
    reader: Reader,
    attribution: Attribution,
    *,
    original: bool,
    withdrawn: bool = False,
    script: str,
    defaults: RightsDefaults,
    sources: tuple[SourcePolicy, ...],
) -> Rights:
    """The effective rights of an article whose front matter `reader` reads. Faults are the reader's findings. A withdrawn
    text is not published, and so needs no permission."""
    policies = [policy for hop in attribution for policy in sources if is_same_source(policy.name, hop.source)]
    own = reader.sub("rights", hint="write the keys below it, indented, such as `mode: excerpt`")
    mode = cast("Mode | None", own.choice("mode", MODES, "") or None) if own else None
    # What the site and the sources hold back is other people's text.
    claims: list[tuple[Mode, str]] = [("full" if original else defaults.mode, "the site")]
    if not original:
        claims += [(policy.mode, f"the source '{policy.name}'") for policy in policies if policy.mode]
    if mode:
        claims.append((mode, "the article"))
    strictest, winner = max(claims, key=lambda claim: MODES.index(claim[0]))
    if own and mode and MODES.index(mode) < MODES.index(strictest):
        message = f"mode '{mode}' is looser than '{strictest}', which {winner} sets: '{strictest}' is used"
        hint = f"take the line out; what {winner} allows is set in wenzhai.toml"
        reader.found.append(warning("mode-looser", message, own.place(own.value("mode")), hint))

    license_name = read_license(own, "license") if own else ""
    if not license_name:
        # The origin's terms are what its source says of its own texts, not what a later copy says.
        origin = [policy.license for policy in policies if is_same_source(policy.name, attribution[0].source)]
        license_name = defaults.own_license if original else next(filter(None, origin), "")
    notices = read_wordings(own, "notices", script) if own else ()
    notices += tuple(notice for policy in policies for notice in policy.notices) + defaults.notices
    permission = _read_permission(own) if own else None
    signoff = own.value("signoff") if own else None
    rights = Rights(
        mode=strictest,
        notices=tuple(dict.fromkeys(notices)),
        holder=own.text("holder") if own else "",
        license=license_name,
        noncommercial=own.switch("noncommercial") if own else False,
        signoff=read_wording(own, "signoff", signoff, script) if own and signoff else None,
        permission=permission,
        permitted=original or permission is not None or is_open(license_name) or defaults.index_reposts,
        noindex=any(policy.noindex for policy in policies),
    )
    if own:
        own.finish()
    needs_permission = defaults.require_permission and rights.mode == "full" and not withdrawn
    if needs_permission and not _may_publish(rights, original=original):
        message = "the whole text is published without a recorded permission or an open licence"
        hint = f"add under `rights` a {PERMISSION_EXAMPLE}, a licence that allows it, or mode: excerpt"
        place = own.place() if own else reader.place()
        reader.found.append(error("permission-missing", message, place, hint))
    return rights


def _may_publish(rights: Rights, *, original: bool) -> bool:
    return original or rights.permission is not None or is_open(rights.license)


def is_same_source(name: str, other: str) -> bool:
    """Whether two names are one source: width, case and spaces make no difference, so that no policy is missed by them."""
    return _fold(name) == _fold(other)


@lru_cache(maxsize=65536)
def _fold(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def _read_permission(own: Reader) -> Permission | None:
    reader = own.sub("permission", hint=PERMISSION_EXAMPLE)
    if reader is None:
        return None
    kind, date, evidence = reader.text("kind"), reader.scalar("date"), reader.text("evidence")
    reader.finish()
    if date and parse_date(date.text, UTC) is None:
        message = f"{quoted(date.text)} is not a date ('rights.permission.date')"
        reader.found.append(error("date", message, reader.place(date), DATE_HINT))
    if not kind:
        message = "a permission says its `kind`: how the holder gave it"
        reader.found.append(error("permission", message, reader.place(), PERMISSION_EXAMPLE))
        return None
    return Permission(kind, date.text.strip() if date else "", evidence)
