"""Registries of any size, made of invented words: the same for the same size."""

from __future__ import annotations

import random
from datetime import UTC, datetime

from assistant.core.catalog import Catalog, Statement
from assistant.core.entries import Component, Team, fields_of

_FIRST = """
    account address alert audit balance basket billing booking campaign cargo catalogue claim consent contract
    coupon courier currency customer delivery device discount dispute document driver estimate event feedback
    forecast fraud garden gift identity insurance inventory invoice label ledger licence loyalty meter notice offer
    order parcel payment payroll permit picture pension plant policy price profile quote rating receipt refund
    rental report return review route salary search seed session shelf shipment signal stock subscription survey
    tariff tax ticket token tracking transfer vehicle vendor voucher wallet warehouse weather
""".split()
_LAST = """
    adapter agent api archive backend batch bridge broker builder cache checker client collector console controller
    converter crawler dashboard database dispatcher editor engine exporter feed filter frontend gateway generator
    handler importer index indexer job library listener loader manager mapper matcher mirror monitor notifier
    planner platform poller portal processor proxy publisher queue reader registry renderer reporter resolver router
    runner scanner scheduler scraper server service sidecar signer sink store stream sync tagger tool tracker
    trigger validator viewer web widget worker writer
""".split()
_WORDS = _FIRST + _LAST


def catalog(size: int) -> Catalog:
    """Return a catalog of `size` components with a team for every twenty, aliases and descriptions."""
    chance = random.Random(size)  # noqa: S311  the same registry every time
    names: dict[str, None] = {}
    while len(names) < size:
        words = [chance.choice(_FIRST), *chance.choices(_FIRST, k=chance.randint(0, 2)), chance.choice(_LAST)]
        names.setdefault("-".join(words))
    teams = [Team(name=f"team-{number}", slack_channel=f"#team-{number}") for number in range(max(1, size // 20))]
    components = [
        Component(
            name=name,
            aliases=("".join(part[0] for part in name.split("-")) + str(number),) if number % 3 == 0 else (),
            owners=(chance.choice(teams).name,),
            description=" ".join(chance.choices(_WORDS, k=9)),
            repo=f"https://git.example.org/acme/{name}",
        )
        for number, name in enumerate(names)
    ]
    now = datetime.now(UTC)
    entries: list[Team | Component] = [*teams, *components]
    statements = [
        Statement(entry.ref, field, value, "generated.yaml", "benchmark", now)
        for entry in entries
        for field, value in fields_of(entry).items()
    ]
    return Catalog().following(statements, 1)


def misspelt(name: str, chance: random.Random) -> str:
    """Return a name with one slip: a letter left out, doubled, swapped with the next, or replaced."""
    at = chance.randrange(1, len(name) - 1)
    slip = chance.randrange(4)
    if slip == 0:
        return name[:at] + name[at + 1 :]
    if slip == 1:
        return name[:at] + name[at] + name[at:]
    if slip == 2:
        return name[:at] + name[at + 1] + name[at] + name[at + 2 :]
    return name[:at] + chance.choice("abcdefghijklmnopqrstuvwxyz") + name[at + 1 :]
