"""The types of what is public serve a user who checks types strictly."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).with_name("_user_program.py")


def check(text, folder):
    """Check a program with mypy; return what mypy says of it."""
    pytest.importorskip("mypy", reason="mypy is not installed")
    program = folder / "program.py"
    program.write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", "--follow-imports=silent"]
    command += ["--config-file=", f"--cache-dir={folder}", str(program)]
    env = os.environ | {"MYPYPATH": str(PROGRAM.parents[1])}
    done = subprocess.run(command, capture_output=True, text=True, env=env, cwd=folder)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.slow
def test_a_users_program_passes_strict_checks_and_a_wrong_one_does_not(tmp_path):
    text = PROGRAM.read_text(encoding="utf-8")
    code, said = check(text, tmp_path)
    assert code == 0, said
    wrong = text.replace('-> pd.DataFrame:\n    """Fit', '-> int:\n    """Fit')
    code, said = check(wrong.replace("n_options=3", "n_option=3"), tmp_path)
    assert code == 1 and "n_option" in said and 'expected "int"' in said
