"""The terms of an article: what its front matter, its sources and the site say, weighed into one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from builder.config import MODES, is_web_address, read_wording, read_wordings
from builder.content.models import Permission, Rights
from builder.diagnostics import error, warning

if TYPE_CHECKING:
    from builder.config import Mode, RightsDefaults, SourcePolicy
    from builder.content.models import Attribution
    from builder.located import Reader

ALL_RIGHTS_RESERVED = "all-rights-reserved"
_CREATIVE_COMMONS = re.compile(r"CC-(BY(?:-NC)?(?:-SA|-ND)?)-([1-4]\.[05])(?:-([A-Z]{2,3}))?")
_SPDX = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+-]*")


def license_url(name: str) -> str:
    """The address of a licence's text, "" where none was granted."""
    if not name or name == ALL_RIGHTS_RESERVED:
        return ""
    if is_web_address(name):
        return name
    if found := _CREATIVE_COMMONS.fullmatch(name):
        parts = [found[1].lower(), found[2], *([found[3].lower()] if found[3] else [])]
        return "https://creativecommons.org/licenses/" + "/".join(parts) + "/"
    if name == "CC0-1.0":
        return "https://creativecommons.org/publicdomain/zero/1.0/"
    return f"https://spdx.org/licenses/{name}.html"


def is_open(name: str) -> bool:
    """Whether a licence lets others publish the text: any granted one but an address that is not Creative Commons."""
    if is_web_address(name):
        return re.match(r"https?://creativecommons\.org/(licenses|publicdomain)/", name) is not None
    return bool(name) and name != ALL_RIGHTS_RESERVED


def read_rights(
    reader: Reader,
    attribution: Attribution,
    *,
    original: bool,
    script: str,
    defaults: RightsDefaults,
    sources: tuple[SourcePolicy, ...],
) -> Rights:
    """The effective rights of an article whose front matter `reader` reads. Faults are the reader's findings."""
    policies = [policy for hop in attribution for policy in sources if policy.name == hop.source]
    own = reader.sub("rights")
    written_mode = own.scalar("mode") if own else None
    mode = cast("Mode | None", own.choice("mode", MODES, "") or None) if own else None
    claims: list[tuple[Mode, str]] = [(defaults.mode, "the site")]
    claims += [(policy.mode, f"the source '{policy.name}'") for policy in policies if policy.mode]
    if mode:
        claims.append((mode, "the article"))
    strictest, winner = max(claims, key=lambda claim: MODES.index(claim[0]))
    if own and written_mode and mode and MODES.index(mode) < MODES.index(strictest):
        message = f"mode '{mode}' is looser than '{strictest}', which {winner} sets: '{strictest}' is used"
        hint = "take the line out, or change the policy in wenzhai.toml"
        reader.found.append(warning("mode-looser", message, own.place(written_mode), hint))

    license_name = _read_license(own) if own else ""
    if not license_name:
        # The origin's terms are what its source says of its own texts, not what a later copy says.
        origin = [policy.license for policy in policies if attribution and policy.name == attribution[0].source]
        license_name = defaults.own_license if original else next(filter(None, origin), "")
    notices = read_wordings(own, "notices", script) if own else ()
    notices += tuple(notice for policy in policies for notice in policy.notices) + defaults.notices
    permission = _read_permission(own) if own else None
    signoff = own.value("signoff") if own else None
    rights = Rights(
        mode=strictest,
        mode_from=winner,
        notices=tuple(dict.fromkeys(notices)),
        holder=own.text("holder") if own else "",
        license=license_name,
        noncommercial=own.switch("noncommercial") if own else False,
        signoff=read_wording(own, "signoff", signoff, script) if own and signoff else None,
        permission=permission,
        permitted=original or permission is not None or is_open(license_name) or defaults.index_reposts,
    )
    if own:
        own.finish()
    if defaults.require_permission and rights.mode == "full" and not _may_publish(rights, original=original):
        message = "the whole text is published without a recorded permission or an open licence"
        hint = "add `rights.permission`, a licence that allows it, or `rights.mode: excerpt`"
        place = own.place() if own else reader.place()
        reader.found.append(error("permission-missing", message, place, hint))
    return rights


def _may_publish(rights: Rights, *, original: bool) -> bool:
    return original or rights.permission is not None or is_open(rights.license)


def _read_license(own: Reader) -> str:
    scalar = own.scalar("license")
    if scalar is None:
        return ""
    name = scalar.text.strip()
    if not is_web_address(name) and not _SPDX.fullmatch(name):
        message = f"'{name}' is not a licence id"
        hint = f"give an SPDX id (CC-BY-NC-4.0), the licence's address, or {ALL_RIGHTS_RESERVED}"
        own.found.append(error("license", message, own.place(scalar), hint))
        return ""
    return name


def _read_permission(own: Reader) -> Permission | None:
    reader = own.sub("permission")
    if reader is None:
        return None
    permission = Permission(reader.text("kind"), reader.text("date"), reader.text("evidence"))
    reader.finish()
    if not permission.kind:
        reader.found.append(error("permission", "a permission says its `kind`", reader.place(), "such as kind: email"))
        return None
    return permission
