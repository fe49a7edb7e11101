"""Forgeries: requests that Slack did not sign, that it signed long ago, and that somebody sends once more."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

import aiohttp
from slack_server import BEN, SlackServer

from assistant.core.entries import Ref
from assistant.core.messages import Save
from assistant.core.proposals import Change
from assistant.sandbox.delivery import SIGNING_SECRET
from chaos.bots import Bot
from chaos.crowd import Crowd, click
from chaos.databases import catalog, effects, filled
from chaos.figures import Figure, none_of
from chaos.fuzz import signed

COMPONENTS = 1_000
AT_ONCE = 8
TOO_OLD_S = 301
Request = tuple[bytes, Mapping[str, str]]


def forged(count: int = 10_000) -> list[Figure]:
    """Post clicks that would save a fact each: four in ten forged, three aged, three sent once more."""
    where = ("http", "SQLite")
    chance = random.Random(count)  # noqa: S311  the same forgeries every time
    with SlackServer(timeout_s=30, over="http") as slack, filled("SQLite", COMPONENTS) as url:
        crowd = Crowd(slack, catalog(COMPONENTS))
        bodies = [_body(slack, ref) for ref in crowd.refs]
        true, others = bodies[:20], bodies[20:]
        false = [_forged(chance.choice(others), chance) for _ in range(count * 4 // 10)]
        aged = [_aged(chance.choice(others), chance) for _ in range(count * 3 // 10)]
        with Bot(slack, url) as bot:
            once = [(body, signed(body)) for body in true]
            taken = asyncio.run(_post(slack.request_url, once))
            again = asyncio.run(_post(slack.request_url, [chance.choice(once) for _ in range(count * 3 // 10)]))
            refused = asyncio.run(_post(slack.request_url, [*false, *aged]))
            assert bot.is_alive
        assert taken == {200: len(true)}, f"what Slack signed was answered {taken}"
        found = effects(url)
    wanted = {str(ref) for ref in crowd.refs[: len(true)]}
    accepted = [f"{n} × {status}" for status, n in refused.items() if status != 401]
    return [
        none_of("forged and aged: not refused", where, f"{len(false)} forged, {len(aged)} aged", accepted),
        none_of(
            "forged and aged: effects", where, f"{len(false)} forged, {len(aged)} aged", found.stated.keys() - wanted
        ),
        none_of(
            "sent once more within 5 min: second effects",
            where,
            f"{again.total()} of {len(true)} that had theirs",
            found.repeated | (wanted - found.stated.keys()),
        ),
    ]


def _body(slack: SlackServer, ref: Ref) -> bytes:
    payload = click(slack, BEN, Save(Change(ref, {"lifecycle": "shared"})))
    return urlencode({"payload": json.dumps(payload)}).encode()


def _forged(body: bytes, chance: random.Random) -> Request:
    """Return a request that Slack has not signed so."""
    right = signed(body)
    at = right["X-Slack-Request-Timestamp"]
    match chance.randrange(6):
        case 0:
            return body, {}
        case 1:
            return body, signed(body, chance.choice(("", "secret", SIGNING_SECRET[:-1], SIGNING_SECRET.upper())))
        case 2:
            return body + b"&x=1", right
        case 3:
            return body, right | {"X-Slack-Request-Timestamp": str(int(at) + chance.choice((-1, 1)))}
        case 4:
            signature = right["X-Slack-Signature"]
            at_digit = chance.randrange(3, len(signature))
            other = "0" if signature[at_digit] != "0" else "1"
            return body, right | {"X-Slack-Signature": signature[:at_digit] + other + signature[at_digit + 1 :]}
        case _:
            odd = chance.choice(("", "v0=", "v0=" + "0" * 64, "v1" + right["X-Slack-Signature"][2:], "x" * 4_000))
            return body, right | {"X-Slack-Signature": odd}


def _aged(body: bytes, chance: random.Random) -> Request:
    """Return a request that Slack would have signed at another time: five minutes and more from now."""
    away_s = chance.choice((TOO_OLD_S, 600, 86_400, 10**8)) * chance.choice((1, -1))
    # What is signed ahead of time comes of age while the others are posted: so it is far ahead.
    return body, signed(body, at=max(1, int(time.time()) - away_s + (away_s < 0) * 600))


async def _post(url: str, requests: Sequence[Request]) -> Counter[int]:
    """Post everything, some at once, and return how often each status was answered."""
    statuses: Counter[int] = Counter()
    left = iter(requests)
    async with aiohttp.ClientSession() as session:

        async def post() -> None:
            for body, headers in left:
                form = {"Content-Type": "application/x-www-form-urlencoded"}
                async with session.post(url, data=body, headers=form | dict(headers)) as response:
                    await response.read()
                    statuses[response.status] += 1

        await asyncio.gather(*(post() for _ in range(AT_ONCE)))
    return statuses
