"""The rulebook that applies follows its file, and never becomes a broken one."""

from __future__ import annotations

import os
from pathlib import Path

from registries import rulebook

from assistant.formats.rulebook_file import read_rulebook
from assistant.settings import packaged_rulebook_file
from assistant.use_cases.rulebooks import Rulebooks

_, PACKAGED = packaged_rulebook_file()


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    """A change is taken at the next question; while the file is broken or gone the last good rulebook stays."""
    path = tmp_path / "rules.yaml"
    path.write_bytes(PACKAGED)
    rulebooks = Rulebooks(read_rulebook(str(path), PACKAGED), path)
    assert rulebooks.current() == rulebook()
    for number, (content, title) in enumerate(
        [
            (PACKAGED.replace(b"title: platform team", b"title: commons team"), "commons team"),
            (PACKAGED.replace(b"use: platform-team", b"use: nobody"), "commons team"),
            (b"{", "commons team"),
            (None, "commons team"),
            (PACKAGED, "platform team"),
        ]
    ):
        if content is None:
            path.unlink()
        else:
            path.write_bytes(content)
            os.utime(path, ns=(number + 1, number + 1))
        model = rulebooks.current().model("platform-team")
        assert model is not None
        assert model.title == title


def test_the_packaged_one_stays() -> None:
    """Where no file is named the packaged rulebook applies."""
    assert Rulebooks(rulebook()).current() is rulebook()
