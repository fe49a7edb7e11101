"""The wheel, installed where nothing else is."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

from assistant.storage.database import head_revision

ROOT = Path(__file__).parent.parent


def _run(*command: str | Path, folder: Path, **environment: str) -> str:
    """Run a command in a folder, without this checkout on its path; return what it printed."""
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "DATABASE_URL")}
    done = subprocess.run(list(map(str, command)), cwd=folder, env=kept | environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_wheel_works_by_itself(tmp_path: Path) -> None:
    """Installed into an empty environment, it makes its database, imports a registry, answers, and has its manifest."""
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")
    _run(*pip, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", tmp_path, ROOT, folder=tmp_path)
    wheel = next(tmp_path.glob("platform_assistant-*.whl"))
    held = zipfile.ZipFile(wheel).namelist()
    assert "assistant/manifest.yaml" in held
    assert "assistant/data/rulebook.yaml" in held
    assert {"assistant/sandbox/static/app.js", "assistant/sandbox/templates/page.html"} <= set(held)
    assert [name for name in held if name.startswith("assistant/migrations/versions/0001")]

    venv.create(tmp_path / "empty", with_pip=False)
    python = tmp_path / "empty" / "bin" / "python"
    _run(
        *pip,
        "--python",
        python,
        "install",
        "--no-compile",
        "--constraint",
        ROOT / "constraints.txt",
        wheel,
        folder=tmp_path,
    )
    (tmp_path / "registry.yaml").write_text("teams: [{name: moss}]\ncomponents: [{name: fern-api, owner: moss}]\n")
    assistant = tmp_path / "empty" / "bin" / "assistant"
    assert head_revision() in _run(assistant, "db", "upgrade", folder=tmp_path)
    assert "Added 1 component and 1 team" in _run(assistant, "import", "registry.yaml", folder=tmp_path)
    assert "fern-api is owned by moss." in _run(assistant, "ask", "who owns fern api?", folder=tmp_path)
    assert _run(assistant, "manifest", folder=tmp_path) == (ROOT / "manifest.yaml").read_text()
    demo = subprocess.run([assistant, "demo"], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert demo.returncode == 2
    assert demo.stderr == "The demonstration needs more packages: pip install 'platform-assistant[demo]'.\n"
