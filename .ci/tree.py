"""Print the packages of skpar, their modules, and how long each of them is.

Fails where a module has more than 500 lines or a function more than 40, its signature
and docstring left out.
"""

import ast
import sys
from pathlib import Path
from statistics import median

MOST_LINES = 500
MOST_FUNCTION_LINES = 40
SKPAR = Path(__file__).resolve().parents[1] / "skpar"
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def body_lines(function):
    """Count the lines of a function without its signature and docstring."""
    body = function.body
    if ast.get_docstring(function) is not None:
        body = body[1:]
    return body[-1].end_lineno - body[0].lineno + 1 if body else 0


def summary(module):
    """First line of a module's docstring."""
    return (ast.get_docstring(module) or "").split("\n")[0]


def visit(folder, depth, sizes, problems):
    """Print a folder and all that it holds."""
    paths = sorted(folder.iterdir(), key=lambda path: (path.is_dir(), path.name))
    for path in paths:
        indent = "  " * depth
        if path.is_dir() and (path / "__init__.py").is_file():
            init = ast.parse((path / "__init__.py").read_text(encoding="utf-8"))
            total = sum(p.read_text("utf-8").count("\n") for p in path.rglob("*.py"))
            print(f"{indent + path.name + '/':34}{total:6}  {summary(init)}")
            visit(path, depth + 1, sizes, problems)
        elif path.suffix == ".py":
            text = path.read_text(encoding="utf-8")
            n_lines, module = text.count("\n"), ast.parse(text)
            print(f"{indent + path.name:34}{n_lines:6}  {summary(module)}")
            sizes.append(n_lines)
            if n_lines > MOST_LINES:
                problems.append(f"{path.relative_to(SKPAR)}: {n_lines} lines")
            for node in ast.walk(module):
                if (
                    isinstance(node, FUNCTIONS)
                    and body_lines(node) > MOST_FUNCTION_LINES
                ):
                    where = f"{path.relative_to(SKPAR)}:{node.lineno}"
                    problems.append(
                        f"{where}: {node.name} has {body_lines(node)} lines"
                    )


def main():
    """Print the tree; return 1 where something is too long."""
    sizes, problems = [], []
    print("skpar/")
    visit(SKPAR, 1, sizes, problems)
    print(f"{len(sizes)} modules, median {median(sizes):.0f} lines, most {max(sizes)}")
    for problem in problems:
        print(f"too long: {problem}", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
