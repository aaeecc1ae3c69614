"""JavaScript of the page, run by node."""

import json
import shutil
import subprocess
from importlib.resources import files

import pytest

NODE = shutil.which("node")
needs_node = pytest.mark.skipif(NODE is None, reason="node is not installed")
MODELS = {"skparDensity": "density.js", "skparDecision": "decision.js"}


def run(name, payload, rows, calls):
    """Call methods of a model for each row; the results in one list per method."""
    text = json.dumps(payload, allow_nan=False)
    folder = files("skpar.report.page.what_if")
    source = folder.joinpath(MODELS[name]).read_text(encoding="utf-8")
    script = f"""
    {source}
    const given = JSON.parse(require("fs").readFileSync(0, "utf8"));
    const model = {name}(given.payload);
    const answers = given.calls.map((call) =>
      given.rows.map((row) => model[call](row)));
    console.log(JSON.stringify(answers));
    """
    given = f'{{"payload": {text}, "rows": {json.dumps(rows)}, "calls": '
    done = subprocess.run(
        [NODE, "-e", script],
        input=given + json.dumps(calls) + "}",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
