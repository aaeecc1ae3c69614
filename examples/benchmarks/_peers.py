"""The peers of the comparison, and the environments that they run in.

To add a peer, write a module like ``_peer_nice.py`` (``PACKAGES``, ``REQUIREMENTS``,
``KEEPS_RULES`` and ``prepare``) and name it here; one that needs CPU seconds per person
is slow, and fewer people ask it.
"""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
import venv
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

PEERS = {
    "dice-random": ("_peer_dice", "random"),
    "dice-genetic": ("_peer_dice", "genetic"),
    "dice-kdtree": ("_peer_dice", "kdtree"),
    "nice-sparsity": ("_peer_nice", "sparsity"),
    "nice-proximity": ("_peer_nice", "proximity"),
    "nice-none": ("_peer_nice", "none"),
    "treecf": ("_peer_treecf", "genetic"),
}
TREES_ONLY = ("treecf",)  # can explain no other classifier
SLOW = ("dice-genetic", "dice-kdtree")  # CPU seconds per person
HERE = Path(__file__).parent
RUNTIME = HERE / "_peer_runtime.py"


class PeerError(RuntimeError):
    """A peer could not be installed or did not run to its end."""


def keeps_rules(name: str) -> bool:
    """Tell whether a peer can be told rules."""
    return bool(importlib.import_module(PEERS[name][0]).KEEPS_RULES)


def code_of(name: str) -> list[Path]:
    """Files on which the answers of a peer depend."""
    return [HERE / f"{PEERS[name][0]}.py", RUNTIME, HERE / "_timed.py"]


def python_of(name: str, folder: Path) -> Path:
    """Make the environment of a peer, once; return its interpreter.

    The classifier crosses over as a pickle, so scikit-learn is the one that it was
    fitted with; NumPy and pandas are up to the peer.
    """
    module = PEERS[name][0]
    wanted = [
        *importlib.import_module(module).REQUIREMENTS,
        f"scikit-learn=={version('scikit-learn')}",
    ]
    home = folder / module.removeprefix("_peer_")
    python, ready = home / "bin" / "python", home / "installed.txt"
    if not ready.exists() or ready.read_text().split() != wanted:
        print(f"making an environment for {name}: {' '.join(wanted)}", flush=True)
        venv.create(home, clear=True, with_pip=True)
        install = [str(python), "-m", "pip", "install", "--quiet", *wanted]
        done = subprocess.run(install, capture_output=True, text=True)
        if done.returncode:
            raise PeerError(f"{name} cannot be installed:\n{done.stderr[-2000:]}")
        ready.write_text("\n".join(wanted))
    return python


def run_peer(
    name: str,
    python: Path,
    problem: Path,
    out: Path,
    limit: float,
    most: int,
    advance: Callable[[int], None],
) -> None:
    """Let a peer answer `most` people, in its environment, one thread only."""
    module, option = PEERS[name]
    threads = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    environment = {**os.environ, **dict.fromkeys(threads, "1")}
    environment.pop("PYTHONPATH", None)
    paths = [str(path.resolve()) for path in (problem, out)]
    limits = [str(limit), str(most)]
    command = [str(python.absolute()), str(RUNTIME), module, option, *paths, *limits]
    with (out / "log.txt").open("w") as log:
        running = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=log, text=True, env=environment
        )
        assert running.stdout is not None
        for line in running.stdout:
            if line.startswith("@answered"):
                advance(int(line.split()[1]))
    if running.wait():
        tail = (out / "log.txt").read_text()[-1500:]
        raise PeerError(f"{name} failed ({sys.executable} ran {module}):\n{tail}")
