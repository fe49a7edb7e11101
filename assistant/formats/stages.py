"""How others write the stage of a component."""

from __future__ import annotations

from collections.abc import Mapping

STAGES: Mapping[str, str] = {
    **dict.fromkeys(
        "experimental experiment development dev alpha beta preview poc prototype incubating".split(), "experimental"
    ),
    **dict.fromkeys("production prod stable ga live active maintained maintenance".split(), "production"),
    **dict.fromkeys(
        "deprecated decommissioned legacy retired endoflife eol sunset obsolete archived".split(), "deprecated"
    ),
}
"""What is written, as `core.words.fold` has it → the stage that the registry knows."""
